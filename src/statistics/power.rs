//! How small an effect a number of runs can show.

use super::{noncentral_t::noncentral_t_cdf, quadrature::root, student};

/// No more runs than these are ever advised.
const MOST_RUNS: usize = 1_000_000;

/// A two-sided t-test that is to find an effect.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Power {
    /// How often an effect of 0 may be found: the level of the test, between 0 and 1.
    pub level: f64,
    /// How often the effect is to be found: between the level and 1.
    pub power: f64,
}

impl Power {
    /// 80 % at a level of 5 %.
    pub const USUAL: Power = Power { level: 0.05, power: 0.8 };

    /// The effect that the mean of `runs` values (or paired differences) of the given standard
    /// deviation would have shown.
    ///
    /// None with fewer than two runs, or if a number is impossible.
    pub fn smallest_effect(&self, sd: f64, runs: usize) -> Option<f64> {
        let n = runs as f64;
        (runs >= 2).then(|| self.smallest(sd / n.sqrt(), n - 1.0))?
    }

    /// The difference of two independent means that so many runs of either would have shown, whose
    /// standard deviation is the same. By the pooled t-test, whose power Welch's all but has.
    ///
    /// None with fewer than two runs of either, or if a number is impossible.
    pub fn smallest_effect_of_two(&self, sd: f64, runs: [usize; 2]) -> Option<f64> {
        let [n, m] = runs.map(|runs| runs as f64);
        let standard_error = sd * (1.0 / n + 1.0 / m).sqrt();
        (n.min(m) >= 2.0).then(|| self.smallest(standard_error, n + m - 2.0))?
    }

    /// The fewest runs whose mean (or mean paired difference) shows an effect of this size.
    ///
    /// None if a million are too few, as for an effect of 0, or if a number is impossible.
    pub fn runs_to_show(&self, effect: f64, sd: f64) -> Option<usize> {
        let enough = |n: f64| {
            power(effect, sd / n.sqrt(), n - 1.0, self.level)
                .is_some_and(|found| found >= self.power)
        };
        (self.is_possible() && effect != 0.0).then(|| fewest_runs(enough))?
    }

    fn smallest(&self, standard_error: f64, degrees_of_freedom: f64) -> Option<f64> {
        if !self.is_possible() || !(0.0..f64::INFINITY).contains(&standard_error) {
            return None;
        }
        let missing = |noncentrality: f64| {
            power(noncentrality, 1.0, degrees_of_freedom, self.level).unwrap_or(1.0) - self.power
        };
        let mut high = 1.0;
        while missing(high) < 0.0 {
            high *= 2.0;
        }
        Some(root(0.0, high, missing) * standard_error)
    }

    fn is_possible(&self) -> bool {
        0.0 < self.level && self.level < self.power && self.power < 1.0
    }
}

/// How likely a two-sided t-test at the given level finds an effect: that `|t|` exceeds its
/// critical value, `t` being noncentral by the effect in (true) standard errors.
///
/// None if the level is not between 0 and 1, the standard error negative, there is less than one
/// degree of freedom (they may be infinite), or a number is missing.
pub fn power(effect: f64, standard_error: f64, degrees_of_freedom: f64, level: f64) -> Option<f64> {
    let noncentrality = if effect == 0.0 { 0.0 } else { effect / standard_error };
    let possible = 0.0 < level && level < 1.0 && standard_error >= 0.0 && degrees_of_freedom >= 1.0;
    if !possible || noncentrality.is_nan() {
        return None;
    }
    let critical = student::upper_quantile(level / 2.0, degrees_of_freedom);
    let below = |noncentrality| noncentral_t_cdf(-critical, degrees_of_freedom, noncentrality);
    Some(below(noncentrality) + below(-noncentrality))
}

/// The fewest runs whose mean has an interval of at most this half width, given the standard
/// deviation that they will show.
///
/// None if a million are too few, or if a number is impossible.
pub fn runs_for_half_width(half_width: f64, sd: f64, confidence: f64) -> Option<usize> {
    let each_side = (1.0 - confidence) / 2.0;
    let possible = 0.0 < each_side && each_side < 0.5 && sd >= 0.0;
    let enough = |n: f64| student::upper_quantile(each_side, n - 1.0) * sd / n.sqrt() <= half_width;
    possible.then(|| fewest_runs(enough))?
}

/// The fewest runs, at least two, that are `enough`, if more of them are too.
fn fewest_runs(enough: impl Fn(f64) -> bool) -> Option<usize> {
    let (mut too_few, mut at_most) = (1, 2);
    while !enough(at_most as f64) {
        if at_most == MOST_RUNS {
            return None;
        }
        (too_few, at_most) = (at_most, (2 * at_most).min(MOST_RUNS));
    }
    while at_most - too_few > 1 {
        let middle = too_few + (at_most - too_few) / 2;
        if enough(middle as f64) { at_most = middle } else { too_few = middle }
    }
    Some(at_most)
}
