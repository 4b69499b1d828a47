//! Why there is no verdict.

use crate::experiment::ConfigError;

/// Why there is no verdict.
#[derive(Debug, thiserror::Error)]
pub enum VerdictError {
    /// Not a run folder.
    #[error(
        "{0} is not a run folder: it holds no experiment.toml; name a folder that `synthctr run` made"
    )]
    NoRun(String),
    /// A run folder without results.
    #[error("{0} holds no finished cell; run the experiment first")]
    NoCells(String),
    /// The system refuses to read.
    #[error("cannot read {0}")]
    Read(String, #[source] std::io::Error),
    /// The experiment or the claims cannot be understood.
    #[error(transparent)]
    Config(#[from] ConfigError),
}
