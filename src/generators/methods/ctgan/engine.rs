//! A trained generator network, whatever the backend: fitting, drawing, saving.

use super::network::Network;
use super::rows::Rows;
use super::sampler::{self, Sampler};
use super::settings::Ctgan;
use super::training::{Training, conditions};
use crate::device::Device;
use crate::generators::contract::FitEpoch;
use crate::generators::error::GeneratorError;
use crate::generators::parts::neural::{
    draw_until, float_tensor, load_weights, no_device, normal_tensor, save_weights,
};
use crate::nn::blocks::{BlockKernels, Blocks};
use crate::nn::kernels::primitive;
use crate::nn::layers::Mode;
use crate::nn::{self, Work};
use crate::progress::Progress;
use crate::seed::Seed;
use burn::tensor::{Int, Tensor};
use rand::RngExt;
use serde::{Deserialize, Serialize};

/// Rows drawn at once.
const ROWS_AT_ONCE: usize = 500;

/// A fitted CTGAN network and what drawing from it needs.
pub struct Engine {
    method: &'static str,
    card: EngineCard,
    blocks: Blocks,
    device: Device,
    network: Box<dyn Drawer>,
}

/// The readable half of a saved engine.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct EngineCard {
    /// By block: the shares of the rows that its categories have, cumulated.
    shares: Vec<Vec<f64>>,
    history: Vec<FitEpoch>,
}

/// A batch of rows: codes, one of each block, and numbers, both row by row.
struct Drawn {
    codes: Vec<i32>,
    numbers: Vec<f32>,
}

/// The network on its device.
trait Drawer: Send + Sync {
    /// Rows from noise and the columns of their conditions, none where there is no block.
    fn draw(&self, columns: Option<&[i32]>, n: usize, seed: Seed) -> Drawn;
    /// The weights as bytes.
    fn weights(&self) -> Result<Vec<u8>, String>;
}

struct OnDevice<B: BlockKernels> {
    network: Network<B>,
    blocks: Blocks,
    noise_dim: usize,
    device: B::Device,
}

impl<B: BlockKernels> Drawer for OnDevice<B> {
    fn draw(&self, columns: Option<&[i32]>, n: usize, seed: Seed) -> Drawn {
        let (device, f) = (&self.device, self.blocks.len());
        let mut rng = seed.stream("noise");
        let z = normal_tensor(&mut rng, [n, self.noise_dim], device);
        let uniforms: Vec<f32> = (0..n * f).map(|_| rng.random()).collect();
        let columns = columns.map(|columns| conditions(columns, device));
        let logits = self.network.forward(z, columns.as_ref(), Mode::Predict);
        let [_, outputs] = logits.dims();
        let width = self.blocks.width();
        let numbers = match width < outputs {
            true => {
                let numbers = logits.clone().slice([0..n, width..outputs]).tanh();
                numbers.into_data().convert::<f32>().to_vec().expect("converted to f32")
            }
            false => Vec::new(),
        };
        let codes = match f {
            0 => Vec::new(),
            _ => {
                let uniforms = float_tensor::<B>(uniforms, f, device);
                let codes = B::draw_codes(primitive(logits), primitive(uniforms), &self.blocks);
                let codes = Tensor::<B, 2, Int>::from_primitive(codes).into_data();
                codes.convert::<i32>().to_vec().expect("converted to i32")
            }
        };
        Drawn { codes, numbers }
    }

    fn weights(&self) -> Result<Vec<u8>, String> {
        save_weights(&self.network)
    }
}

/// A training on any backend.
struct Fit<'a> {
    method: &'static str,
    settings: &'a Ctgan,
    rows: &'a Rows,
    sampler: &'a Sampler,
    seed: Seed,
    progress: &'a dyn Progress,
}

impl Work for Fit<'_> {
    type Output = Result<(Box<dyn Drawer>, Vec<FitEpoch>), GeneratorError>;

    fn run<B: BlockKernels + 'static>(self) -> Self::Output {
        let training = Training::<B> {
            method: self.method,
            settings: self.settings,
            rows: self.rows,
            sampler: self.sampler,
            device: B::Device::default(),
            seed: self.seed,
        };
        let (network, history) = training.run(self.progress)?;
        let drawer = OnDevice {
            network,
            blocks: self.rows.blocks.clone(),
            noise_dim: self.settings.noise_dim,
            device: training.device,
        };
        Ok((Box::new(drawer), history))
    }
}

/// A network with the given weights on any backend.
struct Load<'a> {
    settings: &'a Ctgan,
    blocks: Blocks,
    numbers: usize,
    weights: Vec<u8>,
}

impl Work for Load<'_> {
    type Output = Result<Box<dyn Drawer>, String>;

    fn run<B: BlockKernels + 'static>(self) -> Self::Output {
        let (device, width) = (B::Device::default(), self.blocks.width());
        let fresh = Network::<B>::new(
            self.settings.noise_dim,
            width,
            &self.settings.generator_units,
            width + self.numbers,
            Seed::master(0),
            &device,
        );
        let layers = fresh.layers.len();
        let network =
            load_weights(fresh, self.weights, &device, |record| record.layers.len() == layers)?;
        let noise_dim = self.settings.noise_dim;
        Ok(Box::new(OnDevice { network, blocks: self.blocks, noise_dim, device }))
    }
}

impl Engine {
    /// Trains on `rows`.
    pub fn fit(
        method: &'static str,
        settings: &Ctgan,
        rows: &Rows,
        device: Device,
        seed: Seed,
        progress: &dyn Progress,
    ) -> Result<Self, GeneratorError> {
        let sampler = Sampler::new(rows);
        let work = Fit { method, settings, rows, sampler: &sampler, seed, progress };
        let (network, history) = nn::on_device(device, work).map_err(no_device(method))??;
        Ok(Self {
            method,
            card: EngineCard { shares: sampler.shares().to_vec(), history },
            blocks: rows.blocks.clone(),
            device,
            network,
        })
    }

    /// An engine that was saved, for rows of `blocks` and `numbers` numbers.
    pub fn load(
        method: &'static str,
        settings: &Ctgan,
        card: EngineCard,
        blocks: Blocks,
        numbers: usize,
        weights: Vec<u8>,
        device: Device,
    ) -> Result<Self, String> {
        let sizes: Vec<usize> = blocks.ranges().map(|range| range.len()).collect();
        if card.shares.iter().map(Vec::len).ne(sizes) {
            return Err("the frequencies do not belong to the vocabularies".to_owned());
        }
        let load = Load { settings, blocks: blocks.clone(), numbers, weights };
        let network = nn::on_device(device, load).map_err(|e| e.to_string())??;
        Ok(Self { method, card, blocks, device, network })
    }

    /// The readable half.
    pub fn card(&self) -> EngineCard {
        self.card.clone()
    }

    /// The other half.
    pub fn weights(&self) -> Result<Vec<u8>, String> {
        self.network.weights()
    }

    /// The losses.
    pub fn history(&self) -> &[FitEpoch] {
        &self.card.history
    }

    /// Draws `n` rows, as the fields' places, `places[field][row]`.
    ///
    /// `wanted` is the column of the label that they must have, where the label is a block, and
    /// the last. `decode` is given a row's codes and numbers and writes the fields' places.
    #[expect(clippy::too_many_arguments)]
    pub fn draw(
        &self,
        label: u8,
        wanted: Option<usize>,
        n: usize,
        n_fields: usize,
        seed: Seed,
        progress: &dyn Progress,
        mut decode: impl FnMut(&[i32], &[f32], &mut [u32]),
    ) -> Result<Vec<Vec<u32>>, GeneratorError> {
        let f = self.blocks.len();
        let mut row = vec![0; n_fields];
        draw_until(self.method, label, n, n_fields, progress, |batch| {
            let seed = seed.derive(&format!("batch/{batch}"));
            let columns = self.conditions(seed);
            let drawn = nn::threads_of(self.device, || {
                self.network.draw(columns.as_deref(), ROWS_AT_ONCE, seed)
            });
            let numbers = drawn.numbers.len() / ROWS_AT_ONCE;
            let mut places = vec![Vec::new(); n_fields];
            for i in 0..ROWS_AT_ONCE {
                let codes = &drawn.codes[i * f..][..f];
                if wanted.is_some_and(|wanted| codes[f - 1] as usize != wanted) {
                    continue;
                }
                decode(codes, &drawn.numbers[i * numbers..][..numbers], &mut row);
                for (places, &place) in places.iter_mut().zip(&row) {
                    places.push(place);
                }
            }
            (places, ROWS_AT_ONCE)
        })
    }

    /// A batch of conditions, categories as frequent as in the rows learned from.
    fn conditions(&self, seed: Seed) -> Option<Vec<i32>> {
        let mut rng = seed.stream("conditions");
        let draw = |_| sampler::draw(&self.blocks, &self.card.shares, &mut rng);
        (0..ROWS_AT_ONCE).map(draw).collect()
    }
}

#[cfg(test)]
mod tests;
