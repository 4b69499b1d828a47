//! How close shares are to the levels they should have.

/// One minus twice the area between `P(α)` and `α`, where `P(α)` is the share of `values` within
/// the `α` quantile of `reference`: 1 if it is `α` at every level, 0 if no value ever is or all
/// always are (Alaa et al. 2022, eq. 11).
///
/// A value that ties with references, as most do among points that coincide, is within a quantile
/// that falls into the tie with the probability that shares out the tie evenly; so equal values
/// give 1. An infinite value is within none. Neither list is empty.
pub(super) fn agreement(reference: &mut [f64], values: &mut [f64]) -> f64 {
    reference.sort_unstable_by(f64::total_cmp);
    values.sort_unstable_by(f64::total_cmp);
    let level = |count: usize| count as f64 / reference.len() as f64;
    let (mut alpha, mut share, mut count, mut area) = (0.0, 0.0, 0, 0.0);
    for tied in values.chunk_by(|a, b| a == b) {
        let below = level(reference.partition_point(|&other| other < tied[0]));
        let up_to = level(reference.partition_point(|&other| other <= tied[0]));
        count += tied.len();
        let next = count as f64 / values.len() as f64;
        area += between(alpha, below, share, share) + between(below, up_to, share, next);
        (alpha, share) = (up_to, next);
    }
    area += between(alpha, 1.0, share, share);
    1.0 - 2.0 * area
}

/// The area between the diagonal and the line from `(from, start)` to `(to, end)`.
fn between(from: f64, to: f64, start: f64, end: f64) -> f64 {
    let (start, end) = (start - from, end - to);
    let sum = start.abs() + end.abs();
    if sum == 0.0 {
        0.0
    } else if start * end >= 0.0 {
        (to - from) * sum / 2.0
    } else {
        // Two triangles.
        (to - from) * (start * start + end * end) / (2.0 * sum)
    }
}
