//! Every field drawn from its marginal given the label.

use super::by_label::ByLabel;
use crate::data::Table;
use crate::device::Device;
use crate::generators::contract::{Fitted, Generator, Mixed, Saved, Shape};
use crate::generators::error::GeneratorError;
use crate::progress::Progress;
use crate::seed::{Rng, Seed};
use rand::RngExt;
use serde::{Deserialize, Serialize};

const METHOD: &str = "independent";

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
    for (slot, column) in row.iter_mut().zip(train.columns()) {
        *slot = column[rows[rng.random_range(0..rows.len())]];
    }
}
