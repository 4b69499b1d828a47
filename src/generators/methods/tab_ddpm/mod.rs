//! TabDDPM: multinomial diffusion of categories, Gaussian diffusion of numbers; described at
//! [`TabDdpm`].

mod gaussian;
mod network;
mod noise;
mod rows;
mod sampling;
mod schedule;
mod settings;
mod timesteps;
mod training;

#[cfg(test)]
mod tests;

pub use settings::TabDdpm;
pub use timesteps::TimestepSampling;

use crate::device::Device;
use crate::generators::contract::{Fitted, Generator, Mixed, Saved, Shape};
use crate::generators::error::GeneratorError;
use crate::generators::parts::neural::{Codec, History, Sampler, Trained, load_weights, no_device};
use crate::generators::parts::quantiles::QuantileNormal;
use crate::nn::blocks::BlockKernels;
use crate::nn::{self, Work};
use crate::progress::Progress;
use crate::seed::Seed;
use network::Denoiser;
use sampling::OnDevice;
use settings::METHOD;
use training::Training;

impl Generator for TabDdpm {
    fn fit(
        &self,
        train: &Mixed<'_>,
        device: Device,
        seed: Seed,
        progress: &dyn Progress,
    ) -> Result<Box<dyn Fitted>, GeneratorError> {
        let codec = Codec::new(train, QuantileNormal::fit);
        let fit = Fit { training: Training::new(self, &codec, train, seed), progress };
        let (sampler, history) = nn::on_device(device, fit).map_err(no_device(METHOD))??;
        Ok(Box::new(Trained::new(METHOD, train.shape(), device, codec, history, sampler)))
    }

    fn load(&self, saved: Saved, shape: Shape, device: Device) -> Result<Box<dyn Fitted>, String> {
        Trained::load(METHOD, saved, shape, device, |codec: &Codec<QuantileNormal>, weights| {
            nn::on_device(device, Load { settings: self, codec, weights })
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
        let sampler = OnDevice::new(network, self.training.settings, self.training.codec);
        Ok((Box::new(sampler), history))
    }
}

/// What draws from the network of saved weights.
struct Load<'a> {
    settings: &'a TabDdpm,
    codec: &'a Codec<QuantileNormal>,
    weights: Vec<u8>,
}

impl Work for Load<'_> {
    type Output = Result<Box<dyn Sampler>, String>;

    fn run<B: BlockKernels + 'static>(self) -> Self::Output {
        let Self { settings, codec, weights } = self;
        let device = B::Device::default();
        let fresh = Denoiser::<B>::of_rows(settings, codec, Seed::master(0), &device);
        let layers = fresh.hidden.len();
        let network =
            load_weights(fresh, weights, &device, |record| record.hidden.len() == layers)?;
        Ok(Box::new(OnDevice::new(network, settings, codec)))
    }
}
