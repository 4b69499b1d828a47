//! The distinct rows of a frame, indexed to find those that match a predicate.

use super::predicate::{Condition, Predicate};
use crate::data::{Frame, Values};
use rayon::prelude::*;
use std::collections::HashMap;

/// The distinct rows of a frame and how often each occurs.
#[derive(Debug)]
pub(super) struct Distinct {
    columns: Vec<Index>,
    /// By distinct row, in the order of their first occurrence.
    times: Vec<u32>,
    /// Rows with their repetitions.
    n_rows: usize,
}

/// A column of distinct rows, and the rows in the order of its values.
#[derive(Debug)]
pub(super) enum Index {
    Categories {
        codes: Vec<u32>,
        /// The rows of code `c` are `rows[starts[c]..starts[c + 1]]`.
        starts: Vec<usize>,
        rows: Vec<u32>,
    },
    Numbers {
        numbers: Vec<f64>,
        /// Those that are not missing, ascending.
        sorted: Vec<f64>,
        /// By place in `sorted`, then the rows where the number is missing.
        rows: Vec<u32>,
    },
}

impl Distinct {
    pub fn new(frame: &Frame) -> Self {
        let (firsts, times) = distinct_rows(frame);
        let index = |column: &crate::data::Column| Index::new(&column.values, &firsts);
        let columns = frame.columns().par_iter().map(index).collect();
        Self { columns, times, n_rows: frame.n_rows() }
    }

    /// Number of rows with their repetitions.
    pub fn n_rows(&self) -> usize {
        self.n_rows
    }

    /// Number of distinct rows.
    pub fn len(&self) -> usize {
        self.times.len()
    }

    pub fn columns(&self) -> &[Index] {
        &self.columns
    }

    /// Whether exactly one distinct row matches.
    pub fn is_singled_out(&self, predicate: &Predicate) -> bool {
        let mut matches = self.matches(predicate);
        matches.next().is_some() && matches.next().is_none()
    }

    /// How often each distinct row that matches occurs.
    pub fn matches(&self, predicate: &Predicate) -> impl Iterator<Item = u32> {
        let candidates =
            predicate.0.iter().filter_map(|&(c, condition)| self.columns[c].candidates(condition));
        let candidates = candidates.min_by_key(|rows| rows.len());
        let (some, all) = match candidates {
            Some(rows) => (rows, 0..0),
            None => ([].as_slice(), 0..self.times.len() as u32),
        };
        let conditions = predicate.0.clone();
        let holds = move |row: &u32| {
            conditions.iter().all(|&(c, condition)| self.columns[c].holds(condition, *row as usize))
        };
        some.iter().copied().chain(all).filter(holds).map(|row| self.times[row as usize])
    }
}

/// Where each distinct row occurs first, and how often it does.
fn distinct_rows(frame: &Frame) -> (Vec<u32>, Vec<u32>) {
    let width = frame.columns().len();
    let mut keys = vec![0u64; frame.n_rows() * width];
    for (c, column) in frame.columns().iter().enumerate() {
        let places = keys.iter_mut().skip(c).step_by(width);
        match &column.values {
            Values::Categories { codes, .. } => {
                places.zip(codes).for_each(|(key, &code)| *key = code.into());
            }
            // All missing numbers are one, and so are both zeros.
            Values::Numbers(numbers) => places.zip(numbers).for_each(|(key, &number)| {
                *key = if number.is_nan() { f64::NAN } else { number + 0.0 }.to_bits();
            }),
        }
    }
    let (mut firsts, mut times) = (Vec::new(), Vec::new());
    let mut seen: HashMap<&[u64], usize> = HashMap::with_capacity(frame.n_rows());
    for (row, key) in keys.chunks_exact(width.max(1)).enumerate() {
        let place = *seen.entry(key).or_insert_with(|| {
            firsts.push(row as u32);
            times.push(0);
            times.len() - 1
        });
        times[place] += 1;
    }
    (firsts, times)
}

impl Index {
    /// The values of a column at some rows.
    fn new(values: &Values, at: &[u32]) -> Self {
        let n = at.len() as u32;
        match values {
            Values::Categories { vocabulary, codes } => {
                let codes: Vec<u32> = at.iter().map(|&row| codes[row as usize]).collect();
                let mut starts = vec![0; vocabulary.len() + 1];
                codes.iter().for_each(|&code| starts[code as usize + 1] += 1);
                (0..vocabulary.len()).for_each(|code| starts[code + 1] += starts[code]);
                let mut next = starts.clone();
                let mut rows = vec![0; codes.len()];
                for (row, &code) in (0..n).zip(&codes) {
                    rows[next[code as usize]] = row;
                    next[code as usize] += 1;
                }
                Self::Categories { codes, starts, rows }
            }
            Values::Numbers(numbers) => {
                let numbers: Vec<f64> = at.iter().map(|&row| numbers[row as usize]).collect();
                let number = |row: &u32| numbers[*row as usize];
                let (mut rows, missing): (Vec<u32>, Vec<u32>) =
                    (0..n).partition(|row| !number(row).is_nan());
                rows.sort_by(|a, b| number(a).total_cmp(&number(b)));
                let sorted = rows.iter().map(number).collect();
                rows.extend(missing);
                Self::Numbers { numbers, sorted, rows }
            }
        }
    }

    /// The rows for which a condition holds, where they lie side by side.
    fn candidates(&self, condition: Condition) -> Option<&[u32]> {
        match self {
            Self::Categories { starts, rows, .. } => match condition {
                // A code that no row has may lie beyond this frame's vocabulary.
                Condition::Is(code) => {
                    let end = starts.get(code as usize + 1).copied().unwrap_or_default();
                    Some(starts.get(code as usize).map_or(&[], |&start| &rows[start.min(end)..end]))
                }
                _ => None,
            },
            Self::Numbers { sorted, rows, .. } => {
                let below = |x: f64| sorted.partition_point(|&number| number < x);
                let not_above = |x: f64| sorted.partition_point(|&number| number <= x);
                let range = match condition {
                    Condition::Equal(x) => below(x)..not_above(x),
                    Condition::AtLeast(x) => below(x)..sorted.len(),
                    Condition::AtMost(x) => 0..not_above(x),
                    Condition::Above(x) => not_above(x)..sorted.len(),
                    Condition::Below(x) => 0..below(x),
                    Condition::Missing => sorted.len()..rows.len(),
                    Condition::Present => 0..sorted.len(),
                    _ => return None,
                };
                Some(&rows[range])
            }
        }
    }

    fn holds(&self, condition: Condition, row: usize) -> bool {
        match self {
            Self::Categories { codes, .. } => condition.holds_for_code(codes[row]),
            Self::Numbers { numbers, .. } => condition.holds_for_number(numbers[row]),
        }
    }
}
