//! Adam with a global limit on the gradient and a quadratic penalty on chosen parameters.

use super::kernels::{AdamState, AdamStep, Kernels, primitive, tensor};
use burn::module::{AutodiffModule, ModuleMapper, ModuleVisitor, Param, ParamId};
use burn::optim::GradientsParams;
use burn::tensor::Tensor;
use burn::tensor::backend::AutodiffBackend;
use std::collections::HashMap;

const BETA_1: f64 = 0.9;
const BETA_2: f64 = 0.999;
const EPSILON: f64 = 1e-8;

/// Adam's state (Kingma and Ba 2015) over the parameters of one network.
pub struct Adam<B: Kernels> {
    moments: HashMap<ParamId, [B::FloatTensorPrimitive; 2]>,
    penalised: Vec<ParamId>,
    penalty: f64,
    max_norm: f64,
    steps: i32,
}

impl<B: Kernels> Adam<B> {
    /// An optimiser that adds `penalty/2·‖w‖²` to the loss for each of the `penalised`
    /// parameters and scales gradients down to the global norm `max_norm`.
    pub fn new(penalised: Vec<ParamId>, penalty: f64, max_norm: f64) -> Self {
        Self { moments: HashMap::new(), penalised, penalty, max_norm, steps: 0 }
    }

    /// One step along `grads` from `network`.
    pub fn step<A, M>(&mut self, network: M, grads: GradientsParams, learning_rate: f64) -> M
    where
        A: AutodiffBackend<InnerBackend = B>,
        M: AutodiffModule<A>,
    {
        self.steps += 1;
        let mut gather = Gather { optimizer: self, grads, squares: None };
        network.visit(&mut gather);
        let Gather { grads, squares, .. } = gather;
        let Some(squares) = squares else { return network };
        // As PyTorch's clip_grad_norm_, on the device: no gradient travels to the host.
        let largest = Tensor::full([1], self.max_norm, &squares.device());
        let clip = (largest / (squares.sqrt() + 1e-6)).clamp_max(1.0);
        let correction = |beta: f64| 1.0 - beta.powi(self.steps);
        let step = AdamStep {
            beta_1: BETA_1 as f32,
            beta_2: BETA_2 as f32,
            epsilon: EPSILON as f32,
            rate: (learning_rate / correction(BETA_1)) as f32,
            root_correction: (1.0 / correction(BETA_2).sqrt()) as f32,
        };
        network.map(&mut Apply { optimizer: self, grads, clip, step })
    }
}

/// Adds the penalty to the gradients and sums their squares.
struct Gather<'a, B: Kernels> {
    optimizer: &'a Adam<B>,
    grads: GradientsParams,
    squares: Option<Tensor<B, 1>>,
}

impl<A: AutodiffBackend<InnerBackend = B>, B: Kernels> ModuleVisitor<A> for Gather<'_, B> {
    fn visit_float<const D: usize>(&mut self, param: &Param<Tensor<A, D>>) {
        let Some(mut grad) = self.grads.remove::<B, D>(param.id) else { return };
        if self.optimizer.penalised.contains(&param.id) {
            grad = grad + param.val().inner().mul_scalar(self.optimizer.penalty);
        }
        let squares: Tensor<B, 1> = tensor(B::sum_of_squares(primitive(grad.clone())));
        self.grads.register(param.id, grad);
        self.squares = Some(match self.squares.take() {
            Some(sum) => sum + squares,
            None => squares,
        });
    }
}

/// Moves each parameter.
struct Apply<'a, B: Kernels> {
    optimizer: &'a mut Adam<B>,
    grads: GradientsParams,
    clip: Tensor<B, 1>,
    step: AdamStep,
}

impl<A: AutodiffBackend<InnerBackend = B>, B: Kernels> ModuleMapper<A> for Apply<'_, B> {
    fn map_float<const D: usize>(&mut self, param: Param<Tensor<A, D>>) -> Param<Tensor<A, D>> {
        let (id, value, mapper) = param.consume();
        let Some(grad) = self.grads.remove::<B, D>(id) else {
            return Param::from_mapped_value(id, value, mapper);
        };
        let [first, second] = self
            .optimizer
            .moments
            .remove(&id)
            .unwrap_or_else(|| [(); 2].map(|()| primitive(grad.zeros_like())));
        let state = AdamState { parameter: primitive(value.inner()), first, second };
        let state = B::adam(state, primitive(grad), primitive(self.clip.clone()), &self.step);
        self.optimizer.moments.insert(id, [state.first, state.second]);
        let value = Tensor::from_inner(tensor(state.parameter)).require_grad();
        Param::from_mapped_value(id, value, mapper)
    }
}
