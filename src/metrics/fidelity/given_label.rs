//! The same numbers among the rows of each label.

use super::accuracy::{Accuracy, accuracy};
use super::notes::Notes;
use super::pairs::pairs;
use super::quality::{Quality, quality};
use crate::data::{Frame, Values};
use serde::{Deserialize, Serialize};

/// A label of more values is not taken for one.
const MOST_VALUES: usize = 10;

/// How alike the rows of one label are in two tables, as if they were whole tables without the
/// label: is what goes with a click learned, or only what is frequent?
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct GivenLabel {
    /// The label's value.
    pub value: String,
    /// Real rows that have it.
    pub real_rows: usize,
    /// Synthetic rows that have it.
    pub synthetic_rows: usize,
    /// SDMetrics' QualityReport of those rows.
    #[serde(flatten)]
    pub quality: Quality,
    /// Accuracy of those rows.
    pub triples: Accuracy,
}

/// The two frames for each value of the column called `label`, in the order of the vocabulary or
/// of the numbers. Values that occur in neither are left out.
pub(super) fn given_label(
    real: &Frame,
    synthetic: &Frame,
    label: &str,
) -> Result<(Vec<GivenLabel>, Notes), String> {
    let Some(position) = real.position(label) else {
        return Err(format!("there is no column {label}"));
    };
    let values = [real, synthetic].map(|frame| &frame.columns()[position].values);
    let groups = match values {
        [Values::Categories { vocabulary, codes }, Values::Categories { codes: others, .. }] => {
            let of = |codes: &[u32], code| rows(codes, |&each| each == code);
            let group =
                |code| (vocabulary[code as usize].clone(), of(codes, code), of(others, code));
            let mut present: Vec<u32> = [codes.as_slice(), others].concat();
            distinct(&mut present, u32::cmp).then(|| present.into_iter().map(group).collect())
        }
        [Values::Numbers(numbers), Values::Numbers(others)] => {
            let same = |a: &f64, b: f64| *a == b || a.is_nan() && b.is_nan();
            let of = |numbers: &[f64], number| rows(numbers, |each| same(each, number));
            let group = |number: f64| {
                let text = if number.is_nan() { String::new() } else { number.to_string() };
                (text, of(numbers, number), of(others, number))
            };
            // One zero, one missing value.
            let plain = |&x: &f64| if x.is_nan() { f64::NAN } else { x + 0.0 };
            let mut present: Vec<f64> = numbers.iter().chain(others).map(plain).collect();
            distinct(&mut present, f64::total_cmp).then(|| present.into_iter().map(group).collect())
        }
        _ => None,
    };
    let groups: Vec<(String, Vec<usize>, Vec<usize>)> =
        groups.ok_or_else(|| format!("column {label} has more than {MOST_VALUES} values"))?;
    let (real, synthetic) = (real.without(label), synthetic.without(label));
    let mut notes = Notes::default();
    let of_group = |(value, of_real, of_synthetic): (String, Vec<usize>, Vec<usize>)| {
        let frames = [real.select(&of_real), synthetic.select(&of_synthetic)];
        let (pairs, _) = pairs(&frames[0], &frames[1]);
        let (quality, of_quality) = quality(&frames[0], &frames[1], &pairs);
        let (triples, of_triples) = accuracy(&frames[0], &frames[1]);
        notes.add_all(&value, of_quality);
        notes.add_all(&format!("{value}/triples"), of_triples);
        let (real_rows, synthetic_rows) = (of_real.len(), of_synthetic.len());
        GivenLabel { value, real_rows, synthetic_rows, quality, triples }
    };
    Ok((groups.into_iter().map(of_group).collect(), notes))
}

/// Positions of the values that `are` the ones wanted.
fn rows<T>(values: &[T], are: impl Fn(&T) -> bool) -> Vec<usize> {
    values.iter().enumerate().filter(|&(_, value)| are(value)).map(|(row, _)| row).collect()
}

/// Leaves each value once, ascending, and tells whether they are few enough for a label.
fn distinct<T: Copy>(values: &mut Vec<T>, order: fn(&T, &T) -> std::cmp::Ordering) -> bool {
    values.sort_unstable_by(order);
    values.dedup_by(|a, b| order(a, b).is_eq());
    values.len() <= MOST_VALUES
}
