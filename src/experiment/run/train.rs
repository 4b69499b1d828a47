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
pub(super) struct Scored {
    /// Its epochs, of a model of this program.
    pub history: Vec<Epoch>,
    /// The AUC on the validation rows, of the pass whose weights were kept.
    pub valid_auc: f64,
    /// Whom to ask for click probabilities.
    pub oracle: Oracle,
}

/// Where click probabilities come from.
pub(super) enum Oracle {
    /// A model that can be asked about any rows.
    Any(Box<Predict>),
    /// Those of the test rows, and no others.
    Test(Vec<f64>),
}

impl Scored {
    /// Of a model that was asked about the test rows and is gone.
    pub fn test_alone(valid_auc: f64, test: Vec<f64>) -> Self {
        Self { history: Vec::new(), valid_auc, oracle: Oracle::Test(test) }
    }
}

/// Does trainings.
pub(super) trait Trainer: Sync {
    fn train(&self, job: &Job<'_>, progress: &dyn Progress) -> Result<Scored, CtrError>;
}

/// Trains click models.
pub(super) struct ClickModels;

impl Trainer for ClickModels {
    fn train(&self, job: &Job<'_>, progress: &dyn Progress) -> Result<Scored, CtrError> {
        let trained =
            ctr::train(job.device, job.model, job.training, job.rows, job.seed, progress)?;
        if let Some(path) = &job.save_to {
            trained.save(path)?;
        }
        Ok(Scored {
            history: trained.history().to_vec(),
            valid_auc: trained.best().valid_auc,
            oracle: Oracle::Any(Box::new(move |table| trained.predict(table))),
        })
    }
}
