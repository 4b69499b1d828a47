//! What Student's t is if there is an effect.

use super::{scale::mean_over_scale, student::normal_tail};

/// The probability that a noncentral t variable is at most `t`: `(Z + noncentrality) / S` with a
/// standard normal `Z` and `S` an estimated standard deviation by the true one, independent of it.
/// At least one degree of freedom, infinitely many allowed.
///
/// The mean over `S` of the normal distribution's `P(Z <= t S - noncentrality)`, exact to 1e-11.
pub fn noncentral_t_cdf(t: f64, degrees_of_freedom: f64, noncentrality: f64) -> f64 {
    // Where the normal probability changes: a step if t is large.
    let steps = (-4..=4).map(|i| (noncentrality + 2.0 * f64::from(i)) / t);
    mean_over_scale(degrees_of_freedom, steps, |s| normal_tail(noncentrality - t * s))
}
