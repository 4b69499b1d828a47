//! Distances and copies: what does not prove anything, side by side.

use serde::{Deserialize, Serialize};

/// What distances and copies tell. None of it proves that nothing leaks.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Diagnostics {
    /// Synthetic rows that stand in the real table, the label left out.
    pub identical_rows: usize,
    /// The same with the label; none without a label.
    pub identical_rows_with_label: Option<usize>,
    /// SDMetrics' NewRowSynthesis.
    pub new_row_share: Option<f64>,
    /// Distances to the closest real row.
    pub closest_record: Option<ClosestRecord>,
    /// SDMetrics' DCRBaselineProtection.
    pub dcr_baseline_protection: Option<f64>,
    /// SDMetrics' DCROverfittingProtection.
    pub dcr_overfitting_protection: Option<f64>,
    /// SDMetrics' CategoricalCAP.
    pub cap: Option<f64>,
}

/// Distances.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ClosestRecord {
    /// Mean.
    pub mean: f64,
    /// Median.
    pub median: f64,
    /// Share.
    pub share_closer_to_train: Option<f64>,
    /// Ratio.
    pub nndr_median: Option<f64>,
}
