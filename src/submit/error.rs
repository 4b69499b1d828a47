//! Why an experiment cannot be handed to a scheduler.

use crate::files::FileError;
use std::io;

/// Why an experiment cannot be handed to a scheduler.
#[derive(Debug, thiserror::Error)]
pub enum SubmitError {
    /// The system refuses.
    #[error(transparent)]
    File(#[from] FileError),
    /// A command of the scheduler that is not there or cannot be started.
    #[error("cannot run `{command}`; is Slurm installed here?")]
    Command {
        /// The command.
        command: &'static str,
        /// What the system says.
        #[source]
        source: io::Error,
    },
    /// A command of the scheduler that failed.
    #[error("`{command}` failed: {said}")]
    Refused {
        /// The command.
        command: String,
        /// What it said.
        said: String,
    },
    /// A job that would not end in time.
    #[error(
        "{name} is predicted to take {predicted:.0} s, more than the limit of {limit:.0} s allows; raise \
         --time-limit"
    )]
    TooLong {
        /// The job.
        name: String,
        /// Its predicted seconds.
        predicted: f64,
        /// The limit's.
        limit: f64,
    },
}
