//! The layers click models share: embeddings, hidden layers, the tower.

use super::kernels::{Dropout, EPSILON, Kernels, Over, primitive, tensor};
use crate::seed::Seed;
use burn::module::{Module, Param, RunningState};
use burn::tensor::{Int, Tensor, TensorData};
use rand_distr::{Distribution, StandardNormal};

/// Share of the newest batch in the running statistics of batch normalisation.
const MOMENTUM: f64 = 0.1;

/// How a network is run.
#[derive(Clone, Copy, Debug)]
pub enum Mode {
    /// With dropout and the batch's own statistics. Dropout draws from this seed.
    Train(Seed),
    /// As a fixed function of each row.
    Predict,
}

impl Mode {
    /// The dropout of the layer called `name`.
    fn dropout(self, rate: f64, name: &str) -> Dropout {
        match self {
            Mode::Train(seed) => Dropout { rate, bits: seed.counter(name) },
            Mode::Predict => Dropout { rate: 0.0, bits: Seed::master(0).counter(name) },
        }
    }
}

/// A parameter drawn from a normal distribution with mean 0.
pub fn normal<B: Kernels>(
    shape: [usize; 2],
    deviation: f64,
    seed: Seed,
    name: &str,
    device: &B::Device,
) -> Param<Tensor<B, 2>> {
    let mut rng = seed.stream(name);
    let mut draw = || {
        let x: f64 = StandardNormal.sample(&mut rng);
        (x * deviation) as f32
    };
    let values: Vec<f32> = (0..shape[0] * shape[1]).map(|_| draw()).collect();
    Param::from_tensor(Tensor::from_data(TensorData::new(values, shape), device))
}

/// A weight matrix `[inputs, outputs]` after Glorot and Bengio (2010), normal.
pub fn xavier<B: Kernels>(
    shape: [usize; 2],
    seed: Seed,
    name: &str,
    device: &B::Device,
) -> Param<Tensor<B, 2>> {
    normal(shape, (2.0 / (shape[0] + shape[1]) as f64).sqrt(), seed, name, device)
}

/// A vector of equal values.
fn constant<B: Kernels>(width: usize, value: f32, device: &B::Device) -> Param<Tensor<B, 1>> {
    Param::from_tensor(Tensor::full([width], value, device))
}

/// The rows of `table [codes, d]` at `codes [n, f]`, side by side: `[n, f·d]`.
pub fn gather<B: Kernels>(table: &Param<Tensor<B, 2>>, codes: Tensor<B, 2, Int>) -> Tensor<B, 2> {
    tensor(B::gather(primitive(table.val()), codes.into_primitive()))
}

/// The sum of all inner products of two of a row's embeddings: `[n, f·d]` gives `[n, 1]`.
pub fn pairwise<B: Kernels>(embeddings: Tensor<B, 2>, fields: usize) -> Tensor<B, 2> {
    tensor(B::pairwise(primitive(embeddings), fields))
}

/// An affine map `x·W + b`.
#[derive(Module, Debug)]
pub struct Affine<B: Kernels> {
    /// `[inputs, outputs]`.
    pub weight: Param<Tensor<B, 2>>,
    /// `[outputs]`.
    pub bias: Param<Tensor<B, 1>>,
}

impl<B: Kernels> Affine<B> {
    /// Xavier weights, zero bias.
    pub fn new(shape: [usize; 2], seed: Seed, name: &str, device: &B::Device) -> Self {
        Self { weight: xavier(shape, seed, name, device), bias: constant(shape[1], 0.0, device) }
    }

    /// `[n, inputs]` gives `[n, outputs]`.
    pub fn forward(&self, x: Tensor<B, 2>) -> Tensor<B, 2> {
        x.matmul(self.weight.val()) + self.bias.val().unsqueeze()
    }

    /// ReLU and dropout after the map.
    pub fn forward_relu(&self, x: Tensor<B, 2>, dropout: &Dropout) -> Tensor<B, 2> {
        tensor(B::bias_relu(
            primitive(x.matmul(self.weight.val())),
            primitive(self.bias.val()),
            dropout,
        ))
    }
}

/// Batch normalisation's parameters and running statistics, each `[units]`.
#[derive(Module, Debug)]
pub struct BatchNorm<B: Kernels> {
    /// Scale.
    pub gamma: Param<Tensor<B, 1>>,
    /// Offset.
    pub beta: Param<Tensor<B, 1>>,
    /// Moving average of the batches' means.
    pub running_mean: RunningState<Tensor<B, 1>>,
    /// Moving average of the batches' unbiased variances.
    pub running_variance: RunningState<Tensor<B, 1>>,
}

impl<B: Kernels> BatchNorm<B> {
    fn new(width: usize, device: &B::Device) -> Self {
        Self {
            gamma: constant(width, 1.0, device),
            beta: constant(width, 0.0, device),
            running_mean: RunningState::new(Tensor::zeros([width], device)),
            running_variance: RunningState::new(Tensor::ones([width], device)),
        }
    }

    /// Moves the running statistics towards those of a batch of `n` rows.
    fn track(&self, mean: Tensor<B, 1>, variance: Tensor<B, 1>, n: usize) {
        let unbiased = variance * (n as f64 / (n as f64 - 1.0));
        for (state, new) in [(&self.running_mean, mean), (&self.running_variance, unbiased)] {
            state.update(state.value_sync() * (1.0 - MOMENTUM) + new * MOMENTUM);
        }
    }
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

    /// The batch's mean takes the bias away again, so it is added to the running mean alone; its
    /// gradient is 0 and it never moves.
    fn forward_batch_norm(
        &self,
        x: Tensor<B, 2>,
        norm: &BatchNorm<B>,
        dropout: &Dropout,
    ) -> Tensor<B, 2> {
        let x = x.matmul(self.affine.weight.val());
        let n = x.dims()[0];
        let (gamma, beta) = (primitive(norm.gamma.val()), primitive(norm.beta.val()));
        let result = B::norm_relu(primitive(x), gamma, beta, Over::Batch, dropout);
        let [mean, variance] = [result.mean, result.variance]
            .map(|statistic| tensor::<B, 2>(statistic).squeeze_dim::<1>(0));
        norm.track(mean + self.affine.bias.val().detach(), variance, n);
        tensor(result.output)
    }

    /// Map and normalisation as one map, with the running statistics.
    fn folded(&self, norm: &BatchNorm<B>) -> Affine<B> {
        let root = (norm.running_variance.value() + EPSILON).sqrt();
        let slope = norm.gamma.val() / root;
        let offset = (self.affine.bias.val() - norm.running_mean.value()) * slope.clone();
        Affine {
            weight: Param::from_tensor(self.affine.weight.val() * slope.unsqueeze()),
            bias: Param::from_tensor(offset + norm.beta.val()),
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
