//! What is trained on a cell's rows.

use super::cell::{Bench, TrainingRows};
use super::snapshot::Snapshot;
use super::train::{Job, Scored};
use super::{RunError, cost};
use crate::ctr::{self, ModelConfig, TowerConfig};
use crate::data::{Dataset, Table};
use crate::experiment::plan::Cell;
use crate::external::{ExternalModel, Lesson};
use crate::measure::{self, PeakMemory};
use crate::metrics;
use crate::progress::Progress;
use crate::seed::Seed;
use serde_json::{Value, json};
use std::time::Instant;

/// What is trained, with its settings.
#[derive(Clone, Debug)]
pub(super) enum Learner<'a> {
    /// A click model of this program.
    Ours(ModelConfig),
    /// One that the user brings.
    External(&'a Snapshot<ExternalModel>),
}

/// A training that is done, and what it took.
pub(super) struct Trained {
    pub scored: Scored,
    pub seconds: f64,
    pub peak_mb: f64,
}

impl Learner<'_> {
    /// What the scores hang on besides rows and seed, as it stands in fingerprints.
    pub fn content(&self, dataset: &Dataset) -> Value {
        match self {
            Self::Ours(config) => json!(config),
            Self::External(external) => {
                let hashes: Vec<&String> = external.hashes.values().collect();
                json!({
                    "external": external.settings.content(),
                    "files": hashes,
                    "user": dataset.user,
                    "item": dataset.item,
                })
            }
        }
    }

    /// Predicted operations and bytes of a training on so many rows; what an external one takes nobody
    /// knows, so it counts as a DNN.
    pub fn cost(&self, training: &ctr::TrainingConfig, rows: usize, train: &Table) -> (f64, f64) {
        let dnn = ModelConfig::Dnn(TowerConfig::default());
        let config = match self {
            Self::Ours(config) => config,
            Self::External(_) => &dnn,
        };
        (
            cost::of_training(config, training, rows, train.n_fields()),
            cost::memory_of_training(config, training, rows, train),
        )
    }
}

impl Bench<'_> {
    /// Trains a cell's model on its rows; `peak` and `start` were taken before these were put together.
    pub fn train(
        &self,
        cell: &Cell,
        rows: &TrainingRows,
        (peak, start): (PeakMemory, Instant),
        progress: &dyn Progress,
    ) -> Result<Trained, RunError> {
        let (runner, folder) = (self.runner, self.folder);
        let split = &runner.dataset.split;
        // The same first weights and the same seeds of shuffles and dropout in every scenario of a
        // replicate. Where scenarios differ in their number of rows, so do the orders drawn.
        let seed = Seed::master(cell.seed).derive(&format!("train/{}", cell.model));
        match &runner.learner(cell) {
            Learner::Ours(model) => {
                let watch = runner.experiment.training.test_every_epoch.then_some(&split.test);
                let job = Job {
                    device: runner.device,
                    model,
                    training: &runner.experiment.training,
                    rows: ctr::TrainingRows { train: &rows.all, valid: &split.valid, watch },
                    seed,
                    save_to: runner.options.save_models.then(|| folder.model_path(cell)),
                };
                let scored = self
                    .trainer
                    .train(&job, progress)
                    .map_err(|source| RunError::Training { cell: cell.name(), source })?;
                let (seconds, peak_mb) = (measure::seconds(start), peak.megabytes());
                Ok(Trained { scored, seconds, peak_mb })
            }
            Learner::External(external) => {
                let lesson = Lesson {
                    train: &rows.all,
                    valid: &split.valid,
                    test: &split.test,
                    user: runner.dataset.user.as_deref(),
                    item: runner.dataset.item.as_deref(),
                    seed: seed.for_programs(),
                    threads: rayon::current_num_threads(),
                };
                let at = folder.external().join(cell.name());
                let scores = external.settings.train(&lesson, &at).map_err(|source| {
                    RunError::ExternalScores { cell: cell.name(), source: Box::new(source) }
                })?;
                let valid_auc = metrics::auc(split.valid.labels(), &scores.valid)
                    .ok_or_else(|| RunError::NoAuc(cell.name()))?;
                let scored = Scored::test_alone(valid_auc, scores.test);
                Ok(Trained { scored, seconds: scores.seconds, peak_mb: scores.peak_mb })
            }
        }
    }
}
