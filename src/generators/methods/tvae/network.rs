//! Encoder and decoder.

use super::settings::Tvae;
use crate::nn::blocks::{BlockKernels, Blocks, CrossEntropy};
use crate::nn::kernels::{primitive, product, tensor};
use crate::nn::layers::{Affine, Mode, Wide, constant, uniform};
use crate::seed::Seed;
use burn::module::{Module, Param};
use burn::tensor::{Int, Tensor};
use burn_autodiff::Autodiff;

/// Deviation of every number before training.
const FIRST_DEVIATION: f32 = 0.1;

/// Where the deviations stay.
pub const DEVIATIONS: [f64; 2] = [0.01, 1.0];

/// A batch of rows.
#[derive(Clone, Debug)]
pub struct Rows<B: BlockKernels> {
    /// One code of each block, `[n, f]`.
    pub codes: Tensor<B, 2, Int>,
    /// Numbers in the terms of their modes, `[n, c]`; none where there are none.
    pub numbers: Option<Tensor<B, 2>>,
}

/// What rows with numbers need beside the weights of their blocks.
#[derive(Module, Debug)]
pub struct Numbers<B: BlockKernels> {
    /// The encoder's first layer, one row for each number, `[c, units]`.
    pub table: Param<Tensor<B, 2>>,
    /// The numbers before `tanh`.
    pub output: Wide<B>,
    /// Deviation of each number, `[c]`.
    pub deviations: Param<Tensor<B, 1>>,
}

/// The weights of both halves.
#[derive(Module, Debug)]
pub struct Network<B: BlockKernels> {
    /// The encoder's first layer, one row for each column of the blocks, `[columns, units]`.
    pub table: Param<Tensor<B, 2>>,
    /// The first layer's bias, `[units]`.
    pub table_bias: Param<Tensor<B, 1>>,
    /// The encoder's other hidden layers.
    pub compress: Vec<Affine<B>>,
    /// Mean and logarithm of the variance of the latent vector, side by side.
    pub latent: Affine<B>,
    /// The decoder's hidden layers.
    pub decompress: Vec<Affine<B>>,
    /// Logits of all blocks.
    pub output: Wide<B>,
    /// None where no field is a number.
    pub numbers: Option<Numbers<B>>,
}

/// Layers of the given widths on `inputs` inputs.
fn layers<B: BlockKernels>(
    inputs: usize,
    widths: &[usize],
    seed: Seed,
    name: &str,
    device: &B::Device,
) -> Vec<Affine<B>> {
    let inputs = std::iter::once(&inputs).chain(widths);
    let shapes = inputs.zip(widths).map(|(&inputs, &outputs)| [inputs, outputs]);
    let layer = |(i, shape)| Affine::uniform(shape, seed, &format!("{name}.{i}"), device);
    shapes.enumerate().map(layer).collect()
}

/// `relu` after each layer.
fn through<B: BlockKernels>(layers: &[Affine<B>], x: Tensor<B, 2>) -> Tensor<B, 2> {
    let nothing = Mode::Predict.dropout(0.0, "");
    layers.iter().fold(x, |x, layer| layer.forward_relu(x, &nothing))
}

impl<B: BlockKernels> Network<B> {
    /// Fresh weights for rows of so many columns of blocks and numbers, drawn as PyTorch draws those of
    /// one matrix of both. The settings have a hidden layer on both sides.
    pub fn new(
        settings: &Tvae,
        [columns, numbers]: [usize; 2],
        seed: Seed,
        device: &B::Device,
    ) -> Self {
        let (compress, decompress) = (&settings.compress_dims, &settings.decompress_dims);
        let last = |widths: &[usize]| widths.last().copied().unwrap_or(1);
        let first = compress.first().copied().unwrap_or(1);
        let limit = 1.0 / ((columns + numbers) as f64).sqrt();
        let latent = [last(compress), 2 * settings.embedding_dim];
        let of_numbers = || Numbers {
            table: uniform([numbers, first], limit, seed, "numbers.table", device),
            output: Wide::uniform([last(decompress), numbers], seed, "numbers.output", device),
            deviations: constant(numbers, FIRST_DEVIATION, device),
        };
        Self {
            table: uniform([columns, first], limit, seed, "table", device),
            table_bias: uniform([first], limit, seed, "table.bias", device),
            compress: layers(first, compress.get(1..).unwrap_or(&[]), seed, "compress", device),
            latent: Affine::uniform(latent, seed, "latent", device),
            decompress: layers(settings.embedding_dim, decompress, seed, "decompress", device),
            output: Wide::uniform([last(decompress), columns], seed, "output", device),
            numbers: (numbers > 0).then(of_numbers),
        }
    }

    /// Mean and logarithm of the variance of the latent vectors of rows, `[n, d]` each.
    pub fn encode(&self, rows: &Rows<B>) -> (Tensor<B, 2>, Tensor<B, 2>) {
        let codes = rows.codes.clone().into_primitive();
        let mut read: Tensor<B, 2> = tensor(B::embed_sum(primitive(self.table.val()), codes));
        if let (Some(weights), Some(numbers)) = (&self.numbers, &rows.numbers) {
            read = read + product(numbers.clone(), weights.table.val());
        }
        let bias = primitive(self.table_bias.val());
        let nothing = Mode::Predict.dropout(0.0, "");
        let first = tensor(B::bias_relu(primitive(read), bias, &nothing));
        let latent = self.latent.forward(through(&self.compress, first));
        let [n, width] = latent.dims();
        let half = |columns| latent.clone().slice([0..n, columns]);
        (half(0..width / 2), half(width / 2..width))
    }

    /// What the output layers read, `[n, units + 1]`, of latent vectors `[n, d]`.
    pub fn decode(&self, z: Tensor<B, 2>) -> Tensor<B, 2> {
        Wide::extend(through(&self.decompress, z))
    }

    /// The two parts of the loss of a batch, `[1]` each: the reconstruction, without its factor,
    /// and the divergence from the prior. `noise [n, d]` is standard normal.
    pub fn losses(&self, rows: Rows<B>, noise: Tensor<B, 2>, blocks: &Blocks) -> [Tensor<B, 1>; 2] {
        let n = noise.dims()[0] as f64;
        let (mean, log_variance) = self.encode(&rows);
        let deviation = log_variance.clone().mul_scalar(0.5).exp();
        let z = mean.clone() + noise * deviation.clone();
        let hidden = self.decode(z);
        let logits = product(hidden.clone(), self.output.weight.val());
        let Rows { codes, numbers } = rows;
        let CrossEntropy { loss, .. } =
            B::block_cross_entropy(primitive(logits), codes.into_primitive(), blocks);
        let mut reconstruction = tensor::<B, 2>(loss).sum();
        if let (Some(weights), Some(numbers)) = (&self.numbers, numbers) {
            reconstruction = reconstruction + weights.loss(hidden, numbers);
        }
        let divergence = divergence(mean, log_variance, deviation);
        [reconstruction / n, divergence / n]
    }
}

impl<B: BlockKernels> Numbers<B> {
    /// The most probable numbers, `[n, c]`, of what [`Network::decode`] gave.
    pub fn decode(&self, hidden: Tensor<B, 2>) -> Tensor<B, 2> {
        product(hidden, self.output.weight.val()).tanh()
    }

    /// `Σ ((x − tanh x̂)² / 2σ² + ln σ)` over all numbers `[n, c]` of a batch, `[1]`: up to a constant,
    /// minus the logarithm of their density.
    fn loss(&self, hidden: Tensor<B, 2>, numbers: Tensor<B, 2>) -> Tensor<B, 1> {
        let n = numbers.dims()[0] as f64;
        let off = numbers - self.decode(hidden);
        let squares = (off.clone() * off).sum_dim(0).squeeze_dim::<1>(0);
        let deviations = self.deviations.val();
        let variances = deviations.clone() * deviations.clone();
        (squares / variances.mul_scalar(2.0) + deviations.log().mul_scalar(n)).sum()
    }
}

impl<B: BlockKernels> Numbers<Autodiff<B>> {
    /// The same with deviations where they may be.
    pub fn bounded(self) -> Self {
        let [least, most] = DEVIATIONS;
        let (id, value, mapper) = self.deviations.consume();
        let value = Tensor::from_inner(value.inner().clamp(least, most)).require_grad();
        Self { deviations: Param::from_mapped_value(id, value, mapper), ..self }
    }
}

/// `KL(N(μ, σ²) ‖ N(0, 1))` of all vectors together, `[1]`: `½ Σ (μ² + σ² − 1 − ln σ²)`.
pub fn divergence<B: BlockKernels>(
    mean: Tensor<B, 2>,
    log_variance: Tensor<B, 2>,
    deviation: Tensor<B, 2>,
) -> Tensor<B, 1> {
    let terms = mean.clone() * mean + deviation.clone() * deviation - log_variance - 1.0;
    terms.sum().mul_scalar(0.5)
}
