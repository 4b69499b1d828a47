//! Adam with a quadratic penalty on parameters and a global limit on the gradient.

use super::kernels::{AdamState, AdamStep, Kernels, primitive, tensor};
use burn::module::{AutodiffModule, Module, ModuleMapper, ModuleVisitor, Param, ParamId};
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
        let mut gather = Gather::new(self, grads);
        if self.config.max_norm.is_some() {
            network.visit(&mut gather);
        }
        let step = gather.step();
        network.map(&mut self.apply(step, learning_rate))
    }

    /// As [`step`](Self::step), from a network that burn does not differentiate.
    pub fn plain_step<M: Module<B>>(
        &mut self,
        network: M,
        grads: GradientsParams,
        learning_rate: f64,
    ) -> M {
        let mut gather = Plain(Gather::new(self, grads));
        if self.config.max_norm.is_some() {
            network.visit(&mut gather);
        }
        let step = gather.0.step();
        network.map(&mut Plain(self.apply(step, learning_rate)))
    }

    /// The mover of all parameters by the next step.
    fn apply(&mut self, clipped: Clipped<B>, learning_rate: f64) -> Apply<'_, B> {
        self.steps += 1;
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
        Apply { optimizer: self, clipped, step }
    }

    /// The factor of a parameter's penalty.
    fn penalty(&self, id: ParamId) -> f64 {
        match &self.config.penalised {
            Penalised::Only(ids) if !ids.contains(&id) => 0.0,
            _ => self.config.penalty,
        }
    }
}

/// A network of the inner backend, visited as one that burn differentiates.
struct Plain<T>(T);

/// Gradients, and what all of them are multiplied with if they are limited; they hold the penalty
/// then.
struct Clipped<B: Kernels> {
    grads: GradientsParams,
    clip: Option<Tensor<B, 1>>,
}

/// Adds the penalty to the gradients and sums their squares.
struct Gather<'a, B: Kernels> {
    optimizer: &'a Adam<B>,
    grads: GradientsParams,
    squares: Option<Tensor<B, 1>>,
}

impl<'a, B: Kernels> Gather<'a, B> {
    fn new(optimizer: &'a Adam<B>, grads: GradientsParams) -> Self {
        Self { optimizer, grads, squares: None }
    }

    fn add<const D: usize>(&mut self, id: ParamId, parameter: impl FnOnce() -> Tensor<B, D>) {
        let Some(mut grad) = self.grads.remove::<B, D>(id) else { return };
        let penalty = self.optimizer.penalty(id);
        if penalty > 0.0 {
            grad = grad + parameter().mul_scalar(penalty);
        }
        let squares: Tensor<B, 1> = tensor(B::sum_of_squares(primitive(grad.clone())));
        self.grads.register(id, grad);
        self.squares = Some(match self.squares.take() {
            Some(sum) => sum + squares,
            None => squares,
        });
    }

    /// The limit as PyTorch's clip_grad_norm_ sets it, on the device: no gradient travels to the
    /// host.
    fn step(self) -> Clipped<B> {
        let max_norm = self.optimizer.config.max_norm.unwrap_or(f64::INFINITY);
        let clip = self.squares.map(|squares| {
            let largest = Tensor::full([1], max_norm, &squares.device());
            (largest / (squares.sqrt() + 1e-6)).clamp_max(1.0)
        });
        Clipped { grads: self.grads, clip }
    }
}

impl<A: AutodiffBackend<InnerBackend = B>, B: Kernels> ModuleVisitor<A> for Gather<'_, B> {
    fn visit_float<const D: usize>(&mut self, param: &Param<Tensor<A, D>>) {
        self.add(param.id, || param.val().inner());
    }
}

impl<B: Kernels> ModuleVisitor<B> for Plain<Gather<'_, B>> {
    fn visit_float<const D: usize>(&mut self, param: &Param<Tensor<B, D>>) {
        self.0.add(param.id, || param.val());
    }
}

/// Moves each parameter.
struct Apply<'a, B: Kernels> {
    optimizer: &'a mut Adam<B>,
    clipped: Clipped<B>,
    step: AdamStep,
}

impl<B: Kernels> Apply<'_, B> {
    /// The parameter after the step, or as it was where it has no gradient.
    fn moved<const D: usize>(&mut self, id: ParamId, value: Tensor<B, D>) -> Tensor<B, D> {
        let Some(grad) = self.clipped.grads.remove::<B, D>(id) else { return value };
        let [first, second] = self
            .optimizer
            .moments
            .remove(&id)
            .unwrap_or_else(|| [(); 2].map(|()| primitive(grad.zeros_like())));
        let state = AdamState { parameter: primitive(value), first, second };
        let (clip, decay) = match &self.clipped.clip {
            Some(clip) => (clip.clone(), 0.0),
            None => (Tensor::ones([1], &grad.device()), self.optimizer.penalty(id) as f32),
        };
        let step = AdamStep { decay, ..self.step };
        let state = B::adam(state, primitive(grad), primitive(clip), &step);
        self.optimizer.moments.insert(id, [state.first, state.second]);
        tensor(state.parameter)
    }
}

impl<A: AutodiffBackend<InnerBackend = B>, B: Kernels> ModuleMapper<A> for Apply<'_, B> {
    fn map_float<const D: usize>(&mut self, param: Param<Tensor<A, D>>) -> Param<Tensor<A, D>> {
        let (id, value, mapper) = param.consume();
        let tracked = value.is_require_grad();
        let value = self.moved(id, value.inner());
        Param::from_mapped_value(id, Tensor::from_inner(value).set_require_grad(tracked), mapper)
    }
}

impl<B: Kernels> ModuleMapper<B> for Plain<Apply<'_, B>> {
    fn map_float<const D: usize>(&mut self, param: Param<Tensor<B, D>>) -> Param<Tensor<B, D>> {
        let (id, value, mapper) = param.consume();
        Param::from_mapped_value(id, self.0.moved(id, value), mapper)
    }
}
