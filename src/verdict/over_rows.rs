//! What other test rows would do to a comparison of AUCs.
//!
//! With the scores of all cells in the run folder the variance is that of the mean over the seeds.
//! Without them the variances and the covariance with `base` that every cell records give a bound:
//! the mean of the single seeds' variances, as if all models erred on the same rows.

use super::claims::Measure;
use super::run::{Arm, Run, arm_of, has_one_seed};
use crate::experiment::{CellRecord, store::Scores};
use crate::metrics::DeLong;
use crate::statistics::difference_over_rows;
use std::collections::HashMap;

/// Points of per cent in a fraction, squared.
pub(super) const POINTS: f64 = 1e4;

/// The variance of a difference of AUCs.
pub(super) fn of_difference(variances: [f64; 2], covariance: f64) -> Option<f64> {
    let difference = difference_over_rows([0.0, 0.0], variances, covariance)?;
    Some(difference.standard_error.powi(2))
}

/// Reads what is known of the test rows; scores of an arm are read once.
pub(super) struct TestRows<'a> {
    run: &'a Run,
    cells: HashMap<(Arm, u64), &'a CellRecord>,
    means: HashMap<(Arm, Vec<u64>), Option<DeLong>>,
}

/// A variance over test rows, in squared points.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct RowsVariance {
    pub variance: f64,
    /// Whether it is only an upper bound.
    pub is_bound: bool,
}

impl<'a> TestRows<'a> {
    pub fn new(run: &'a Run) -> Self {
        let alike = run.cells.iter().filter(|cell| has_one_seed(cell));
        let keyed = alike.filter_map(|cell| Some(((arm_of(cell)?, cell.row.seed), cell)));
        Self { run, cells: keyed.collect(), means: HashMap::new() }
    }

    /// Of the mean AUC of an arm, or of its difference to that of another.
    pub fn variance(
        &mut self,
        measure: Measure,
        (arm, seeds): (Arm, &[u64]),
        other: Option<(Arm, &[u64])>,
    ) -> Option<RowsVariance> {
        if measure != Measure::Auc {
            return None;
        }
        let exact = self.exact((arm, seeds), other);
        let found = exact.map(|variance| RowsVariance { variance, is_bound: false });
        found.or_else(|| {
            let variance = self.bound(arm, seeds, other.map(|(arm, _)| arm))?;
            Some(RowsVariance { variance, is_bound: true })
        })
    }

    fn exact(&mut self, of: (Arm, &[u64]), other: Option<(Arm, &[u64])>) -> Option<f64> {
        let a = self.mean(of.0, of.1)?;
        let variance = match other {
            None => a.variance(),
            Some((arm, seeds)) => {
                let b = self.mean(arm, seeds)?;
                if !a.has_same_labels(&b) {
                    return None;
                }
                of_difference([a.variance(), b.variance()], a.covariance(&b))?
            }
        };
        Some(POINTS * variance).filter(|variance| variance.is_finite())
    }

    fn mean(&mut self, arm: Arm, seeds: &[u64]) -> Option<DeLong> {
        let key = (arm, seeds.to_vec());
        if let Some(known) = self.means.get(&key) {
            return known.clone();
        }
        let of_seed = |seed: &u64| {
            let name = format!("{arm}.seed{seed}.parquet");
            let scores = Scores::read(&self.run.root.join("scores").join(name))?;
            // Scores of another result must not speak for this one.
            let record = self.cells.get(&(arm, *seed))?;
            (scores.sha256() == record.scores_sha256).then_some(())?;
            DeLong::new(&scores.labels, &scores.scores)
        };
        let all: Option<Vec<DeLong>> = seeds.iter().map(of_seed).collect();
        let mean = all.and_then(|all| DeLong::mean(&all));
        self.means.insert(key, mean.clone());
        mean
    }

    fn bound(&self, arm: Arm, seeds: &[u64], other: Option<Arm>) -> Option<f64> {
        let of_seed = |seed: &u64| {
            let row = &self.cells.get(&(arm, *seed))?.row;
            let own = row.auc_variance?;
            match other {
                None => Some(own),
                Some(base) if base.source.is_none() => {
                    let of_base = self.cells.get(&(base, *seed))?.row.auc_variance?;
                    of_difference([own, of_base], row.auc_covariance_base?)
                }
                Some(_) => None,
            }
        };
        let known: Vec<f64> = seeds.iter().filter_map(of_seed).collect();
        (!known.is_empty()).then(|| POINTS * known.iter().sum::<f64>() / known.len() as f64)
    }
}
