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
pub use generator::{Asked, ExternalGenerator, Made};
pub use model::{ExternalModel, Lesson, ModelScores};
