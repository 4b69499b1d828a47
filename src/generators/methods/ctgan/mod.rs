//! CTGAN: a conditional generative adversarial network for tables; described at [`Ctgan`].

mod critic;
mod engine;
mod model;
mod network;
mod rows;
mod sampler;
mod settings;
mod training;

#[cfg(test)]
mod tests;

pub use settings::Ctgan;

pub(super) use model::{Columns, Model};

use crate::data::{Schema, Table};
use crate::device::Device;
use crate::generators::contract::{Fitted, Generator, Saved};
use crate::generators::error::GeneratorError;
use crate::progress::Progress;
use crate::seed::Seed;
use std::sync::Arc;

const METHOD: &str = "ctgan";

impl Generator for Ctgan {
    fn fit(
        &self,
        train: &Table,
        device: Device,
        seed: Seed,
        progress: &dyn Progress,
    ) -> Result<Box<dyn Fitted>, GeneratorError> {
        let columns = Columns::new(train, usize::MAX);
        Model::fit(METHOD, self, columns, train, device, seed, progress)
    }

    fn load(
        &self,
        saved: Saved,
        schema: Arc<Schema>,
        device: Device,
    ) -> Result<Box<dyn Fitted>, String> {
        Model::load(METHOD, self, saved, schema, device)
    }
}
