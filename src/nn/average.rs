//! A moving average of a network's weights.

use burn::module::{AutodiffModule, Module, ModuleMapper, ModuleVisitor, Param, ParamId};
use burn::tensor::Tensor;
use burn::tensor::backend::{AutodiffBackend, Backend};
use std::collections::HashMap;

/// Weights that follow those of a training, of which each step keeps a share.
pub struct Average<B: Backend> {
    decay: f64,
    weights: HashMap<ParamId, B::FloatTensorPrimitive>,
}

impl<B: Backend> Average<B> {
    /// An average that begins with the first weights it is shown; at a decay of 0 there is none.
    pub fn new(decay: f64) -> Self {
        Self { decay, weights: HashMap::new() }
    }

    /// Moves the average towards the weights of `network`.
    pub fn follow<A, M>(&mut self, network: &M)
    where
        A: AutodiffBackend<InnerBackend = B>,
        M: AutodiffModule<A>,
    {
        if self.decay > 0.0 {
            network.visit(&mut Follow(self));
        }
    }

    /// `network` with the average's weights, or with its own where there is no average.
    pub fn of<M: Module<B>>(&self, network: M) -> M {
        network.map(&mut Put(self))
    }
}

struct Follow<'a, B: Backend>(&'a mut Average<B>);

impl<A: AutodiffBackend<InnerBackend = B>, B: Backend> ModuleVisitor<A> for Follow<'_, B> {
    fn visit_float<const D: usize>(&mut self, parameter: &Param<Tensor<A, D>>) {
        let Average { decay, weights } = &mut *self.0;
        let new = parameter.val().inner();
        let average = match weights.remove(&parameter.id) {
            None => new,
            Some(old) => {
                let old = crate::nn::kernels::tensor::<B, D>(old);
                old.mul_scalar(*decay) + new.mul_scalar(1.0 - *decay)
            }
        };
        weights.insert(parameter.id, crate::nn::kernels::primitive(average));
    }
}

struct Put<'a, B: Backend>(&'a Average<B>);

impl<B: Backend> ModuleMapper<B> for Put<'_, B> {
    fn map_float<const D: usize>(&mut self, parameter: Param<Tensor<B, D>>) -> Param<Tensor<B, D>> {
        match self.0.weights.get(&parameter.id) {
            None => parameter,
            Some(weights) => {
                let (id, _, mapper) = parameter.consume();
                let weights = crate::nn::kernels::tensor(weights.clone());
                Param::from_mapped_value(id, weights, mapper)
            }
        }
    }
}
