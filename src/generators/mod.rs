//! Synthetic-data generators: learn from a table, draw rows like its rows.
//!
//! [`fit`] is the door: it takes a [`GeneratorConfig`], the [`Conditioning`] and the
//! constraints, and gives a [`Fitted`] generator to draw from. One file per method;
//! `controls` holds the methods that add no information of their own, without which nobody
//! can tell why a synthetic row helps or hurts.

mod chunks;
mod conditioned;
mod config;
mod constraints;
mod controls;
mod gaussian_copula;
mod kind;
mod smoten;

pub use conditioned::fit;
pub use config::GeneratorConfig;
pub use controls::{Independent, Resample, UniformItem};
pub use gaussian_copula::GaussianCopula;
pub use kind::{Conditioning, GeneratorKind};
pub use smoten::Smoten;

use crate::data::Table;
use crate::progress::Progress;
use crate::seed::Seed;

/// A generator with its hyperparameters, not yet fitted.
pub trait Generator: Send + Sync {
    /// Learns from `train`, whose codes all lie in `0..n_categories` of their field.
    ///
    /// `train` may hold rows of one label only (`per-class` conditioning).
    fn fit(
        &self,
        train: &Table,
        seed: Seed,
        progress: &dyn Progress,
    ) -> Result<Box<dyn Fitted>, GeneratorError>;
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
    /// Anything else, said in full.
    #[error("{method}: {reason}")]
    Failed {
        /// The generator.
        method: &'static str,
        /// What went wrong and what to do.
        reason: String,
    },
}
