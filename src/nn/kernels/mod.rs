//! The fused operations of networks, beyond what burn's backends offer.
//!
//! A training step is a handful of matrix products with element-wise work between them. Written
//! with burn's own operations, that work takes longer than the products: each normalisation,
//! activation, dropout and broadcast is one pass over memory or several. [`Kernels`] joins what
//! lies between two products into one operation with its own backward.
//!
//! Every operation has a default body in burn's tensor operations, which serves `ndarray` (the
//! reference) and CUDA (where burn fuses them itself); `flex` overrides it with passes of its own,
//! and the autodiff decorator with the explicit backward.

mod autodiff;
pub(super) mod batch;
pub(super) mod flex;
pub(super) mod fresh;
pub(super) mod loops;
pub(super) mod matrix;

#[cfg(test)]
mod tests;

use crate::seed::Counter;
use burn::tensor::backend::Backend;
use burn::tensor::ops::{FloatTensor, IntTensor};
use burn::tensor::{Int, Tensor, TensorData, TensorPrimitive};

/// Which units of a layer are dropped at one step.
#[derive(Clone, Copy, Debug)]
pub struct Dropout {
    /// Share of the units dropped, in `0..1`. At 0 nothing is drawn.
    pub rate: f64,
    /// Where the random bits come from: 16 for each unit, four units to a word.
    pub bits: Counter,
}

impl Dropout {
    /// What kept units are multiplied with so that expectations stay.
    pub fn scale(&self) -> f32 {
        (1.0 / (1.0 - self.rate)) as f32
    }

    /// A unit is kept if its 16 random bits are at least this.
    fn threshold(&self) -> u16 {
        (self.rate * 65536.0).round().min(65535.0) as u16
    }

    /// Words of random bits per row of `width` units.
    fn words(width: usize) -> u64 {
        width.div_ceil(4) as u64
    }

    /// Writes the random bits of the units of `row`, 16 for each in the order of memory.
    #[inline(always)]
    fn row_bits(&self, row: usize, words: &mut [u64]) {
        let first = row as u64 * words.len() as u64;
        for (word, index) in words.iter_mut().zip(first..) {
            *word = self.bits.word(index).to_le();
        }
    }

    /// The factors of all units of `rows` rows, or `None` where nothing is dropped.
    pub fn mask<B: Backend>(
        &self,
        rows: usize,
        width: usize,
        device: &B::Device,
    ) -> Option<Tensor<B, 2>> {
        (self.rate > 0.0).then(|| {
            let (threshold, scale) = (self.threshold(), self.scale());
            let mut mask = vec![0.0f32; rows * width];
            let mut words = vec![0; Self::words(width) as usize];
            for (row, keep) in mask.chunks_mut(width).enumerate() {
                self.row_bits(row, &mut words);
                for (j, keep) in keep.iter_mut().enumerate() {
                    let bits = (words[j / 4].to_le() >> (16 * (j % 4))) as u16;
                    *keep = if bits >= threshold { scale } else { 0.0 };
                }
            }
            Tensor::from_data(TensorData::new(mask, [rows, width]), device)
        })
    }
}

/// What a normalisation's mean and variance are taken over.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Over {
    /// The rows of the batch, for each unit: batch normalisation (Ioffe and Szegedy 2015).
    Batch,
    /// The units, for each row: layer normalisation (Ba, Kiros and Hinton 2016).
    Units,
}

impl Over {
    fn dim(self) -> usize {
        match self {
            Over::Batch => 0,
            Over::Units => 1,
        }
    }
}

/// Added to variances before their root, as in PyTorch.
pub const EPSILON: f64 = 1e-5;

/// The result of a normalisation: the activations and the statistics they were made with.
pub struct Normalised<T> {
    /// Activations, `[batch, units]`.
    pub output: T,
    /// Means: `[1, units]` over the batch, `[batch, 1]` over the units.
    pub mean: T,
    /// Variances (biased), shaped like the means.
    pub variance: T,
}

/// One step of Adam (Kingma and Ba 2015), bias corrections included in the numbers.
#[derive(Clone, Copy, Debug)]
pub struct AdamStep {
    /// Decay of the first moment.
    pub beta_1: f32,
    /// Decay of the second moment.
    pub beta_2: f32,
    /// Added to the root of the second moment.
    pub epsilon: f32,
    /// Learning rate over the first moment's bias correction.
    pub rate: f32,
    /// One over the root of the second moment's bias correction.
    pub root_correction: f32,
    /// This much of the parameter is added to its gradient.
    pub decay: f32,
}

/// A parameter and its moments.
pub struct AdamState<T> {
    /// The parameter.
    pub parameter: T,
    /// First moment of its gradient.
    pub first: T,
    /// Second moment of its gradient.
    pub second: T,
}

/// The tensor of a backend's primitive.
pub fn tensor<B: Backend, const D: usize>(primitive: FloatTensor<B>) -> Tensor<B, D> {
    Tensor::from_primitive(TensorPrimitive::Float(primitive))
}

/// The backend's primitive of a tensor.
pub fn primitive<B: Backend, const D: usize>(tensor: Tensor<B, D>) -> FloatTensor<B> {
    tensor.into_primitive().tensor()
}

/// `a·b`: `[n, k]` and `[k, m]` give `[n, m]`.
pub fn product<B: Kernels>(a: Tensor<B, 2>, b: Tensor<B, 2>) -> Tensor<B, 2> {
    tensor(B::matmul(primitive(a), primitive(b)))
}

/// Scales the gradient of the activations back to that of the values before ReLU and dropout.
/// A unit passed both exactly if its activation is above 0.
pub(super) fn through_relu<B: Backend>(
    grad: Tensor<B, 2>,
    output: Tensor<B, 2>,
    scale: f32,
) -> Tensor<B, 2> {
    grad.mul_scalar(scale).mask_fill(output.lower_equal_elem(0.0), 0.0)
}

/// Multiplies with the dropout mask after a ReLU.
fn relu_dropout<B: Backend>(x: Tensor<B, 2>, dropout: &Dropout) -> Tensor<B, 2> {
    let [rows, width] = x.dims();
    let mask = dropout.mask::<B>(rows, width, &x.device());
    let active = burn::tensor::activation::relu(x);
    match mask {
        Some(mask) => active * mask,
        None => active,
    }
}

/// The fused operations. Shapes: `n` rows in the batch, `m` units, `f` fields, `d` embedding
/// dimensions. Every tensor is `f32`.
pub trait Kernels: Backend {
    /// `a·b`: `a [n, k]` and `b [k, m]`, in whatever order their elements lie, give `[n, m]`.
    fn matmul(a: FloatTensor<Self>, b: FloatTensor<Self>) -> FloatTensor<Self> {
        Self::float_matmul(a, b)
    }

    /// Rows of a table side by side: `table [codes, d]` and `codes [n, f]` give `[n, f·d]`.
    fn gather(table: FloatTensor<Self>, codes: IntTensor<Self>) -> FloatTensor<Self> {
        let (table, codes) =
            (tensor::<Self, 2>(table), Tensor::<Self, 2, Int>::from_primitive(codes));
        let ([_, dim], [rows, fields]) = (table.dims(), codes.dims());
        primitive(table.select(0, codes.reshape([rows * fields])).reshape([rows, fields * dim]))
    }

    /// Gradient of [`gather`](Self::gather)'s table `[n_codes, d]` from that of its output.
    fn gather_backward(
        grad: FloatTensor<Self>,
        codes: IntTensor<Self>,
        n_codes: usize,
    ) -> FloatTensor<Self> {
        let (grad, codes) =
            (tensor::<Self, 2>(grad), Tensor::<Self, 2, Int>::from_primitive(codes));
        let ([rows, width], [_, fields]) = (grad.dims(), codes.dims());
        let dim = width / fields;
        let table = Tensor::zeros([n_codes, dim], &grad.device());
        let (codes, grad) = (codes.reshape([rows * fields]), grad.reshape([rows * fields, dim]));
        primitive(table.select_assign(0, codes, grad, burn::tensor::IndexingUpdateOp::Add))
    }

    /// Sum of the inner products of all pairs of a row's embeddings: `[n, f·d]` gives `[n, 1]`.
    ///
    /// With `s` the sum of a row's embeddings it is `(‖s‖² − Σ‖eᵢ‖²)/2` (Rendle 2010).
    fn pairwise(embeddings: FloatTensor<Self>, fields: usize) -> FloatTensor<Self> {
        let e = tensor::<Self, 2>(embeddings);
        let [rows, width] = e.dims();
        let sum = e
            .clone()
            .reshape([rows, fields, width / fields])
            .sum_dim(1)
            .reshape([rows, width / fields]);
        let squares = sum.powi_scalar(2).sum_dim(1) - e.powi_scalar(2).sum_dim(1);
        primitive(squares.mul_scalar(0.5))
    }

    /// Gradient of [`pairwise`](Self::pairwise)'s embeddings from that of its output `[n, 1]`.
    fn pairwise_backward(
        grad: FloatTensor<Self>,
        embeddings: FloatTensor<Self>,
        fields: usize,
    ) -> FloatTensor<Self> {
        let (grad, e) = (tensor::<Self, 2>(grad), tensor::<Self, 2>(embeddings));
        let [rows, width] = e.dims();
        let e = e.reshape([rows, fields, width / fields]);
        let others = e.clone().sum_dim(1) - e;
        primitive(others.reshape([rows, width]) * grad)
    }

    /// `dropout(relu(x + bias))`: `x [n, m]` and `bias [m]` give `[n, m]`.
    fn bias_relu(
        x: FloatTensor<Self>,
        bias: FloatTensor<Self>,
        dropout: &Dropout,
    ) -> FloatTensor<Self> {
        let (x, bias) = (tensor::<Self, 2>(x), tensor::<Self, 1>(bias));
        primitive(relu_dropout(x + bias.unsqueeze(), dropout))
    }

    /// Gradients of [`bias_relu`](Self::bias_relu)'s `x` and `bias` from that of its output.
    fn bias_relu_backward(
        grad: FloatTensor<Self>,
        output: FloatTensor<Self>,
        scale: f32,
    ) -> (FloatTensor<Self>, FloatTensor<Self>) {
        let grad = through_relu(tensor::<Self, 2>(grad), tensor(output), scale);
        let bias = grad.clone().sum_dim(0).squeeze_dim::<1>(0);
        (primitive(grad), primitive(bias))
    }

    /// Leaky ReLU and dropout of `x [n, m]`: what it is multiplied with, `slope` for values up to 0 and 1
    /// above, times the dropout's factor; and the product. `[n, m]` each.
    fn leaky_dropout(
        x: FloatTensor<Self>,
        slope: f32,
        dropout: &Dropout,
    ) -> [FloatTensor<Self>; 2] {
        let x = tensor::<Self, 2>(x);
        let [rows, width] = x.dims();
        let mut factors = x.ones_like().mask_fill(x.clone().lower_equal_elem(0.0), slope);
        if let Some(mask) = dropout.mask::<Self>(rows, width, &x.device()) {
            factors = factors * mask;
        }
        [primitive(factors.clone()), primitive(x * factors)]
    }

    /// `dropout(relu(γ·(x − mean)/√(variance + ε) + β))`: `x [n, m]`, `γ [m]` and `β [m]` give
    /// `[n, m]`.
    fn norm_relu(
        x: FloatTensor<Self>,
        gamma: FloatTensor<Self>,
        beta: FloatTensor<Self>,
        over: Over,
        dropout: &Dropout,
    ) -> Normalised<FloatTensor<Self>> {
        let x = tensor::<Self, 2>(x);
        let (gamma, beta) = (tensor::<Self, 1>(gamma), tensor::<Self, 1>(beta));
        let mean = x.clone().mean_dim(over.dim());
        let centred = x - mean.clone();
        let variance = centred.clone().powi_scalar(2).mean_dim(over.dim());
        let normal = centred / variance.clone().add_scalar(EPSILON).sqrt();
        let output = relu_dropout(normal * gamma.unsqueeze() + beta.unsqueeze(), dropout);
        Normalised {
            output: primitive(output),
            mean: primitive(mean),
            variance: primitive(variance),
        }
    }

    /// Gradients of [`norm_relu`](Self::norm_relu)'s `x`, `γ` and `β` from that of its output.
    ///
    /// With `g` the gradient before ReLU and dropout, `h = γ·g` and `z` the normalised values,
    /// that of `x` is `(h − mean(h) − z·mean(h·z))/√(variance + ε)`.
    fn norm_relu_backward(
        grad: FloatTensor<Self>,
        x: FloatTensor<Self>,
        gamma: FloatTensor<Self>,
        forward: Normalised<FloatTensor<Self>>,
        over: Over,
        scale: f32,
    ) -> [FloatTensor<Self>; 3] {
        let (x, gamma) = (tensor::<Self, 2>(x), tensor::<Self, 1>(gamma));
        let g = through_relu(tensor::<Self, 2>(grad), tensor(forward.output), scale);
        let root = tensor::<Self, 2>(forward.variance).add_scalar(EPSILON).sqrt();
        let z = (x - tensor(forward.mean)) / root.clone();
        let grad_gamma = (g.clone() * z.clone()).sum_dim(0).squeeze_dim::<1>(0);
        let grad_beta = g.clone().sum_dim(0).squeeze_dim::<1>(0);
        let h = g * gamma.unsqueeze();
        let along = z.clone() * (h.clone() * z).mean_dim(over.dim());
        let grad_x = (h.clone() - h.mean_dim(over.dim()) - along) / root;
        [primitive(grad_x), primitive(grad_gamma), primitive(grad_beta)]
    }

    /// Sum of the squares of all elements, `[1]`.
    fn sum_of_squares(x: FloatTensor<Self>) -> FloatTensor<Self> {
        let n = burn::tensor::TensorMetadata::shape(&x).num_elements();
        let x = Self::float_reshape(x, [n].into());
        primitive(tensor::<Self, 1>(x).powi_scalar(2).sum())
    }

    /// One step of Adam with the gradient multiplied by `clip [1]`.
    fn adam(
        state: AdamState<FloatTensor<Self>>,
        grad: FloatTensor<Self>,
        clip: FloatTensor<Self>,
        step: &AdamStep,
    ) -> AdamState<FloatTensor<Self>> {
        let shape = burn::tensor::TensorMetadata::shape(&grad);
        let flat = |x| tensor::<Self, 1>(Self::float_reshape(x, [shape.num_elements()].into()));
        let parameter = flat(state.parameter);
        let grad = flat(grad) * tensor(clip) + parameter.clone().mul_scalar(step.decay);
        let first =
            flat(state.first).mul_scalar(step.beta_1) + grad.clone().mul_scalar(1.0 - step.beta_1);
        let second = flat(state.second).mul_scalar(step.beta_2)
            + grad.powi_scalar(2).mul_scalar(1.0 - step.beta_2);
        let root = second.clone().sqrt().mul_scalar(step.root_correction).add_scalar(step.epsilon);
        let parameter = parameter - (first.clone() / root).mul_scalar(step.rate);
        let back = |x: Tensor<Self, 1>| Self::float_reshape(primitive(x), shape.clone());
        AdamState { parameter: back(parameter), first: back(first), second: back(second) }
    }
}

impl Kernels for burn_ndarray::NdArray {}

#[cfg(feature = "cuda")]
impl Kernels for burn_cuda::Cuda {}
