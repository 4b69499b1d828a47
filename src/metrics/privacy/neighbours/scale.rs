//! How far numbers are apart, beside categories that agree or do not.

use crate::data::{Frame, Values};

/// By column, the range of the numbers of a frame; none for categories.
///
/// Distances that are compared with one another are taken on one scale, the training rows' as a
/// rule.
#[derive(Clone, Debug, PartialEq)]
pub struct Scale {
    columns: Vec<Option<Range>>,
}

/// The range of a column of numbers.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Range {
    /// The smallest number; infinite if there is none.
    pub low: f64,
    /// The largest less the smallest; negative if there is none.
    pub width: f64,
}

impl Scale {
    /// The ranges of the numbers of `frame`, missing ones aside.
    pub fn of(frame: &Frame) -> Self {
        let range = |values: &Values| match values {
            Values::Categories { .. } => None,
            Values::Numbers(numbers) => {
                let low = numbers.iter().copied().fold(f64::INFINITY, f64::min);
                let high = numbers.iter().copied().fold(f64::NEG_INFINITY, f64::max);
                Some(Range { low, width: high - low })
            }
        };
        Self { columns: frame.columns().iter().map(|column| range(&column.values)).collect() }
    }

    /// By column.
    pub fn columns(&self) -> &[Option<Range>] {
        &self.columns
    }
}

impl Range {
    /// The distance of two numbers, from 0 to 1: their difference in terms of the range, 1 at most.
    /// In a range of one number any other is 1 away. A missing number is 1 away from a number and 0
    /// from a missing one.
    #[inline]
    pub fn distance(&self, a: f64, b: f64) -> f64 {
        if a == b || (a.is_nan() && b.is_nan()) {
            0.0
        } else if a.is_nan() || b.is_nan() || self.width <= 0.0 {
            1.0
        } else {
            ((a - b).abs() / self.width).min(1.0)
        }
    }
}
