//! Operations of multinomial diffusion (Hoogeboom et al. 2021), one diffusion for each block.
//!
//! A step keeps a category with probability `α_t` and else draws one of the block's `K` anew, so
//!
//! ```text
//! q(x_t | x_{t−1}) = α_t [x_t = x_{t−1}] + (1 − α_t)/K
//! q(x_t | x_0)     = ᾱ_t [x_t = x_0] + (1 − ᾱ_t)/K,            ᾱ_t = α_0 ⋯ α_t
//! q(x_{t−1} = k | x_t, x_0) ∝ (α_t [k = x_t] + (1 − α_t)/K) · (ᾱ_{t−1} [k = x_0] + (1 − ᾱ_{t−1})/K)
//! ```
//!
//! and the model's `p(x_{t−1} | x_t)` is the last line with the network's softmax `p` in the place
//! of `[k = x_0]` (equations 11 to 17 there; Kotelnikov et al. 2023, section 3).

mod autodiff;
mod flex;

#[cfg(test)]
mod tests;

use super::Blocks;
use crate::nn::kernels::{Kernels, primitive, tensor};
use burn::tensor::activation::softmax;
use burn::tensor::ops::{FloatTensor, IntTensor};
use burn::tensor::{Int, Tensor};

/// Numbers for each row that say which step it is at: `α_t`, `1 − α_t`, `ᾱ_{t−1}` and
/// `1 − ᾱ_{t−1}`.
pub const RATES: usize = 4;

/// What stands for `1 − ᾱ_{−1} = 0` at the first step, where `x_{t−1}` is the row itself and the
/// divergence is `−ln p(x_0 | x_1)`: small enough to change no sum, large enough for logarithms.
pub const NO_NOISE: f32 = 1e-30;

/// A divergence and its derivative.
pub struct Divergence<T> {
    /// Sum over a row's blocks, `[n, 1]`.
    pub divergence: T,
    /// Derivative of a row's divergence by its logits, `[n, w]`.
    pub slope: T,
}

/// Block `f` of a row's codes as one-hot vectors, `[n, K]`.
fn one_hot<B: Kernels>(
    codes: &Tensor<B, 2, Int>,
    f: usize,
    range: &std::ops::Range<usize>,
) -> Tensor<B, 2> {
    let (n, size) = (codes.dims()[0], range.len());
    let columns =
        Tensor::<B, 1, Int>::arange(range.start as i64..range.end as i64, &codes.device());
    let columns = columns.unsqueeze::<2>().repeat_dim(0, n);
    codes.clone().slice([0..n, f..f + 1]).repeat_dim(1, size).equal(columns).float()
}

/// A column of the rates, `[n, 1]`.
fn rate<B: Kernels>(rates: &Tensor<B, 2>, which: usize) -> Tensor<B, 2> {
    rates.clone().slice([0..rates.dims()[0], which..which + 1])
}

/// The operations. Shapes: `n` rows, `w` columns, those of all `f` blocks; codes are columns.
pub trait DiffusionKernels: Kernels {
    /// `KL(q(x_{t−1} | x_t, x_0) ‖ p(x_{t−1} | x_t))`, the blocks' divergences summed: logits
    /// `x [n, w]`, `x_0` and `x_t` as codes `start` and `noisy [n, f]`, and the steps'
    /// `rates [n, 4]`.
    fn multinomial_kl(
        x: FloatTensor<Self>,
        start: IntTensor<Self>,
        noisy: IntTensor<Self>,
        rates: FloatTensor<Self>,
        blocks: &Blocks,
    ) -> Divergence<FloatTensor<Self>> {
        let (x, rates) = (tensor::<Self, 2>(x), tensor::<Self, 2>(rates));
        let [start, noisy] = [start, noisy].map(Tensor::<Self, 2, Int>::from_primitive);
        let [keep, renew, kept, renewed] = [0, 1, 2, 3].map(|which| rate(&rates, which));
        let n = x.dims()[0];
        let (mut total, mut slopes) = (Tensor::zeros([n, 1], &x.device()), Vec::new());
        for (f, range) in blocks.ranges().enumerate() {
            let size = range.len() as f32;
            let p = softmax(x.clone().slice([0..n, range.clone()]), 1);
            let step = one_hot(&noisy, f, &range) * keep.clone() + renew.clone() / size;
            let before = |x: Tensor<Self, 2>| x * kept.clone() + renewed.clone() / size;
            let (truth, model) = (before(one_hot(&start, f, &range)), before(p.clone()));
            let (truth_sum, model_sum) = (
                (step.clone() * truth.clone()).sum_dim(1),
                (step.clone() * model.clone()).sum_dim(1),
            );
            let q = step.clone() * truth.clone() / truth_sum.clone();
            let logs = (q.clone() * (truth.log() - model.clone().log())).sum_dim(1);
            total = total + logs + model_sum.clone().log() - truth_sum.log();
            let by_p = (step / model_sum - q / model) * kept.clone();
            let by_log = p.clone() * by_p;
            slopes.push(by_log.clone() - p * by_log.sum_dim(1));
        }
        Divergence { divergence: primitive(total), slope: primitive(Tensor::cat(slopes, 1)) }
    }

    /// Gradient of [`multinomial_kl`](Self::multinomial_kl)'s `x` from that of the divergence
    /// `[n, 1]`.
    fn multinomial_kl_backward(
        grad: FloatTensor<Self>,
        slope: FloatTensor<Self>,
    ) -> FloatTensor<Self> {
        primitive(tensor::<Self, 2>(slope) * tensor::<Self, 2>(grad))
    }

    /// Draws `x_{t−1}` from `p(x_{t−1} | x_t)`: logits `x [n, w]`, codes `noisy [n, f]`,
    /// `rates [n, 4]` and one uniform number for each block, `[n, f]`, give codes `[n, f]`.
    ///
    /// The distribution is a mixture, and the uniform number first says of what: of `x_t` again,
    /// of any category alike, and of the softmax, in which it then counts as in
    /// [`draw_codes`](super::BlockKernels::draw_codes).
    fn draw_reverse(
        x: FloatTensor<Self>,
        noisy: IntTensor<Self>,
        rates: FloatTensor<Self>,
        uniforms: FloatTensor<Self>,
        blocks: &Blocks,
    ) -> IntTensor<Self> {
        let (x, rates, uniforms) =
            (tensor::<Self, 2>(x), tensor::<Self, 2>(rates), tensor::<Self, 2>(uniforms));
        let noisy = Tensor::<Self, 2, Int>::from_primitive(noisy);
        let [keep, renew, kept, renewed] = [0, 1, 2, 3].map(|which| rate(&rates, which));
        let n = x.dims()[0];
        let drawn = blocks.ranges().enumerate().map(|(f, range)| {
            let (size, first) = (range.len(), range.start as i32);
            let current = noisy.clone().slice([0..n, f..f + 1]);
            let p = softmax(x.clone().slice([0..n, range.clone()]), 1);
            let of_current = (p.clone() * one_hot(&noisy, f, &range)).sum_dim(1) * kept.clone();
            let again = (of_current + renewed.clone() / size as f32) * keep.clone();
            let other = renew.clone() / size as f32;
            let mass = uniforms.clone().slice([0..n, f..f + 1]) * (again.clone() + other.clone());
            let stays = mass.clone().lower(again.clone());
            let rest = (mass - again) / other;
            let alike = rest.clone().lower(renewed.clone());
            let any = (rest.clone() / renewed.clone() * size as f32).clamp(0.0, size as f32);
            let any = any.int().clamp_max(size as i32 - 1) + first;
            let cumulated = p.cumsum(1);
            let total = cumulated.clone().slice([0..n, size - 1..size]);
            let limit = (rest - renewed.clone()) / kept.clone() * total;
            let passed = cumulated.lower_equal(limit.repeat_dim(1, size)).int().sum_dim(1);
            let likely = passed.clamp_max(size as i32 - 1) + first;
            likely.mask_where(alike, any).mask_where(stays, current)
        });
        Tensor::cat(drawn.collect(), 1).into_primitive()
    }
}

impl DiffusionKernels for burn_ndarray::NdArray {}

#[cfg(feature = "cuda")]
impl DiffusionKernels for burn_cuda::Cuda {}
