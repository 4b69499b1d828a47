//! The result of one cell, as stored.

use super::{Fingerprint, Scenario};
use crate::ctr::{Epoch, ModelKind};
use crate::device::Device;
use serde::{Deserialize, Serialize};

/// One row of `results.csv` and `results.json`: names and order are read by other tools.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ResultRow {
    /// Name of the data set.
    pub dataset: String,
    /// Name of the generator, `none` in the scenario `base`.
    pub generator: String,
    /// `joint` or `per-class`, `none` where there is no such choice.
    pub conditioning: String,
    /// What the model was trained on.
    pub scenario: Scenario,
    /// The click model.
    pub model: ModelKind,
    /// Master seed of the replicate.
    pub seed: u64,
    /// Where the model was trained.
    pub device: Device,
    /// Area under the ROC curve on the test rows, a fraction.
    pub test_auc: f64,
    /// Cross-entropy on the test rows.
    pub test_logloss: f64,
    /// Area under the ROC curve on the validation rows, of the epoch whose weights were kept.
    pub valid_auc: f64,
    /// Passes over the training rows, the ones after the best included.
    pub epochs: usize,
    /// Rows the model was trained on, real and synthetic.
    pub train_rows: usize,
    /// Synthetic rows among them.
    pub synthetic_rows: usize,
    /// Synthetic rows that stand in the real training rows with the same label.
    pub identical_rows: usize,
    /// Seconds the generator took to fit; the same fit serves all scenarios and models.
    pub fit_seconds: f64,
    /// Seconds the generator took to draw the samples this scenario takes its rows from.
    pub sample_seconds: f64,
    /// Seconds of training, validation included.
    pub train_seconds: f64,
    /// Largest resident memory of the fit, the sampling and the training, in 10⁶ bytes.
    pub peak_rss_mb: f64,
    /// Synthetic rows that stand in the real training rows whatever their label.
    pub identical_rows_without_label: usize,
    /// Largest resident memory while the generator was fitted, in 10⁶ bytes.
    pub fit_peak_mb: f64,
    /// Largest resident memory while it was sampled, in 10⁶ bytes.
    pub sample_peak_mb: f64,
    /// Largest resident memory while the model was trained, in 10⁶ bytes.
    pub train_peak_mb: f64,
}

/// A cell file: a result row, what determined it, and how the training went.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct CellRecord {
    /// The row of the results.
    #[serde(flatten)]
    pub row: ResultRow,
    /// The processor and its number of threads.
    pub machine: String,
    /// Everything that determines the result.
    pub fingerprint: Fingerprint,
    /// Every pass over the training rows.
    pub history: Vec<Epoch>,
}

/// The rows as a CSV file with a header.
pub fn to_csv(rows: &[&ResultRow]) -> Result<Vec<u8>, csv::Error> {
    let mut writer = csv::Writer::from_writer(Vec::new());
    for row in rows {
        writer.serialize(row)?;
    }
    writer.into_inner().map_err(|e| e.into_error().into())
}

/// Reads what [`to_csv`] wrote.
pub fn from_csv(text: &[u8]) -> Result<Vec<ResultRow>, csv::Error> {
    csv::Reader::from_reader(text).deserialize().collect()
}
