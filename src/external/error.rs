//! What can go wrong with what users bring.

use crate::data::{DataError, RowAt};
use crate::files::FileError;
use std::io;
use std::path::PathBuf;

/// Why something that a user brings cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum ExternalError {
    /// Settings that make no sense.
    #[error("{0}")]
    Setting(String),
    /// The system refuses.
    #[error(transparent)]
    File(#[from] FileError),
    /// A program that cannot be run to its end.
    #[error("cannot {verb} `{program}`")]
    Program {
        /// What was tried.
        verb: &'static str,
        /// The program.
        program: String,
        /// What the system says.
        #[source]
        source: io::Error,
    },
    /// A program that failed or had to be stopped.
    #[error("`{command}`: {how}; all it was given and all it said is in {}{}", folder.display(), quoted(said))]
    Failed {
        /// The command.
        command: String,
        /// How it ended.
        how: String,
        /// What it was given, and what it wrote.
        folder: PathBuf,
        /// The last lines of what it said.
        said: String,
    },
    /// A program that ended well and wrote nothing.
    #[error("`{command}` ended well, but there is no {}{}", path.display(), quoted(said))]
    NoAnswer {
        /// The command.
        command: String,
        /// The file that it was to write.
        path: PathBuf,
        /// The last lines of what it said.
        said: String,
    },
    /// A file that cannot be read as rows like the training rows.
    #[error(transparent)]
    Data(#[from] DataError),
    /// A row that a constraint forbids.
    #[error(
        "{}, {row}: [{fields}] = [{values}] is a combination that no training row holds, and a \
         constraint of the data set asks for one that does", path.display()
    )]
    Combination {
        /// The file.
        path: PathBuf,
        /// The line or the row.
        row: RowAt,
        /// The fields of the constraint.
        fields: String,
        /// Their values there.
        values: String,
    },
    /// Scores for other rows than those asked about.
    #[error("{} holds {found} scores; {wanted} rows were asked about", path.display())]
    Scores {
        /// The file.
        path: PathBuf,
        /// How many there are.
        found: usize,
        /// How many are needed.
        wanted: usize,
    },
    /// A score that is no probability.
    #[error("{}, {row}: the score is {score}; it must be a probability, from 0 to 1", path.display())]
    Score {
        /// The file.
        path: PathBuf,
        /// The line or the row.
        row: RowAt,
        /// What stands there.
        score: f64,
    },
    /// Fewer rows than the scenarios need.
    #[error(
        "{} holds {found} rows of label {label}; the scenarios need {wanted}", path.display()
    )]
    TooFewRows {
        /// The file.
        path: PathBuf,
        /// The label.
        label: u8,
        /// How many there are.
        found: usize,
        /// How many are needed.
        wanted: usize,
    },
}

/// Words at the end of a message.
fn quoted(said: &str) -> String {
    if said.is_empty() { String::new() } else { format!("; its last words:\n{said}") }
}
