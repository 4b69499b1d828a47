//! The range of a column.

#[cfg(test)]
use std::f64::consts::LN_2;

use crate::generators::parts::sample::Sample;

/// The range of a column: its smallest and its largest value, which differ.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Range {
    min: f64,
    max: f64,
}

impl Range {
    /// The range of a sample, unless it has less than two values.
    pub fn of(sample: &Sample) -> Option<Self> {
        sample.ends().and_then(|(min, max)| Self::new(min, max))
    }

    /// Between two finite values, unless they are equal.
    pub fn new(min: f64, max: f64) -> Option<Self> {
        let range = Self { min, max };
        (min.is_finite() && max.is_finite() && range.half() > 0.0).then_some(range)
    }

    /// The smallest and the largest value.
    pub fn ends(&self) -> (f64, f64) {
        (self.min, self.max)
    }

    /// The logarithm of the width.
    #[cfg(test)]
    pub fn ln_width(&self) -> f64 {
        self.half().ln() + LN_2
    }

    /// Half the width, which is finite where the width is not.
    pub fn half(&self) -> f64 {
        self.max / 2.0 - self.min / 2.0
    }

    /// A value's place: 0 at the smallest value, 1 at the largest.
    pub fn place(&self, x: f64) -> f64 {
        (x / 2.0 - self.min / 2.0) / self.half()
    }

    /// How far a value lies below the largest, in ranges, exact near it.
    pub fn place_below_max(&self, x: f64) -> f64 {
        (self.max / 2.0 - x / 2.0) / self.half()
    }

    /// The value at a place, exact near the smallest.
    pub fn value(&self, place: f64) -> f64 {
        (self.min + place * self.half() + place * self.half()).clamp(f64::MIN, f64::MAX)
    }

    /// The value so many ranges below the largest, exact near it.
    pub fn value_below_max(&self, place: f64) -> f64 {
        (self.max - place * self.half() - place * self.half()).clamp(f64::MIN, f64::MAX)
    }
}
