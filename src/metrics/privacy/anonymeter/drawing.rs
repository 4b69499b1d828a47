//! Drawing predicates from a synthetic table.

use super::distinct::{Distinct, Index};
use super::predicate::{Condition, Predicate};
use crate::seed::Rng;
use rand::RngExt as _;
use rand::seq::{SliceRandom, index};
use rayon::prelude::*;
use std::collections::HashSet;

/// Predicates that are drawn, then tried, together.
const BATCH: usize = 1024;

/// Up to `n` predicates on one column each that single out a row: a value that occurs once, the
/// least and the largest number, the only missing one.
pub(super) fn univariate(rows: &Distinct, n: usize, rng: &mut Rng) -> Vec<Predicate> {
    let mut found = Vec::new();
    for (c, column) in rows.columns().iter().enumerate() {
        found.extend(rarities(column).into_iter().map(|condition| Predicate(vec![(c, condition)])));
    }
    found.retain(|predicate| rows.is_singled_out(predicate));
    found.shuffle(rng);
    found.truncate(n);
    found
}

/// Conditions that may hold for one row alone.
fn rarities(column: &Index) -> Vec<Condition> {
    match column {
        Index::Categories { starts, .. } => {
            let once = |code: &usize| starts[code + 1] - starts[*code] == 1;
            (0..starts.len() - 1).filter(once).map(|code| Condition::Is(code as u32)).collect()
        }
        Index::Numbers { sorted, .. } => {
            let runs = sorted.chunk_by(|a, b| a == b);
            let once = runs.filter(|run| run.len() == 1).map(|run| Condition::Equal(run[0]));
            let ends = sorted.first().map(|&least| Condition::AtMost(least)).into_iter();
            let ends = ends.chain(sorted.last().map(|&largest| Condition::AtLeast(largest)));
            ends.chain(once).chain([Condition::Missing]).collect()
        }
    }
}

/// Up to `n` different predicates on `width` columns each that single out a row, found in up to
/// `attempts`: what a random row has in random columns, of numbers that they are at least as far
/// from the median.
pub(super) fn multivariate(
    rows: &Distinct,
    n: usize,
    width: usize,
    attempts: usize,
    rng: &mut Rng,
) -> Vec<Predicate> {
    let medians: Vec<f64> = rows.columns().iter().map(median).collect();
    let (mut found, mut seen) = (Vec::new(), HashSet::new());
    let mut tried = 0;
    while found.len() < n && tried < attempts {
        let batch = BATCH.min(attempts - tried);
        tried += batch;
        let draw = |_| described(rows, rng.random_range(0..rows.len()), width, &medians, rng);
        let drawn: Vec<Predicate> = (0..batch).map(draw).collect();
        let single: Vec<bool> = drawn.par_iter().map(|p| rows.is_singled_out(p)).collect();
        for (predicate, single) in drawn.into_iter().zip(single) {
            if single && found.len() < n && seen.insert(predicate.key()) {
                found.push(predicate);
            }
        }
    }
    found
}

/// What a row has in random columns.
fn described(
    rows: &Distinct,
    row: usize,
    width: usize,
    medians: &[f64],
    rng: &mut Rng,
) -> Predicate {
    let condition = |c: usize| match &rows.columns()[c] {
        Index::Categories { codes, .. } => Condition::Is(codes[row]),
        Index::Numbers { numbers, .. } => match numbers[row] {
            number if number.is_nan() => Condition::Missing,
            number if number > medians[c] => Condition::AtLeast(number),
            number => Condition::AtMost(number),
        },
    };
    Predicate(columns(rows, width, rng).into_iter().map(|c| (c, condition(c))).collect())
}

/// `n` predicates on `width` columns each that compare with values that occur, whatever they match.
pub(super) fn random(rows: &Distinct, n: usize, width: usize, rng: &mut Rng) -> Vec<Predicate> {
    let values: Vec<Vec<Condition>> = rows.columns().iter().map(occurring).collect();
    let draw = |_| {
        let columns = columns(rows, width, rng).into_iter();
        let compared = columns.map(|c| {
            let value = values[c][rng.random_range(0..values[c].len())];
            (c, comparison(value, rng))
        });
        Predicate(compared.collect())
    };
    (0..n).map(draw).collect()
}

/// The values of a column, each once, as the conditions that they are the value.
fn occurring(column: &Index) -> Vec<Condition> {
    match column {
        Index::Categories { starts, .. } => {
            let occurs = |code: &usize| starts[code + 1] > starts[*code];
            (0..starts.len() - 1).filter(occurs).map(|code| Condition::Is(code as u32)).collect()
        }
        Index::Numbers { sorted, rows, .. } => {
            let runs = sorted.chunk_by(|a, b| a == b).map(|run| Condition::Equal(run[0]));
            let missing = (sorted.len() < rows.len()).then_some(Condition::Missing);
            runs.chain(missing).collect()
        }
    }
}

/// A random comparison with a value that is given as the condition to be it.
fn comparison(value: Condition, rng: &mut Rng) -> Condition {
    let numbers = |x| {
        use Condition::{Above, AtLeast, AtMost, Below, Equal, NotEqual};
        [Equal(x), NotEqual(x), Above(x), Below(x), AtLeast(x), AtMost(x)]
    };
    match value {
        Condition::Is(code) if rng.random_bool(0.5) => Condition::IsNot(code),
        Condition::Equal(x) => numbers(x)[rng.random_range(0..6)],
        // Of six comparisons with a missing number one asks for it, five for its opposite.
        Condition::Missing if rng.random_range(0..6) > 0 => Condition::Present,
        other => other,
    }
}

/// Random columns, ascending.
fn columns(rows: &Distinct, width: usize, rng: &mut Rng) -> Vec<usize> {
    let n = rows.columns().len();
    let mut columns = index::sample(rng, n, width.min(n)).into_vec();
    columns.sort_unstable();
    columns
}

/// The median of the numbers that are not missing, between both middle ones.
fn median(column: &Index) -> f64 {
    match column {
        Index::Numbers { sorted, .. } if !sorted.is_empty() => {
            let half = sorted.len() / 2;
            f64::midpoint(sorted[(sorted.len() - 1) / 2], sorted[half])
        }
        _ => f64::NAN,
    }
}
