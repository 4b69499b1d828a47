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
    Drawn, draw_until, float_tensor, load_weights, no_device, normal_tensor, save_weights,
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
    /// The first of the blocks, on which conditions are put.
    conditions: Blocks,
    device: Device,
    network: Box<dyn Drawer>,
}

/// The readable half of a saved engine.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct EngineCard {
    /// By block that conditions are put on: the shares of the rows that its categories have, cumulated.
    shares: Vec<Vec<f64>>,
    history: Vec<FitEpoch>,
}

/// A batch of rows: codes, one of each block, and numbers, both row by row.
struct Batch {
    codes: Vec<i32>,
    numbers: Vec<f32>,
}

/// The network on its device.
trait Drawer: Send + Sync {
    /// Rows from noise and the columns of their conditions, none where there is no block.
    fn draw(&self, columns: Option<&[i32]>, n: usize, seed: Seed) -> Batch;
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
    fn draw(&self, columns: Option<&[i32]>, n: usize, seed: Seed) -> Batch {
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
        Batch { codes, numbers }
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
    /// Columns that conditions are put on.
    given: usize,
    numbers: usize,
    weights: Vec<u8>,
}

impl Work for Load<'_> {
    type Output = Result<Box<dyn Drawer>, String>;

    fn run<B: BlockKernels + 'static>(self) -> Self::Output {
        let (device, width) = (B::Device::default(), self.blocks.width());
        let fresh = Network::<B>::new(
            self.settings.noise_dim,
            self.given,
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
            conditions: rows.conditions.clone(),
            device,
            network,
        })
    }

    /// An engine that was saved, for rows of `blocks`, the first of which are `conditions`, and
    /// `numbers` numbers.
    pub fn load(
        method: &'static str,
        settings: &Ctgan,
        card: EngineCard,
        [blocks, conditions]: [Blocks; 2],
        numbers: usize,
        weights: Vec<u8>,
        device: Device,
    ) -> Result<Self, String> {
        let sizes: Vec<usize> = conditions.ranges().map(|range| range.len()).collect();
        if card.shares.iter().map(Vec::len).ne(sizes) {
            return Err("the frequencies do not belong to the vocabularies".to_owned());
        }
        let load =
            Load { settings, blocks: blocks.clone(), given: conditions.width(), numbers, weights };
        let network = nn::on_device(device, load).map_err(|e| e.to_string())??;
        Ok(Self { method, card, blocks, conditions, device, network })
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

    /// Draws `n` rows of so many categories and numbers.
    ///
    /// `wanted` is the block of the label and the column in it that they must have, where the label
    /// is a block. `decode` is given a row's codes and numbers and writes the fields' places and
    /// numbers.
    #[expect(clippy::too_many_arguments)]
    pub fn draw(
        &self,
        label: u8,
        wanted: Option<(usize, i32)>,
        n: usize,
        shape: [usize; 2],
        seed: Seed,
        progress: &dyn Progress,
        mut decode: impl FnMut(&[i32], &[f32], &mut [u32], &mut [f64]),
    ) -> Result<Drawn, GeneratorError> {
        let f = self.blocks.len();
        let (mut places, mut of_row) = (vec![0; shape[0]], vec![0.0; shape[1]]);
        draw_until(self.method, label, n, shape, progress, |batch| {
            let seed = seed.derive(&format!("batch/{batch}"));
            let columns = self.conditions(seed);
            let batch = nn::threads_of(self.device, || {
                self.network.draw(columns.as_deref(), ROWS_AT_ONCE, seed)
            });
            let numbers = batch.numbers.len() / ROWS_AT_ONCE;
            let mut drawn = Drawn::with_capacity(shape[0], shape[1], ROWS_AT_ONCE);
            for i in 0..ROWS_AT_ONCE {
                let codes = &batch.codes[i * f..][..f];
                if wanted.is_some_and(|(block, column)| codes[block] != column) {
                    continue;
                }
                decode(codes, &batch.numbers[i * numbers..][..numbers], &mut places, &mut of_row);
                for (column, &place) in drawn.places.iter_mut().zip(&places) {
                    column.push(place);
                }
                for (column, &number) in drawn.numbers.iter_mut().zip(&of_row) {
                    column.push(number);
                }
            }
            (drawn, ROWS_AT_ONCE)
        })
    }

    /// A batch of conditions, categories as frequent as in the rows learned from.
    fn conditions(&self, seed: Seed) -> Option<Vec<i32>> {
        let mut rng = seed.stream("conditions");
        let draw = |_| sampler::draw(&self.conditions, &self.card.shares, &mut rng);
        (0..ROWS_AT_ONCE).map(draw).collect()
    }
}

#[cfg(test)]
mod tests;
