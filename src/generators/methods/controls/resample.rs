//! Bootstrap copies of real rows.

use super::by_label::ByLabel;
use crate::data::{Schema, Table};
use crate::device::Device;
use crate::generators::contract::{Fitted, Generator, Saved};
use crate::generators::error::GeneratorError;
use crate::generators::parts::chunks::draw_rows;
use crate::progress::Progress;
use crate::seed::Seed;
use rand::RngExt;
use serde::{Deserialize, Serialize};
use std::sync::Arc;

/// Draws real rows of the asked label with replacement: more rows, no new information.
///
/// What this control gains or loses, any generator gains or loses by the changed number and
/// balance of rows alone. It has no settings.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Resample {}

impl Generator for Resample {
    fn fit(
        &self,
        train: &Table,
        _: Device,
        _: Seed,
        _: &dyn Progress,
    ) -> Result<Box<dyn Fitted>, GeneratorError> {
        Ok(Box::new(Fit(ByLabel::new(train.clone()))))
    }

    fn load(
        &self,
        saved: Saved,
        schema: Arc<Schema>,
        _: Device,
    ) -> Result<Box<dyn Fitted>, String> {
        Ok(Box::new(Fit(ByLabel::load(saved, schema)?)))
    }
}

struct Fit(ByLabel);

impl Fitted for Fit {
    fn save(&self) -> Result<Saved, String> {
        self.0.save()
    }

    fn sample(
        &self,
        label: u8,
        n: usize,
        seed: Seed,
        progress: &dyn Progress,
    ) -> Result<Table, GeneratorError> {
        let rows = self.0.of(label, "resample")?;
        Ok(draw_rows(
            self.0.rows.schema(),
            label,
            n,
            seed,
            progress,
            || (),
            |rng, (), row| {
                let from = rows[rng.random_range(0..rows.len())];
                for (slot, column) in row.iter_mut().zip(self.0.rows.columns()) {
                    *slot = column[from];
                }
            },
        ))
    }
}
