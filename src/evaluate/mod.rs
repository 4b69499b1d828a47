//! A synthetic table measured with everything there is, beside its yardsticks.
//!
//! A number alone says little: how far are two *real* tables of this size apart? So [`evaluate`]
//! measures three tables of as many rows against one world: the synthetic one, real rows that
//! nothing was learned from, and copies of the real rows. [`measure`] is one of these measurements.

mod classifiers;
mod diagnostics;
mod measured;
mod tables;
mod utility;
mod world;
mod yardsticks;

pub use diagnostics::Diagnostics;
pub use measured::{FidelityOf, Measured, Privacy, RowCounts, TwoSampleAuc, measure};
pub use utility::ModelUtility;
pub use world::World;
pub use yardsticks::{
    EvaluateOptions, Evaluation, Yardsticks, click_labels, evaluate, resample, split_holdout,
};

/// Raised when a change of the code changes what is measured: a run then measures again.
pub const QUALITY_REVISION: u32 = 2;
