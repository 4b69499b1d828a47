//! Whether a mean loss can be noise.

use crate::statistics::Estimate;
use serde::Serialize;
use std::collections::BTreeMap;

/// How alike the differences of two runs' cells of one cluster are taken to be at least (intraclass
/// correlation): they begin with the same weights, or share synthetic rows. Between replicates of
/// simulated logs it is at most 0.04 (`reports/gate`).
const CORRELATION: f64 = 0.1;

/// A standard error of this share of the mean is what rounding leaves of none.
const ROUNDING: f64 = 1e-9;

/// By how much one cell or table is worse.
#[derive(Clone, Debug, PartialEq)]
pub struct SeedLoss {
    /// What it is but for its seeds: losses of one arm differ by chance alone.
    pub arm: String,
    /// What has noise in common with it, in other arms too.
    pub cluster: String,
    /// The seeds of its fit and of its training.
    pub seeds: [u64; 2],
    /// The loss; above 0 is worse.
    pub loss: f64,
}

/// A mean loss and how probable so large a one is by chance.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Loss {
    /// The mean over all values; above 0 is worse.
    pub mean: f64,
    /// Its standard error.
    pub standard_error: f64,
    /// How much is known of the standard error.
    pub degrees_of_freedom: f64,
    /// The chance of so large a mean without a change, one-sided.
    pub p_value: f64,
    /// Number of values.
    pub n: usize,
    /// Number of arms.
    pub arms: usize,
    /// Number of clusters.
    pub clusters: usize,
}

impl Loss {
    /// Whether no arm has a second seed, so that the scatter over arms had to serve for noise.
    pub fn of_single_seeds(&self) -> bool {
        self.n == self.arms
    }
}

/// The mean of losses of several arms and seeds, and its one-sided p-value; none without values.
///
/// Noise is what differs between the seeds of one arm. What differs between arms is not, so that a
/// loss of a few arms does not count as its own noise. The variance of the mean is that of the arms'
/// means, each by its own seeds, with Satterthwaite's (1946) degrees of freedom: few where one arm
/// scatters much more than the others. Arms of a single seed, of which nothing else is known, are
/// taken together as if they were one arm.
///
/// The standard error is the larger of two. One is that of the clusters' sums (statsmodels' CR1, a mean
/// for each arm): it is right whatever the values of a cluster have in common, but of few clusters it
/// is often far too small by luck. The other is the variance above with the design effect of k equal
/// clusters among n values and an intraclass correlation ρ = 0.1 (Kish 1965, Survey Sampling,
/// section 5.4): 1 + ρ n/k. It keeps the first from being too small, so that Student's t serves.
///
/// Equal losses have no spread. Where other arms have one, this is luck (counts of rows often agree),
/// and the spread is taken to be `usual`, their [mean variance](usual_variance); where none has, a
/// loss is certain.
pub fn loss(values: &[SeedLoss], usual: f64) -> Option<Loss> {
    if values.is_empty() {
        return None;
    }
    let n = values.len() as f64;
    let mean = values.iter().map(|value| value.loss).sum::<f64>() / n;
    let groups = Groups::new(values);
    let (variance, degrees_of_freedom) = groups.variance_of_mean(usual);
    let k = clusters(values.iter().map(|value| (value, 0.0))).len();
    let at_least = match variance {
        found if found.sqrt() > ROUNDING * mean.abs() => found,
        _ => usual / n,
    } * (1.0 + CORRELATION * n / k as f64);
    let standard_error = at_least.max(groups.variance_of_clusters(n)).sqrt();
    let p_value = match Estimate::new(mean, standard_error.powi(2), degrees_of_freedom) {
        _ if mean <= 0.0 => 1.0,
        Some(estimate) => estimate.p_above(0.0),
        // One value has an infinite error.
        None => 0.5,
    };
    let arms = groups.arms;
    Some(Loss {
        mean,
        standard_error,
        degrees_of_freedom,
        p_value,
        n: values.len(),
        arms,
        clusters: k,
    })
}

/// The variance between the seeds of one arm, its mean over all arms of several seeds; 0 without any.
pub(super) fn usual_variance(values: &[SeedLoss]) -> f64 {
    let groups = Groups::new(values);
    let of_one = |group: &Vec<&SeedLoss>| Some(of_arm(group)?.variance_of_one(group.len()));
    let known: Vec<f64> = groups.seeds.iter().filter_map(of_one).collect();
    known.iter().sum::<f64>() / known.len().max(1) as f64
}

/// Values by arm.
struct Groups<'a> {
    arms: usize,
    /// The arms of several seeds.
    seeds: Vec<Vec<&'a SeedLoss>>,
    /// All those of a single one.
    single: Vec<&'a SeedLoss>,
}

impl<'a> Groups<'a> {
    fn new(values: &'a [SeedLoss]) -> Self {
        let mut arms: BTreeMap<&str, Vec<&SeedLoss>> = BTreeMap::new();
        for value in values {
            arms.entry(&value.arm).or_default().push(value);
        }
        let n = arms.len();
        let (seeds, single): (Vec<_>, Vec<_>) =
            arms.into_values().partition(|values| values.len() > 1);
        Self { arms: n, seeds, single: single.concat() }
    }

    /// All groups that share a mean.
    fn all(&self) -> impl Iterator<Item = &[&'a SeedLoss]> {
        let single = Some(&self.single[..]).filter(|single| !single.is_empty());
        self.seeds.iter().map(Vec::as_slice).chain(single)
    }

    /// The variance of the mean of all values if they have nothing in common, and its degrees of
    /// freedom. A value that is alone has the usual variance; infinite if there is no other.
    fn variance_of_mean(&self, usual: f64) -> (f64, f64) {
        let n = self.all().map(<[_]>::len).sum::<usize>() as f64;
        let alone = if self.all().count() > 1 { usual } else { f64::INFINITY };
        let mut parts: Vec<(f64, f64)> = Vec::new();
        let mut add = |size: usize, estimate: Option<Estimate>| {
            let known = estimate.map(|of| (of.standard_error.powi(2), of.degrees_of_freedom));
            let (variance, df) = known.unwrap_or((alone, 1.0));
            parts.push(((size as f64 / n).powi(2) * variance, df));
        };
        self.seeds.iter().for_each(|arm| add(arm.len(), of_arm(arm)));
        if !self.single.is_empty() {
            add(self.single.len(), of_values(&self.single));
        }
        let variance: f64 = parts.iter().map(|(variance, _)| variance).sum();
        let degrees = if variance > 0.0 && variance.is_finite() {
            // Shares, since squares of small variances underflow.
            parts.iter().map(|(part, df)| (part / variance).powi(2) / df).sum::<f64>().recip()
        } else {
            parts.iter().map(|(_, df)| df).sum()
        };
        (variance, degrees)
    }

    /// The variance of the mean of n values by the sums of clusters; 0 where they cannot tell.
    fn variance_of_clusters(&self, n: f64) -> f64 {
        let centred = self.all().flat_map(|group| {
            let mean = group.iter().map(|value| value.loss).sum::<f64>() / group.len() as f64;
            group.iter().map(move |value| (*value, value.loss - mean))
        });
        let sums = clusters(centred);
        let (k, means) = (sums.len() as f64, self.all().count() as f64);
        if k < 2.0 || n <= means {
            return 0.0;
        }
        let squares: f64 = sums.values().map(|sum| sum.powi(2)).sum();
        squares / n.powi(2) * k / (k - 1.0) * (n - 1.0) / (n - means)
    }
}

/// The mean of an arm's values. Where fits and trainings have seeds of their own, values of one fit are
/// alike, and so are those of one training seed: the variances of both kinds of means add up, which is
/// too much rather than too little.
fn of_arm(values: &[&SeedLoss]) -> Option<Estimate> {
    let by = |which: usize| {
        let mut groups: BTreeMap<u64, Vec<f64>> = BTreeMap::new();
        for value in values {
            groups.entry(value.seeds[which]).or_default().push(value.loss);
        }
        let mean = |group: Vec<f64>| group.iter().sum::<f64>() / group.len() as f64;
        groups.into_values().map(mean).collect::<Vec<f64>>()
    };
    let (fits, trainings) = (by(0), by(1));
    if fits.len() == values.len() && trainings.len() == values.len() {
        return of_values(values);
    }
    match (Estimate::of_mean(&fits), Estimate::of_mean(&trainings)) {
        (Some(a), Some(b)) => a.with_added_variance(b.standard_error.powi(2), b.degrees_of_freedom),
        (a, b) => a.or(b),
    }
}

fn of_values(values: &[&SeedLoss]) -> Option<Estimate> {
    Estimate::of_mean(&values.iter().map(|value| value.loss).collect::<Vec<f64>>())
}

/// The sums of each cluster.
fn clusters<'a>(values: impl Iterator<Item = (&'a SeedLoss, f64)>) -> BTreeMap<&'a str, f64> {
    let mut sums = BTreeMap::new();
    for (value, summand) in values {
        *sums.entry(value.cluster.as_str()).or_default() += summand;
    }
    sums
}

/// The median; NaN without values.
pub(super) fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    match values.len() {
        0 => f64::NAN,
        n if n % 2 == 1 => values[n / 2],
        n => (values[n / 2 - 1] + values[n / 2]) / 2.0,
    }
}
