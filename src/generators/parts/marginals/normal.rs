//! A normal distribution.

use serde::{Deserialize, Serialize};

use super::range::Range;
use crate::generators::parts::sample::Sample;

/// A normal distribution by maximum likelihood: the mean and the deviation (divided by `n`) of the rows.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(try_from = "Moments", into = "Moments")]
pub struct Normal {
    mean: f64,
    deviation: f64,
}

impl Normal {
    /// Of a sample in its range. Taken in places of the range, no square is too large.
    pub(super) fn of(sample: &Sample, range: Range) -> Self {
        let mean = sample.mean(|x| range.place(x));
        let deviation = sample.mean(|x| (range.place(x) - mean).powi(2)).sqrt();
        Self { mean: range.value(mean), deviation: deviation * range.half() * 2.0 }
    }

    /// `(x − mean) / deviation`.
    pub fn score(&self, x: f64) -> f64 {
        ((x - self.mean) / self.deviation).clamp(f64::MIN, f64::MAX)
    }

    /// `mean + z · deviation`.
    pub fn value(&self, z: f64) -> f64 {
        (self.mean + z * self.deviation).clamp(f64::MIN, f64::MAX)
    }
}

/// What determines a normal marginal.
#[derive(Serialize, Deserialize)]
struct Moments {
    mean: f64,
    deviation: f64,
}

impl TryFrom<Moments> for Normal {
    type Error = &'static str;

    fn try_from(Moments { mean, deviation }: Moments) -> Result<Self, Self::Error> {
        match mean.is_finite() && deviation.is_finite() && deviation > 0.0 {
            true => Ok(Self { mean, deviation }),
            false => Err("a normal marginal needs a mean and a deviation above 0"),
        }
    }
}

impl From<Normal> for Moments {
    fn from(Normal { mean, deviation }: Normal) -> Self {
        Self { mean, deviation }
    }
}
