//! CTGAN: a conditional generative adversarial network for tables; described at [`Ctgan`].

mod critic;
mod engine;
mod model;
mod network;
mod number;
mod rows;
mod sampler;
mod settings;
mod training;

#[cfg(test)]
mod tests;

pub use settings::Ctgan;

pub(super) use model::Model;

use crate::device::Device;
use crate::generators::contract::{Fitted, Generator, Mixed, Saved, Shape};
use crate::generators::error::GeneratorError;
use crate::progress::Progress;
use crate::seed::Seed;

const METHOD: &str = "ctgan";

impl Generator for Ctgan {
    fn fit(
        &self,
        train: &Mixed<'_>,
        device: Device,
        seed: Seed,
        progress: &dyn Progress,
    ) -> Result<Box<dyn Fitted>, GeneratorError> {
        Model::fit(METHOD, self, None, train, device, seed, progress)
    }

    fn load(&self, saved: Saved, shape: Shape, device: Device) -> Result<Box<dyn Fitted>, String> {
        Model::load(METHOD, self, saved, shape, device)
    }
}
