//! Integrals and roots of smooth functions.

use std::f64::consts::PI;
use std::sync::LazyLock;

/// Nodes of a panel: a polynomial of degree 31 is integrated exactly.
const NODES: usize = 16;

/// The positive nodes on [-1, 1] and their weights.
static RULE: LazyLock<[(f64, f64); NODES / 2]> = LazyLock::new(|| {
    std::array::from_fn(|i| {
        let mut x = (PI * (i as f64 + 0.75) / (NODES as f64 + 0.5)).cos();
        let mut slope = 1.0;
        // Newton's method doubles the digits of a start that has three of them.
        for _ in 0..5 {
            let value;
            (value, slope) = legendre(x);
            x -= value / slope;
        }
        (x, 2.0 / ((1.0 - x * x) * slope * slope))
    })
});

/// The Legendre polynomial of degree [`NODES`] and its derivative.
fn legendre(x: f64) -> (f64, f64) {
    let (mut before, mut value) = (1.0, x);
    for degree in 2..=NODES {
        let n = degree as f64;
        (before, value) = (value, ((2.0 * n - 1.0) * x * value - (n - 1.0) * before) / n);
    }
    (value, NODES as f64 * (x * value - before) / (x * x - 1.0))
}

/// The integral of `f` from the first to the last of the ascending `breaks`, by the Gauss-Legendre
/// rule of 16 nodes between each two of them.
pub fn integral(breaks: &[f64], f: impl Fn(f64) -> f64) -> f64 {
    let panel = |low: f64, high: f64| {
        let (centre, half) = ((low + high) / 2.0, (high - low) / 2.0);
        let pair =
            |&(x, weight): &(f64, f64)| weight * (f(centre - half * x) + f(centre + half * x));
        half * RULE.iter().map(pair).sum::<f64>()
    };
    breaks.windows(2).filter(|ends| ends[0] < ends[1]).map(|ends| panel(ends[0], ends[1])).sum()
}

/// The `points` that lie between `low` and `high`, and these two, in ascending order.
pub fn breaks_between(low: f64, high: f64, points: impl Iterator<Item = f64>) -> Vec<f64> {
    let mut breaks: Vec<f64> = points.filter(|&point| low < point && point < high).collect();
    breaks.extend([low, high]);
    breaks.sort_unstable_by(f64::total_cmp);
    breaks
}

/// Where the continuous `f` crosses 0 between `low` and `high`; if its signs are the same there, the
/// one of both where it is nearer to 0.
///
/// By Ridders' method (1979): false position on `f` times an exponential that straightens it.
pub fn root(mut low: f64, mut high: f64, f: impl Fn(f64) -> f64) -> f64 {
    let (mut at_low, mut at_high) = (f(low), f(high));
    let mut best = if at_low.abs() < at_high.abs() { low } else { high };
    if at_low * at_high > 0.0 {
        return best;
    }
    for _ in 0..100 {
        if at_low == 0.0 || at_high == 0.0 {
            return if at_low == 0.0 { low } else { high };
        }
        let middle = low + (high - low) / 2.0;
        let at_middle = f(middle);
        let curve = (at_middle * at_middle - at_low * at_high).sqrt();
        let step = (middle - low) * (at_low - at_high).signum() * at_middle / curve;
        let guess = if step.is_finite() { middle + step } else { middle };
        if (guess - best).abs() <= 1e-13 * guess.abs() || guess == low || guess == high {
            return guess;
        }
        best = guess;
        let at_guess = f(guess);
        // Of the ends, the middle and the guess, the two nearest ones with a root between them.
        for (x, at_x) in [(middle, at_middle), (guess, at_guess)] {
            if low < x && x < high {
                if at_x.signum() == at_low.signum() {
                    (low, at_low) = (x, at_x);
                } else {
                    (high, at_high) = (x, at_x);
                }
            }
        }
    }
    best
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_rule_is_exact_up_to_degree_31() {
        for degree in 0..32 {
            let exact = (3f64.powi(degree + 1) - (-1f64).powi(degree + 1)) / f64::from(degree + 1);
            let found = integral(&[-1.0, 0.5, 3.0], |x| x.powi(degree));
            assert!((found / exact - 1.0).abs() < 1e-13, "{degree}: {found}, {exact}");
        }
    }

    #[test]
    fn breaks_outside_are_left_out() {
        let points = [5.0, 1.0, -3.0, 2.0].into_iter();
        assert_eq!(breaks_between(0.0, 4.0, points), [0.0, 1.0, 2.0, 4.0]);
    }

    #[test]
    fn roots_of_steep_and_of_flat_functions() {
        assert!((root(0.0, 4.0, |x| x * x - 2.0) - 2f64.sqrt()).abs() < 1e-14);
        assert!((root(0.0, 50.0, |x| 1e-3 - (-x).exp()) - 1000f64.ln()).abs() < 1e-12);
        assert!((root(-1.0, 3.0, |x| x.powi(9)) - 0.0).abs() < 1e-9);
        assert_eq!(root(1.0, 3.0, |x| x - 3.0), 3.0);
        assert_eq!(root(1.0, 3.0, |x| x + 1e-9), 1.0);
    }
}
