//! An interval that an unknown number lies in.

use serde::{Deserialize, Serialize};

/// From `low` to `high`, either of which may be infinite.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Interval {
    /// The lower end.
    pub low: f64,
    /// The upper end.
    pub high: f64,
}

impl Interval {
    /// The least interval that holds both.
    pub fn hull(&self, other: &Self) -> Self {
        Self { low: self.low.min(other.low), high: self.high.max(other.high) }
    }

    /// The interval that says nothing.
    pub const EVERYTHING: Interval = Interval { low: f64::NEG_INFINITY, high: f64::INFINITY };

    /// From `centre - half_width` to `centre + half_width`.
    pub fn around(centre: f64, half_width: f64) -> Self {
        Self { low: centre - half_width, high: centre + half_width }
    }

    /// Whether `value` lies in it, its ends included.
    pub fn holds(&self, value: f64) -> bool {
        self.low <= value && value <= self.high
    }

    /// Whether it lies strictly within `margin` of 0.
    pub fn lies_within(&self, margin: f64) -> bool {
        -margin < self.low && self.high < margin
    }

    /// Both ends; none where it goes on forever.
    pub fn ends(&self) -> Option<[f64; 2]> {
        self.half_width().is_finite().then_some([self.low, self.high])
    }

    /// Half of its width.
    pub fn half_width(&self) -> f64 {
        (self.high - self.low) / 2.0
    }
}
