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

/// The most seeds that [`seeds_until_decided`] looks ahead.
const FARTHEST: usize = 1_000_000;

/// The number of seeds in all, `n_seeds` or more, at which there will be a finding, were the mean
/// of their differences to stay at `mean`. None if a million would not do.
///
/// The interval of `n` seeds is `mean ± half_width(n)`; `half_width` must not rise. So the
/// interval of ever more seeds shrinks around the mean, and what is decided stays decided.
pub fn seeds_until_decided(
    mean: f64,
    margin: f64,
    n_seeds: usize,
    half_width: impl Fn(usize) -> f64,
) -> Option<usize> {
    let decided = |n: &usize| {
        let half_width = half_width(*n);
        finding(Interval::around(mean, half_width), margin).is_decided()
    };
    // Doubled until it is enough, then halved down to the first that is.
    let doubled = std::iter::successors(Some(n_seeds.max(1)), |n| n.checked_mul(2));
    let enough = doubled.take_while(|&n| n < 2 * FARTHEST).find(decided)?;
    let (mut low, mut high) = (n_seeds.max(1).max(enough / 2), enough);
    while low < high {
        let middle = low.midpoint(high);
        if decided(&middle) {
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

    #[test]
    fn seeds_are_counted_until_the_first_finding() {
        let half_width = |n: usize| 1.0 / (n as f64).sqrt();
        for mean in [0.0, 0.01, -0.02, 0.04, 0.05, 0.2, -0.9] {
            for n_seeds in [1, 7, 300] {
                let one_by_one = (n_seeds..)
                    .find(|&n| finding(Interval::around(mean, half_width(n)), 0.05).is_decided());
                let n = seeds_until_decided(mean, 0.05, n_seeds, half_width);
                assert_eq!(n, one_by_one, "mean {mean} of {n_seeds}");
            }
        }
        assert_eq!(seeds_until_decided(0.0, 0.0, 3, half_width), None);
        assert_eq!(seeds_until_decided(f64::NAN, 0.1, 3, half_width), None);
        assert_eq!(seeds_until_decided(1.0, 0.1, 3, |_| f64::INFINITY), None);
        assert_eq!(seeds_until_decided(1e-3, 0.0, 3, half_width), None);
        assert_eq!(seeds_until_decided(1.001e-3, 0.0, 3, half_width), Some(998_003));
    }
}
