//! An estimated standard deviation.

use super::quadrature::{breaks_between, integral};

/// The mean of `f(S)`, where `S` is an estimated standard deviation divided by the true one, that
/// is the root of a chi-squared variable divided by its degrees of freedom (at least 1; `S` is 1 if
/// they are infinite).
///
/// By quadrature, exact to 1e-12 for an `f` from 0 to 1 that is smooth between two `steps`.
pub fn mean_over_scale(
    degrees_of_freedom: f64,
    steps: impl Iterator<Item = f64>,
    f: impl Fn(f64) -> f64,
) -> f64 {
    let df = degrees_of_freedom;
    // The standard deviation of S is close to this; beyond nine of them nothing is left.
    let spread = (2.0 * df).sqrt().recip();
    // So little that only its square, which is lost in rounding, would change the mean.
    if spread < 1e-7 {
        return f(1.0);
    }
    let panels = (-2..=2).map(|i| 1.0 + 3.0 * f64::from(i) * spread);
    let (low, high) = ((1.0 - 9.0 * spread).max(0.0), 1.0 + 9.0 * spread);
    let breaks = breaks_between(low, high, panels.chain(steps));
    // The density of S but for a factor: so it is about 1 at its mode, however many degrees.
    let density = |s: f64| (df * ((s - 1.0).ln_1p() - (s - 1.0) * (s + 1.0) / 2.0)).exp() / s;
    integral(&breaks, |s| density(s) * f(s)) / integral(&breaks, density)
}
