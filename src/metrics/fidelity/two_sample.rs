//! Whether a classifier can tell synthetic rows from real ones.

use super::undefined::{Side, Undefined};
use crate::data::Coded;
use crate::metrics::DeLong;
use crate::seed::Seed;
use rand::seq::SliceRandom;
use serde::{Deserialize, Serialize};

/// Learns to tell rows of label 1 from those of label 0 and scores others, higher for label 1:
/// `learner(train, labels, test, seed)`. The rows of label 0 come first.
pub type Learner<'a> = dyn Fn(&Coded, &[u8], &Coded, Seed) -> Vec<f64> + 'a;

/// How well a classifier tells synthetic rows from real ones (Lopez-Paz and Oquab 2017).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct TwoSample {
    /// AUC of a classifier on rows it was not trained on: 0.5 where it cannot tell, 1 where it
    /// always can. Alarming where it is more than two standard errors above that of a real holdout.
    pub auc: f64,
    /// Its standard error, DeLong's. Given the classifiers: that each fold's learned from rows that
    /// others are tested on is not in it.
    pub standard_error: f64,
    /// Rows of either table that were used.
    pub rows: usize,
}

/// The AUC of a classifier between real rows (label 0) and synthetic ones (label 1), by
/// cross-fitting: every row is scored by a classifier that was trained without its fold.
///
/// As many rows of either table are used, drawn at random of the larger one, and each fold has as
/// many of both (to one row). The AUC is the mean of the folds' AUCs, each of which is unbiased for
/// rows drawn independently. Pooled scores would compare rows scored by different classifiers, and
/// be biased below 0.5 for equal distributions.
///
/// Undefined if either table has fewer than two rows for each fold, or a score is not a number.
///
/// # Panics
/// If `folds` is below 2, the tables are not coded alike, or the learner does not give a score for
/// each row.
pub fn two_sample_auc(
    real: &Coded,
    synthetic: &Coded,
    folds: usize,
    seed: Seed,
    learner: &Learner<'_>,
) -> Result<TwoSample, Undefined> {
    assert!(folds >= 2, "a fold to train on and one to test on");
    let rows = real.n_rows().min(synthetic.n_rows());
    if rows < 2 * folds {
        let side = if real.n_rows() == rows { Side::Real } else { Side::Synthetic };
        return Err(Undefined::FewRows { side, needed: 2 * folds });
    }
    let real = real.select(&drawn(real.n_rows(), rows, seed.derive("real")));
    let synthetic = synthetic.select(&drawn(synthetic.n_rows(), rows, seed.derive("synthetic")));
    let (mut auc, mut variance) = (0.0, 0.0);
    for fold in 0..folds {
        // The rows are in random order already.
        let (test, train): (Vec<_>, Vec<_>) = (0..rows).partition(|row| row % folds == fold);
        let both = |rows: &[usize]| real.select(rows).chain(&synthetic.select(rows));
        let labels = |rows: &[usize]| [vec![0; rows.len()], vec![1; rows.len()]].concat();
        let seed = seed.derive(&format!("fold/{fold}"));
        let scores = learner(&both(&train), &labels(&train), &both(&test), seed);
        let of_fold = DeLong::new(&labels(&test), &scores).ok_or(Undefined::Score)?;
        auc += of_fold.auc() / folds as f64;
        variance += of_fold.variance() / (folds * folds) as f64;
    }
    Ok(TwoSample { auc, standard_error: variance.sqrt(), rows })
}

/// So many of `n` rows, in random order.
fn drawn(n: usize, rows: usize, seed: Seed) -> Vec<usize> {
    let mut all: Vec<usize> = (0..n).collect();
    all.shuffle(&mut seed.stream("rows"));
    all.truncate(rows);
    all
}
