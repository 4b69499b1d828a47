//! MaskNet's mask blocks (Wang, She and Zhang 2021, equations 4 to 8).

pub mod flex;

use crate::nn::kernels::{Dropout, Kernels, Normalised, Over, primitive, tensor, through_relu};
use burn::tensor::ops::FloatTensor;
use burn::tensor::{Tensor, TensorMetadata};

/// The parameters of a mask block, or their gradients:
/// `dropout(relu(layer_norm(W·(mask ⊙ e))))` with `mask = W₂·relu(W₁·e + b₁) + b₂`, for embeddings
/// of `k` values, `h` units in the mask and `w` outputs.
#[derive(Clone, Debug)]
pub struct MaskLayer<T> {
    /// `W₁ [k, h]`.
    pub mask_in: T,
    /// `b₁ [h]`.
    pub mask_in_bias: T,
    /// `W₂ [h, k]`.
    pub mask_out: T,
    /// `b₂ [k]`.
    pub mask_out_bias: T,
    /// `W [k, w]`.
    pub weight: T,
    /// The layer normalisation's scale, `[w]`.
    pub gamma: T,
    /// The layer normalisation's offset, `[w]`.
    pub beta: T,
}

/// What mask blocks give and leave for their backward pass.
#[derive(Clone, Debug)]
pub struct MaskPass<T> {
    /// The blocks' outputs side by side, `[n, blocks·w]`.
    pub output: T,
    /// Values in between, in an order of the backend's own.
    pub kept: Vec<T>,
}

/// Number of tensors kept for each block.
const KEPT: usize = 7;

/// The blocks in burn's tensor operations.
pub fn forward<B: Kernels>(
    embeddings: FloatTensor<B>,
    layers: &[MaskLayer<FloatTensor<B>>],
    dropouts: &[Dropout],
) -> MaskPass<FloatTensor<B>> {
    let (mut outputs, mut kept) = (Vec::new(), Vec::new());
    for (layer, dropout) in layers.iter().cloned().zip(dropouts) {
        let embeddings: Tensor<B, 2> = tensor(embeddings.clone());
        let inner = embeddings.clone().matmul(tensor(layer.mask_in));
        let nothing = Dropout { rate: 0.0, bits: dropout.bits };
        let inner: Tensor<B, 2> =
            tensor(B::bias_relu(primitive(inner), layer.mask_in_bias, &nothing));
        let mask = inner.clone().matmul(tensor(layer.mask_out))
            + tensor::<B, 1>(layer.mask_out_bias).unsqueeze();
        let masked = mask.clone() * embeddings;
        let product = masked.clone().matmul(tensor(layer.weight));
        let product = primitive(product);
        let Normalised { output, mean, variance } =
            B::norm_relu(product.clone(), layer.gamma, layer.beta, Over::Units, dropout);
        outputs.push(tensor::<B, 2>(output.clone()));
        let [inner, mask, masked] = [inner, mask, masked].map(primitive);
        let values: [_; KEPT] = [inner, mask, masked, product, mean, variance, output];
        kept.extend(values);
    }
    MaskPass { output: primitive(Tensor::cat(outputs, 1)), kept }
}

/// The gradients of embeddings and parameters from that of the outputs, in burn's tensor
/// operations.
pub fn backward<B: Kernels>(
    grad: Tensor<B, 2>,
    embeddings: FloatTensor<B>,
    layers: &[MaskLayer<FloatTensor<B>>],
    pass: MaskPass<FloatTensor<B>>,
    scale: f32,
) -> (FloatTensor<B>, Vec<MaskLayer<FloatTensor<B>>>) {
    let embeddings: Tensor<B, 2> = tensor(embeddings);
    let mut grad_embeddings = embeddings.zeros_like();
    let mut kept = pass.kept.into_iter();
    let mut start = 0;
    let grads = layers.iter().cloned().map(|layer| {
        let values: [_; KEPT] = std::array::from_fn(|_| kept.next().expect("kept by `forward`"));
        let [inner, mask, masked, product, mean, variance, output] = values;
        let width = product.shape()[1];
        let grad = primitive(grad.clone().narrow(1, start, width));
        start += width;
        let normalised = Normalised { output, mean, variance };
        let [grad, gamma, beta] =
            B::norm_relu_backward(grad, product, layer.gamma, normalised, Over::Units, scale);
        let [mask, masked, inner] = [mask, masked, inner].map(tensor::<B, 2>);
        let grad: Tensor<B, 2> = tensor(grad);
        let weight = masked.transpose().matmul(grad.clone());
        let grad = grad.matmul(tensor::<B, 2>(layer.weight).transpose());
        grad_embeddings = grad_embeddings.clone() + grad.clone() * mask;
        let grad = grad * embeddings.clone();
        let mask_out = inner.clone().transpose().matmul(grad.clone());
        let mask_out_bias = grad.clone().sum_dim(0).squeeze_dim::<1>(0);
        let grad = grad.matmul(tensor::<B, 2>(layer.mask_out).transpose());
        let grad = through_relu(grad, inner, 1.0);
        let mask_in = embeddings.clone().transpose().matmul(grad.clone());
        let mask_in_bias = grad.clone().sum_dim(0).squeeze_dim::<1>(0);
        let grad = grad.matmul(tensor::<B, 2>(layer.mask_in).transpose());
        grad_embeddings = grad_embeddings.clone() + grad;
        MaskLayer {
            mask_in: primitive(mask_in),
            mask_in_bias: primitive(mask_in_bias),
            mask_out: primitive(mask_out),
            mask_out_bias: primitive(mask_out_bias),
            weight: primitive(weight),
            gamma,
            beta,
        }
    });
    let grads = grads.collect();
    (primitive(grad_embeddings), grads)
}
