//! Encoder and decoder.

use super::settings::Tvae;
use crate::nn::blocks::{BlockKernels, Blocks, CrossEntropy};
use crate::nn::kernels::{primitive, tensor};
use crate::nn::layers::{Affine, Mode, Wide, uniform};
use crate::seed::Seed;
use burn::module::{Module, Param};
use burn::tensor::{Int, Tensor};

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
    /// Fresh weights for rows of `columns` columns, drawn as PyTorch draws them. The settings
    /// have a hidden layer on both sides.
    pub fn new(settings: &Tvae, columns: usize, seed: Seed, device: &B::Device) -> Self {
        let (compress, decompress) = (&settings.compress_dims, &settings.decompress_dims);
        let last = |widths: &[usize]| widths.last().copied().unwrap_or(1);
        let first = compress.first().copied().unwrap_or(1);
        let limit = 1.0 / (columns as f64).sqrt();
        let latent = [last(compress), 2 * settings.embedding_dim];
        Self {
            table: uniform([columns, first], limit, seed, "table", device),
            table_bias: uniform([first], limit, seed, "table.bias", device),
            compress: layers(first, compress.get(1..).unwrap_or(&[]), seed, "compress", device),
            latent: Affine::uniform(latent, seed, "latent", device),
            decompress: layers(settings.embedding_dim, decompress, seed, "decompress", device),
            output: Wide::uniform([last(decompress), columns], seed, "output", device),
        }
    }

    /// Mean and logarithm of the variance of the latent vectors, `[n, d]` each, of rows given as
    /// codes `[n, f]`.
    pub fn encode(&self, codes: Tensor<B, 2, Int>) -> (Tensor<B, 2>, Tensor<B, 2>) {
        let looked_up = B::embed_sum(primitive(self.table.val()), codes.into_primitive());
        let bias = primitive(self.table_bias.val());
        let first = tensor(B::bias_relu(looked_up, bias, &Mode::Predict.dropout(0.0, "")));
        let latent = self.latent.forward(through(&self.compress, first));
        let [n, width] = latent.dims();
        let half = |columns| latent.clone().slice([0..n, columns]);
        (half(0..width / 2), half(width / 2..width))
    }

    /// What the wide layer reads, `[n, units]`, of latent vectors `[n, d]`.
    pub fn decode(&self, z: Tensor<B, 2>) -> Tensor<B, 2> {
        through(&self.decompress, z)
    }

    /// The two parts of the loss of a batch, `[1]` each: the reconstruction, without its factor,
    /// and the divergence from the prior. `noise [n, d]` is standard normal.
    pub fn losses(
        &self,
        codes: Tensor<B, 2, Int>,
        noise: Tensor<B, 2>,
        blocks: &Blocks,
    ) -> [Tensor<B, 1>; 2] {
        let n = noise.dims()[0] as f64;
        let (mean, log_variance) = self.encode(codes.clone());
        let deviation = log_variance.clone().mul_scalar(0.5).exp();
        let z = mean.clone() + noise * deviation.clone();
        let logits = self.output.forward(self.decode(z));
        let CrossEntropy { loss, .. } =
            B::block_cross_entropy(primitive(logits), codes.into_primitive(), blocks);
        let divergence = divergence(mean, log_variance, deviation);
        [tensor::<B, 2>(loss).sum() / n, divergence / n]
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
