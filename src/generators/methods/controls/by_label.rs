//! Training rows by their label, for controls that draw from them.

use crate::data::{Schema, Table};
use crate::generators::contract::Saved;
use crate::generators::error::GeneratorError;
use crate::generators::parts::rows;
use serde::{Deserialize, Serialize};
use std::sync::Arc;

/// The training rows, and where those of each label are.
pub(super) struct ByLabel {
    pub rows: Table,
    positions: [Vec<usize>; 2],
}

/// What is saved beside the rows.
#[derive(Serialize, Deserialize)]
struct Nothing {}

impl ByLabel {
    pub fn new(rows: Table) -> Self {
        let positions = [rows.rows_with(0), rows.rows_with(1)];
        Self { rows, positions }
    }

    pub fn load(saved: Saved, schema: Arc<Schema>) -> Result<Self, String> {
        rows::load(saved, schema).map(|(rows, Nothing {})| Self::new(rows))
    }

    pub fn save(&self) -> Result<Saved, String> {
        rows::save(&self.rows, Nothing {})
    }

    /// The positions of the rows with a label, of which there is at least one.
    pub fn of(&self, label: u8, method: &'static str) -> Result<&[usize], GeneratorError> {
        let positions = self.positions.get(usize::from(label)).filter(|rows| !rows.is_empty());
        let positions = positions.map(Vec::as_slice);
        positions.ok_or(GeneratorError::TooFewRows { method, label, needed: 1 })
    }
}
