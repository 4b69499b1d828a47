//! Numbers as codes, the way SDMetrics' QualityReport makes them for pairs.

use crate::metrics::fidelity::undefined::{Side, Undefined};

/// Number of codes: ten intervals, one for numbers below them and one for those from the largest
/// number on, which missing values share.
pub(super) const CODES: usize = 12;

/// The code of each number: how many of the eleven edges of ten intervals of equal width, from the
/// smallest number to the largest of this very table, are not above it.
///
/// That is numpy's `histogram_bin_edges` and `digitize`. Each table is cut at edges of its own, so
/// that a column that is shifted or stretched as a whole looks the same; SDMetrics does so. The
/// largest number and missing values share the last code.
pub(super) fn codes(numbers: &[f64], side: Side) -> Result<Vec<u32>, Undefined> {
    let edges = edges(numbers, side)?;
    let code = |&number: &f64| match number.is_nan() {
        true => edges.len() as u32,
        false => edges.partition_point(|&edge| edge <= number) as u32,
    };
    Ok(numbers.iter().map(code).collect())
}

fn edges(numbers: &[f64], side: Side) -> Result<[f64; CODES - 1], Undefined> {
    let present = || numbers.iter().copied().filter(|number| !number.is_nan());
    let (mut first, mut last) = match present().next() {
        None => (0.0, 1.0),
        Some(_) => {
            (present().fold(f64::INFINITY, f64::min), present().fold(f64::NEG_INFINITY, f64::max))
        }
    };
    if first == last {
        (first, last) = (first - 0.5, last + 0.5);
    }
    let width = last - first;
    if !width.is_finite() {
        return Err(Undefined::NotFinite(side));
    }
    let mut edges = std::array::from_fn(|i| i as f64 * (width / 10.0) + first);
    edges[CODES - 2] = last;
    match edges.is_sorted_by(|a, b| a < b) {
        true => Ok(edges),
        false => Err(Undefined::TooClose(side)),
    }
}
