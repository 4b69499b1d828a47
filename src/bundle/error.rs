//! Why a bundle cannot be made, read or replayed.

use crate::compare::CompareError;
use crate::experiment::{ConfigError, RunError};
use crate::files::FileError;
use std::path::PathBuf;

/// Why a bundle cannot be made, read or replayed.
#[derive(Debug, thiserror::Error)]
pub enum BundleError {
    /// The system refuses.
    #[error(transparent)]
    File(#[from] FileError),
    /// No run folder, or an empty one.
    #[error("{} is not a run folder with finished cells", path.display())]
    NoRun {
        /// The folder.
        path: PathBuf,
    },
    /// A file that is not, or no longer, what it says.
    #[error("{}: {reason}", path.display())]
    Damaged {
        /// The bundle.
        path: PathBuf,
        /// What is wrong with it.
        reason: String,
    },
    /// Another bundle than the one asked for.
    #[error("{}: the root of its hashes is {found}, not {wanted}", path.display())]
    Root {
        /// The bundle.
        path: PathBuf,
        /// Its root.
        found: String,
        /// The one asked for.
        wanted: String,
    },
    /// Cells that cannot be redone here in a way that could be compared.
    #[error("{0}")]
    Refused(String),
    /// The experiment cannot be read.
    #[error(transparent)]
    Config(#[from] ConfigError),
    /// The cells cannot be redone.
    #[error(transparent)]
    Run(#[from] RunError),
    /// The results cannot be read.
    #[error(transparent)]
    Compare(#[from] CompareError),
}
