//! The denoiser.

use super::settings::TabDdpm;
use crate::generators::parts::neural::Codec;
use crate::generators::parts::quantiles::QuantileNormal;
use crate::nn::blocks::{BlockKernels, Blocks};
use crate::nn::kernels::{primitive, product, tensor};
use crate::nn::layers::{Affine, Mode, Wide, normal, uniform};
use crate::seed::Seed;
use burn::module::{Module, Param};
use burn::tensor::activation::silu;
use burn::tensor::{Int, Tensor, TensorData};

/// Longest period of the sinusoidal embedding, in steps times 2π.
const LONGEST_PERIOD: f64 = 10_000.0;

/// The network that says what a noisy row was.
///
/// Projected row, embedded step and embedded label are added and go through an MLP to the logits
/// of all blocks and the noise in the numbers.
#[derive(Module, Debug)]
pub struct Denoiser<B: BlockKernels> {
    /// The projection's weights, one row for each column of the blocks, `[columns, d]`; none without
    /// blocks. The projection's bias is that of the embedded step.
    pub projection: Option<Param<Tensor<B, 2>>>,
    /// The projection's weights, one row for each number, `[numbers, d]`; none without numbers.
    pub numbers: Option<Param<Tensor<B, 2>>>,
    /// Affine map, SiLU, affine map of the step's sines.
    pub time: [Affine<B>; 2],
    /// The labels' embeddings, SiLU of which is added, `[labels, d]`.
    pub labels: Param<Tensor<B, 2>>,
    /// Hidden layers with ReLU and dropout.
    pub hidden: Vec<Affine<B>>,
    /// Logits of all blocks.
    pub output: Option<Wide<B>>,
    /// The noise in each number.
    pub noise: Option<Affine<B>>,
}

/// Noisy rows on the device.
#[derive(Clone)]
pub struct Noisy<B: BlockKernels> {
    /// Codes `[n, f]`; none without blocks.
    pub codes: Option<Tensor<B, 2, Int>>,
    /// Numbers `[n, c]`; none without numbers.
    pub numbers: Option<Tensor<B, 2>>,
}

/// What the network says of noisy rows.
pub struct Answer<B: BlockKernels> {
    /// Logits of the rows' categories, `[n, columns]`; none without blocks.
    pub logits: Option<Tensor<B, 2>>,
    /// The noise in the rows' numbers, `[n, c]`; none without numbers.
    pub noise: Option<Tensor<B, 2>>,
}

/// Sums of rows of a table, `[n, d]`.
fn look_up<B: BlockKernels>(table: Tensor<B, 2>, codes: Tensor<B, 2, Int>) -> Tensor<B, 2> {
    tensor::<B, 2>(B::embed_sum(primitive(table), codes.into_primitive()))
}

impl<B: BlockKernels> Denoiser<B> {
    /// Fresh weights for rows of these blocks and so many numbers.
    ///
    /// Affine maps and embeddings are drawn as PyTorch draws them. Only the projection is not: of
    /// the columns of a block it reads a single one, so its weights are drawn as those of as many
    /// inputs as the row has fields are, or a row would be drowned by its step at first. A number
    /// is one input as a block is: its mean square is near 1 at every step, and so is that of the
    /// single one.
    pub fn new(
        settings: &TabDdpm,
        blocks: &Blocks,
        numbers: usize,
        labels: usize,
        seed: Seed,
        device: &B::Device,
    ) -> Self {
        let (d, columns) = (settings.embedding_dim, blocks.width());
        let affine = |shape, name: &str| Affine::uniform(shape, seed, name, device);
        let inputs = std::iter::once(&d).chain(&settings.hidden_units);
        let shapes = inputs.zip(&settings.hidden_units).map(|(&i, &o)| [i, o]);
        let hidden = shapes.enumerate().map(|(i, shape)| affine(shape, &format!("hidden.{i}")));
        let last = settings.hidden_units.last().copied().unwrap_or(d);
        let limit = 1.0 / ((blocks.len() + numbers) as f64).sqrt();
        let rows = |rows: usize, name: &str| {
            (rows > 0).then(|| uniform([rows, d], limit, seed, name, device))
        };
        Self {
            projection: rows(columns, "projection"),
            numbers: rows(numbers, "numbers"),
            time: [affine([d, d], "time.0"), affine([d, d], "time.1")],
            labels: normal([labels, d], 1.0, seed, "labels", device),
            hidden: hidden.collect(),
            output: (columns > 0).then(|| Wide::uniform([last, columns], seed, "output", device)),
            noise: (numbers > 0).then(|| affine([last, numbers], "noise")),
        }
    }

    /// Fresh weights for the rows that `codec` was learned from.
    pub fn of_rows(
        settings: &TabDdpm,
        codec: &Codec<QuantileNormal>,
        seed: Seed,
        device: &B::Device,
    ) -> Self {
        let Codec { encoder, numbers } = codec;
        let labels = encoder.labels().len();
        Self::new(settings, &encoder.field_blocks(), numbers.len(), labels, seed, device)
    }

    /// What is added to the projected rows: by step, then by label, `[steps + labels, d]`.
    pub fn conditions(&self, sines: Tensor<B, 2>) -> Tensor<B, 2> {
        let [first, second] = &self.time;
        let times = second.forward(silu(first.forward(sines)));
        Tensor::cat(vec![times, silu(self.labels.val())], 0)
    }

    /// Answers about noisy rows, given of each the rows of `conditions` that stand for its step
    /// and its label, `[n, 2]`.
    pub fn forward(
        &self,
        noisy: Noisy<B>,
        conditions: Tensor<B, 2>,
        of_rows: Tensor<B, 2, Int>,
        dropout: f64,
        mode: Mode,
    ) -> Answer<B> {
        let of_categories = self.projection.as_ref().zip(noisy.codes);
        let of_categories = of_categories.map(|(weights, codes)| look_up(weights.val(), codes));
        let of_numbers = self.numbers.as_ref().zip(noisy.numbers);
        let of_numbers = of_numbers.map(|(weights, numbers)| product(numbers, weights.val()));
        let conditions = look_up(conditions, of_rows);
        let projected = of_categories.into_iter().chain(of_numbers).reduce(|sum, part| sum + part);
        let first = match projected {
            Some(projected) => projected + conditions,
            None => conditions,
        };
        let hidden = self.hidden.iter().enumerate().fold(first, |x, (i, layer)| {
            layer.forward_relu(x, &mode.dropout(dropout, &format!("hidden.{i}")))
        });
        Answer {
            noise: self.noise.as_ref().map(|layer| layer.forward(hidden.clone())),
            logits: self.output.as_ref().map(|layer| layer.forward(hidden)),
        }
    }
}

/// The sinusoidal embedding of all steps (Vaswani et al. 2017), `[steps, d]`: cosines, then sines,
/// of `t·10000^(−2i/d)`.
pub fn sines<B: BlockKernels>(steps: usize, d: usize, device: &B::Device) -> Tensor<B, 2> {
    let half = d / 2;
    let mut values = Vec::with_capacity(steps * d);
    for t in 0..steps {
        let angle = |i: usize| t as f64 * LONGEST_PERIOD.powf(-(i as f64) / half as f64);
        values.extend((0..half).map(|i| angle(i).cos() as f32));
        values.extend((0..half).map(|i| angle(i).sin() as f32));
    }
    Tensor::from_data(TensorData::new(values, [steps, d]), device)
}
