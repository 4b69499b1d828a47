//! Tails of Student's t.

use statrs::distribution::{Continuous, StudentsT};
use statrs::function::beta::beta_reg;
use statrs::function::erf::erfc_inv;
use std::f64::consts::{PI, SQRT_2};

/// From here on an expansion about the normal distribution is used, which is exact to 1e-11 there,
/// while the incomplete beta function loses digits.
const MANY: f64 = 1e4;

/// The probability that a standard normal variable is above `z`.
pub fn normal_tail(z: f64) -> f64 {
    libm::erfc(z / SQRT_2) / 2.0
}

/// The density of a standard normal variable.
pub fn normal_density(z: f64) -> f64 {
    (-z * z / 2.0).exp() / (2.0 * PI).sqrt()
}

/// The probability that Student's t is above `t`. Infinite degrees of freedom give the normal
/// distribution.
pub fn tail(t: f64, degrees_of_freedom: f64) -> f64 {
    let df = degrees_of_freedom;
    if t < 0.0 {
        1.0 - tail(-t, df)
    } else if df >= MANY {
        // Fisher (1925), "Expansion of Student's integral in powers of 1/n".
        let square = t * t;
        let first = (square + 1.0) / (4.0 * df);
        let second = (((3.0 * square - 7.0) * square - 5.0) * square - 3.0) / (96.0 * df * df);
        let density = normal_density(t);
        let beyond = if density > 0.0 { density * t * (first + second) } else { 0.0 };
        (normal_tail(t) + beyond).clamp(0.0, 0.5)
    } else if t < 1.0 {
        // Of the two forms of the same number the one that loses nothing where t is near 0.
        0.5 - beta_reg(0.5, df / 2.0, t * t / (df + t * t)) / 2.0
    } else {
        beta_reg(df / 2.0, 0.5, df / (df + t * t)) / 2.0
    }
}

/// The value that Student's t is above with the given probability, which must lie between 0 and 1.
pub fn upper_quantile(probability: f64, degrees_of_freedom: f64) -> f64 {
    let df = degrees_of_freedom;
    if probability > 0.5 {
        return -upper_quantile(1.0 - probability, df);
    }
    // The quantile of the normal distribution is nearer to 0, or the same.
    let mut quantile = SQRT_2 * erfc_inv(2.0 * probability);
    let t = StudentsT::new(0.0, 1.0, df).ok().filter(|_| df < MANY);
    // Newton's method on logarithms, where far tails are nearly straight lines.
    for _ in 0..50 {
        let (density, above) =
            (t.map_or_else(|| normal_density(quantile), |t| t.pdf(quantile)), tail(quantile, df));
        let step = (above / probability).ln() * above / (density * quantile);
        if !step.is_finite() {
            break;
        }
        quantile *= step.exp();
        if step.abs() < 1e-12 {
            break;
        }
    }
    quantile
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quantiles_invert_tails() {
        for df in [1.0, 1.3, 2.0, 7.0, 50.0, 9999.0, 1e4, 1e9, 1e300, f64::INFINITY] {
            for p in [1e-14, 1e-9, 1e-6, 0.001, 0.025, 0.3, 0.5, 0.9, 0.975, 1.0 - 1e-6] {
                let found = tail(upper_quantile(p, df), df);
                let tolerance = 1e-11 * p.min(1.0 - p) + 1e-15 * p;
                assert!((found - p).abs() <= tolerance, "{df}, {p}: {found}");
            }
        }
    }
}
