//! Many groups compared with one control.

use super::{Dunnett, Estimate, Interval, estimate::Sample};

/// Differences of the means of independent groups from that of one control, all groups having the
/// same spread, with intervals and p-values that hold for all of them together (Dunnett 1955).
#[derive(Clone, Debug, PartialEq)]
pub struct ManyToOne {
    estimates: Vec<Estimate>,
    largest: Dunnett,
}

impl ManyToOne {
    /// Compares every group with the control. The variance is pooled over all of them.
    ///
    /// None without groups, if one or the control is empty, if all have a single value, or if one
    /// is not a finite number.
    pub fn new(groups: &[&[f64]], control: &[f64]) -> Option<Self> {
        let of_control = Sample::new(control, 1)?;
        let samples: Option<Vec<Sample>> = groups.iter().map(|of| Sample::new(of, 1)).collect();
        let samples = samples?;
        let all = || samples.iter().chain([&of_control]);
        let degrees_of_freedom: f64 = all().map(|sample| sample.n - 1.0).sum();
        let squares: f64 = all().map(|sample| sample.variance * (sample.n - 1.0)).sum();
        let runs: Vec<usize> = groups.iter().map(|values| values.len()).collect();
        let largest = Dunnett::new(&runs, control.len(), degrees_of_freedom)?;
        let difference = |sample: &Sample| {
            let inverse_runs = 1.0 / sample.n + 1.0 / of_control.n;
            let variance = squares / degrees_of_freedom * inverse_runs;
            Estimate::new(sample.mean - of_control.mean, variance, degrees_of_freedom)
        };
        let estimates: Option<Vec<Estimate>> = samples.iter().map(difference).collect();
        Some(Self { estimates: estimates?, largest })
    }

    /// The difference of every group from the control, each by itself.
    pub fn estimates(&self) -> &[Estimate] {
        &self.estimates
    }

    /// Intervals, one a group, that all hold their truths at once with the given probability.
    pub fn intervals(&self, confidence: f64) -> Vec<Interval> {
        let critical = self.largest.critical_value(confidence);
        let interval = |of: &Estimate| match of.standard_error {
            0.0 => Interval::around(of.mean, 0.0),
            error => Interval::around(of.mean, critical * error),
        };
        self.estimates.iter().map(interval).collect()
    }

    /// P-values, one a group, of there being no difference; the smallest of them is at most `a`
    /// with probability `a` if no group differs.
    pub fn p_values(&self) -> Vec<f64> {
        let p_value = |of: &Estimate| match of.standard_error {
            0.0 => of.p_two_sided(0.0),
            error => self.largest.p_value(of.mean / error),
        };
        self.estimates.iter().map(p_value).collect()
    }
}

/// How many times as many runs as each of the `groups` their common control deserves: as its mean
/// enters every comparison, the square root of their number makes the variances of all differences
/// least for the same total (Dunnett 1955).
pub fn runs_of_control(groups: usize) -> f64 {
    (groups as f64).sqrt()
}
