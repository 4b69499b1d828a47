//! A mean with its standard error.

use super::{Interval, UsualVariance, student};
use serde::{Deserialize, Serialize};

/// An estimated mean, or difference of means: estimate and standard error are those of Student's t.
///
/// With a standard error of 0 nothing is uncertain: intervals are a single point, p-values 0 or 1.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Estimate {
    /// The estimate, in the unit of the values.
    pub mean: f64,
    /// Its standard error, in the same unit; at least 0.
    pub standard_error: f64,
    /// How much is known of the standard error; infinite if all.
    pub degrees_of_freedom: f64,
}

impl Estimate {
    /// The mean of independent values, such as the differences of paired runs.
    ///
    /// None if there are fewer than two, or if one is not a finite number.
    pub fn of_mean(values: &[f64]) -> Option<Self> {
        let Sample { n, mean, variance } = Sample::new(values, 2)?;
        Self::new(mean, variance / n, n - 1.0)
    }

    /// The mean of `a` less that of `b`, which are independent of each other: [`less`](Self::less) of
    /// their means, each with its own variance (Welch 1947).
    ///
    /// None if one has fewer than two values, or if a value is not a finite number.
    pub fn welch(a: &[f64], b: &[f64]) -> Option<Self> {
        Self::of_mean(a)?.less(&Self::of_mean(b)?)
    }

    /// This less `other`, which is independent of it. The degrees of freedom are Satterthwaite's (1946).
    pub fn less(&self, other: &Self) -> Option<Self> {
        let sum =
            self.with_added_variance(other.standard_error.powi(2), other.degrees_of_freedom)?;
        // Without any spread no formula tells the degrees of freedom.
        let pooled = self.degrees_of_freedom + other.degrees_of_freedom;
        let spread = sum.standard_error > 0.0;
        let degrees_of_freedom = if spread { sum.degrees_of_freedom } else { pooled };
        Some(Self { mean: self.mean - other.mean, degrees_of_freedom, ..sum })
    }

    /// The variance of one of the `runs` values whose mean this is.
    pub fn variance_of_one(&self, runs: usize) -> f64 {
        runs as f64 * self.standard_error.powi(2)
    }

    /// The mean of `runs` values, whose variance is taken for at least the usual one.
    pub fn with_at_least(&self, usual: &UsualVariance, runs: usize) -> Self {
        if self.variance_of_one(runs) >= usual.variance {
            return *self;
        }
        let degrees_of_freedom = usual.degrees_of_freedom.max(self.degrees_of_freedom);
        let standard_error = (usual.variance / runs as f64).sqrt();
        Self { mean: self.mean, standard_error, degrees_of_freedom }
    }

    /// The mean of `values` less the published mean of `runs` runs whose own spread is not known,
    /// and is taken to be that of `values`: with their variance `s^2`, that of the difference is
    /// `s^2 (1/n + 1/runs)`.
    ///
    /// Its interval at a published mean of 0 is the prediction interval of the mean of `runs` more
    /// runs. None if there are fewer than two values, no runs, or a number is not finite.
    pub fn against_published(values: &[f64], published: f64, runs: usize) -> Option<Self> {
        let Sample { n, mean, variance } = Sample::new(values, 2)?;
        let variance = variance * (1.0 / n + 1.0 / runs as f64);
        Self::new(mean - published, variance, n - 1.0)
    }

    /// An estimate with the given variance. None if a number is not finite or a variance negative,
    /// or if there are no degrees of freedom; these alone may be infinite.
    pub fn new(mean: f64, variance: f64, degrees_of_freedom: f64) -> Option<Self> {
        let possible = mean.is_finite() && variance.is_finite() && variance >= 0.0;
        let standard_error = variance.sqrt();
        (possible && degrees_of_freedom > 0.0).then_some(Self {
            mean,
            standard_error,
            degrees_of_freedom,
        })
    }

    /// The same mean, uncertain for a second reason that is independent of the first: variances
    /// add up, `(u + v)^2 / (u^2 / df_u + v^2 / df_v)` are the degrees of freedom (Satterthwaite
    /// 1946).
    ///
    /// So the variance over test rows is added to that over seeds. None if the variance is not
    /// finite or negative, or without degrees of freedom; these may be infinite.
    pub fn with_added_variance(&self, variance: f64, degrees_of_freedom: f64) -> Option<Self> {
        let sum = self.standard_error.powi(2) + variance;
        // Shares, since squares of small variances underflow.
        let share = if sum > 0.0 { variance / sum } else { 0.0 };
        let of_one = |share: f64, df: f64| share * share / df;
        let both = of_one(1.0 - share, self.degrees_of_freedom) + of_one(share, degrees_of_freedom);
        let added = Self::new(self.mean, variance, degrees_of_freedom)?;
        Self::new(added.mean, sum, both.recip())
    }

    /// The interval that holds the truth with the given probability, at least 0. At 1 it is
    /// everything.
    pub fn interval(&self, confidence: f64) -> Interval {
        if self.standard_error == 0.0 {
            return Interval::around(self.mean, 0.0);
        }
        let each_side = (1.0 - confidence.clamp(0.0, 1.0)) / 2.0;
        if each_side.is_nan() || each_side == 0.0 {
            return Interval::EVERYTHING;
        }
        let quantile = student::upper_quantile(each_side, self.degrees_of_freedom);
        Interval::around(self.mean, quantile * self.standard_error)
    }

    /// How likely so high an estimate is, or a higher one, if the truth is at most `threshold`.
    pub fn p_above(&self, threshold: f64) -> f64 {
        self.p_of_difference(self.mean - threshold)
    }

    /// How likely so low an estimate is, or a lower one, if the truth is at least `threshold`.
    pub fn p_below(&self, threshold: f64) -> f64 {
        self.p_of_difference(threshold - self.mean)
    }

    /// How likely an estimate so far from `threshold` is, on either side, if that is the truth.
    pub fn p_two_sided(&self, threshold: f64) -> f64 {
        (2.0 * self.p_of_difference((self.mean - threshold).abs())).min(1.0)
    }

    /// One-sided; 1 if `difference` is not a number, which is no evidence.
    fn p_of_difference(&self, difference: f64) -> f64 {
        let t = difference / self.standard_error;
        if difference.is_nan() || (self.standard_error == 0.0 && difference <= 0.0) {
            1.0
        } else if t == f64::INFINITY {
            0.0
        } else {
            student::tail(t, self.degrees_of_freedom)
        }
    }
}

/// Number, mean and unbiased variance of some values.
pub(super) struct Sample {
    pub n: f64,
    pub mean: f64,
    /// 0 for a single value.
    pub variance: f64,
}

impl Sample {
    /// None if there are fewer than `at_least` values, or if one is not a finite number.
    pub fn new(values: &[f64], at_least: usize) -> Option<Self> {
        let &origin = values.first()?;
        if values.len() < at_least || values.iter().any(|value| !value.is_finite()) {
            return None;
        }
        let n = values.len() as f64;
        // From the first value on: so equal values have a variance of exactly 0.
        let shift = values.iter().map(|value| value - origin).sum::<f64>() / n;
        let squares = values.iter().map(|value| (value - origin - shift).powi(2)).sum::<f64>();
        let (mean, variance) = (origin + shift, squares / (n - 1.0).max(1.0));
        (mean.is_finite() && variance.is_finite()).then_some(Self { n, mean, variance })
    }
}
