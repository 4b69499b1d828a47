//! Nearest-neighbour oversampling of nominal data.

use super::{Fitted, Generator, GeneratorError};
use crate::data::Table;
use crate::progress::Progress;
use crate::seed::Seed;
use serde::{Deserialize, Serialize};

/// SMOTEN.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Smoten {
    /// Neighbours that vote beside the row itself, from 1.
    pub neighbours: usize,
}

impl Default for Smoten {
    fn default() -> Self {
        Self { neighbours: 5 }
    }
}

impl Generator for Smoten {
    fn fit(&self, _: &Table, _: Seed, _: &dyn Progress) -> Result<Box<dyn Fitted>, GeneratorError> {
        Err(GeneratorError::Failed { method: "smoten", reason: "not there yet".into() })
    }
}
