//! Special functions: what `statrs` lacks, or has with too few digits for tails.

use std::f64::consts::{LN_2, PI};

use statrs::function::gamma::ln_gamma;

use crate::generators::parts::normal_scores::score;

/// `φ(z)`, the density of a standard normal variable.
pub fn normal_density(z: f64) -> f64 {
    (-z * z / 2.0).exp() / (2.0 * PI).sqrt()
}

/// The normal score of a point with probability `lower` below and `upper` above it, where the smaller
/// of the two is exact, however small.
pub fn score_of_tails(lower: f64, upper: f64) -> f64 {
    if lower <= upper { score(lower) } else { -score(upper) }
}

/// `ψ′(x)`, the derivative of the digamma function, for `x > 0`: the recurrence
/// `ψ′(x) = ψ′(x + 1) + 1/x²`, then the asymptotic series (Abramowitz and Stegun 6.4.6, 6.4.12).
pub fn trigamma(x: f64) -> f64 {
    let (mut sum, mut z) = (0.0, x);
    while z < 12.0 {
        sum += 1.0 / (z * z);
        z += 1.0;
    }
    let r = 1.0 / (z * z);
    // The Bernoulli numbers B₁₂, …, B₂.
    let series = [-691.0 / 2730.0, 5.0 / 66.0, -1.0 / 30.0, 1.0 / 42.0, -1.0 / 30.0, 1.0 / 6.0];
    let series = series.into_iter().fold(0.0, |rest, bernoulli| r * (bernoulli + rest));
    sum + (1.0 + 0.5 / z + series) / z
}

/// `ln Γ(x)` less Stirling's `(x − ½) ln x − x + ½ ln 2π`, for `x > 0` (Abramowitz and Stegun 6.1.41).
pub fn stirling_remainder(x: f64) -> f64 {
    if x < 12.0 {
        return ln_gamma(x) - ((x - 0.5) * x.ln() - x + 0.5 * (LN_2 + PI.ln()));
    }
    let r = 1.0 / (x * x);
    (1.0 / 12.0 - r * (1.0 / 360.0 - r * (1.0 / 1260.0 - r * (1.0 / 1680.0 - r / 1188.0)))) / x
}
