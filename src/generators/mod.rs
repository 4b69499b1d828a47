//! Synthetic-data generators: learn from a table, draw rows like its rows.
//!
//! [`fit`] is the door: it takes a [`GeneratorConfig`], the [`Conditioning`] and the
//! constraints, and gives a [`FittedGenerator`] to draw from. One file or folder per method;
//! `neural` holds what the trained networks share, and `controls` the methods that add no
//! information of their own, without which nobody can tell why a synthetic row helps or hurts.

mod chunks;
mod conditioned;
mod config;
mod constraints;
mod controls;
mod copula_gan;
mod ctgan;
mod gaussian_copula;
mod kind;
mod neural;
mod normal_scores;
mod saved;
mod smoten;
mod tab_ddpm;
mod tvae;

pub use conditioned::{FittedGenerator, fit};
pub use config::GeneratorConfig;
pub use controls::{Independent, Resample, UniformItem};
pub use copula_gan::CopulaGan;
pub use ctgan::Ctgan;
pub use gaussian_copula::GaussianCopula;
pub use kind::{Conditioning, GeneratorKind};
pub(crate) use neural::with_preset;
pub use neural::{FitEpoch, Preset};

pub use smoten::Smoten;
pub use tab_ddpm::{TabDdpm, TimestepSampling};
pub use tvae::Tvae;

use crate::data::{Schema, Table};
use crate::device::Device;
use crate::progress::Progress;
use crate::seed::Seed;
use std::sync::Arc;

/// A generator with its hyperparameters, not yet fitted.
pub trait Generator: Send + Sync {
    /// Learns from `train`, whose codes all lie in `0..n_categories` of their field.
    ///
    /// `train` may hold rows of one label only (`per-class` conditioning). Networks are trained
    /// on `device`; the other generators work on the CPU.
    fn fit(
        &self,
        train: &Table,
        device: Device,
        seed: Seed,
        progress: &dyn Progress,
    ) -> Result<Box<dyn Fitted>, GeneratorError>;

    /// What [`Fitted::save`] gave, onto any device. Generators whose fit takes no time worth
    /// keeping are not saved.
    fn load(
        &self,
        _saved: Saved,
        _schema: Arc<Schema>,
        _device: Device,
    ) -> Result<Box<dyn Fitted>, String> {
        Err("this generator is not saved".to_owned())
    }
}

/// A fitted generator as data.
pub struct Saved {
    /// What is readable of it.
    pub card: serde_json::Value,
    /// Its network's weights.
    pub weights: Vec<u8>,
}

/// A generator that has learned from a table.
pub trait Fitted: Send + Sync {
    /// Draws exactly `n` rows with the given label, within the schema it was fitted on and
    /// independently of each other given the fit, so that the first rows of a sample are a sample.
    fn sample(
        &self,
        label: u8,
        n: usize,
        seed: Seed,
        progress: &dyn Progress,
    ) -> Result<Table, GeneratorError>;

    /// The losses of the training, epoch by epoch, of a generator that is trained.
    fn history(&self) -> &[FitEpoch] {
        &[]
    }

    /// The fit as data, of a generator whose fit is worth keeping.
    fn save(&self) -> Option<Result<Saved, String>> {
        None
    }
}

/// Why a generator cannot be chosen, fitted or sampled.
#[derive(Debug, thiserror::Error)]
pub enum GeneratorError {
    /// Nothing to learn the asked label from.
    #[error("no training row has label {label}; {method} needs at least {needed}")]
    TooFewRows {
        /// The generator.
        method: &'static str,
        /// The label asked for.
        label: u8,
        /// Rows needed.
        needed: usize,
    },
    /// A generator or conditioning that does not exist, and what does.
    #[error("{0}")]
    Unknown(String),
    /// A hyperparameter outside its range.
    #[error("{0}")]
    Setting(String),
    /// A group of fields that cannot be kept together.
    #[error("constraint [{group}]: {reason}")]
    Constraint {
        /// The group as given.
        group: String,
        /// What is wrong with it.
        reason: String,
    },
    /// A loss stopped being a number.
    #[error(
        "{method}: the loss is {loss} at step {step} of epoch {epoch}; a lower learning rate may help"
    )]
    Diverged {
        /// The generator.
        method: &'static str,
        /// The loss.
        loss: f64,
        /// The epoch, from 1.
        epoch: usize,
        /// The step of the epoch, from 1.
        step: usize,
    },
    /// A saved generator that cannot be written or read.
    #[error("{path}: {reason}")]
    File {
        /// The file.
        path: String,
        /// What is wrong with it.
        reason: String,
    },
    /// Anything else, said in full.
    #[error("{method}: {reason}")]
    Failed {
        /// The generator.
        method: &'static str,
        /// What went wrong and what to do.
        reason: String,
    },
}
