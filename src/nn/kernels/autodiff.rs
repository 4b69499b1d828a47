//! The explicit backward of each operation, registered with burn's autodiff.

use super::{Dropout, Kernels, Normalised, Over};
use burn::tensor::TensorMetadata;
use burn::tensor::ops::{FloatTensor, IntTensor};
use burn_autodiff::checkpoint::{base::Checkpointer, strategy::CheckpointStrategy};
use burn_autodiff::grads::Gradients;
use burn_autodiff::ops::{Backward, Ops, OpsKind};
use burn_autodiff::{Autodiff, NodeId};

/// Hands a gradient to a parent that wants it.
macro_rules! register {
    ($grads:expr, $($parent:expr => $grad:expr),+) => {
        $(if let Some(node) = $parent {
            $grads.register::<B>(node.id, $grad);
        })+
    };
}

#[derive(Debug)]
struct Gather;

impl<B: Kernels> Backward<B, 1> for Gather {
    type State = (IntTensor<B>, usize);

    fn backward(self, ops: Ops<Self::State, 1>, grads: &mut Gradients, _: &mut Checkpointer) {
        let (codes, n_codes) = ops.state;
        let grad = grads.consume::<B>(&ops.node);
        let [table] = ops.parents;
        register!(grads, table => B::gather_backward(grad, codes, n_codes));
    }
}

#[derive(Debug)]
struct Pairwise;

impl<B: Kernels> Backward<B, 1> for Pairwise {
    type State = (NodeId, usize);

    fn backward(
        self,
        ops: Ops<Self::State, 1>,
        grads: &mut Gradients,
        checkpointer: &mut Checkpointer,
    ) {
        let (embeddings, fields) = ops.state;
        let embeddings = checkpointer.retrieve_node_output(embeddings);
        let grad = grads.consume::<B>(&ops.node);
        let [parent] = ops.parents;
        register!(grads, parent => B::pairwise_backward(grad, embeddings, fields));
    }
}

#[derive(Debug)]
struct BiasRelu;

impl<B: Kernels> Backward<B, 2> for BiasRelu {
    type State = (FloatTensor<B>, f32);

    fn backward(self, ops: Ops<Self::State, 2>, grads: &mut Gradients, _: &mut Checkpointer) {
        let (output, scale) = ops.state;
        let grad = grads.consume::<B>(&ops.node);
        let (grad_x, grad_bias) = B::bias_relu_backward(grad, output, scale);
        let [x, bias] = ops.parents;
        register!(grads, x => grad_x, bias => grad_bias);
    }
}

#[derive(Debug)]
struct NormRelu;

/// What [`NormRelu`] keeps for its backward pass.
#[derive(Debug, Clone)]
struct NormState<T> {
    x: T,
    gamma: T,
    output: T,
    mean: T,
    variance: T,
    over: Over,
    scale: f32,
}

impl<B: Kernels> Backward<B, 3> for NormRelu {
    type State = NormState<FloatTensor<B>>;

    fn backward(self, ops: Ops<Self::State, 3>, grads: &mut Gradients, _: &mut Checkpointer) {
        let NormState { x, gamma, output, mean, variance, over, scale } = ops.state;
        let grad = grads.consume::<B>(&ops.node);
        let forward = Normalised { output, mean, variance };
        let [grad_x, grad_gamma, grad_beta] =
            B::norm_relu_backward(grad, x, gamma, forward, over, scale);
        let [x, gamma, beta] = ops.parents;
        register!(grads, x => grad_x, gamma => grad_gamma, beta => grad_beta);
    }
}

impl<B: Kernels, C: CheckpointStrategy> Kernels for Autodiff<B, C> {
    fn gather(table: FloatTensor<Self>, codes: IntTensor<Self>) -> FloatTensor<Self> {
        let n_codes = table.primitive.shape()[0];
        let output = B::gather(table.primitive, codes.clone());
        match Backward::<B, 1>::prepare::<C>(Gather, [table.node]).compute_bound().stateful() {
            OpsKind::Tracked(prep) => prep.finish((codes, n_codes), output),
            OpsKind::UnTracked(prep) => prep.finish(output),
        }
    }

    fn pairwise(embeddings: FloatTensor<Self>, fields: usize) -> FloatTensor<Self> {
        let prep = Backward::<B, 1>::prepare::<C>(Pairwise, [embeddings.node.clone()]);
        match prep.compute_bound().stateful() {
            OpsKind::Tracked(mut prep) => {
                let id = prep.checkpoint(&embeddings);
                prep.finish((id, fields), B::pairwise(embeddings.primitive, fields))
            }
            OpsKind::UnTracked(prep) => prep.finish(B::pairwise(embeddings.primitive, fields)),
        }
    }

    fn bias_relu(
        x: FloatTensor<Self>,
        bias: FloatTensor<Self>,
        dropout: &Dropout,
    ) -> FloatTensor<Self> {
        let output = B::bias_relu(x.primitive, bias.primitive, dropout);
        match Backward::<B, 2>::prepare::<C>(BiasRelu, [x.node, bias.node])
            .compute_bound()
            .stateful()
        {
            OpsKind::Tracked(prep) => prep.finish((output.clone(), dropout.scale()), output),
            OpsKind::UnTracked(prep) => prep.finish(output),
        }
    }

    fn norm_relu(
        x: FloatTensor<Self>,
        gamma: FloatTensor<Self>,
        beta: FloatTensor<Self>,
        over: Over,
        dropout: &Dropout,
    ) -> Normalised<FloatTensor<Self>> {
        let kept = (x.primitive.clone(), gamma.primitive.clone());
        let result = B::norm_relu(x.primitive, gamma.primitive, beta.primitive, over, dropout);
        let Normalised { output, mean, variance } = result;
        let untracked = |primitive: &FloatTensor<B>| {
            <Self as burn::tensor::backend::AutodiffBackend>::from_inner(primitive.clone())
        };
        let (mean_out, variance_out) = (untracked(&mean), untracked(&variance));
        let nodes = [x.node, gamma.node, beta.node];
        let output =
            match Backward::<B, 3>::prepare::<C>(NormRelu, nodes).compute_bound().stateful() {
                OpsKind::Tracked(prep) => {
                    let (x, gamma) = kept;
                    let scale = dropout.scale();
                    let state =
                        NormState { x, gamma, output: output.clone(), mean, variance, over, scale };
                    prep.finish(state, output)
                }
                OpsKind::UnTracked(prep) => prep.finish(output),
            };
        Normalised { output, mean: mean_out, variance: variance_out }
    }
}
