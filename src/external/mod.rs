//! What users bring: programs in any language that make rows or give scores, and rows made elsewhere.
//!
//! A program gets a folder, its last argument, with what it is asked for and the rows to learn from, and
//! writes its answer there. What comes back is checked like any file of a stranger's: a value that the
//! training rows do not hold, a combination that a constraint forbids, too few rows are errors that name
//! file and row.

mod error;
mod folder;
mod generator;
mod model;
mod program;
mod request;

pub use error::ExternalError;
pub(crate) use folder::remove_interrupted;
pub use generator::{Asked, ExternalGenerator, Made};
pub use model::{ExternalModel, Lesson, ModelScores};

use serde::de::DeserializeOwned;
use std::collections::BTreeMap;

/// The settings of something that users bring, and what they tell before it is used.
pub trait Brought: Clone + Default + DeserializeOwned {
    /// The keys of its table one of which must be there.
    const KEYS: &'static [&'static str];

    /// Checks the settings of the one called `name`.
    fn check(&self, name: &str) -> Result<(), ExternalError>;

    /// Checks that what the settings of the one called `name` speak of is there.
    fn look(&self, name: &str) -> Result<(), ExternalError>;

    /// Hashes of all files that its answers hang on, by path.
    fn hashes(&self) -> Result<BTreeMap<String, String>, ExternalError>;
}
