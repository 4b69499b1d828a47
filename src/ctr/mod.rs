//! Click models: an embedding per category, a network above, one training loop for all.

mod any;
mod config;
mod gradients;
mod layers;
mod network;
mod rows;
mod trained;
mod training;

#[cfg(test)]
mod tests;

pub use any::AnyModel;
pub use config::{MaskNetConfig, ModelConfig, ModelKind, TowerConfig, TrainingConfig};

pub use trained::Trained;

use crate::data::Table;
use crate::device::Device;
use crate::nn::blocks::BlockKernels;
use crate::nn::{self, Work};
use crate::progress::Progress;
use crate::seed::Seed;
use rows::Rows;
use serde::{Deserialize, Serialize};
use trained::{Card, OnDevice};
use training::Training;

/// What one pass over the training rows gave.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Epoch {
    /// Counted from 1.
    pub epoch: usize,
    /// Mean over the batches of the cross-entropy, without the regulariser.
    pub train_loss: f64,
    /// Area under the ROC curve on the validation rows, a fraction.
    pub valid_auc: f64,
    /// Cross-entropy on the validation rows.
    pub valid_logloss: f64,
    /// That of the clicks among them.
    pub valid_logloss_clicks: f64,
    /// That of the others.
    pub valid_logloss_others: f64,
    /// Area under the ROC curve on the test rows, where they are looked at after every epoch.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub test_auc: Option<f64>,
    /// Cross-entropy on the test rows, likewise.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub test_logloss: Option<f64>,
    /// Learning rate of this pass.
    pub learning_rate: f64,
    /// Wall-clock seconds of the training pass, evaluation not included.
    pub seconds: f64,
}

/// Why a model cannot be trained, saved or loaded.
#[derive(Debug, thiserror::Error)]
pub enum CtrError {
    /// A split without both labels.
    #[error(
        "{part} has {rows} rows, all with label {label}; a click model needs rows of both labels"
    )]
    OneLabel {
        /// `train` or `valid`.
        part: &'static str,
        /// Its number of rows.
        rows: usize,
        /// The label they share.
        label: u8,
    },
    /// The loss stopped being a number, of the training or of the validation rows.
    #[error(
        "{model}: the loss is {loss} at step {step} of epoch {epoch}; a lower learning rate may help"
    )]
    Diverged {
        /// The model.
        model: ModelKind,
        /// The loss.
        loss: f64,
        /// The epoch, from 1.
        epoch: usize,
        /// The batch, from 1.
        step: usize,
    },
    /// A setting outside its range.
    #[error("{0}")]
    Setting(String),
    /// A file that cannot be read or written.
    #[error("{path}: {reason}")]
    File {
        /// The file.
        path: String,
        /// What is wrong with it.
        reason: String,
    },
}

/// The rows of a training.
#[derive(Clone, Copy, Debug)]
pub struct TrainingRows<'a> {
    /// Learned from.
    pub train: &'a Table,
    /// Training stops early on their AUC.
    pub valid: &'a Table,
    /// Scored after every epoch for its history, and change nothing.
    pub watch: Option<&'a Table>,
}

impl<'a> TrainingRows<'a> {
    /// Nothing but what is needed.
    pub fn new(train: &'a Table, valid: &'a Table) -> Self {
        Self { train, valid, watch: None }
    }
}

/// Trains a model, stopping early on the AUC of the validation rows.
///
/// The same seed gives the same model on the same device, bit for bit on the CPU. All
/// randomness comes from `seed`: weights, the order of rows, dropout.
pub fn train(
    device: Device,
    model: &ModelConfig,
    training: &TrainingConfig,
    rows: TrainingRows<'_>,
    seed: Seed,
    progress: &dyn Progress,
) -> Result<Trained, CtrError> {
    model.check()?;
    training.check()?;
    for (part, table) in [("train", rows.train), ("valid", rows.valid)] {
        if let Some(label) = [0, 1].into_iter().find(|&label| table.count(label) == 0) {
            return Err(CtrError::OneLabel { part, rows: table.n_rows(), label: 1 - label });
        }
    }
    let task = Task { device, model, training, rows, seed, progress };
    nn::on_device(device, task).map_err(|e| CtrError::Setting(e.to_string()))?
}

/// The arguments of [`train`], checked.
struct Task<'a> {
    device: Device,
    model: &'a ModelConfig,
    training: &'a TrainingConfig,
    rows: TrainingRows<'a>,
    seed: Seed,
    progress: &'a dyn Progress,
}

impl Work for Task<'_> {
    type Output = Result<Trained, CtrError>;

    fn run<B: BlockKernels + 'static>(self) -> Result<Trained, CtrError> {
        let TrainingRows { train, valid, watch } = self.rows;
        let counts = rows::code_counts(train.schema());
        let watched = watch.map(|table| (Rows::new(table, &counts), table.labels()));
        let loop_ = Training::<B> {
            model: self.model,
            config: self.training,
            codes: counts.iter().sum(),
            train: &Rows::new(train, &counts),
            fields: train.n_fields(),
            valid: &Rows::new(valid, &counts),
            valid_labels: valid.labels(),
            watched: watched.as_ref().map(|(rows, labels)| (rows, *labels)),
            device: B::Device::default(),
            seed: self.seed,
        };
        let outcome = loop_.run(self.progress)?;
        let card = Card {
            model: self.model.clone(),
            code_counts: counts,
            history: outcome.history,
            best: outcome.best,
        };
        let network = OnDevice { network: outcome.network, device: loop_.device };
        Ok(Trained { card, device: self.device, network: Box::new(network) })
    }
}
