//! Whether equal seeds make runs alike, and so whether differences are taken seed by seed.
//!
//! A comparison of `n` seeds with `m` of the comparator is paired if that is expected to give the
//! narrower interval: `t(n−1) √(2(1−r)/n)` with the correlation `r` that equal seeds have at least,
//! against `t(n+m−2) √(1/n + 1/m)` of independent samples (Welch). The correlation is pooled over all
//! comparisons of the run with that comparator, so that no comparison chooses by its own numbers; `r` is
//! the lower end of its one-sided interval of 95 % (Fisher's z), or 0.

use super::run::BySeed;
use crate::statistics::Estimate;

/// The 95 % quantile of the normal distribution.
const QUANTILE: f64 = 1.644_854;

/// How alike equal seeds make runs and their comparators.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Pairing {
    covariance: f64,
    variances: [f64; 2],
    degrees: usize,
}

/// The values of two arms under the seeds that both have.
pub fn shared(a: &BySeed, b: &BySeed) -> Vec<(u64, f64, f64)> {
    a.iter().filter_map(|(seed, x)| Some((*seed, *x, *b.get(seed)?))).collect()
}

impl Pairing {
    /// Adds the runs of a comparator and of all arms that are compared with it. As they share its
    /// runs, they are no more degrees of freedom than it has by itself.
    pub fn add(&mut self, comparator: &BySeed, arms: &[&BySeed]) {
        let degrees = arms.iter().map(|arm| self.add_one(arm, comparator)).max();
        self.degrees += degrees.unwrap_or(0);
    }

    /// The degrees of freedom of one arm.
    fn add_one(&mut self, a: &BySeed, b: &BySeed) -> usize {
        let pairs = shared(a, b);
        if pairs.len() < 2 {
            return 0;
        }
        let n = pairs.len() as f64;
        let mean = |get: fn(&(u64, f64, f64)) -> f64| pairs.iter().map(get).sum::<f64>() / n;
        let (mean_a, mean_b) = (mean(|p| p.1), mean(|p| p.2));
        for (_, x, y) in &pairs {
            let (x, y) = (x - mean_a, y - mean_b);
            self.covariance += x * y;
            self.variances[0] += x * x;
            self.variances[1] += y * y;
        }
        pairs.len() - 1
    }

    /// The pooled correlation; none without spread.
    pub fn correlation(&self) -> Option<f64> {
        let scale = (self.variances[0] * self.variances[1]).sqrt();
        (scale > 0.0).then(|| self.covariance / scale)
    }

    /// What the correlation is at least, with a probability of 95 %; 0 where that is negative or not
    /// known.
    pub fn least_correlation(&self) -> f64 {
        let known = self.correlation().filter(|_| self.degrees > 2);
        // Of `d` degrees of freedom, Fisher's z has the variance 1 / (d − 2).
        let least = known.map(|r| {
            let error = QUANTILE / ((self.degrees - 2) as f64).sqrt();
            (r.clamp(-1.0, 1.0).atanh() - error).tanh()
        });
        least.filter(|r| r.is_finite()).unwrap_or(0.0).max(0.0)
    }

    /// Degrees of freedom it rests on.
    pub fn degrees(&self) -> usize {
        self.degrees
    }

    /// Whether `shared` pairs are expected to tell more than `n` and `m` runs apart.
    pub fn is_worth_it(&self, shared: usize, n: usize, m: usize) -> bool {
        let r = self.least_correlation();
        if shared < 2 {
            return false;
        }
        if n < 2 || m < 2 {
            return true;
        }
        let width = |variance: f64, degrees: usize| {
            let estimate = Estimate::new(0.0, variance, degrees as f64);
            estimate.map_or(f64::INFINITY, |e| e.interval(0.95).half_width())
        };
        let paired = width(2.0 * (1.0 - r) / shared as f64, shared - 1);
        let apart = width(1.0 / n as f64 + 1.0 / m as f64, n + m - 2);
        paired < apart
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn by_seed(values: &[f64]) -> BySeed {
        (1..).zip(values.iter().copied()).collect()
    }

    #[test]
    fn runs_are_paired_only_if_seeds_make_them_alike() {
        let a: [f64; 11] = [1.0, 2.0, 4.0, 3.0, 6.0, 5.0, 7.0, 9.0, 8.0, 10.0, 12.0];
        let alike: Vec<f64> = a.iter().map(|x| 2.0 * x + 0.1 * (x * 7.0).sin()).collect();
        let mut pairing = Pairing::default();
        pairing.add(&by_seed(&a), &[&by_seed(&alike), &by_seed(&alike)]);
        assert!(pairing.correlation().unwrap() > 0.99);
        assert_eq!(pairing.degrees(), 10);
        assert!(pairing.is_worth_it(3, 3, 3));
        assert!(pairing.is_worth_it(10, 10, 30));

        let unlike = [5.0, 1.0, 3.0, 4.0, 2.0, 6.0, 1.0, 4.0, 6.0, 2.0, 3.0];
        let mut pairing = Pairing::default();
        pairing.add(&by_seed(&a), &[&by_seed(&unlike)]);
        assert!(pairing.correlation().unwrap().abs() < 0.3);
        assert!(!pairing.is_worth_it(3, 3, 3));
        assert!(!pairing.is_worth_it(10, 10, 30));
    }

    #[test]
    fn a_few_runs_are_no_ground_for_pairing() {
        let (a, b) = (by_seed(&[1.0, 2.0, 3.0]), by_seed(&[1.1, 2.1, 3.1]));
        let mut pairing = Pairing::default();
        pairing.add(&a, &[&b]);
        assert!(pairing.correlation().unwrap() > 0.99);
        assert_eq!(pairing.least_correlation(), 0.0, "two degrees of freedom only");
        assert!(!pairing.is_worth_it(3, 3, 3));
        // Nothing else is possible.
        assert!(pairing.is_worth_it(3, 3, 1));
        assert!(!pairing.is_worth_it(1, 1, 1));
    }

    #[test]
    fn the_least_correlation_is_fishers() {
        // Of 27 degrees of freedom: tanh(atanh(0.6) - 1.645 / 5).
        let pairing = Pairing { covariance: 0.6, variances: [1.0, 1.0], degrees: 27 };
        assert!((pairing.least_correlation() - 0.348_886).abs() < 1e-5);
        let against = Pairing { covariance: -0.6, ..pairing };
        assert_eq!(against.least_correlation(), 0.0);
    }
}
