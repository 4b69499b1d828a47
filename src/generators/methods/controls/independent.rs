//! Every field drawn from its marginal given the label.

use crate::data::{Schema, Table};
use crate::device::Device;
use crate::generators::contract::{Fitted, Generator, Saved};
use crate::generators::error::GeneratorError;
use crate::generators::parts::chunks::draw_rows;
use crate::generators::parts::rows;
use crate::progress::Progress;
use crate::seed::Seed;
use rand::RngExt;
use serde::{Deserialize, Serialize};
use std::sync::Arc;

/// Draws every field from its marginal distribution given the label, independently of the other
/// fields: what a generator that learns no dependence at all would give.
///
/// The marginals are the empirical ones: each field is copied from a real row of the label of
/// its own. It has no settings.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Independent {}

impl Generator for Independent {
    fn fit(
        &self,
        train: &Table,
        _: Device,
        _: Seed,
        _: &dyn Progress,
    ) -> Result<Box<dyn Fitted>, GeneratorError> {
        Ok(Box::new(Fit::new(train.clone())))
    }

    fn load(
        &self,
        saved: Saved,
        schema: Arc<Schema>,
        _: Device,
    ) -> Result<Box<dyn Fitted>, String> {
        let (train, Nothing {}) = rows::load(saved, schema)?;
        Ok(Box::new(Fit::new(train)))
    }
}

/// What a saved fit holds beside its rows.
#[derive(Serialize, Deserialize)]
struct Nothing {}

struct Fit {
    train: Table,
    rows: [Vec<usize>; 2],
}

impl Fit {
    fn new(train: Table) -> Self {
        let rows = [train.rows_with(0), train.rows_with(1)];
        Self { train, rows }
    }
}

impl Fitted for Fit {
    fn save(&self) -> Result<Saved, String> {
        rows::save(&self.train, Nothing {})
    }

    fn sample(
        &self,
        label: u8,
        n: usize,
        seed: Seed,
        progress: &dyn Progress,
    ) -> Result<Table, GeneratorError> {
        let rows = self.rows.get(usize::from(label)).filter(|rows| !rows.is_empty());
        let rows =
            rows.ok_or(GeneratorError::TooFewRows { method: "independent", label, needed: 1 })?;
        Ok(draw_rows(
            self.train.schema(),
            label,
            n,
            seed,
            progress,
            || (),
            |rng, (), row| {
                for (slot, column) in row.iter_mut().zip(self.train.columns()) {
                    *slot = column[rows[rng.random_range(0..rows.len())]];
                }
            },
        ))
    }
}
