//! Training one cell's model, behind a trait so that the runner can be tested without training.

use crate::ctr::{self, CtrError, Epoch, ModelConfig, TrainingConfig, TrainingRows};
use crate::data::Table;
use crate::device::Device;
use crate::progress::Progress;
use crate::seed::Seed;
use std::path::PathBuf;

/// A training to be done.
pub(super) struct Job<'a> {
    pub device: Device,
    pub model: &'a ModelConfig,
    pub training: &'a TrainingConfig,
    pub rows: TrainingRows<'a>,
    pub seed: Seed,
    /// Where the trained model is to be saved.
    pub save_to: Option<PathBuf>,
}

/// Click probabilities of a table's rows.
pub(super) type Predict = dyn Fn(&Table) -> Vec<f64> + Send;

/// What a training gave.
pub(super) struct Training {
    pub history: Vec<Epoch>,
    /// The pass whose weights were kept.
    pub best: Epoch,
    /// Predicts click probabilities.
    pub predict: Box<Predict>,
}

/// Does trainings.
pub(super) trait Trainer: Sync {
    fn train(&self, job: &Job<'_>, progress: &dyn Progress) -> Result<Training, CtrError>;
}

/// Trains click models.
pub(super) struct ClickModels;

impl Trainer for ClickModels {
    fn train(&self, job: &Job<'_>, progress: &dyn Progress) -> Result<Training, CtrError> {
        let trained =
            ctr::train(job.device, job.model, job.training, job.rows, job.seed, progress)?;
        if let Some(path) = &job.save_to {
            trained.save(path)?;
        }
        Ok(Training {
            history: trained.history().to_vec(),
            best: trained.best().clone(),
            predict: Box::new(move |table| trained.predict(table)),
        })
    }
}
