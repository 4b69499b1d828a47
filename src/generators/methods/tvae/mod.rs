//! TVAE: a variational autoencoder over all fields; described at [`Tvae`].

mod network;
mod sampling;
mod settings;
mod training;

#[cfg(test)]
mod tests;

pub use settings::Tvae;

use crate::device::Device;
use crate::generators::contract::{Fitted, Generator, Mixed, Saved, Shape};
use crate::generators::error::GeneratorError;
use crate::generators::parts::modes::{MAX_MODES, MIN_WEIGHT, Modes};
use crate::generators::parts::neural::{Codec, History, Sampler, Trained, load_weights, no_device};
use crate::nn::blocks::BlockKernels;
use crate::nn::{self, Work};
use crate::progress::Progress;
use crate::seed::Seed;
use network::Network;
use sampling::OnDevice;
use settings::METHOD;
use training::Training;

impl Generator for Tvae {
    fn fit(
        &self,
        train: &Mixed<'_>,
        device: Device,
        seed: Seed,
        progress: &dyn Progress,
    ) -> Result<Box<dyn Fitted>, GeneratorError> {
        let codec = codec(train);
        let fit = Fit { training: Training::new(self, &codec, train, seed), progress };
        let (sampler, history) = nn::on_device(device, fit).map_err(no_device(METHOD))??;
        Ok(Box::new(Trained::new(METHOD, train.shape(), device, codec, history, sampler)))
    }

    fn load(&self, saved: Saved, shape: Shape, device: Device) -> Result<Box<dyn Fitted>, String> {
        Trained::load(METHOD, saved, shape, device, |codec: &Codec<Modes>, weights| {
            nn::on_device(device, Load { settings: self, codec, weights })
                .map_err(|e| e.to_string())?
        })
    }
}

/// Learns the categories and the modes of rows.
fn codec(train: &Mixed<'_>) -> Codec<Modes> {
    Codec::new(train, |values| Modes::fit(values, MAX_MODES, MIN_WEIGHT))
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
    settings: &'a Tvae,
    codec: &'a Codec<Modes>,
    weights: Vec<u8>,
}

impl Work for Load<'_> {
    type Output = Result<Box<dyn Sampler>, String>;

    fn run<B: BlockKernels + 'static>(self) -> Self::Output {
        let Self { settings, codec, weights } = self;
        let (device, size) = (B::Device::default(), [codec.blocks().width(), codec.numbers.len()]);
        let fresh = Network::<B>::new(settings, size, Seed::master(0), &device);
        let layers = [fresh.compress.len(), fresh.decompress.len()];
        let network = load_weights(fresh, weights, &device, |record| {
            [record.compress.len(), record.decompress.len()] == layers
        })?;
        Ok(Box::new(OnDevice::new(network, settings, codec)))
    }
}
