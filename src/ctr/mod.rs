//! Click models: an embedding per category, a network above, one training loop for all.

mod config;
mod kernels;
mod layers;
mod network;
mod optimizer;

pub use config::{MaskNetConfig, ModelConfig, ModelKind, TowerConfig, TrainingConfig};

use crate::data::Table;
use crate::device::Device;
use crate::progress::Progress;
use crate::seed::Seed;
use serde::{Deserialize, Serialize};

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
    /// The loss stopped being a number.
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

/// A trained click model with the weights of its best epoch.
pub struct Trained {
    history: Vec<Epoch>,
    best: usize,
}

impl Trained {
    /// Every pass, in order.
    pub fn history(&self) -> &[Epoch] {
        &self.history
    }

    /// The pass whose weights were kept: the highest validation AUC.
    pub fn best(&self) -> &Epoch {
        &self.history[self.best]
    }

    /// Predicted click probabilities, one per row, in 0..=1.
    pub fn predict(&self, table: &Table) -> Vec<f64> {
        todo!("{}", table.n_rows())
    }
}

/// Trains a model on `train`, stopping early on the AUC of `valid`.
pub fn train(
    device: Device,
    model: &ModelConfig,
    training: &TrainingConfig,
    train: &Table,
    valid: &Table,
    seed: Seed,
    progress: &dyn Progress,
) -> Result<Trained, CtrError> {
    todo!("{device} {model:?} {training:?} {seed:?} {} {} {}", train.n_rows(), valid.n_rows(), {
        progress.finish();
        0
    })
}
