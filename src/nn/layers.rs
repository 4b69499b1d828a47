//! The layers that networks share: random parameters, affine maps, batch normalisation.

use super::kernels::{Dropout, EPSILON, Kernels, Normalised, Over, primitive, product, tensor};
use crate::seed::Seed;
use burn::module::{Module, Param, RunningState};
use burn::tensor::{Tensor, TensorData};
use rand::RngExt;
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
    pub fn dropout(self, rate: f64, name: &str) -> Dropout {
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

/// A parameter drawn uniformly between `-limit` and `limit`.
pub fn uniform<B: Kernels, const D: usize>(
    shape: [usize; D],
    limit: f64,
    seed: Seed,
    name: &str,
    device: &B::Device,
) -> Param<Tensor<B, D>> {
    let mut rng = seed.stream(name);
    let limit = limit as f32;
    let draw = |_| limit * (2.0 * rng.random::<f32>() - 1.0);
    let values: Vec<f32> = (0..shape.iter().product()).map(draw).collect();
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
pub fn constant<B: Kernels>(width: usize, value: f32, device: &B::Device) -> Param<Tensor<B, 1>> {
    Param::from_tensor(Tensor::full([width], value, device))
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

    /// Weights and bias as PyTorch draws them: uniform between ±1/√inputs.
    pub fn uniform(shape: [usize; 2], seed: Seed, name: &str, device: &B::Device) -> Self {
        let limit = 1.0 / (shape[0] as f64).sqrt();
        Self {
            weight: uniform(shape, limit, seed, name, device),
            bias: uniform([shape[1]], limit, seed, &format!("{name}.bias"), device),
        }
    }

    /// `[n, inputs]` gives `[n, outputs]`.
    pub fn forward(&self, x: Tensor<B, 2>) -> Tensor<B, 2> {
        product(x, self.weight.val()) + self.bias.val().unsqueeze()
    }

    /// ReLU and dropout after the map.
    pub fn forward_relu(&self, x: Tensor<B, 2>, dropout: &Dropout) -> Tensor<B, 2> {
        tensor(B::bias_relu(
            primitive(product(x, self.weight.val())),
            primitive(self.bias.val()),
            dropout,
        ))
    }
}

/// An affine map to very many outputs. The bias is one more row of the weights, under an input
/// that is always 1: added and differentiated within the matrix products, it costs no pass of its
/// own over the outputs.
#[derive(Module, Debug)]
pub struct Wide<B: Kernels> {
    /// `[inputs + 1, outputs]`.
    pub weight: Param<Tensor<B, 2>>,
}

impl<B: Kernels> Wide<B> {
    /// Weights and bias as PyTorch draws them: uniform between ±1/√inputs.
    pub fn uniform(shape: [usize; 2], seed: Seed, name: &str, device: &B::Device) -> Self {
        let limit = 1.0 / (shape[0] as f64).sqrt();
        Self { weight: uniform([shape[0] + 1, shape[1]], limit, seed, name, device) }
    }

    /// The inputs `[n, inputs]` with the constant one, `[n, inputs + 1]`.
    pub fn extend(x: Tensor<B, 2>) -> Tensor<B, 2> {
        let one = Tensor::ones([x.dims()[0], 1], &x.device());
        Tensor::cat(vec![x, one], 1)
    }

    /// `[n, inputs]` gives `[n, outputs]`.
    pub fn forward(&self, x: Tensor<B, 2>) -> Tensor<B, 2> {
        product(Self::extend(x), self.weight.val())
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
    /// Fresh parameters and statistics of a standard normal distribution.
    pub fn new(width: usize, device: &B::Device) -> Self {
        Self {
            gamma: constant(width, 1.0, device),
            beta: constant(width, 0.0, device),
            running_mean: RunningState::new(Tensor::zeros([width], device)),
            running_variance: RunningState::new(Tensor::ones([width], device)),
        }
    }

    /// `dropout(relu(norm(x + bias)))` of a batch `[n, units]` with its own statistics, which the
    /// running ones move towards. The batch's mean takes the bias away again, so it is added to
    /// the running mean alone.
    pub fn relu(
        &self,
        x: Tensor<B, 2>,
        bias: Option<Tensor<B, 1>>,
        dropout: &Dropout,
    ) -> Tensor<B, 2> {
        let n = x.dims()[0];
        let (gamma, beta) = (primitive(self.gamma.val()), primitive(self.beta.val()));
        let result = B::norm_relu(primitive(x), gamma, beta, Over::Batch, dropout);
        let Normalised { output, mean, variance } = result;
        self.track(tensor(mean), tensor(variance), bias, n);
        tensor(output)
    }

    /// The same parameters and statistics, which no training moves any more.
    pub fn frozen(&self) -> Self {
        let frozen = |state: &RunningState<Tensor<B, 1>>| {
            RunningState::from_record(state.clone().into_record())
        };
        Self {
            running_mean: frozen(&self.running_mean),
            running_variance: frozen(&self.running_variance),
            ..self.clone()
        }
    }

    /// Slope and offset of the normalisation with the running statistics, `[units]` each:
    /// `norm(x + bias) = slope·x + offset`.
    pub fn fixed(&self, bias: Option<Tensor<B, 1>>) -> (Tensor<B, 1>, Tensor<B, 1>) {
        let slope = self.gamma.val() / (self.running_variance.value() + EPSILON).sqrt();
        let mean = self.running_mean.value();
        let centre = match bias {
            Some(bias) => bias - mean,
            None => mean.neg(),
        };
        let offset = centre * slope.clone() + self.beta.val();
        (slope, offset)
    }

    /// Moves the running statistics towards those of a batch of `n` rows, `[1, units]` each: the
    /// variance is the biased one, the mean that of the values without their bias.
    pub fn track(
        &self,
        mean: Tensor<B, 2>,
        variance: Tensor<B, 2>,
        bias: Option<Tensor<B, 1>>,
        n: usize,
    ) {
        let (mean, variance) = (mean.squeeze_dim::<1>(0), variance.squeeze_dim::<1>(0));
        let mean = match bias {
            Some(bias) => mean + bias.detach(),
            None => mean,
        };
        let unbiased = variance * (n as f64 / (n as f64 - 1.0));
        for (state, new) in [(&self.running_mean, mean), (&self.running_variance, unbiased)] {
            state.update(state.value_sync() * (1.0 - MOMENTUM) + new * MOMENTUM);
        }
    }
}
