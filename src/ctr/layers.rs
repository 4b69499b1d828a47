//! The layers click models are built from: embeddings, hidden layers, the tower, mask blocks.

use crate::nn::kernels::{Dropout, Kernels, Over, primitive, tensor};
use crate::nn::layers::{Affine, BatchNorm, Mode, constant, xavier};
use crate::seed::Seed;
use burn::module::{Module, Param};
use burn::tensor::{Int, Tensor};

/// The rows of `table [codes, d]` at `codes [n, f]`, side by side: `[n, f·d]`.
pub fn gather<B: Kernels>(table: &Param<Tensor<B, 2>>, codes: Tensor<B, 2, Int>) -> Tensor<B, 2> {
    tensor(B::gather(primitive(table.val()), codes.into_primitive()))
}

/// The sum of all inner products of two of a row's embeddings: `[n, f·d]` gives `[n, 1]`.
pub fn pairwise<B: Kernels>(embeddings: Tensor<B, 2>, fields: usize) -> Tensor<B, 2> {
    tensor(B::pairwise(primitive(embeddings), fields))
}

/// A hidden layer: affine map, batch normalisation if wanted, ReLU, dropout.
#[derive(Module, Debug)]
pub struct Hidden<B: Kernels> {
    /// The map.
    pub affine: Affine<B>,
    /// The normalisation between map and ReLU.
    pub norm: Option<BatchNorm<B>>,
}

impl<B: Kernels> Hidden<B> {
    /// `[n, inputs]` gives `[n, units]`.
    fn forward(&self, x: Tensor<B, 2>, rate: f64, mode: Mode, name: &str) -> Tensor<B, 2> {
        let dropout = mode.dropout(rate, name);
        match (&self.norm, mode) {
            (None, _) => self.affine.forward_relu(x, &dropout),
            (Some(norm), Mode::Train(_)) => self.forward_batch_norm(x, norm, &dropout),
            (Some(norm), Mode::Predict) => self.folded(norm).forward_relu(x, &dropout),
        }
    }

    /// The bias's gradient is 0 and it never moves.
    fn forward_batch_norm(
        &self,
        x: Tensor<B, 2>,
        norm: &BatchNorm<B>,
        dropout: &Dropout,
    ) -> Tensor<B, 2> {
        norm.relu(x.matmul(self.affine.weight.val()), Some(self.affine.bias.val()), dropout)
    }

    /// Map and normalisation as one map, with the running statistics.
    fn folded(&self, norm: &BatchNorm<B>) -> Affine<B> {
        let (slope, offset) = norm.fixed(Some(self.affine.bias.val()));
        Affine {
            weight: Param::from_tensor(self.affine.weight.val() * slope.unsqueeze()),
            bias: Param::from_tensor(offset),
        }
    }
}

/// Hidden layers and a single output without activation.
#[derive(Module, Debug)]
pub struct Tower<B: Kernels> {
    /// The hidden layers, from the input up.
    pub hidden: Vec<Hidden<B>>,
    /// The output.
    pub output: Affine<B>,
    /// Share of hidden units dropped in training.
    pub dropout: f64,
}

impl<B: Kernels> Tower<B> {
    /// A tower on `inputs` values.
    pub fn new(
        inputs: usize,
        units: &[usize],
        batch_norm: bool,
        dropout: f64,
        seed: Seed,
        device: &B::Device,
    ) -> Self {
        let widths: Vec<usize> = std::iter::once(inputs).chain(units.iter().copied()).collect();
        let hidden = widths.windows(2).enumerate().map(|(i, pair)| Hidden {
            affine: Affine::new([pair[0], pair[1]], seed, &format!("tower.{i}"), device),
            norm: batch_norm.then(|| BatchNorm::new(pair[1], device)),
        });
        let last = widths[widths.len() - 1];
        Self {
            hidden: hidden.collect(),
            output: Affine::new([last, 1], seed, "output", device),
            dropout,
        }
    }

    /// `[n, inputs]` gives `[n, 1]`.
    pub fn forward(&self, x: Tensor<B, 2>, mode: Mode) -> Tensor<B, 2> {
        let layers = self.hidden.iter().enumerate();
        let x = layers
            .fold(x, |x, (i, layer)| layer.forward(x, self.dropout, mode, &format!("tower.{i}")));
        self.output.forward(x)
    }
}

/// A mask block of MaskNet (Wang, She and Zhang 2021, equations 4 to 8):
/// `dropout(relu(layer_norm(W·(mask(e) ⊙ e))))` with `mask(e) = W₂·relu(W₁·e + b₁) + b₂`.
#[derive(Module, Debug)]
pub struct MaskBlock<B: Kernels> {
    /// `W₁` and `b₁`.
    pub mask_in: Affine<B>,
    /// `W₂` and `b₂`.
    pub mask_out: Affine<B>,
    /// `W`, without a bias.
    pub weight: Param<Tensor<B, 2>>,
    /// The layer normalisation's scale.
    pub gamma: Param<Tensor<B, 1>>,
    /// The layer normalisation's offset.
    pub beta: Param<Tensor<B, 1>>,
}

impl<B: Kernels> MaskBlock<B> {
    /// The block called `name`, with `inputs` embedding values, `hidden` units in the mask and
    /// `width` outputs.
    pub fn new(
        inputs: usize,
        hidden: usize,
        width: usize,
        seed: Seed,
        name: &str,
        device: &B::Device,
    ) -> Self {
        Self {
            mask_in: Affine::new([inputs, hidden], seed, &format!("{name}.mask1"), device),
            mask_out: Affine::new([hidden, inputs], seed, &format!("{name}.mask2"), device),
            weight: xavier([inputs, width], seed, &format!("{name}.hidden"), device),
            gamma: constant(width, 1.0, device),
            beta: constant(width, 0.0, device),
        }
    }

    /// `[n, inputs]` gives `[n, width]`.
    pub fn forward(
        &self,
        embeddings: Tensor<B, 2>,
        rate: f64,
        mode: Mode,
        name: &str,
    ) -> Tensor<B, 2> {
        let nothing = Mode::Predict.dropout(0.0, name);
        let mask = self.mask_out.forward(self.mask_in.forward_relu(embeddings.clone(), &nothing));
        let x = (mask * embeddings).matmul(self.weight.val());
        let (gamma, beta) = (primitive(self.gamma.val()), primitive(self.beta.val()));
        tensor(
            B::norm_relu(primitive(x), gamma, beta, Over::Units, &mode.dropout(rate, name)).output,
        )
    }
}
