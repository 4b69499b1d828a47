//! Synthetic rows that match no real one.

use super::neighbours::row_by_row;
use crate::data::{Frame, Values};
use hashbrown::HashMap;
use rayon::prelude::*;

/// How far a real number may be from a synthetic one to match it, in parts of the synthetic one:
/// SDMetrics' default.
pub const MATCH_TOLERANCE: f64 = 0.01;

/// The share of synthetic rows that match no real row, from 0 to 1: SDMetrics' NewRowSynthesis.
///
/// Rows match if they agree in all columns: categories are equal, numbers at most
/// `tolerance * |synthetic|` apart, a missing value agrees with missing ones only. Far less than the
/// same share of a holdout is alarming; 1 proves nothing, since a copy with one value changed is new.
///
/// None without a synthetic row.
///
/// # Panics
/// If the frames have different columns.
pub fn new_row_share(synthetic: &Frame, real: &Frame, tolerance: f64) -> Option<f64> {
    let n_rows = synthetic.n_rows();
    if n_rows == 0 {
        return None;
    }
    let index = Index::new(real);
    let numbers = numbers(synthetic);
    let keys = index_keys(synthetic);
    let width = keys.len() / n_rows;
    let new = (0..n_rows)
        .into_par_iter()
        .filter(|&row| !index.matches(&keys[row * width..][..width], &numbers, row, tolerance));
    Some(new.count() as f64 / n_rows as f64)
}

/// Real rows by what has to be equal; within that in the order of one column of numbers.
struct Index<'a> {
    numbers: Vec<&'a [f64]>,
    /// The column of numbers that rows are sorted by.
    sorted_by: usize,
    rows: HashMap<Vec<u32>, Vec<u32>>,
}

impl<'a> Index<'a> {
    fn new(real: &'a Frame) -> Self {
        let numbers = numbers(real);
        // Among the most different numbers the fewest are near one another.
        let sorted_by = (0..numbers.len()).max_by_key(|&column| n_different(numbers[column]));
        let sorted_by = sorted_by.unwrap_or(0);
        let keys = index_keys(real);
        let width = keys.len() / real.n_rows().max(1);
        let mut rows: HashMap<Vec<u32>, Vec<u32>> = HashMap::new();
        for row in 0..real.n_rows() {
            rows.entry_ref(&keys[row * width..][..width]).or_default().push(row as u32);
        }
        if let Some(numbers) = numbers.get(sorted_by) {
            for rows in rows.values_mut() {
                rows.sort_by(|&a, &b| numbers[a as usize].total_cmp(&numbers[b as usize]));
            }
        }
        Self { numbers, sorted_by, rows }
    }

    /// Whether a row matches the one with this key and the numbers at `row` of `numbers`.
    fn matches(&self, key: &[u32], numbers: &[&[f64]], row: usize, tolerance: f64) -> bool {
        let Some(rows) = self.rows.get(key) else {
            return false;
        };
        let near = |number: f64, other: f64| {
            // Where the key is the same either both are missing or none.
            number.is_nan() || (other - number).abs() <= (tolerance * number).abs()
        };
        let agree = |&&other: &&u32| {
            let columns = numbers.iter().zip(&self.numbers);
            columns.into_iter().all(|(mine, theirs)| near(mine[row], theirs[other as usize]))
        };
        match self.numbers.get(self.sorted_by) {
            Some(sorted) if !numbers[self.sorted_by][row].is_nan() => {
                let number = numbers[self.sorted_by][row];
                // Differences grow on both sides of the number, also as they are rounded.
                let begin = rows.partition_point(|&other| {
                    let other = sorted[other as usize];
                    other < number && !near(number, other)
                });
                let candidates = rows[begin..].iter();
                candidates
                    .take_while(|&&other| near(number, sorted[other as usize]))
                    .any(|r| agree(&r))
            }
            _ => rows.iter().any(|other| agree(&other)),
        }
    }
}

fn numbers(frame: &Frame) -> Vec<&[f64]> {
    let numbers = frame.columns().iter().filter_map(|column| match &column.values {
        Values::Numbers(numbers) => Some(numbers.as_slice()),
        Values::Categories { .. } => None,
    });
    numbers.collect()
}

/// Row by row what has to be equal: categories, and which numbers are missing.
fn index_keys(frame: &Frame) -> Vec<u32> {
    let keys = frame.columns().iter().map(|column| match &column.values {
        Values::Categories { codes, .. } => codes.clone(),
        Values::Numbers(numbers) => numbers.iter().map(|x| u32::from(x.is_nan())).collect(),
    });
    row_by_row(&keys.collect::<Vec<_>>(), frame.n_rows())
}

fn n_different(numbers: &[f64]) -> usize {
    let mut numbers = numbers.to_vec();
    numbers.sort_by(f64::total_cmp);
    numbers.dedup();
    numbers.len()
}
