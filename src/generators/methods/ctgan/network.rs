//! The generator's network.

use crate::nn::blocks::BlockKernels;
use crate::nn::kernels::{Dropout, primitive, product, tensor};
use crate::nn::layers::{BatchNorm, Mode, uniform};
use crate::seed::Seed;
use burn::module::{Module, Param};
use burn::tensor::activation::relu;
use burn::tensor::{Int, Tensor};

/// An affine map of dense values beside a one-hot condition, whose part of the product is a row of
/// weights looked up.
#[derive(Module, Debug)]
pub struct Conditional<B: BlockKernels> {
    /// `[inputs, outputs]`.
    pub dense: Param<Tensor<B, 2>>,
    /// `[columns, outputs]`; none where there is no condition.
    pub condition: Option<Param<Tensor<B, 2>>>,
}

impl<B: BlockKernels> Conditional<B> {
    /// Weights drawn as PyTorch draws those of one matrix of all inputs.
    fn new(
        inputs: usize,
        columns: usize,
        outputs: usize,
        seed: Seed,
        name: &str,
        device: &B::Device,
    ) -> Self {
        let limit = limit(inputs + columns);
        let draw = |rows, part: &str| {
            uniform([rows, outputs], limit, seed, &format!("{name}.{part}"), device)
        };
        Self {
            dense: draw(inputs, "dense"),
            condition: (columns > 0).then(|| draw(columns, "condition")),
        }
    }

    /// `x [n, inputs]` and the condition's columns `[n, 1]` give `[n, outputs]`.
    fn forward(&self, x: Tensor<B, 2>, condition: Option<&Tensor<B, 2, Int>>) -> Tensor<B, 2> {
        let product = product(x, self.dense.val());
        match (&self.condition, condition) {
            (Some(weights), Some(columns)) => {
                let columns = columns.clone().into_primitive();
                product + tensor::<B, 2>(B::embed_sum(primitive(weights.val()), columns))
            }
            _ => product,
        }
    }
}

/// Bound of PyTorch's uniform initial weights and biases of a layer with this many inputs.
pub fn limit(inputs: usize) -> f64 {
    1.0 / (inputs as f64).sqrt()
}

/// A hidden layer whose output stands beside its input for the next: map, batch normalisation,
/// ReLU. The map has no bias, since the normalisation takes it away.
#[derive(Module, Debug)]
pub struct Residual<B: BlockKernels> {
    pub map: Conditional<B>,
    pub norm: BatchNorm<B>,
}

/// The generator: residual layers on noise and condition, and an affine map to all columns.
#[derive(Module, Debug)]
pub struct Network<B: BlockKernels> {
    pub layers: Vec<Residual<B>>,
    pub output: Conditional<B>,
    /// Of the output.
    pub bias: Param<Tensor<B, 1>>,
}

impl<B: BlockKernels> Network<B> {
    /// A fresh network from `noise` values and a condition of `columns` columns to `outputs`.
    pub fn new(
        noise: usize,
        columns: usize,
        units: &[usize],
        outputs: usize,
        seed: Seed,
        device: &B::Device,
    ) -> Self {
        let mut inputs = noise;
        let mut layers = Vec::new();
        for (i, &units) in units.iter().enumerate() {
            let map = Conditional::new(inputs, columns, units, seed, &format!("layer.{i}"), device);
            layers.push(Residual { map, norm: BatchNorm::new(units, device) });
            inputs += units;
        }
        Self {
            layers,
            output: Conditional::new(inputs, columns, outputs, seed, "output", device),
            bias: uniform([outputs], limit(inputs + columns), seed, "bias", device),
        }
    }

    /// Noise `[n, noise]` and the condition's columns `[n, 1]` give logits `[n, outputs]`.
    pub fn forward(
        &self,
        noise: Tensor<B, 2>,
        condition: Option<&Tensor<B, 2, Int>>,
        mode: Mode,
    ) -> Tensor<B, 2> {
        let mut x = noise;
        for layer in &self.layers {
            let mapped = layer.map.forward(x.clone(), condition);
            let active = match mode {
                Mode::Train(seed) => {
                    let nothing = Dropout { rate: 0.0, bits: seed.counter("none") };
                    layer.norm.relu(mapped, None, &nothing)
                }
                Mode::Predict => {
                    let (slope, offset) = layer.norm.fixed(None);
                    relu(mapped * slope.unsqueeze() + offset.unsqueeze())
                }
            };
            x = Tensor::cat(vec![active, x], 1);
        }
        self.output.forward(x, condition) + self.bias.val().unsqueeze()
    }
}
