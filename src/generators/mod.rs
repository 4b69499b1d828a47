//! Synthetic-data generators: learn from a table, draw rows like its rows.

use crate::data::Table;
use crate::progress::Progress;
use crate::seed::Seed;
use serde::{Deserialize, Serialize};

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

/// Whether a generator sees all rows, the label a column of them, or each label's rows alone.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Conditioning {
    /// One fit on all rows; the label is conditioned on when sampling.
    Joint,
    /// One fit per label on that label's rows.
    PerClass,
}

/// Why a generator cannot be fitted or sampled.
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
    /// Anything else, said in full.
    #[error("{method}: {reason}")]
    Failed {
        /// The generator.
        method: &'static str,
        /// What went wrong and what to do.
        reason: String,
    },
}
