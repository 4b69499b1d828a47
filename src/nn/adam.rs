//! Adam with a quadratic penalty on parameters and a global limit on the gradient.

use super::kernels::{AdamState, AdamStep, Kernels, primitive, tensor};
use burn::module::{AutodiffModule, ModuleMapper, ModuleVisitor, Param, ParamId};
use burn::optim::GradientsParams;
use burn::tensor::Tensor;
use burn::tensor::backend::AutodiffBackend;
use std::collections::HashMap;

const EPSILON: f64 = 1e-8;

/// Which parameters a quadratic penalty is put on.
pub enum Penalised {
    /// All of them: what is called weight decay in PyTorch's Adam.
    All,
    /// These.
    Only(Vec<ParamId>),
}

/// Adam's settings.
pub struct AdamConfig {
    /// Decay of the first and of the second moment.
    pub betas: [f64; 2],
    /// `penalty/2·‖w‖²` is added to the loss for each penalised parameter.
    pub penalty: f64,
    /// The parameters under the penalty.
    pub penalised: Penalised,
    /// Gradients are scaled down to this global norm.
    pub max_norm: Option<f64>,
}

/// Adam's state (Kingma and Ba 2015) over the parameters of one network.
pub struct Adam<B: Kernels> {
    moments: HashMap<ParamId, [B::FloatTensorPrimitive; 2]>,
    config: AdamConfig,
    steps: i32,
}

impl<B: Kernels> Adam<B> {
    /// An optimiser at its first step.
    pub fn new(config: AdamConfig) -> Self {
        Self { moments: HashMap::new(), config, steps: 0 }
    }

    /// One step along `grads` from `network`.
    pub fn step<A, M>(&mut self, network: M, grads: GradientsParams, learning_rate: f64) -> M
    where
        A: AutodiffBackend<InnerBackend = B>,
        M: AutodiffModule<A>,
    {
        self.steps += 1;
        let (grads, clip) = match self.config.max_norm {
            None => (grads, None),
            Some(max_norm) => {
                let mut gather = Gather { optimizer: self, grads, squares: None };
                network.visit(&mut gather);
                let Gather { grads, squares, .. } = gather;
                let Some(squares) = squares else { return network };
                // As PyTorch's clip_grad_norm_, on the device: no gradient travels to the host.
                let largest = Tensor::full([1], max_norm, &squares.device());
                (grads, Some((largest / (squares.sqrt() + 1e-6)).clamp_max(1.0)))
            }
        };
        let [beta_1, beta_2] = self.config.betas;
        let correction = |beta: f64| 1.0 - beta.powi(self.steps);
        let step = AdamStep {
            beta_1: beta_1 as f32,
            beta_2: beta_2 as f32,
            epsilon: EPSILON as f32,
            rate: (learning_rate / correction(beta_1)) as f32,
            root_correction: (1.0 / correction(beta_2).sqrt()) as f32,
            decay: 0.0,
        };
        network.map(&mut Apply { optimizer: self, grads, clip, step })
    }

    /// The factor of a parameter's penalty.
    fn penalty(&self, id: ParamId) -> f64 {
        match &self.config.penalised {
            Penalised::Only(ids) if !ids.contains(&id) => 0.0,
            _ => self.config.penalty,
        }
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
        let penalty = self.optimizer.penalty(param.id);
        if penalty > 0.0 {
            grad = grad + param.val().inner().mul_scalar(penalty);
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
    /// What all gradients are multiplied with; they hold the penalty then.
    clip: Option<Tensor<B, 1>>,
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
        let (clip, decay) = match &self.clip {
            Some(clip) => (clip.clone(), 0.0),
            None => (Tensor::ones([1], &grad.device()), self.optimizer.penalty(id) as f32),
        };
        let step = AdamStep { decay, ..self.step };
        let state = B::adam(state, primitive(grad), primitive(clip), &step);
        self.optimizer.moments.insert(id, [state.first, state.second]);
        let value = Tensor::from_inner(tensor(state.parameter)).require_grad();
        Param::from_mapped_value(id, value, mapper)
    }
}
