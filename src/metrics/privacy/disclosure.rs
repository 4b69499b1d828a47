//! What synthetic rows tell an attacker about columns that should stay secret.

use super::cap::{Cap, cap};
use crate::data::{Coded, Frame, Values};
use crate::progress::Progress;
use hashbrown::HashSet;
use serde::{Deserialize, Serialize};

/// Bins of equal width that numbers are cut into, as SDMetrics does by default.
const BINS: u32 = 10;

/// SDMetrics' DisclosureProtection: attribution beside guessing blindly.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct DisclosureProtection {
    /// The protection by that against blind guesses, 1 at most. Near 0 is alarming. None if there is
    /// one value to guess, or no row to attack.
    pub score: Option<f64>,
    /// 1 less the mean probability of a right guess with the synthetic rows: [`cap`]. None if no row
    /// can be attacked.
    pub cap_protection: Option<f64>,
    /// The same of a guess among all combinations of real values of the sensitive columns, each as
    /// likely as any other.
    pub baseline_protection: f64,
}

/// How well the `sensitive` columns of the rows of `real` are protected from an attacker who knows
/// their `keys` and the synthetic rows. Numbers are cut into 10 bins of equal width over the real
/// ones; a missing value is a category.
///
/// None if there is no real row, no column of one of these names, or no key or sensitive column.
///
/// # Panics
/// If the frames have different columns.
pub fn disclosure_protection(
    synthetic: &Frame,
    real: &Frame,
    keys: &[&str],
    sensitive: &[&str],
    method: Cap,
    progress: &dyn Progress,
) -> Option<DisclosureProtection> {
    let positions = |names: &[&str]| -> Option<Vec<usize>> {
        let positions = names.iter().map(|name| real.position(name)).collect::<Option<Vec<_>>>();
        positions.filter(|positions| !positions.is_empty())
    };
    let (keys, sensitive) = (positions(keys)?, positions(sensitive)?);
    if real.n_rows() == 0 {
        return None;
    }
    let (synthetic, real) = code(synthetic, real);
    let different =
        |&column: &usize| real.column(column).iter().collect::<HashSet<_>>().len() as f64;
    let baseline_protection = 1.0 - 1.0 / sensitive.iter().map(different).product::<f64>();
    let cap_protection = cap(&synthetic, &real, &keys, &sensitive, method, progress);
    let score = cap_protection.filter(|_| baseline_protection > 0.0);
    Some(DisclosureProtection {
        score: score.map(|protection| (protection / baseline_protection).min(1.0)),
        cap_protection,
        baseline_protection,
    })
}

/// Both frames as codes, numbers cut by the real ones.
fn code(synthetic: &Frame, real: &Frame) -> (Coded, Coded) {
    let (mut synthetic_columns, mut real_columns, mut sizes) = (Vec::new(), Vec::new(), Vec::new());
    for (synthetic, real) in synthetic.columns().iter().zip(real.columns()) {
        match (&synthetic.values, &real.values) {
            (
                Values::Categories { codes: synthetic, .. },
                Values::Categories { codes: real, vocabulary },
            ) => {
                synthetic_columns.push(synthetic.clone());
                real_columns.push(real.clone());
                sizes.push(vocabulary.len());
            }
            (Values::Numbers(synthetic), Values::Numbers(real)) => {
                let edges = edges(real);
                synthetic_columns.push(bins(synthetic, &edges));
                real_columns.push(bins(real, &edges));
                sizes.push(BINS as usize + 1);
            }
            _ => panic!("column {} is numbers in one frame alone", real.name),
        }
    }
    (Coded::new(synthetic_columns, sizes.clone()), Coded::new(real_columns, sizes))
}

/// What separates the bins. As pandas' cut has it, a bin includes its upper end; around a single
/// number they are a thousandth of it wide.
fn edges(real: &[f64]) -> Vec<f64> {
    let known = || real.iter().copied().filter(|number| !number.is_nan());
    let mut low = known().fold(f64::INFINITY, f64::min);
    let mut high = known().fold(f64::NEG_INFINITY, f64::max);
    if low == high {
        let margin = if low == 0.0 { 0.001 } else { 0.001 * low.abs() };
        (low, high) = (low - margin, high + margin);
    }
    let step = (high - low) / f64::from(BINS);
    (1..BINS).map(|edge| low + f64::from(edge) * step).collect()
}

fn bins(numbers: &[f64], edges: &[f64]) -> Vec<u32> {
    let bin = |&number: &f64| match number.is_nan() {
        true => BINS,
        false => edges.partition_point(|&edge| edge < number) as u32,
    };
    numbers.iter().map(bin).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// As sdmetrics 0.32.0 cuts them.
    #[test]
    fn bins_include_their_upper_ends() {
        let real = [0.0, 1.0, 1.5, 2.0, 9.0, 10.0, f64::NAN];
        assert_eq!(bins(&real, &edges(&real)), [0, 0, 1, 1, 8, 9, 10]);
        let synthetic = [-5.0, 0.99, 1.0, 1.01, 3.0, 9.0, 9.01, 99.0, f64::NAN];
        assert_eq!(bins(&synthetic, &edges(&real)), [0, 0, 0, 1, 2, 8, 9, 9, 10]);
        let one = [4.5, 4.5];
        assert_eq!(bins(&one, &edges(&one)), [4, 4]);
        assert_eq!(bins(&[4.0, 4.5005, 5.0], &edges(&one)), [0, 5, 9]);
        let none = [f64::NAN];
        assert_eq!(bins(&[f64::NAN, 1.0], &edges(&none))[0], BINS);
    }
}
