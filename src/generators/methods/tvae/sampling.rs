//! Decoding rows of latent vectors.

use super::network::Network;
use super::settings::{METHOD, Tvae};
use crate::generators::error::GeneratorError;
use crate::generators::parts::modes::Modes;
use crate::generators::parts::neural::{
    Codec, Drawn, Sampler, draw_until, float_tensor, normal_tensor, save_weights,
};
use crate::nn::blocks::{BlockKernels, Blocks};
use crate::nn::kernels::primitive;
use crate::progress::Progress;
use crate::seed::{Rng, Seed};
use burn::tensor::backend::Backend;
use burn::tensor::{Int, Tensor};
use rand::RngExt;
use rand_distr::{Distribution, StandardNormal};

/// Latent vectors decoded at once when drawing.
const DRAW_ROWS: usize = 4096;

/// A trained network and where it lives.
pub struct OnDevice<B: BlockKernels> {
    network: Network<B>,
    device: B::Device,
    embedding_dim: usize,
    /// The fields' blocks.
    fields: Blocks,
    /// Whether the label is one more block.
    has_label: bool,
    /// By field of numbers; their blocks are the last.
    modes: Vec<Modes>,
    /// By field of numbers.
    deviations: Vec<f32>,
}

impl<B: BlockKernels> OnDevice<B> {
    /// Draws rows like those that `codec` was learned from.
    pub fn new(network: Network<B>, settings: &Tvae, codec: &Codec<Modes>) -> Self {
        let encoder = &codec.encoder;
        let (device, fields) = (B::Device::default(), encoder.field_blocks());
        let (embedding_dim, has_label) = (settings.embedding_dim, encoder.has_label_block());
        let deviations = network.numbers.as_ref().map(|numbers| floats(numbers.deviations.val()));
        Self {
            network,
            device,
            embedding_dim,
            fields,
            has_label,
            modes: codec.numbers.clone(),
            deviations: deviations.unwrap_or_default(),
        }
    }

    /// Draws a place in each of some blocks, `[block][row]`. The blocks' logits are the columns of
    /// the output from `start` on.
    fn draw_blocks(
        &self,
        hidden: Tensor<B, 2>,
        start: usize,
        blocks: &Blocks,
        rng: &mut Rng,
    ) -> Vec<Vec<u32>> {
        let per_row = blocks.len();
        if per_row == 0 {
            return Vec::new();
        }
        let [n, inputs] = hidden.dims();
        let columns = start..start + blocks.width();
        let weight = self.network.output.weight.val().slice([0..inputs, columns]);
        let uniforms = (0..n * per_row).map(|_| rng.random::<f32>()).collect();
        let uniforms = float_tensor::<B>(uniforms, per_row, &self.device);
        let logits = B::matmul(primitive(hidden), primitive(weight));
        let codes = B::draw_codes(logits, primitive(uniforms), blocks);
        let codes = Tensor::<B, 2, Int>::from_primitive(codes).into_data().convert::<i32>();
        let codes: Vec<i32> = codes.into_vec().expect("converted to i32");
        let places = |(block, range): (usize, std::ops::Range<usize>)| {
            let column = codes[block..].iter().step_by(per_row);
            column.map(|&code| (code as usize - range.start) as u32).collect()
        };
        blocks.ranges().enumerate().map(places).collect()
    }

    /// Draws the fields that are numbers, `[field][row]`: a mode from its softmax, and the number in
    /// its terms from a normal distribution.
    fn draw_numbers(&self, hidden: Tensor<B, 2>, start: usize, seed: Seed) -> Vec<Vec<f64>> {
        let Some(weights) = &self.network.numbers else { return Vec::new() };
        let blocks = Blocks::new(self.modes.iter().map(Modes::n_modes).collect());
        let places = self.draw_blocks(hidden.clone(), start, &blocks, &mut seed.stream("modes"));
        let means = floats(weights.decode(hidden));
        let per_row = self.modes.len();
        let fields = self.modes.iter().zip(&self.deviations).zip(places);
        let column =
            |(field, ((modes, deviation), places)): (usize, ((&Modes, &f32), Vec<u32>))| {
                let mut rng = seed.stream(&format!("numbers/{field}"));
                let means = means[field..].iter().step_by(per_row);
                let number = |(mode, mean): (u32, &f32)| {
                    let noise: f32 = StandardNormal.sample(&mut rng);
                    modes.decode(mode as usize, mean + deviation * noise)
                };
                places.into_iter().zip(means).map(number).collect()
            };
        fields.enumerate().map(column).collect()
    }

    /// The rows with this label among those of fresh latent vectors.
    ///
    /// Given the latent vector the blocks are independent, so the label is drawn first and the
    /// fields only of the rows that are kept.
    fn batch(&self, label: u8, seed: Seed) -> Drawn {
        let z = normal_tensor(
            &mut seed.stream("latent"),
            [DRAW_ROWS, self.embedding_dim],
            &self.device,
        );
        let mut hidden = self.network.decode(z);
        let mut end = self.fields.width();
        if self.has_label {
            let (block, mut rng) = (Blocks::new(vec![2]), seed.stream("label"));
            let labels = self.draw_blocks(hidden.clone(), end, &block, &mut rng).concat();
            let kept: Vec<i32> = (0..DRAW_ROWS as i32)
                .filter(|&row| labels[row as usize] == u32::from(label))
                .collect();
            if kept.is_empty() {
                return Drawn::with_capacity(self.fields.len(), self.modes.len(), 0);
            }
            let kept = Tensor::<B, 1, Int>::from_data(kept.as_slice(), &self.device);
            hidden = hidden.select(0, kept);
            end += block.width();
        }
        let mut rng = seed.stream("fields");
        let places = self.draw_blocks(hidden.clone(), 0, &self.fields, &mut rng);
        Drawn { places, numbers: self.draw_numbers(hidden, end, seed) }
    }
}

/// A tensor's values, row by row.
fn floats<B: Backend, const D: usize>(x: Tensor<B, D>) -> Vec<f32> {
    x.into_data().convert::<f32>().into_vec().expect("converted to f32")
}

impl<B: BlockKernels> Sampler for OnDevice<B> {
    fn draw(
        &self,
        label: u8,
        n: usize,
        seed: Seed,
        progress: &dyn Progress,
    ) -> Result<Drawn, GeneratorError> {
        let shape = [self.fields.len(), self.modes.len()];
        draw_until(METHOD, label, n, shape, progress, |batch| {
            (self.batch(label, seed.derive(&format!("batch/{batch}"))), DRAW_ROWS)
        })
    }

    fn weights(&self) -> Result<Vec<u8>, String> {
        save_weights(&self.network)
    }
}
