//! TabDDPM: multinomial diffusion of every field; described at [`TabDdpm`].

mod gaussian;
mod network;
mod noise;
mod sampling;
mod schedule;
mod settings;
mod timesteps;
mod training;

#[cfg(test)]
mod tests;

pub use settings::TabDdpm;
pub use timesteps::TimestepSampling;

use crate::data::{Schema, Table};
use crate::device::Device;
use crate::generators::contract::{Fitted, Generator, Saved};
use crate::generators::error::GeneratorError;
use crate::generators::parts::neural::{
    Encoder, History, Sampler, Trained, load_weights, no_device,
};
use crate::nn::blocks::BlockKernels;
use crate::nn::{self, Work};
use crate::progress::Progress;
use crate::seed::Seed;
use network::Denoiser;
use sampling::OnDevice;
use settings::METHOD;
use std::sync::Arc;
use training::Training;

impl Generator for TabDdpm {
    fn fit(
        &self,
        train: &Table,
        device: Device,
        seed: Seed,
        progress: &dyn Progress,
    ) -> Result<Box<dyn Fitted>, GeneratorError> {
        let encoder = Encoder::new(train);
        let fit = Fit { training: Training::new(self, &encoder, train, seed), progress };
        let (sampler, history) = nn::on_device(device, fit).map_err(no_device(METHOD))??;
        let schema = train.schema().clone();
        Ok(Box::new(Trained::new(METHOD, schema, device, encoder, history, sampler)))
    }

    fn load(
        &self,
        saved: Saved,
        schema: Arc<Schema>,
        device: Device,
    ) -> Result<Box<dyn Fitted>, String> {
        Trained::load(METHOD, saved, schema, device, |encoder, weights| {
            nn::on_device(device, Load { settings: self, encoder, weights })
                .map_err(|e| e.to_string())?
        })
    }
}

/// A training, and what draws from its network.
struct Fit<'a> {
    training: Training<'a>,
    progress: &'a dyn Progress,
}

impl Work for Fit<'_> {
    type Output = Result<(Box<dyn Sampler>, History), GeneratorError>;

    fn run<B: BlockKernels + 'static>(self) -> Self::Output {
        let (network, history) = self.training.run::<B>(self.progress)?;
        let sampler = OnDevice::new(network, self.training.settings, self.training.encoder);
        Ok((Box::new(sampler), history))
    }
}

/// What draws from the network of saved weights.
struct Load<'a> {
    settings: &'a TabDdpm,
    encoder: &'a Encoder,
    weights: Vec<u8>,
}

impl Work for Load<'_> {
    type Output = Result<Box<dyn Sampler>, String>;

    fn run<B: BlockKernels + 'static>(self) -> Self::Output {
        let Self { settings, encoder, weights } = self;
        let device = B::Device::default();
        let fresh = Denoiser::<B>::of_rows(settings, encoder, Seed::master(0), &device);
        let layers = fresh.hidden.len();
        let network =
            load_weights(fresh, weights, &device, |record| record.hidden.len() == layers)?;
        Ok(Box::new(OnDevice::new(network, settings, encoder)))
    }
}
