//! SDMetrics' two scores of distances to the closest record.

use super::closest_record::median;
use super::neighbours::Nearest;
use serde::{Deserialize, Serialize};

/// Whether synthetic rows are as far from real ones as random rows are.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct DcrBaselineProtection {
    /// The synthetic rows' median distance by the random rows', 1 at most. Low is alarming, but so
    /// would be a holdout's: rows that look real are closer to real ones than noise. None if the
    /// random rows' is 0.
    pub score: Option<f64>,
    /// Median distance of synthetic rows to their closest real ones.
    pub synthetic_median: f64,
    /// The same of random rows.
    pub random_median: f64,
}

/// SDMetrics' DCRBaselineProtection, of all rows: from the neighbours in `real` of synthetic rows
/// and of [`random_rows`](super::random_rows). None if there is no synthetic or no random row.
pub fn dcr_baseline_protection(
    synthetic: &[Nearest],
    random: &[Nearest],
) -> Option<DcrBaselineProtection> {
    let median = |nearest: &[Nearest]| {
        median(&nearest.iter().map(|nearest| nearest.first).collect::<Vec<_>>())
    };
    let (synthetic_median, random_median) = (median(synthetic)?, median(random)?);
    let score = (random_median != 0.0).then(|| (synthetic_median / random_median).min(1.0));
    Some(DcrBaselineProtection { score, synthetic_median, random_median })
}

/// Whether synthetic rows are closer to the training rows than to a holdout.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct DcrOverfittingProtection {
    /// Twice the share of rows that are not closer to training rows, 1 at most. Below 1 more than
    /// half of the rows are closer to training rows, which is alarming if the holdout has as many
    /// rows, and means little otherwise.
    pub score: f64,
    /// The share of rows that are closer to training rows than to the holdout.
    pub closer_to_training: f64,
    /// The share of all others; ties are here.
    pub closer_to_holdout: f64,
}

/// SDMetrics' DCROverfittingProtection, of all rows: from the synthetic rows' neighbours in train
/// and in the holdout, each on the [`Scale`](super::neighbours::Scale) of the frame that the
/// neighbours are in. None if there is no synthetic row.
///
/// # Panics
/// If the two are not about the same rows.
pub fn dcr_overfitting_protection(
    to_train: &[Nearest],
    to_holdout: &[Nearest],
) -> Option<DcrOverfittingProtection> {
    assert_eq!(to_train.len(), to_holdout.len(), "neighbours of the same rows");
    let pairs = to_train.iter().zip(to_holdout);
    let closer = pairs.filter(|(train, holdout)| train.first < holdout.first).count();
    (!to_train.is_empty()).then(|| {
        let closer_to_training = closer as f64 / to_train.len() as f64;
        DcrOverfittingProtection {
            score: ((1.0 - closer_to_training) * 2.0).min(1.0),
            closer_to_training,
            closer_to_holdout: 1.0 - closer_to_training,
        }
    })
}
