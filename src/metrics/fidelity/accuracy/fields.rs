//! Columns as a few codes each, the way mostlyai-qa bins them.

use crate::data::{Column, Frame, Values};
use std::cmp::Reverse;

/// Categories kept of a column, and intervals wanted of numbers.
const BINS: usize = 10;

/// Categories of fewer real rows are not kept.
const RARE: u64 = 5;

/// A column of both tables, real one first, in few codes.
pub(super) struct Field {
    pub codes: [Vec<u32>; 2],
    pub size: usize,
}

/// The columns of two frames, binned by the real one.
pub(super) fn fields(real: &Frame, synthetic: &Frame) -> Vec<Field> {
    real.columns()
        .iter()
        .zip(synthetic.columns())
        .filter_map(|pair| field(pair.0, pair.1))
        .collect()
}

fn field(real: &Column, synthetic: &Column) -> Option<Field> {
    match (&real.values, &synthetic.values) {
        (Values::Categories { vocabulary, codes }, Values::Categories { codes: others, .. }) => {
            let (bin_of, size) = kept(vocabulary, codes, real.missing_code());
            let codes = [codes, others];
            let codes = codes.map(|codes| codes.iter().map(|&c| bin_of[c as usize]).collect());
            Some(Field { codes, size })
        }
        (Values::Numbers(numbers), Values::Numbers(others)) => {
            let lower = lower_bounds(numbers);
            let code = |&number: &f64| match number.is_nan() {
                true => lower.len() as u32,
                // Numbers below the first interval belong to it.
                false => lower.partition_point(|&l| l <= number).saturating_sub(1) as u32,
            };
            let codes = [numbers, others].map(|numbers| numbers.iter().map(code).collect());
            Some(Field { codes, size: lower.len() + 1 })
        }
        _ => None,
    }
}

/// The bin of every code, and the number of bins: the most frequent real categories, in ties those
/// whose text comes first, then missing values, then all others.
fn kept(vocabulary: &[String], codes: &[u32], missing: Option<u32>) -> (Vec<u32>, usize) {
    let mut counts = vec![0u64; vocabulary.len()];
    codes.iter().for_each(|&code| counts[code as usize] += 1);
    let mut frequent: Vec<_> = (0..vocabulary.len()).filter(|&code| counts[code] >= RARE).collect();
    frequent.sort_unstable_by_key(|&code| (Reverse(counts[code]), &vocabulary[code]));
    frequent.truncate(BINS);
    if let Some(missing) = missing.map(|code| code as usize)
        && !frequent.contains(&missing)
    {
        frequent.push(missing);
    }
    let mut bin_of = vec![frequent.len() as u32; vocabulary.len()];
    frequent.iter().zip(0..).for_each(|(&code, bin)| bin_of[code] = bin);
    (bin_of, frequent.len() + 1)
}

/// Where the intervals of numbers begin: every distinct number if there are at most ten, else near
/// the deciles, on a finer grid where too many of those coincide, and cut to as few decimals as
/// keep them apart.
fn lower_bounds(numbers: &[f64]) -> Vec<f64> {
    let mut sorted: Vec<f64> = numbers.iter().copied().filter(|x| !x.is_nan()).collect();
    sorted.sort_unstable_by(f64::total_cmp);
    let mut distinct = sorted.clone();
    distinct.dedup();
    let mut breaks = match distinct.len() {
        0 => return vec![0.0],
        n if n <= BINS => {
            distinct.push(distinct[n - 1] + 1.0);
            distinct.dedup();
            distinct
        }
        _ => quantile_breaks(&sorted),
    };
    let cut = |decimals: i32| {
        let scale = 10f64.powi(decimals);
        let cut: Vec<f64> = breaks.iter().map(|x| (x * scale).floor() / scale).collect();
        cut.is_sorted_by(|a, b| a < b).then_some(cut)
    };
    if let Some(cut) = (0..20).find_map(cut) {
        breaks = cut;
    }
    breaks.pop();
    breaks
}

/// The values at evenly spaced positions, smallest and largest included, at the least number of
/// positions, from ten to 999, that gives eleven distinct ones.
fn quantile_breaks(sorted: &[f64]) -> Vec<f64> {
    let last = sorted.len() - 1;
    let at = |positions: usize| {
        let step = last as f64 / (positions - 1) as f64;
        let position = |i| if i + 1 == positions { last } else { (i as f64 * step) as usize };
        let mut breaks: Vec<f64> = (0..positions).map(|i| sorted[position(i)]).collect();
        breaks.dedup();
        breaks
    };
    let mut breaks = at(BINS);
    for positions in BINS + 1..(sorted.len() + 1).min(1000) {
        if breaks.len() > BINS {
            break;
        }
        breaks = at(positions);
    }
    breaks
}
