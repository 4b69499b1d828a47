//! The result of one cell, as stored.

use crate::ctr::{AnyModel, Epoch};
use crate::device::Device;
use crate::experiment::plan::{Fingerprint, Scenario};
use crate::generators::Reading;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// One row of `results.csv` and `results.json`: names and order are read by other tools, so columns
/// are only ever added, and at the end.
///
/// A number that is not defined, or needs a field that the data set does not name, is missing; the
/// cell's notes say why.
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
    pub model: AnyModel,
    /// Master seed of the replicate; of the training where fits and draws have seeds of their own.
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
    /// Largest resident memory of the fit, the sampling and the training, in 10⁶ bytes. With several
    /// jobs at once this and the next are the whole process's, from its start.
    pub peak_rss_mb: f64,
    /// Synthetic rows that stand in the real training rows whatever their label.
    pub identical_rows_without_label: usize,
    /// Largest resident memory while the generator was fitted, in 10⁶ bytes.
    pub fit_peak_mb: f64,
    /// Largest resident memory while it was sampled, in 10⁶ bytes.
    pub sample_peak_mb: f64,
    /// Largest resident memory while the model was trained, in 10⁶ bytes.
    pub train_peak_mb: f64,
    /// Mean of the users' AUCs on the test rows, weighted by their rows.
    #[serde(default)]
    pub group_auc: Option<f64>,
    /// Cross-entropy on the test rows over that of their click rate.
    #[serde(default)]
    pub normalised_entropy: Option<f64>,
    /// Expected calibration error on the test rows, 15 bins of equal width.
    #[serde(default)]
    pub calibration_error: Option<f64>,
    /// Clicks that the scores of the test rows predict, over those there are.
    #[serde(default)]
    pub predicted_over_observed: Option<f64>,
    /// Cross-entropy on the test rows after the scores are corrected for the click rate of the rows
    /// trained on.
    #[serde(default)]
    pub corrected_logloss: Option<f64>,
    /// AUC among the test rows of the third of the items with the most clicks in train.
    #[serde(default)]
    pub auc_head: Option<f64>,
    /// AUC among those of the middle third.
    #[serde(default)]
    pub auc_middle: Option<f64>,
    /// AUC among those of the third with the fewest.
    #[serde(default)]
    pub auc_tail: Option<f64>,
    /// Variance of the test AUC over samples of test rows (DeLong).
    #[serde(default)]
    pub auc_variance: Option<f64>,
    /// Its covariance with the test AUC of the same model and seed in the scenario `base`.
    #[serde(default)]
    pub auc_covariance_base: Option<f64>,
    /// Share of test clicks whose item is among the ten best of all items in the click's context.
    #[serde(default)]
    pub hit_rate_10: Option<f64>,
    /// Normalised discounted cumulative gain of the clicked item among the ten best.
    #[serde(default)]
    pub ndcg_10: Option<f64>,
    /// Share of all items that are among the ten best of some test click.
    #[serde(default)]
    pub coverage_10: Option<f64>,
    /// Mean of −log₂ of the share of train's clicks that the ten best items have.
    #[serde(default)]
    pub novelty_10: Option<f64>,
    /// Seconds of all these measurements.
    #[serde(default)]
    pub evaluate_seconds: f64,
    /// How many cells and fits were worked on at once when this one was: times and memory are those
    /// of a machine so shared.
    #[serde(default = "one")]
    pub jobs: usize,
    /// Master seed of the generator's fit; mostly that of the replicate.
    #[serde(default)]
    pub fit_seed: Option<u64>,
    /// Master seed of the rows drawn; mostly that of the replicate.
    #[serde(default)]
    pub draw_seed: Option<u64>,
    /// `categories` or `numbers`: what the generator took fields of numbers for; `none` in the
    /// scenario `base`.
    #[serde(default = "categories")]
    pub reading: String,
}

impl ResultRow {
    /// How the generator was fitted, in a word or two for tables: `joint`, `joint numbers`.
    pub fn way(&self) -> String {
        way(&self.conditioning, &self.reading)
    }
}

/// How a generator was fitted, in a word or two for tables.
pub fn way(conditioning: &str, reading: &str) -> String {
    match reading == Reading::Numbers.name() {
        true => format!("{conditioning} {reading}"),
        false => conditioning.to_owned(),
    }
}

/// What files say of a reading that they do not name.
fn categories() -> String {
    Reading::Categories.name().to_owned()
}

fn one() -> usize {
    1
}

/// Synthetic rows that a model was trained on.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct SampleUsed {
    /// Their label.
    pub label: u8,
    /// Their number: the first rows of the sample.
    pub rows: usize,
    /// Hash of their codes.
    pub sha256: String,
}

/// Quantiles of the scores of the test rows by label.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct ScoreQuantiles {
    /// Of which probabilities.
    pub probabilities: Vec<f64>,
    /// Of the rows with label 0.
    pub others: Vec<f64>,
    /// Of the rows with label 1.
    pub clicks: Vec<f64>,
}

/// A cell file: a result row, what determined it, how the training went, and why it came out so.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct CellRecord {
    /// The row of the results.
    #[serde(flatten)]
    pub row: ResultRow,
    /// Name and version of the program.
    pub program: String,
    /// Which results the program gives: raised whenever they change.
    pub revision: u32,
    /// The processor and its number of threads.
    pub machine: String,
    /// The widest vector instructions used.
    pub instruction_set: String,
    /// Everything that determines the result.
    pub fingerprint: Fingerprint,
    /// The data set as it was read. None in files of earlier versions.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub data: Option<Fingerprint>,
    /// What the result hangs on besides data and seeds, and the fields that measures are of: equal of all seeds of
    /// one experiment. None in files of earlier versions.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub settings: Option<Fingerprint>,
    /// The settings of its model and of training: equal of all cells of a model that can be compared. None in files of
    /// earlier versions.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub training: Option<Fingerprint>,
    /// The synthetic rows.
    pub samples: Vec<SampleUsed>,
    /// Hash of the scores of the test rows, bit for bit.
    pub scores_sha256: String,
    /// What lies behind the missing numbers.
    pub notes: Vec<String>,
    /// Every pass over the training rows.
    pub history: Vec<Epoch>,
    /// By field: the AUC lost on the test rows when its values change places.
    pub importance: BTreeMap<String, Option<f64>>,
    /// Quantiles of the scores.
    pub score_quantiles: Option<ScoreQuantiles>,
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
