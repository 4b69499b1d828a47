//! Correct attribution probability: guessing a secret from what an attacker knows.

use super::neighbours::distance_counts;
use crate::data::Coded;
use crate::progress::Progress;
use hashbrown::HashMap;
use serde::{Deserialize, Serialize};

/// What becomes of real rows whose keys no synthetic row has.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Cap {
    /// They are left out: SDMetrics' CategoricalCAP.
    #[serde(rename = "cap")]
    Known,
    /// The attack fails: SDMetrics' CategoricalZeroCAP.
    #[serde(rename = "zero_cap")]
    Zero,
    /// The synthetic rows with the closest keys, those that differ in the fewest, are asked:
    /// SDMetrics' CategoricalGeneralizedCAP.
    #[serde(rename = "generalized_cap")]
    Generalized,
}

/// 1 less the mean probability that an attacker who knows the key columns of a real row guesses its
/// sensitive columns: the share of the synthetic rows with its keys that also have what it hides.
///
/// From 0, all are guessed, to 1. Clearly below the same number for a holdout in place of the
/// synthetic rows is alarming: something is known of these rows that does not hold for others.
///
/// None if no real row can be attacked: there is no real row, no synthetic row, none with its keys,
/// or no key column.
///
/// # Panics
/// If the two are not coded alike or have no such column.
pub fn cap(
    synthetic: &Coded,
    real: &Coded,
    keys: &[usize],
    sensitive: &[usize],
    cap: Cap,
    progress: &dyn Progress,
) -> Option<f64> {
    if keys.is_empty() {
        return None;
    }
    let deepest = if cap == Cap::Generalized { keys.len() } else { 0 };
    let [synthetic_secrets, real_secrets] = one_column([synthetic, real], sensitive);
    let (synthetic, real) = (columns(synthetic, keys), columns(real, keys));
    let known = distance_counts(&real, &synthetic, deepest, progress);
    let (synthetic, real) = (beside(&synthetic, &synthetic_secrets), beside(&real, &real_secrets));
    let guessed = distance_counts(&real, &synthetic, deepest, progress);
    let (mut n_attacked, mut sum) = (0u64, 0.0);
    for row in 0..real.n_rows() {
        // Where no keys are closer, a row at this distance from keys and secret differs in keys.
        let closest = known.of(row).iter().position(|&rows| rows > 0);
        if let Some(distance) = closest {
            sum += f64::from(guessed.of(row)[distance]) / f64::from(known.of(row)[distance]);
        }
        n_attacked += u64::from(closest.is_some() || cap == Cap::Zero);
    }
    (n_attacked > 0).then(|| 1.0 - sum / n_attacked as f64)
}

/// Some columns of a table.
fn columns(table: &Coded, positions: &[usize]) -> Coded {
    let columns = positions.iter().map(|&column| table.column(column).to_vec()).collect();
    Coded::new(columns, positions.iter().map(|&column| table.sizes()[column]).collect())
}

/// Some columns of two tables as one, whose codes are equal where those of all of them are.
fn one_column(tables: [&Coded; 2], positions: &[usize]) -> [Coded; 2] {
    let mut seen: HashMap<Vec<u32>, u32> = HashMap::new();
    let codes = tables.map(|table| {
        let code = |row: usize| {
            let next = seen.len() as u32;
            let codes = positions.iter().map(|&column| table.column(column)[row]).collect();
            *seen.entry(codes).or_insert(next)
        };
        (0..table.n_rows()).map(code).collect::<Vec<u32>>()
    });
    codes.map(|codes| Coded::new(vec![codes], vec![seen.len()]))
}

/// The columns of both tables.
fn beside(table: &Coded, other: &Coded) -> Coded {
    let columns = [table.columns(), other.columns()].concat();
    Coded::new(columns, [table.sizes(), other.sizes()].concat())
}
