//! All diagnostics of distances, from as few searches as they need.

use super::neighbours::{Nearest, Scale, closest};
use super::{
    ClosestRecord, DcrBaselineProtection, DcrOverfittingProtection, dcr_baseline_protection,
    dcr_overfitting_protection, random_rows, share_closer,
};
use crate::data::Frame;
use crate::progress::Progress;
use crate::seed::Seed;
use rand::seq::index;
use serde::{Deserialize, Serialize};
use std::borrow::Cow;

/// What distances to the closest record tell. None of it proves that nothing leaks.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Distances {
    /// Distances to the closest training row.
    pub closest_record: ClosestRecord,
    /// SDMetrics' DCRBaselineProtection.
    pub dcr_baseline_protection: DcrBaselineProtection,
    /// SDMetrics' DCROverfittingProtection; none without a holdout.
    pub dcr_overfitting_protection: Option<DcrOverfittingProtection>,
}

/// Measures the distances of all rows of `synthetic`.
///
/// None if one of the frames has no row, or there is no column; an empty holdout is none.
///
/// # Panics
/// If the frames have different columns.
pub fn distances(
    synthetic: &Frame,
    train: &Frame,
    holdout: Option<&Frame>,
    seed: &Seed,
    progress: &dyn Progress,
) -> Option<Distances> {
    let scale = Scale::of(train);
    let to_train = closest(synthetic, train, &scale, progress)?;
    let random = random_rows(train, synthetic.n_rows(), seed);
    let random = closest(&random, train, &scale, progress)?;
    let holdout = holdout.filter(|holdout| holdout.n_rows() > 0);
    let (closer, overfitting) = match holdout {
        None => (None, None),
        Some(holdout) => {
            // SDMetrics measures each frame on its own scale; without numbers all are the same.
            let own = Scale::of(holdout);
            let to_holdout = closest(synthetic, holdout, &own, progress)?;
            let overfitting = dcr_overfitting_protection(&to_train, &to_holdout);
            let pair = AsMany { synthetic, train, holdout, scale: &scale, seed, progress };
            let known = (train.n_rows() >= holdout.n_rows() && own == scale).then_some(to_holdout);
            (pair.share_closer(&to_train, known), overfitting)
        }
    };
    Some(Distances {
        closest_record: ClosestRecord::new(&to_train, closer)?,
        dcr_baseline_protection: dcr_baseline_protection(&to_train, &random)?,
        dcr_overfitting_protection: overfitting,
    })
}

/// A comparison with as many training rows as rows of the holdout, on one scale: a table of more
/// rows is closer to anything.
struct AsMany<'a> {
    synthetic: &'a Frame,
    train: &'a Frame,
    holdout: &'a Frame,
    scale: &'a Scale,
    seed: &'a Seed,
    progress: &'a dyn Progress,
}

impl AsMany<'_> {
    /// The share of rows that are closer to train; some neighbours may be known already.
    fn share_closer(&self, to_train: &[Nearest], to_holdout: Option<Vec<Nearest>>) -> Option<f64> {
        let n = self.train.n_rows().min(self.holdout.n_rows());
        let search = |rows: &Frame| closest(self.synthetic, rows, self.scale, self.progress);
        let to_train = match self.train.n_rows() {
            all if all == n => Cow::Borrowed(to_train),
            _ => Cow::Owned(search(&self.draw(self.train, n))?),
        };
        let to_holdout = match to_holdout {
            Some(to_holdout) => to_holdout,
            None => search(&self.draw(self.holdout, n))?,
        };
        share_closer(&to_train, &to_holdout)
    }

    /// `n` rows, all if there are no more.
    fn draw(&self, rows: &Frame, n: usize) -> Frame {
        let mut rng = self.seed.stream("as many rows");
        rows.select(&index::sample(&mut rng, rows.n_rows(), n).into_vec())
    }
}
