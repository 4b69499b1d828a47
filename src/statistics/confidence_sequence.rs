//! An interval that holds however often one looks.

use super::Interval;
use serde::{Deserialize, Serialize};

/// The t confidence sequence for the mean of normal values of unknown variance.
///
/// All its intervals, one after each value, hold the mean together with probability `confidence`.
/// So one may look after every value, stop when one likes what one sees, and go on later.
///
/// Had the values mean `μ₀`, then `V = Σ(x - μ₀)²` and `S = Σ(x - μ₀)` would make
/// `eₙ = √(c² / (n + c²)) · (V / (V - S² / (n + c²)))^(n/2)` a martingale of mean 1. It is how
/// much likelier the values `x / |x₁|` are if the mean lies `δ` standard deviations from `μ₀`, for
/// `δ` drawn from N(0, 1/c²), than if it is `μ₀`; the scale of the values falls out. By Ville's
/// inequality it ever reaches `1/α` with probability `α` at most. The `μ₀` of which it has not are
///
/// `|x̄ - μ₀|² < s² (A - 1) / (1 - A c² / (n + c²))`, with `A = ((n + c²) / (α² c²))^(1/n)`
///
/// and `s²` the mean of squares about `x̄`; all of them where the denominator is not positive, as
/// it is for the first few values.
///
/// Wang and Ramdas, "Anytime-valid t-tests and confidence sequences for Gaussian means with
/// unknown variance" (2024), the Gaussian mixture.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct ConfidenceSequence {
    /// The probability that all intervals hold the mean; between 0 and 1, both excluded.
    pub confidence: f64,
    /// The `c²` of the mixture, positive: one over the variance of the effects looked for, in
    /// squared standard deviations. A small one is narrower early, where effects are large; the
    /// default saves most seeds in `reports/verdict`, and says nothing of fewer than 6.
    pub mixing: f64,
}

impl Default for ConfidenceSequence {
    fn default() -> Self {
        Self { confidence: 0.95, mixing: 2.0 }
    }
}

impl ConfidenceSequence {
    /// The interval after `n` values of which `mean` is the mean and `sd` the standard deviation
    /// (of denominator `n - 1`).
    pub fn interval(&self, mean: f64, sd: f64, n: usize) -> Interval {
        Interval::around(mean, self.half_width(sd, n))
    }

    /// Half the width of the [interval](Self::interval); infinite while nothing can be said.
    pub fn half_width(&self, sd: f64, n: usize) -> f64 {
        let (n, c2, alpha) = (n as f64, self.mixing, 1.0 - self.confidence);
        let log_a = ((n + c2) / (alpha * alpha * c2)).ln() / n;
        let denominator = 1.0 - log_a.exp() * c2 / (n + c2);
        if n < 2.0 || denominator <= 0.0 {
            return f64::INFINITY;
        }
        sd * ((n - 1.0) / n * log_a.exp_m1() / denominator).sqrt()
    }
}
