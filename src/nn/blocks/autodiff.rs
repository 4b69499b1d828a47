//! The explicit backward of the operations that networks are trained through.

use super::{BlockKernels, Blocks, CrossEntropy};
use crate::nn::kernels::primitive;
use burn::tensor::ops::{FloatTensor, IntTensor};
use burn::tensor::{Tensor, TensorMetadata};
use burn_autodiff::Autodiff;
use burn_autodiff::checkpoint::{base::Checkpointer, strategy::CheckpointStrategy};
use burn_autodiff::grads::Gradients;
use burn_autodiff::ops::{Backward, Ops, OpsKind};

#[derive(Debug)]
struct EmbedSum;

impl<B: BlockKernels> Backward<B, 1> for EmbedSum {
    type State = (IntTensor<B>, usize);

    fn backward(self, ops: Ops<Self::State, 1>, grads: &mut Gradients, _: &mut Checkpointer) {
        let (codes, rows) = ops.state;
        let grad = grads.consume::<B>(&ops.node);
        let [table] = ops.parents;
        if let Some(node) = table {
            let width = grad.shape()[1];
            let zeros = Tensor::<B, 2>::zeros([rows, width], &B::float_device(&grad));
            grads.register::<B>(node.id, B::scatter_rows(primitive(zeros), codes, grad));
        }
    }
}

#[derive(Debug)]
struct BlockCrossEntropy;

impl<B: BlockKernels> Backward<B, 1> for BlockCrossEntropy {
    type State = (FloatTensor<B>, IntTensor<B>);

    fn backward(self, ops: Ops<Self::State, 1>, grads: &mut Gradients, _: &mut Checkpointer) {
        let (softmax, codes) = ops.state;
        let grad = grads.consume::<B>(&ops.node);
        let [x] = ops.parents;
        if let Some(node) = x {
            let grad = B::block_cross_entropy_backward(grad, softmax, codes);
            grads.register::<B>(node.id, grad);
        }
    }
}

impl<B: BlockKernels, C: CheckpointStrategy> BlockKernels for Autodiff<B, C> {
    fn embed_sum(table: FloatTensor<Self>, codes: IntTensor<Self>) -> FloatTensor<Self> {
        let rows = table.primitive.shape()[0];
        let output = B::embed_sum(table.primitive, codes.clone());
        match Backward::<B, 1>::prepare::<C>(EmbedSum, [table.node]).compute_bound().stateful() {
            OpsKind::Tracked(prep) => prep.finish((codes, rows), output),
            OpsKind::UnTracked(prep) => prep.finish(output),
        }
    }

    fn block_cross_entropy(
        x: FloatTensor<Self>,
        codes: IntTensor<Self>,
        blocks: &Blocks,
    ) -> CrossEntropy<FloatTensor<Self>> {
        let CrossEntropy { loss, softmax } =
            B::block_cross_entropy(x.primitive, codes.clone(), blocks);
        let untracked =
            <Self as burn::tensor::backend::AutodiffBackend>::from_inner(softmax.clone());
        let prep = Backward::<B, 1>::prepare::<C>(BlockCrossEntropy, [x.node]);
        let loss = match prep.compute_bound().stateful() {
            OpsKind::Tracked(prep) => prep.finish((softmax, codes), loss),
            OpsKind::UnTracked(prep) => prep.finish(loss),
        };
        CrossEntropy { loss, softmax: untracked }
    }
}
