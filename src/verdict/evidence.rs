//! What the seeds say of one number: an effect, or a measure itself.

use super::answer::Sides;
use crate::statistics::{ConfidenceSequence, Estimate, Interval, equivalence_p};

/// What is known of an unknown number.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Evidence {
    /// From a number of seeds that was fixed beforehand.
    Fixed(Estimate),
    /// From seeds that were added until the answer was clear.
    Sequential {
        /// Their mean.
        mean: f64,
        /// Their standard deviation.
        sd: f64,
        /// Their number.
        n: usize,
        /// What allows to look often.
        sequence: ConfidenceSequence,
    },
}

/// How often p-values of a sequence are halved in: to a relative 1e-9 of 40 decades.
const HALVINGS: usize = 60;

impl Evidence {
    /// The interval that holds the truth with the given probability.
    pub fn interval(&self, confidence: f64) -> Interval {
        match *self {
            Self::Fixed(estimate) => estimate.interval(confidence),
            Self::Sequential { mean, sd, n, sequence } => {
                ConfidenceSequence { confidence, ..sequence }.interval(mean, sd, n)
            }
        }
    }

    /// How likely so high an estimate is if the truth is at most `threshold`: half of the smallest
    /// error rate whose interval lies above it.
    pub fn p_above(&self, threshold: f64) -> f64 {
        match self {
            Self::Fixed(estimate) => estimate.p_above(threshold),
            Self::Sequential { .. } => self.inverted(|interval| interval.low > threshold),
        }
    }

    /// How likely so low an estimate is if the truth is at least `threshold`.
    pub fn p_below(&self, threshold: f64) -> f64 {
        match self {
            Self::Fixed(estimate) => estimate.p_below(threshold),
            Self::Sequential { .. } => self.inverted(|interval| interval.high < threshold),
        }
    }

    /// How likely an estimate so near to `threshold` is if the truth is at least `margin` away.
    pub fn p_within(&self, threshold: f64, margin: f64) -> f64 {
        match self {
            Self::Fixed(estimate) => {
                let from = Estimate { mean: estimate.mean - threshold, ..*estimate };
                equivalence_p(&from, margin)
            }
            Self::Sequential { .. } => {
                self.p_below(threshold + margin).max(self.p_above(threshold - margin))
            }
        }
    }

    /// One-sided p-values around `than`.
    pub fn sides(&self, than: f64, margin: f64) -> Sides {
        Sides {
            above: self.p_above(than),
            below: self.p_below(than),
            within: self.p_within(than, margin),
            not_above: self.p_below(than + margin),
        }
    }

    /// Half of the smallest error rate whose interval does as asked; 1 if none does.
    fn inverted(&self, does: impl Fn(Interval) -> bool) -> f64 {
        // As logarithms: intervals narrow as the error rate rises.
        let (mut fails, mut holds) = (-40.0 * std::f64::consts::LN_10, 0.0);
        let at = |log: f64| does(self.interval(1.0 - f64::exp(log)));
        if !at(-1e-9) {
            return 1.0;
        }
        for _ in 0..HALVINGS {
            let middle = (fails + holds) / 2.0;
            *(if at(middle) { &mut holds } else { &mut fails }) = middle;
        }
        f64::exp(holds) / 2.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn p_values_of_a_sequence_are_where_its_intervals_end() {
        let sequence = ConfidenceSequence { confidence: 0.95, mixing: 0.25 };
        let evidence = Evidence::Sequential { mean: 0.1, sd: 0.05, n: 12, sequence };
        for confidence in [0.8, 0.95, 0.999] {
            let interval = evidence.interval(confidence);
            let p = (1.0 - confidence) / 2.0;
            assert!((evidence.p_above(interval.low) / p - 1.0).abs() < 1e-6);
            assert!((evidence.p_below(interval.high) / p - 1.0).abs() < 1e-6);
        }
        assert_eq!(evidence.p_above(0.2), 1.0);
    }
}
