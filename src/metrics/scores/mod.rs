//! Of a click model's scores: order, calibration, precision, and for whom.
//!
//! Everywhere a label is 1 for a click, and any other value counts as 0.

mod auc;
mod calibration;
mod delong;
mod grouped;
mod importance;
mod logloss;
mod popularity;
mod prior;
mod quantiles;
mod ranking;

pub use auc::auc;
pub use calibration::{expected_calibration_error, normalised_entropy, predicted_over_observed};
pub use delong::DeLong;
pub use grouped::group_auc;
pub use importance::permutation_importance;
pub use logloss::{logloss, logloss_by_label};
pub use popularity::{auc_by_third, thirds};
pub use prior::{prior_shift, shifted};
pub use quantiles::{quantiles, quantiles_by_label};
pub use ranking::{Ranking, RankingScores};
