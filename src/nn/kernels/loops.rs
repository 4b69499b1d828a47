//! The inner loops of the `flex` kernels: plain slices, a block of rows at a time.
//!
//! Each loop is compiled for AVX-512, AVX2 and the baseline, and picked at run time; none
//! branches on data, so that the compiler vectorises all of them. Blocks have a fixed number of
//! rows whatever the number of threads, and their sums are added in order, so results do not
//! depend on the threads.

use super::{AdamStep, Dropout};
use multiversion::multiversion;

/// Rows of a block: enough to amortise a task, few enough to stay in the cache of its core.
pub const BLOCK_ROWS: usize = 64;

/// Adds to `sum` and `squares`, per unit, the rows' distances from `shift` and their squares.
///
/// Shifting by a value of the data keeps the variance exact where the mean is far from 0.
#[multiversion(targets("x86_64+avx512f+avx512bw+avx512dq+avx512vl+avx2+fma", "x86_64+avx2+fma"))]
pub fn moments(x: &[f32], shift: &[f32], sum: &mut [f32], squares: &mut [f32]) {
    let m = shift.len();
    let (sum, squares) = (&mut sum[..m], &mut squares[..m]);
    for row in x.chunks_exact(m) {
        for j in 0..m {
            let distance = row[j] - shift[j];
            sum[j] += distance;
            squares[j] += distance * distance;
        }
    }
}

/// `output = keep · relu(x · slope + offset)` for the block that begins at row `first`.
#[multiversion(targets("x86_64+avx512f+avx512bw+avx512dq+avx512vl+avx2+fma", "x86_64+avx2+fma"))]
pub fn affine_relu(
    x: &[f32],
    slope: &[f32],
    offset: &[f32],
    first: usize,
    dropout: &Dropout,
    output: &mut [f32],
) {
    let m = slope.len();
    let offset = &offset[..m];
    let mut keep = vec![1.0; m];
    for (i, (row, output)) in x.chunks_exact(m).zip(output.chunks_exact_mut(m)).enumerate() {
        if dropout.rate > 0.0 {
            dropout.row_mask(first + i, &mut keep);
        }
        for j in 0..m {
            output[j] = (row[j] * slope[j] + offset[j]).max(0.0) * keep[j];
        }
    }
}

/// Takes `grad` back through dropout and ReLU in place and adds its column sums to `sum`.
#[multiversion(targets("x86_64+avx512f+avx512bw+avx512dq+avx512vl+avx2+fma", "x86_64+avx2+fma"))]
pub fn relu_backward(grad: &mut [f32], output: &[f32], scale: f32, sum: &mut [f32]) {
    let m = sum.len();
    for (grad, output) in grad.chunks_exact_mut(m).zip(output.chunks_exact(m)) {
        for j in 0..m {
            let g = if output[j] > 0.0 { grad[j] * scale } else { 0.0 };
            grad[j] = g;
            sum[j] += g;
        }
    }
}

/// As [`relu_backward`], and adds the column sums of the gradient times `x − mean` to `along`.
#[multiversion(targets("x86_64+avx512f+avx512bw+avx512dq+avx512vl+avx2+fma", "x86_64+avx2+fma"))]
pub fn norm_backward_sums(
    grad: &mut [f32],
    output: &[f32],
    x: &[f32],
    mean: &[f32],
    scale: f32,
    sum: &mut [f32],
    along: &mut [f32],
) {
    let m = sum.len();
    let (mean, along) = (&mean[..m], &mut along[..m]);
    let rows = grad.chunks_exact_mut(m).zip(output.chunks_exact(m)).zip(x.chunks_exact(m));
    for ((grad, output), x) in rows {
        for j in 0..m {
            let g = if output[j] > 0.0 { grad[j] * scale } else { 0.0 };
            grad[j] = g;
            sum[j] += g;
            along[j] += g * (x[j] - mean[j]);
        }
    }
}

/// `grad = slope · (grad − constant − linear · (x − mean))`, the second pass of batch
/// normalisation's backward.
#[multiversion(targets("x86_64+avx512f+avx512bw+avx512dq+avx512vl+avx2+fma", "x86_64+avx2+fma"))]
pub fn norm_backward_apply(
    grad: &mut [f32],
    x: &[f32],
    mean: &[f32],
    slope: &[f32],
    constant: &[f32],
    linear: &[f32],
) {
    let m = mean.len();
    let (slope, constant, linear) = (&slope[..m], &constant[..m], &linear[..m]);
    for (grad, x) in grad.chunks_exact_mut(m).zip(x.chunks_exact(m)) {
        for j in 0..m {
            grad[j] = slope[j] * (grad[j] - constant[j] - linear[j] * (x[j] - mean[j]));
        }
    }
}

/// One step of Adam over a stretch of a parameter.
#[multiversion(targets("x86_64+avx512f+avx512bw+avx512dq+avx512vl+avx2+fma", "x86_64+avx2+fma"))]
pub fn adam(
    parameter: &mut [f32],
    first: &mut [f32],
    second: &mut [f32],
    grad: &[f32],
    clip: f32,
    step: &AdamStep,
) {
    let n = parameter.len();
    let (first, second, grad) = (&mut first[..n], &mut second[..n], &grad[..n]);
    for i in 0..n {
        let g = grad[i] * clip + step.decay * parameter[i];
        first[i] = step.beta_1 * first[i] + (1.0 - step.beta_1) * g;
        second[i] = step.beta_2 * second[i] + (1.0 - step.beta_2) * g * g;
        let root = second[i].sqrt() * step.root_correction + step.epsilon;
        parameter[i] -= step.rate * first[i] / root;
    }
}
