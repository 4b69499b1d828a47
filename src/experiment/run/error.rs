//! Why a run stops.

use crate::ctr::CtrError;
use crate::data::DataError;
use crate::device::DeviceError;
use crate::experiment::store::StoreError;
use crate::external::ExternalError;
use crate::generators::GeneratorError;
use std::error::Error;
use std::path::PathBuf;

impl RunError {
    /// Whether it is about one job alone, so that all others can go on.
    pub(super) fn is_of_one_job(&self) -> bool {
        match self {
            Self::Generator { source, .. } => !matches!(source, GeneratorError::File { .. }),
            Self::ExternalRows { source, .. } | Self::ExternalScores { source, .. } => {
                !matches!(**source, ExternalError::File(_))
            }
            Self::Training { source, .. } => matches!(source, CtrError::Diverged { .. }),
            Self::NoAuc(_) => true,
            _ => false,
        }
    }

    /// What happened, and why, and why that.
    pub(super) fn in_full(&self) -> String {
        let mut text = self.to_string();
        let mut source = self.source();
        while let Some(error) = source {
            text += &format!(": {error}");
            source = error.source();
        }
        text
    }
}

/// Why a run stops.
#[derive(Debug, thiserror::Error)]
pub enum RunError {
    /// The device is not there.
    #[error(transparent)]
    Device(#[from] DeviceError),
    /// The data cannot be loaded or stored.
    #[error(transparent)]
    Data(#[from] DataError),
    /// The run folder cannot be used.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// A file cannot be written.
    #[error("cannot write into the run folder")]
    Io(#[from] std::io::Error),
    /// A generator of the plan does not suit the data.
    #[error(
        "generator uniform-item needs to know which field holds the item: set dataset.item, \
         or leave it out of `generators`"
    )]
    NoItem,
    /// Fields that are to be read as numbers and cannot.
    #[error("reading `numbers`")]
    Reading(#[source] GeneratorError),
    /// The simulated log has no integers.
    #[error(
        "reading `numbers`: the users and items of the simulated log are names such as user-07; make \
         them integers (--set dataset.simulator.integer_ids=true) or read categories (--reading \
         categories)"
    )]
    SimulatedNames,
    /// A generator cannot be fitted or sampled.
    #[error("generator {name}")]
    Generator {
        /// The generator and its conditioning.
        name: String,
        /// Why.
        #[source]
        source: GeneratorError,
    },
    /// Something that the user brings cannot be used.
    #[error(transparent)]
    External(ExternalError),
    /// A generator that the user brings makes no rows that can be used.
    #[error("generator {name}")]
    ExternalRows {
        /// The generator, its conditioning and seed.
        name: String,
        /// Why.
        #[source]
        source: Box<ExternalError>,
    },
    /// A click model that the user brings gives no scores that can be used.
    #[error("cell {cell}")]
    ExternalScores {
        /// The cell's name.
        cell: String,
        /// Why.
        #[source]
        source: Box<ExternalError>,
    },
    /// A model cannot be trained.
    #[error("cell {cell}")]
    Training {
        /// The cell's name.
        cell: String,
        /// Why.
        #[source]
        source: CtrError,
    },
    /// A model's predictions have no AUC.
    #[error(
        "cell {0}: the predictions of the test rows are not all numbers; \
         a lower learning rate may help"
    )]
    NoAuc(String),
    /// A sample does not come back from the disk as it was written.
    #[error("{} does not hold the rows that were written; is the disk sound?", .0.display())]
    Sample(PathBuf),
    /// The threads of a job cannot be started.
    #[error("the system refuses more threads ({0}); try --jobs 1")]
    Threads(String),
}
