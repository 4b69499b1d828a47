//! A difference of two AUCs of the same test rows.

use super::Estimate;

/// The difference `a - b` of two AUCs, as uncertain as the sample of test rows makes it.
///
/// Variances and covariance as [`DeLong`](crate::metrics::DeLong) gives them; the variance of the
/// difference is `variance_a + variance_b - 2 covariance` (DeLong, DeLong and Clarke-Pearson 1988),
/// its distribution the normal one. None if a number is not finite, or if the three cannot be
/// those of two numbers.
pub fn difference_over_rows(
    [a, b]: [f64; 2],
    [variance_a, variance_b]: [f64; 2],
    covariance: f64,
) -> Option<Estimate> {
    let sum = variance_a + variance_b;
    let variance = sum - 2.0 * covariance;
    // Two models that rank alike differ by 0, give or take a rounding error.
    let rounded = if variance.abs() <= 1e-14 * sum { 0.0 } else { variance };
    Estimate::new(a - b, rounded, f64::INFINITY)
}
