//! Bootstrap copies of real rows.

use super::by_label::ByLabel;
use crate::data::Table;
use crate::device::Device;
use crate::generators::contract::{Fitted, Generator, Mixed, Saved, Shape};
use crate::generators::error::GeneratorError;
use crate::progress::Progress;
use crate::seed::{Rng, Seed};
use rand::RngExt;
use serde::{Deserialize, Serialize};

const METHOD: &str = "resample";

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
        train: &Mixed<'_>,
        _: Device,
        _: Seed,
        _: &dyn Progress,
    ) -> Result<Box<dyn Fitted>, GeneratorError> {
        Ok(ByLabel::fitted(METHOD, draw, train.categories.clone().into_owned()))
    }

    fn load(&self, saved: Saved, shape: Shape, _: Device) -> Result<Box<dyn Fitted>, String> {
        ByLabel::load(METHOD, draw, saved, shape.schema)
    }
}

fn draw(rng: &mut Rng, train: &Table, rows: &[usize], row: &mut [u32]) {
    let from = rows[rng.random_range(0..rows.len())];
    for (slot, column) in row.iter_mut().zip(train.columns()) {
        *slot = column[from];
    }
}
