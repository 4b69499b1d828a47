//! The inner loops of the `flex` kernels: plain slices, a block of rows at a time.
//!
//! Each loop is compiled for AVX-512, AVX2 and the baseline, and picked at run time; none
//! branches on data, so that the compiler vectorises all of them. Blocks have a fixed number of
//! rows whatever the number of threads, and their sums are added in order, so results do not
//! depend on the threads.

use super::batch::inverse_root;
use super::fresh::Fresh;
use super::{AdamStep, Dropout};
use multiversion::multiversion;

/// Rows of a block: enough to amortise a task, few enough to stay in the cache of its core.
pub const BLOCK_ROWS: usize = 64;

/// The dropout factors of rows, one row at a time.
struct Keep<'a> {
    dropout: &'a Dropout,
    words: Vec<u64>,
    /// The random bits have to be at least this.
    threshold: u16,
    scale: f32,
}

/// The dropout factors of one row.
struct RowKeep<'a> {
    bits: &'a [u16],
    threshold: u16,
    scale: f32,
}

impl<'a> Keep<'a> {
    #[inline(always)]
    fn new(dropout: &'a Dropout, width: usize) -> Self {
        Self {
            dropout,
            // Where nothing is dropped the bits stay 0, which is enough to be kept.
            words: vec![0; Dropout::words(width) as usize],
            threshold: dropout.threshold(),
            scale: dropout.scale(),
        }
    }

    #[inline(always)]
    fn row(&mut self, row: usize, width: usize) -> RowKeep<'_> {
        if self.dropout.rate > 0.0 {
            self.dropout.row_bits(row, &mut self.words);
        }
        let bits = &bytemuck::cast_slice(&self.words)[..width];
        RowKeep { bits, threshold: self.threshold, scale: self.scale }
    }
}

impl RowKeep<'_> {
    #[inline(always)]
    fn factor(&self, unit: usize) -> f32 {
        if u16::from_le(self.bits[unit]) >= self.threshold { self.scale } else { 0.0 }
    }
}

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

/// `output = keep · relu(x · slope + offset)` for the rows that begin with row `first`.
#[multiversion(targets("x86_64+avx512f+avx512bw+avx512dq+avx512vl+avx2+fma", "x86_64+avx2+fma"))]
pub fn affine_relu<'a>(
    x: &[f32],
    slope: &[f32],
    offset: &[f32],
    first: usize,
    dropout: &Dropout,
    output: Fresh<'a>,
) -> &'a mut [f32] {
    let m = slope.len();
    let offset = &offset[..m];
    let mut keep = Keep::new(dropout, m);
    output.pieces(m, |i, output| {
        let row = &x[i * m..][..m];
        let keep = keep.row(first + i, m);
        output.write(m, |j| (row[j] * slope[j] + offset[j]).max(0.0) * keep.factor(j))
    })
}

/// `values = keep · relu(values + bias)` for the rows that begin with row `first`.
#[multiversion(targets("x86_64+avx512f+avx512bw+avx512dq+avx512vl+avx2+fma", "x86_64+avx2+fma"))]
pub fn bias_relu(values: &mut [f32], bias: &[f32], first: usize, dropout: &Dropout) {
    let m = bias.len();
    let mut keep = Keep::new(dropout, m);
    for (i, row) in values.chunks_exact_mut(m).enumerate() {
        let keep = keep.row(first + i, m);
        for j in 0..m {
            row[j] = (row[j] + bias[j]).max(0.0) * keep.factor(j);
        }
    }
}

/// What leaky ReLU and dropout multiply the rows that begin with row `first` with, and the products.
#[multiversion(targets("x86_64+avx512f+avx512bw+avx512dq+avx512vl+avx2+fma", "x86_64+avx2+fma"))]
pub fn leaky_dropout<'a>(
    x: &[f32],
    m: usize,
    slope: f32,
    first: usize,
    dropout: &Dropout,
    [factors, output]: [Fresh<'a>; 2],
) -> [&'a mut [f32]; 2] {
    let mut keep = Keep::new(dropout, m);
    let factors = factors.pieces(m, |i, factors| {
        let row = &x[i * m..][..m];
        let keep = keep.row(first + i, m);
        factors.write(m, |j| (if row[j] <= 0.0 { slope } else { 1.0 }) * keep.factor(j))
    });
    let n = factors.len();
    let x = &x[..n];
    let output = output.write(n, |j| x[j] * factors[j]);
    [factors, output]
}

/// Adds `bias` to every row of `values`.
#[multiversion(targets("x86_64+avx512f+avx512bw+avx512dq+avx512vl+avx2+fma", "x86_64+avx2+fma"))]
pub fn add_bias(values: &mut [f32], bias: &[f32]) {
    let m = bias.len();
    for row in values.chunks_exact_mut(m) {
        for j in 0..m {
            row[j] += bias[j];
        }
    }
}

/// Adds all rows of `values` to `sum`.
#[multiversion(targets("x86_64+avx512f+avx512bw+avx512dq+avx512vl+avx2+fma", "x86_64+avx2+fma"))]
pub fn add_rows(values: &[f32], sum: &mut [f32]) {
    let m = sum.len();
    for row in values.chunks_exact(m) {
        for j in 0..m {
            sum[j] += row[j];
        }
    }
}

/// `output = a ⊙ b`.
#[multiversion(targets("x86_64+avx512f+avx512bw+avx512dq+avx512vl+avx2+fma", "x86_64+avx2+fma"))]
pub fn multiply<'a>(a: &[f32], b: &[f32], output: Fresh<'a>) -> &'a mut [f32] {
    let n = a.len();
    let b = &b[..n];
    output.write(n, |j| a[j] * b[j])
}

/// `sum += a ⊙ b`.
#[multiversion(targets("x86_64+avx512f+avx512bw+avx512dq+avx512vl+avx2+fma", "x86_64+avx2+fma"))]
pub fn add_multiplied(sum: &mut [f32], a: &[f32], b: &[f32]) {
    let n = sum.len();
    let (a, b) = (&a[..n], &b[..n]);
    for j in 0..n {
        sum[j] += a[j] * b[j];
    }
}

/// The sum of `f(0)` to `f(n - 1)`, in an order that does not depend on the processor.
#[inline(always)]
fn sum(n: usize, f: impl Fn(usize) -> f32) -> f32 {
    const LANES: usize = 16;
    let mut lanes = [0.0; LANES];
    let whole = n / LANES * LANES;
    for start in (0..whole).step_by(LANES) {
        for (j, lane) in lanes.iter_mut().enumerate() {
            *lane += f(start + j);
        }
    }
    (whole..n).fold(lanes.iter().sum(), |sum, j| sum + f(j))
}

/// Mean and biased variance of a row.
#[multiversion(targets("x86_64+avx512f+avx512bw+avx512dq+avx512vl+avx2+fma", "x86_64+avx2+fma"))]
pub fn row_moments(x: &[f32]) -> [f32; 2] {
    let n = x.len() as f32;
    let mean = sum(x.len(), |j| x[j]) / n;
    [mean, sum(x.len(), |j| (x[j] - mean) * (x[j] - mean)) / n]
}

/// Layer normalisation, ReLU and dropout of the row number `row`.
#[multiversion(targets("x86_64+avx512f+avx512bw+avx512dq+avx512vl+avx2+fma", "x86_64+avx2+fma"))]
pub fn layer_norm_relu<'a>(
    x: &[f32],
    [mean, variance]: [f32; 2],
    gamma: &[f32],
    beta: &[f32],
    row: usize,
    dropout: &Dropout,
    output: Fresh<'a>,
) -> &'a mut [f32] {
    let m = x.len();
    let (gamma, beta) = (&gamma[..m], &beta[..m]);
    let root = inverse_root(variance);
    let mut keep = Keep::new(dropout, m);
    let keep = keep.row(row, m);
    output.write(m, |j| ((x[j] - mean) * root * gamma[j] + beta[j]).max(0.0) * keep.factor(j))
}

/// Turns the gradient of a row of [`layer_norm_relu`]'s output into that of `x` in place, and adds
/// its part of the gradients of `γ` and `β` to `sums`.
#[multiversion(targets("x86_64+avx512f+avx512bw+avx512dq+avx512vl+avx2+fma", "x86_64+avx2+fma"))]
pub fn layer_norm_backward(
    grad: &mut [f32],
    x: &[f32],
    output: &[f32],
    [mean, variance]: [f32; 2],
    gamma: &[f32],
    scale: f32,
    [grad_gamma, grad_beta]: &mut [Vec<f32>; 2],
) {
    let m = grad.len();
    let (x, output, gamma) = (&x[..m], &output[..m], &gamma[..m]);
    let (grad_gamma, grad_beta) = (&mut grad_gamma[..m], &mut grad_beta[..m]);
    let root = inverse_root(variance);
    for j in 0..m {
        let g = if output[j] > 0.0 { grad[j] * scale } else { 0.0 };
        grad_gamma[j] += g * ((x[j] - mean) * root);
        grad_beta[j] += g;
        grad[j] = g * gamma[j];
    }
    let constant = sum(m, |j| grad[j]) / m as f32;
    let linear = sum(m, |j| grad[j] * ((x[j] - mean) * root)) / m as f32;
    for j in 0..m {
        grad[j] = (grad[j] - constant - (x[j] - mean) * root * linear) * root;
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
