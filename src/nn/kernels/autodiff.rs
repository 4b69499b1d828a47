//! The explicit backward of the operations that burn differentiates networks through.
//!
//! Looking embeddings up and their inner products are not among them: click models write their
//! gradients out.

use super::{Dropout, Kernels, Normalised, Over};
use burn::tensor::ops::FloatTensor;
use burn_autodiff::Autodiff;
use burn_autodiff::checkpoint::{base::Checkpointer, strategy::CheckpointStrategy};
use burn_autodiff::grads::Gradients;
use burn_autodiff::ops::{Backward, Ops, OpsKind};

/// Hands a gradient to a parent that wants it.
macro_rules! register {
    ($grads:expr, $($parent:expr => $grad:expr),+) => {
        $(if let Some(node) = $parent {
            $grads.register::<B>(node.id, $grad);
        })+
    };
}

#[derive(Debug)]
struct Matmul;

impl<B: Kernels> Backward<B, 2> for Matmul {
    type State = [FloatTensor<B>; 2];

    fn backward(self, ops: Ops<Self::State, 2>, grads: &mut Gradients, _: &mut Checkpointer) {
        let [a, b] = ops.state;
        let grad = grads.consume::<B>(&ops.node);
        let [of_a, of_b] = ops.parents;
        register!(grads,
            of_a => B::matmul(grad.clone(), B::float_transpose(b)),
            of_b => B::matmul(B::float_transpose(a), grad));
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
    fn matmul(a: FloatTensor<Self>, b: FloatTensor<Self>) -> FloatTensor<Self> {
        let kept = [a.primitive.clone(), b.primitive.clone()];
        let product = B::matmul(a.primitive, b.primitive);
        let nodes = [a.node, b.node];
        match Backward::<B, 2>::prepare::<C>(Matmul, nodes).compute_bound().stateful() {
            OpsKind::Tracked(prep) => prep.finish(kept, product),
            OpsKind::UnTracked(prep) => prep.finish(product),
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
