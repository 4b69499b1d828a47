//! Whether a mean loss can be noise.

use serde::Serialize;
use statrs::distribution::{ContinuousCDF, StudentsT};
use std::collections::BTreeMap;

/// How alike the differences of two runs' cells of one model and one seed are taken to be at least
/// (intraclass correlation): they begin with the same weights, and some share synthetic rows. Between
/// replicates of simulated logs it is at most 0.04 (`reports/gate`).
const CORRELATION: f64 = 0.1;

/// A mean loss and how probable so large a one is by chance.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Loss {
    /// The mean over all values; above 0 is worse.
    pub mean: f64,
    /// Its standard error.
    pub standard_error: f64,
    /// The chance of so large a mean without a change, one-sided.
    pub p_value: f64,
    /// Number of values.
    pub n: usize,
    /// Number of clusters.
    pub clusters: usize,
}

/// The mean of losses that come in clusters, and its one-sided p-value; none without values.
///
/// The standard error is the larger of two. One is that of the clusters' means, weighted by their
/// values: it is right whatever the values of a cluster have in common, but of few clusters it is often
/// far too small by luck. The other comes from the spread σ of all n values, with the design effect of
/// equal clusters and an intraclass correlation ρ = 0.1 (Kish 1965, Survey Sampling, section 5.4):
/// σ² (1/n + ρ/k) for k clusters. It keeps the first from being too small, so that Student's t with
/// n − 1 degrees of freedom serves. Losses that are all equal have no spread; then a loss is certain.
pub fn loss(values: &[(String, f64)]) -> Option<Loss> {
    if values.is_empty() {
        return None;
    }
    let n = values.len() as f64;
    let mean = values.iter().map(|(_, value)| value).sum::<f64>() / n;
    let mut clusters: BTreeMap<&str, f64> = BTreeMap::new();
    for (cluster, value) in values {
        *clusters.entry(cluster).or_default() += value - mean;
    }
    let k = clusters.len() as f64;
    let squares: f64 = values.iter().map(|(_, value)| (value - mean).powi(2)).sum();
    let variance = if n > 1.0 { squares / (n - 1.0) } else { f64::INFINITY };
    let at_least = variance * (1.0 / n + CORRELATION / k);
    let of_clusters = if k > 1.0 {
        let squares: f64 = clusters.values().map(|sum| sum.powi(2)).sum();
        squares / n.powi(2) * k / (k - 1.0)
    } else {
        0.0
    };
    let standard_error = at_least.max(of_clusters).sqrt();
    let p_value = if mean <= 0.0 {
        1.0
    } else if standard_error == 0.0 {
        0.0
    } else {
        // One value has no degree of freedom, and an infinite error.
        let student = StudentsT::new(0.0, 1.0, (n - 1.0).max(1.0)).ok()?;
        student.sf(mean / standard_error)
    };
    Some(Loss { mean, standard_error, p_value, n: values.len(), clusters: clusters.len() })
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
