//! Operations on rows of one-hot blocks, one block for each field of a click log.
//!
//! A real row is never written out: it is the list of its codes, and its product with a weight
//! matrix is the sum of that many of the matrix's rows. What a network says about a row is as wide
//! as all vocabularies together; these operations pass over it as few times as they can.
//!
//! As in [`kernels`](super::kernels), default bodies in burn's operations serve `ndarray` and
//! CUDA, `flex` has passes of its own, and the autodiff decorator the explicit backward.

mod autodiff;
pub mod diffusion;
mod flex;
mod layout;
mod loops;

#[cfg(test)]
mod tests;

pub use diffusion::DiffusionKernels;
pub use layout::Blocks;

use super::dense::DenseKernels;
use super::kernels::{primitive, tensor};
use crate::seed::Counter;
use burn::tensor::activation::{log_softmax, softmax};
use burn::tensor::backend::Backend;
use burn::tensor::ops::{FloatTensor, IntTensor};
use burn::tensor::{IndexingUpdateOp, Int, Tensor, TensorData};

/// The block-wise cross-entropy and what its backward needs.
pub struct CrossEntropy<T> {
    /// Sum of a row's cross-entropies, `[n, 1]`.
    pub loss: T,
    /// Softmax of the blocks that have a target, 0 in the others, `[n, w]`.
    pub softmax: T,
}

/// Gumbel noise addressed by position.
#[derive(Clone, Copy, Debug)]
pub struct Gumbel(pub Counter);

impl Gumbel {
    /// Words of random bits per row of `width` columns: two columns to a word.
    fn words(width: usize) -> u64 {
        width.div_ceil(2) as u64
    }

    /// Writes a row's noise `−ln(−ln u)`, the `u` on a grid of 2²³ numbers inside `(0, 1)`.
    fn fill(&self, row: usize, noise: &mut [f32]) {
        loops::gumbel(&self.0, row as u64 * Self::words(noise.len()), noise);
    }

    fn tensor<B: Backend>(&self, shape: [usize; 2], device: &B::Device) -> Tensor<B, 2> {
        let mut noise = vec![0.0f32; shape[0] * shape[1]];
        for (row, noise) in noise.chunks_mut(shape[1].max(1)).enumerate() {
            self.fill(row, noise);
        }
        Tensor::from_data(TensorData::new(noise, shape), device)
    }
}

/// `output[block] = f(x[block])` for each block; the columns after the blocks go through `rest`.
fn each_block<B: Backend>(
    x: &Tensor<B, 2>,
    blocks: &Blocks,
    f: impl Fn(Tensor<B, 2>) -> Tensor<B, 2>,
    rest: impl Fn(Tensor<B, 2>) -> Tensor<B, 2>,
) -> Tensor<B, 2> {
    let [n, width] = x.dims();
    let mut parts: Vec<_> =
        blocks.ranges().map(|range| f(x.clone().slice([0..n, range]))).collect();
    if blocks.width() < width {
        parts.push(rest(x.clone().slice([0..n, blocks.width()..width])));
    }
    Tensor::cat(parts, 1)
}

/// The operations. Shapes: `n` rows, `w` columns (those of all blocks, and others after them where
/// an operation says so), `f` blocks, `r` rows of a weight matrix with `m` columns. Floats are
/// `f32`; codes are columns.
pub trait BlockKernels: DiffusionKernels + DenseKernels {
    /// Sums of rows of a weight matrix, that is the product of multi-hot rows with it: `table
    /// [r, m]` and `codes [n, t]` give `[n, m]`.
    fn embed_sum(table: FloatTensor<Self>, codes: IntTensor<Self>) -> FloatTensor<Self> {
        let (table, codes) =
            (tensor::<Self, 2>(table), Tensor::<Self, 2, Int>::from_primitive(codes));
        let ([_, m], [n, t]) = (table.dims(), codes.dims());
        let rows = table.select(0, codes.reshape([n * t])).reshape([n, t, m]);
        primitive(rows.sum_dim(1).reshape([n, m]))
    }

    /// Adds row `i` of `grad [n, m]` to the rows `codes[i]` of `table [r, m]`: on zeros, the
    /// gradient of [`embed_sum`](Self::embed_sum)'s table.
    fn scatter_rows(
        table: FloatTensor<Self>,
        codes: IntTensor<Self>,
        grad: FloatTensor<Self>,
    ) -> FloatTensor<Self> {
        let (table, codes) =
            (tensor::<Self, 2>(table), Tensor::<Self, 2, Int>::from_primitive(codes));
        let ([_, m], [n, t]) = (table.dims(), codes.dims());
        let grad = tensor::<Self, 2>(grad).reshape([n, 1, m]).repeat_dim(1, t).reshape([n * t, m]);
        primitive(table.select_assign(0, codes.reshape([n * t]), grad, IndexingUpdateOp::Add))
    }

    /// The Gumbel-softmax of each block, `softmax((x + g)/τ)` (Jang, Gu and Poole 2017; Maddison,
    /// Mnih and Teh 2017); the columns after the blocks go through `tanh`. `[n, w]` gives `[n, w]`.
    fn gumbel_softmax(
        x: FloatTensor<Self>,
        blocks: &Blocks,
        temperature: f32,
        noise: Gumbel,
    ) -> FloatTensor<Self> {
        let x = tensor::<Self, 2>(x);
        let [n, width] = x.dims();
        let noise = noise.tensor::<Self>([n, blocks.width()], &x.device());
        let noisy = x.clone().slice([0..n, 0..blocks.width()]) + noise;
        let soft = each_block(&noisy, blocks, |x| softmax(x.div_scalar(temperature), 1), |x| x);
        if blocks.width() == width {
            return primitive(soft);
        }
        let rest = x.slice([0..n, blocks.width()..width]).tanh();
        primitive(Tensor::cat(vec![soft, rest], 1))
    }

    /// Gradient of [`gumbel_softmax`](Self::gumbel_softmax)'s `x` from that of its output:
    /// `p·(g − Σ p·g)/τ` in each block, `(1 − y²)·g` after them.
    fn gumbel_softmax_backward(
        grad: FloatTensor<Self>,
        output: FloatTensor<Self>,
        blocks: &Blocks,
        temperature: f32,
    ) -> FloatTensor<Self> {
        let (grad, output) = (tensor::<Self, 2>(grad), tensor::<Self, 2>(output));
        let ([n, width], end) = (grad.dims(), blocks.width());
        let along = each_block(
            &(grad.clone() * output.clone()),
            blocks,
            |part| {
                let width = part.dims()[1];
                part.sum_dim(1).repeat_dim(1, width)
            },
            |part| part,
        );
        let blocks_of = |x: &Tensor<Self, 2>| x.clone().slice([0..n, 0..end]);
        let soft = blocks_of(&output) * (blocks_of(&grad) - blocks_of(&along));
        let soft = soft.div_scalar(temperature);
        if end == width {
            return primitive(soft);
        }
        let (y, g) = (output.slice([0..n, end..width]), grad.slice([0..n, end..width]));
        primitive(Tensor::cat(vec![soft, (-y.clone() * y + 1.0) * g], 1))
    }

    /// Cross-entropies of the blocks that `codes [n, t]` name, which are different ones within a
    /// row: `−Σ ln softmax(x[block of c])[c]`. Columns after the blocks play no part.
    fn block_cross_entropy(
        x: FloatTensor<Self>,
        codes: IntTensor<Self>,
        blocks: &Blocks,
    ) -> CrossEntropy<FloatTensor<Self>> {
        let (x, codes) = (tensor::<Self, 2>(x), Tensor::<Self, 2, Int>::from_primitive(codes));
        let logs = each_block(&x, blocks, |x| log_softmax(x, 1), |x| x.zeros_like());
        let loss = logs.clone().gather(1, codes.clone()).sum_dim(1).neg();
        let mut wanted: Vec<Tensor<Self, 2>> = blocks
            .ranges()
            .map(|range| {
                let above = codes.clone().greater_equal_elem(range.start as i32).float();
                let below = codes.clone().lower_elem(range.end as i32).float();
                (above * below).sum_dim(1).repeat_dim(1, range.len())
            })
            .collect();
        let [n, width] = x.dims();
        if blocks.width() < width {
            wanted.push(Tensor::zeros([n, width - blocks.width()], &x.device()));
        }
        let softmax = logs.exp() * Tensor::cat(wanted, 1);
        CrossEntropy { loss: primitive(loss), softmax: primitive(softmax) }
    }

    /// Gradient of [`block_cross_entropy`](Self::block_cross_entropy)'s `x` from that of its loss
    /// `[n, 1]`: the softmax less the one-hot targets.
    fn block_cross_entropy_backward(
        grad: FloatTensor<Self>,
        softmax: FloatTensor<Self>,
        codes: IntTensor<Self>,
    ) -> FloatTensor<Self> {
        let (grad, softmax) = (tensor::<Self, 2>(grad), tensor::<Self, 2>(softmax));
        let codes = Tensor::<Self, 2, Int>::from_primitive(codes);
        let targets = grad.clone().neg().repeat_dim(1, codes.dims()[1]);
        primitive((softmax * grad).scatter(1, codes, targets, IndexingUpdateOp::Add))
    }

    /// Draws a code in each block from `softmax(x[block])`: the first whose cumulated probability
    /// exceeds the uniform number. `x [n, w]` and `uniforms [n, f]` give `[n, f]`.
    fn draw_codes(
        x: FloatTensor<Self>,
        uniforms: FloatTensor<Self>,
        blocks: &Blocks,
    ) -> IntTensor<Self> {
        let (x, uniforms) = (tensor::<Self, 2>(x), tensor::<Self, 2>(uniforms));
        let n = x.dims()[0];
        let drawn = blocks.ranges().enumerate().map(|(f, range)| {
            let (start, size) = (range.start as i32, range.len());
            let cumulated = softmax(x.clone().slice([0..n, range]), 1).cumsum(1);
            let total = cumulated.clone().slice([0..n, size - 1..size]);
            let limit = uniforms.clone().slice([0..n, f..f + 1]) * total;
            let passed = cumulated.lower_equal(limit.repeat_dim(1, size)).int().sum_dim(1);
            passed.clamp_max(size as i32 - 1) + start
        });
        Tensor::cat(drawn.collect(), 1).into_primitive()
    }
}

impl BlockKernels for burn_ndarray::NdArray {}

#[cfg(feature = "cuda")]
impl BlockKernels for burn_cuda::Cuda {}
