//! What an interval says of an effect.

use super::Interval;
use serde::{Deserialize, Serialize};

/// Where an effect lies, as far as its interval can tell.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Finding {
    /// Too small to matter: the interval lies strictly within the margin.
    Within,
    /// Positive: the interval lies above 0.
    Above,
    /// Negative: the interval lies below 0.
    Below,
    /// Not known: the interval reaches 0, and the margin too.
    Open,
}

impl Finding {
    /// Whether nothing need be added to know more: it is not [`Open`](Finding::Open).
    pub fn is_decided(self) -> bool {
        self != Finding::Open
    }
}

/// What `interval` says of an effect of which less than `margin` does not matter.
///
/// An interval strictly within `(-margin, margin)` is [`Within`](Finding::Within), also where it
/// does not hold 0: an effect may be certain and yet too small to matter. (Of an interval of level
/// `1 - α` this is the test of equivalence by two one-sided tests, each at level `α / 2`.) Else one
/// above 0 is [`Above`](Finding::Above), one below 0 [`Below`](Finding::Below). A finding is wrong
/// only if the interval misses the effect, so at a confidence of 0.95 at most 5 % of them are.
///
/// An interval of which an end is not a number is [`Open`](Finding::Open).
pub fn finding(interval: Interval, margin: f64) -> Finding {
    if interval.low.is_nan() || interval.high.is_nan() {
        Finding::Open
    } else if interval.lies_within(margin) {
        Finding::Within
    } else if interval.low > 0.0 {
        Finding::Above
    } else if interval.high < 0.0 {
        Finding::Below
    } else {
        Finding::Open
    }
}

/// The farthest that [`first_number`] looks.
const FARTHEST: usize = 1_000_000;

/// The first number from `from` on, at least 1, that is enough, where all after it are as well; none up to a
/// million.
pub fn first_number(from: usize, is_enough: impl Fn(usize) -> bool) -> Option<usize> {
    // Doubled until it is enough, then halved down to the first that is.
    let doubled = std::iter::successors(Some(from.max(1)), |n| n.checked_mul(2));
    let enough = doubled.take_while(|&n| n < 2 * FARTHEST).find(|&n| is_enough(n))?;
    let (mut low, mut high) = (from.max(1).max(enough / 2), enough);
    while low < high {
        let middle = low.midpoint(high);
        if is_enough(middle) {
            high = middle;
        } else {
            low = middle + 1;
        }
    }
    (high <= FARTHEST).then_some(high)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_interval_says_where_the_effect_lies() {
        let of = |low, high| finding(Interval { low, high }, 0.5);
        assert_eq!(of(-0.4, 0.4), Finding::Within);
        assert_eq!(of(0.1, 0.4), Finding::Within);
        assert_eq!(of(0.1, 0.5), Finding::Above);
        assert_eq!(of(2.0, 3.0), Finding::Above);
        assert_eq!(of(-0.5, -0.1), Finding::Below);
        assert_eq!(of(-0.5, 0.2), Finding::Open);
        assert_eq!(of(0.0, 0.5), Finding::Open);
        assert_eq!(of(-0.5, 0.0), Finding::Open);
        assert_eq!(of(f64::NAN, 0.1), Finding::Open);
        assert_eq!(of(0.1, f64::NAN), Finding::Open);
        assert_eq!(finding(Interval::EVERYTHING, f64::INFINITY), Finding::Open);
        // Equal numbers, seed by seed.
        assert_eq!(of(0.0, 0.0), Finding::Within);
    }

    /// As seeds are counted until an interval that shrinks around a mean leaves 0 or lies within a margin.
    #[test]
    fn the_first_number_is_found() {
        let decided = |mean: f64, margin: f64, n: usize| {
            finding(Interval::around(mean, 1.0 / (n as f64).sqrt()), margin).is_decided()
        };
        for mean in [0.0, 0.01, -0.02, 0.04, 0.05, 0.2, -0.9] {
            for from in [1, 7, 300] {
                let one_by_one = (from..).find(|&n| decided(mean, 0.05, n));
                let n = first_number(from, |n| decided(mean, 0.05, n));
                assert_eq!(n, one_by_one, "mean {mean} from {from}");
            }
        }
        assert_eq!(first_number(0, |_| true), Some(1));
        assert_eq!(first_number(3, |_| false), None);
        assert_eq!(first_number(3, |n| n > 1_000_000), None);
        assert_eq!(first_number(3, |n| n >= 1_000_000), Some(1_000_000));
    }
}
