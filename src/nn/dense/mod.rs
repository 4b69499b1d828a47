//! Whole layers as single operations: matrix product and what follows it.
//!
//! On `flex` a layer is done in blocks of rows that stay in the cache: the product of a block, then
//! at once what reads it (moments, ReLU, dropout; backward, the way back through them). The default
//! bodies, in burn's tensor operations, serve `ndarray` and CUDA.
//!
//! Backward, an operation takes the gradient not of its own output but of the next layer's product,
//! and that layer's weights ([`Upstream`]), so that this product, too, is read while it is hot.

mod flex;
mod masks;

#[cfg(test)]
mod tests;

pub use masks::{MaskLayer, MaskPass};

use super::kernels::{Dropout, Kernels, Normalised, Over, primitive, tensor, through_relu};
use burn::tensor::Tensor;
use burn::tensor::ops::FloatTensor;
use burn_autodiff::Autodiff;
use burn_autodiff::checkpoint::strategy::CheckpointStrategy;

/// The way a gradient comes down: `grad [n, q]`, of the product that the next layer makes of this
/// one's `m` outputs, and its `weight [m, q]`. The gradient of the outputs is `grad·weightᵀ`.
#[derive(Clone, Debug)]
pub struct Upstream<T> {
    /// Gradient of the next layer's product, `[n, q]`.
    pub grad: T,
    /// The next layer's weights, `[m, q]`.
    pub weight: T,
}

/// What a batch-normalised layer leaves for its backward pass.
#[derive(Clone, Debug)]
pub struct DensePass<T> {
    /// The product before the normalisation, `[n, m]`.
    pub product: T,
    /// The activations, `[n, m]`.
    pub output: T,
    /// The products' means over the batch, `[1, m]`.
    pub mean: T,
    /// Their biased variances, `[1, m]`.
    pub variance: T,
}

/// [`DenseKernels::of_outputs`] as a tensor.
fn of_outputs<B: DenseKernels>(upstream: Upstream<FloatTensor<B>>) -> Tensor<B, 2> {
    tensor(B::of_outputs(upstream))
}

/// Layers as operations. Shapes: `n` rows in the batch, `k` inputs, `m` units, `q` units of the
/// next layer.
pub trait DenseKernels: Kernels {
    /// `x·weight`: `x [n, k]` and `weight [k, m]` give `[n, m]`.
    fn product(x: FloatTensor<Self>, weight: FloatTensor<Self>) -> FloatTensor<Self> {
        Self::float_matmul(x, weight)
    }

    /// The gradient of a layer's outputs, or of what the first layer reads: `grad·weightᵀ`.
    fn of_outputs(upstream: Upstream<FloatTensor<Self>>) -> FloatTensor<Self> {
        let weight = tensor::<Self, 2>(upstream.weight);
        primitive(tensor::<Self, 2>(upstream.grad).matmul(weight.transpose()))
    }

    /// `dropout(relu(x·weight + bias))`: `x [n, k]`, `weight [k, m]` and `bias [m]` give `[n, m]`.
    fn dense_relu(
        x: FloatTensor<Self>,
        weight: FloatTensor<Self>,
        bias: FloatTensor<Self>,
        dropout: &Dropout,
    ) -> FloatTensor<Self> {
        Self::bias_relu(Self::float_matmul(x, weight), bias, dropout)
    }

    /// Gradients of the product `[n, m]` and the bias `[m]` of [`dense_relu`](Self::dense_relu),
    /// whose `output` and dropout's `scale` are given.
    fn dense_relu_backward(
        upstream: Upstream<FloatTensor<Self>>,
        output: FloatTensor<Self>,
        scale: f32,
    ) -> [FloatTensor<Self>; 2] {
        let grad = through_relu(of_outputs::<Self>(upstream), tensor(output), scale);
        let bias = grad.clone().sum_dim(0).squeeze_dim::<1>(0);
        [primitive(grad), primitive(bias)]
    }

    /// A layer with batch normalisation: `dropout(relu(γ·normal(x·weight) + β))`, `γ [m]` and
    /// `β [m]`.
    fn dense_norm_relu(
        x: FloatTensor<Self>,
        weight: FloatTensor<Self>,
        gamma: FloatTensor<Self>,
        beta: FloatTensor<Self>,
        dropout: &Dropout,
    ) -> DensePass<FloatTensor<Self>> {
        let product = Self::float_matmul(x, weight);
        let Normalised { output, mean, variance } =
            Self::norm_relu(product.clone(), gamma, beta, Over::Batch, dropout);
        DensePass { product, output, mean, variance }
    }

    /// Gradients of the product `[n, m]`, `γ` and `β` of
    /// [`dense_norm_relu`](Self::dense_norm_relu).
    fn dense_norm_relu_backward(
        upstream: Upstream<FloatTensor<Self>>,
        pass: DensePass<FloatTensor<Self>>,
        gamma: FloatTensor<Self>,
        scale: f32,
    ) -> [FloatTensor<Self>; 3] {
        let grad = primitive(of_outputs::<Self>(upstream));
        let DensePass { product, output, mean, variance } = pass;
        let forward = Normalised { output, mean, variance };
        Self::norm_relu_backward(grad, product, gamma, forward, Over::Batch, scale)
    }

    /// Gradient of a layer's weights `[k, m]`, from its inputs `x [n, k]` and the gradient of its
    /// product, `[n, m]`.
    fn dense_weight(x: FloatTensor<Self>, grad: FloatTensor<Self>) -> FloatTensor<Self> {
        primitive(tensor::<Self, 2>(x).transpose().matmul(tensor(grad)))
    }

    /// MaskNet's blocks side by side on the same embeddings `[n, k]`, each dropping its outputs by
    /// a dropout of its own. See [`MaskLayer`].
    fn mask_layers(
        embeddings: FloatTensor<Self>,
        layers: &[MaskLayer<FloatTensor<Self>>],
        dropouts: &[Dropout],
    ) -> MaskPass<FloatTensor<Self>> {
        masks::forward::<Self>(embeddings, layers, dropouts)
    }

    /// Gradients of the embeddings and of all parameters of [`mask_layers`](Self::mask_layers).
    fn mask_layers_backward(
        upstream: Upstream<FloatTensor<Self>>,
        embeddings: FloatTensor<Self>,
        layers: &[MaskLayer<FloatTensor<Self>>],
        pass: MaskPass<FloatTensor<Self>>,
        scale: f32,
    ) -> (FloatTensor<Self>, Vec<MaskLayer<FloatTensor<Self>>>) {
        let grad = of_outputs::<Self>(upstream);
        masks::backward::<Self>(grad, embeddings, layers, pass, scale)
    }
}

impl DenseKernels for burn_ndarray::NdArray {}

#[cfg(feature = "cuda")]
impl DenseKernels for burn_cuda::Cuda {}

impl<B: DenseKernels, C: CheckpointStrategy> DenseKernels for Autodiff<B, C> {}
