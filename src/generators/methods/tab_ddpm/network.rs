//! The denoiser.

use super::settings::TabDdpm;
use crate::generators::parts::neural::Encoder;
use crate::nn::blocks::BlockKernels;
use crate::nn::kernels::{primitive, tensor};
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
/// of all blocks.
#[derive(Module, Debug)]
pub struct Denoiser<B: BlockKernels> {
    /// The projection's weights, one row for each column of the blocks, `[columns, d]`. Its bias
    /// is that of the embedded step.
    pub projection: Param<Tensor<B, 2>>,
    /// Affine map, SiLU, affine map of the step's sines.
    pub time: [Affine<B>; 2],
    /// The labels' embeddings, SiLU of which is added, `[labels, d]`.
    pub labels: Param<Tensor<B, 2>>,
    /// Hidden layers with ReLU and dropout.
    pub hidden: Vec<Affine<B>>,
    /// Logits of all blocks.
    pub output: Wide<B>,
}

impl<B: BlockKernels> Denoiser<B> {
    /// Fresh weights for rows of `fields` fields with `columns` columns in all.
    ///
    /// Affine maps and embeddings are drawn as PyTorch draws them. Only the projection is not: it
    /// reads `fields` ones among `columns` numbers, so its weights are drawn as those of `fields`
    /// inputs are, or a row would be drowned by its step at first.
    pub fn new(
        settings: &TabDdpm,
        fields: usize,
        columns: usize,
        labels: usize,
        seed: Seed,
        device: &B::Device,
    ) -> Self {
        let d = settings.embedding_dim;
        let affine = |shape, name: &str| Affine::uniform(shape, seed, name, device);
        let inputs = std::iter::once(&d).chain(&settings.hidden_units);
        let shapes = inputs.zip(&settings.hidden_units).map(|(&i, &o)| [i, o]);
        let hidden = shapes.enumerate().map(|(i, shape)| affine(shape, &format!("hidden.{i}")));
        let last = settings.hidden_units.last().copied().unwrap_or(d);
        let limit = 1.0 / (fields as f64).sqrt();
        Self {
            projection: uniform([columns, d], limit, seed, "projection", device),
            time: [affine([d, d], "time.0"), affine([d, d], "time.1")],
            labels: normal([labels, d], 1.0, seed, "labels", device),
            hidden: hidden.collect(),
            output: Wide::uniform([last, columns], seed, "output", device),
        }
    }

    /// Fresh weights for the rows that `encoder` was learned from.
    pub fn of_rows(settings: &TabDdpm, encoder: &Encoder, seed: Seed, device: &B::Device) -> Self {
        let (blocks, labels) = (encoder.field_blocks(), encoder.labels().len());
        Self::new(settings, blocks.len(), blocks.width(), labels, seed, device)
    }

    /// What is added to the projected rows: by step, then by label, `[steps + labels, d]`.
    pub fn conditions(&self, sines: Tensor<B, 2>) -> Tensor<B, 2> {
        let [first, second] = &self.time;
        let times = second.forward(silu(first.forward(sines)));
        Tensor::cat(vec![times, silu(self.labels.val())], 0)
    }

    /// Logits `[n, columns]` of noisy rows given as codes `[n, f]`, and of each the rows of
    /// `conditions` that stand for its step and its label, `[n, 2]`.
    pub fn forward(
        &self,
        noisy: Tensor<B, 2, Int>,
        conditions: Tensor<B, 2>,
        of_rows: Tensor<B, 2, Int>,
        dropout: f64,
        mode: Mode,
    ) -> Tensor<B, 2> {
        let look_up = |table: Tensor<B, 2>, codes: Tensor<B, 2, Int>| {
            tensor::<B, 2>(B::embed_sum(primitive(table), codes.into_primitive()))
        };
        let first = look_up(self.projection.val(), noisy) + look_up(conditions, of_rows);
        let hidden = self.hidden.iter().enumerate().fold(first, |x, (i, layer)| {
            layer.forward_relu(x, &mode.dropout(dropout, &format!("hidden.{i}")))
        });
        self.output.forward(hidden)
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
