//! Controls that make every row from training rows of its label.

use crate::data::{Schema, Table};
use crate::generators::contract::{Fitted, Mixed, Saved};
use crate::generators::error::GeneratorError;
use crate::generators::parts::chunks::draw_rows;
use crate::generators::parts::rows::{self, Nothing};
use crate::progress::Progress;
use crate::seed::{Rng, Seed};
use std::sync::Arc;

/// Makes a row from the training rows and the positions of those with its label, of which there is
/// at least one.
pub(super) type Draw = fn(&mut Rng, &Table, &[usize], &mut [u32]);

/// A fitted control: the training rows, and what makes rows from them.
pub(super) struct ByLabel {
    method: &'static str,
    draw: Draw,
    rows: Table,
    /// By label.
    positions: [Vec<usize>; 2],
}

impl ByLabel {
    pub fn fitted(method: &'static str, draw: Draw, rows: Table) -> Box<dyn Fitted> {
        let positions = [rows.rows_with(0), rows.rows_with(1)];
        Box::new(Self { method, draw, rows, positions })
    }

    /// What [`Fitted::save`] gave.
    pub fn load(
        method: &'static str,
        draw: Draw,
        saved: Saved,
        schema: Arc<Schema>,
    ) -> Result<Box<dyn Fitted>, String> {
        let (rows, Nothing {}) = rows::load(saved, schema)?;
        Ok(Self::fitted(method, draw, rows))
    }
}

impl Fitted for ByLabel {
    fn sample(
        &self,
        label: u8,
        n: usize,
        seed: Seed,
        progress: &dyn Progress,
    ) -> Result<Mixed<'static>, GeneratorError> {
        let positions = self.positions.get(usize::from(label)).filter(|rows| !rows.is_empty());
        let positions = positions.ok_or(GeneratorError::TooFewRows {
            method: self.method,
            label,
            needed: 1,
        })?;
        let draw = |rng: &mut Rng, (): &mut (), row: &mut [u32]| {
            (self.draw)(rng, &self.rows, positions, row);
        };
        Ok(draw_rows(self.rows.schema(), label, n, seed, progress, || (), draw))
    }

    fn save(&self) -> Result<Saved, String> {
        rows::save(&self.rows, Nothing {})
    }
}
