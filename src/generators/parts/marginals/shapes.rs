//! The beta distribution on `[0, 1]`.

use std::f64::consts::PI;

use statrs::function::gamma::digamma;

use super::special::{normal_density, score_of_tails, stirling_remainder, trigamma};

/// Terms of the continued fraction at most: with shapes of 10⁵ it takes some hundreds.
const MAX_TERMS: u32 = 20_000;

/// The two shapes of a beta distribution, `f(y) = y^(a−1) (1 − y)^(b−1) / B(a, b)`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Shapes {
    /// The power of `y`, plus one.
    pub a: f64,
    /// The power of `1 − y`, plus one.
    pub b: f64,
    /// `ln(x^a (1 − x)^b / B(a, b))` at the mean `x = a / (a + b)`.
    ln_at_mean: f64,
}

/// What is known at a point of `[0, 1]`.
pub(super) struct Tails {
    /// The probability below the point.
    pub lower: f64,
    /// The probability above it. The smaller of the two is exact, however small.
    pub upper: f64,
    /// The density of `ln(y / (1 − y))` there: `y^a (1 − y)^b / B(a, b)`.
    pub slope: f64,
}

impl Shapes {
    /// Both above 0.
    pub fn new(a: f64, b: f64) -> Self {
        let ln_at_mean = 0.5 * (a / (a + b) * b / (2.0 * PI)).ln()
            - stirling_remainder(a)
            - stirling_remainder(b)
            + stirling_remainder(a + b);
        Self { a, b, ln_at_mean }
    }

    /// The mean log density of values whose logarithms have the mean `ln_y`, those of one less them
    /// `ln_w`. With Stirling's terms taken out of `ln B(a, b)`, nothing large cancels.
    pub fn ln_density(&self, ln_y: f64, ln_w: f64) -> f64 {
        let (x, v) = self.mean();
        self.ln_at_mean + self.a * (ln_y - x.ln()) + self.b * (ln_w - v.ln()) - ln_y - ln_w
    }

    /// `Φ⁻¹(F(y))`, of `y` and `w = 1 − y`, each exact.
    pub fn score(&self, y: f64, w: f64) -> f64 {
        let tails = self.tails(y, w);
        score_of_tails(tails.lower, tails.upper)
    }

    /// `y = F⁻¹(Φ(z))` and `1 − y`, each exact. Newton's method for `score = z` in `x = ln(y / (1 − y))`:
    /// so no tail is too thin for it. It starts at the mean of `x` plus `z` of its deviations; a step that
    /// leaves what is known to hold the root gives way to a bisection.
    pub fn quantile(&self, z: f64) -> (f64, f64) {
        let (mut low, mut high) = (-745.0, 745.0);
        let mut x =
            digamma(self.a) - digamma(self.b) + z * (trigamma(self.a) + trigamma(self.b)).sqrt();
        for _ in 0..200 {
            if !(low < x && x < high) {
                x = 0.5 * (low + high);
            }
            let tails = self.tails(logistic(x), logistic(-x));
            let found = score_of_tails(tails.lower, tails.upper);
            if found < z {
                low = x;
            } else {
                high = x;
            }
            let step = (z - found) * normal_density(found) / tails.slope;
            x += step;
            // The error that is left is of the order of the square.
            if step.abs() <= 1e-9 || high - low <= 1e-15 * high.abs() {
                break;
            }
        }
        (logistic(x), logistic(-x))
    }

    fn mean(&self) -> (f64, f64) {
        (self.a / (self.a + self.b), self.b / (self.a + self.b))
    }

    /// The regularised incomplete beta function from the side where its continued fraction converges
    /// fast (DLMF 8.17.22).
    pub(super) fn tails(&self, y: f64, w: f64) -> Tails {
        let Self { a, b, .. } = *self;
        let slope = self.slope(y, w);
        if y * (a + b + 2.0) <= a + 1.0 {
            let lower = (slope / a * continued_fraction(a, b, y)).min(1.0);
            Tails { lower, upper: 1.0 - lower, slope }
        } else {
            let upper = (slope / b * continued_fraction(b, a, w)).min(1.0);
            Tails { lower: 1.0 - upper, upper, slope }
        }
    }

    /// `y^a w^b / B(a, b)`, from its value at the mean: so it keeps its digits where shapes are large
    /// (Loader, "Fast and accurate computation of binomial probabilities", 2000).
    fn slope(&self, y: f64, w: f64) -> f64 {
        if y <= 0.0 || w <= 0.0 {
            return 0.0;
        }
        let (x, v) = self.mean();
        let above = if y <= w { y - x } else { v - w };
        let ln_ratio = |point: f64, mean: f64, above: f64| match above.abs() < 0.5 * mean {
            true => (above / mean).ln_1p(),
            false => (point / mean).ln(),
        };
        (self.ln_at_mean + self.a * ln_ratio(y, x, above) + self.b * ln_ratio(w, v, -above)).exp()
    }
}

fn logistic(x: f64) -> f64 {
    1.0 / (1.0 + (-x).exp())
}

/// `a B(a, b) I_y(a, b) / (y^a (1 − y)^b)` by Lentz's method.
fn continued_fraction(a: f64, b: f64, y: f64) -> f64 {
    const TINY: f64 = 1e-300;
    let away = |x: f64| if x.abs() < TINY { TINY } else { x };
    let mut d = 1.0 / away(1.0 - (a + b) * y / (a + 1.0));
    let (mut c, mut fraction) = (1.0, d);
    for m in 1..MAX_TERMS {
        let m = f64::from(m);
        let even = m * (b - m) * y / ((a + 2.0 * m - 1.0) * (a + 2.0 * m));
        d = 1.0 / away(1.0 + even * d);
        c = away(1.0 + even / c);
        fraction *= c * d;
        let odd = -(a + m) * (a + b + m) * y / ((a + 2.0 * m) * (a + 2.0 * m + 1.0));
        d = 1.0 / away(1.0 + odd * d);
        c = away(1.0 + odd / c);
        fraction *= c * d;
        if (c * d - 1.0).abs() <= f64::EPSILON {
            break;
        }
    }
    fraction
}
