//! The explicit backward of the divergence.

use super::{DiffusionKernels, Divergence};
use crate::nn::blocks::Blocks;
use burn::tensor::backend::AutodiffBackend;
use burn::tensor::ops::{FloatTensor, IntTensor};
use burn_autodiff::Autodiff;
use burn_autodiff::checkpoint::{base::Checkpointer, strategy::CheckpointStrategy};
use burn_autodiff::grads::Gradients;
use burn_autodiff::ops::{Backward, Ops, OpsKind};

#[derive(Debug)]
struct MultinomialKl;

impl<B: DiffusionKernels> Backward<B, 1> for MultinomialKl {
    type State = FloatTensor<B>;

    fn backward(self, ops: Ops<Self::State, 1>, grads: &mut Gradients, _: &mut Checkpointer) {
        let grad = grads.consume::<B>(&ops.node);
        let [x] = ops.parents;
        if let Some(node) = x {
            grads.register::<B>(node.id, B::multinomial_kl_backward(grad, ops.state));
        }
    }
}

impl<B: DiffusionKernels, C: CheckpointStrategy> DiffusionKernels for Autodiff<B, C> {
    fn multinomial_kl(
        x: FloatTensor<Self>,
        start: IntTensor<Self>,
        noisy: IntTensor<Self>,
        rates: FloatTensor<Self>,
        blocks: &Blocks,
    ) -> Divergence<FloatTensor<Self>> {
        let prep = Backward::<B, 1>::prepare::<C>(MultinomialKl, [x.node.clone()]);
        let Divergence { divergence, slope } =
            B::multinomial_kl(x.primitive, start, noisy, rates.primitive, blocks);
        let untracked = <Self as AutodiffBackend>::from_inner(slope.clone());
        let divergence = match prep.compute_bound().stateful() {
            OpsKind::Tracked(prep) => prep.finish(slope, divergence),
            OpsKind::UnTracked(prep) => prep.finish(divergence),
        };
        Divergence { divergence, slope: untracked }
    }
}
