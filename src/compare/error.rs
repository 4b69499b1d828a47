//! Why two runs or programs cannot be compared.

use std::io;
use std::path::Path;

/// Why two runs or programs cannot be compared.
#[derive(Debug, thiserror::Error)]
pub enum CompareError {
    /// The system refuses to read or write.
    #[error("cannot {verb} {path}")]
    Io {
        /// What was tried.
        verb: &'static str,
        /// The file or folder.
        path: String,
        /// What the system says.
        #[source]
        source: io::Error,
    },
    /// Neither a run folder nor a baseline.
    #[error("{path} is neither a run folder nor a baseline: {reason}")]
    NotARun {
        /// The file or folder.
        path: String,
        /// What is missing.
        reason: String,
    },
    /// A file does not hold what it should.
    #[error("{path}: {reason}")]
    Damaged {
        /// The file.
        path: String,
        /// What is wrong with it.
        reason: String,
    },
    /// A setting is out of range.
    #[error("{0}")]
    Setting(String),
    /// One of the programs that are compared failed.
    #[error("{program} failed ({status}): {message}")]
    Program {
        /// The program.
        program: String,
        /// How it ended.
        status: String,
        /// The end of what it said.
        message: String,
    },
}

impl CompareError {
    /// Wraps what the system says.
    pub(super) fn io(verb: &'static str, path: &Path) -> impl FnOnce(io::Error) -> Self {
        let path = path.display().to_string();
        move |source| Self::Io { verb, path, source }
    }

    /// A file that does not hold what it should.
    pub(super) fn damaged(path: &Path, reason: impl ToString) -> Self {
        Self::Damaged { path: path.display().to_string(), reason: reason.to_string() }
    }
}
