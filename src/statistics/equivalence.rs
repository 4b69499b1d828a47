//! Whether a difference is too small to matter.

use super::Estimate;

/// How likely an estimate so far within `margin` of 0 is if the truth is not within it.
///
/// By two one-sided tests (Schuirmann 1987): the larger of the p-values of "at most `-margin`" and
/// "at least `margin`". Below 0.05 exactly where the interval of 90 % lies within the margin.
pub fn equivalence_p(estimate: &Estimate, margin: f64) -> f64 {
    estimate.p_above(-margin).max(estimate.p_below(margin))
}
