//! The kernels of the CPU backend `flex`: few passes over memory, all of them parallel.

use super::batch::{Statistics, Sums};
use super::fresh;
use super::loops::{self, BLOCK_ROWS};
use super::matrix::{self, Matrix};
use super::{AdamState, AdamStep, Dropout, Kernels, Normalised, Over};
use burn::tensor::{TensorData, TensorMetadata};
use burn_flex::{Flex, FlexTensor};
use rayon::prelude::*;

/// The elements of a tensor in row-major order, copied only if they are not stored so.
pub(in crate::nn) fn contiguous(x: FlexTensor) -> FlexTensor {
    if x.as_slice::<f32>().is_some() { x } else { x.to_contiguous() }
}

pub(in crate::nn) fn slice(x: &FlexTensor) -> &[f32] {
    x.as_slice().expect("made contiguous")
}

/// The tensor with its whole storage in row-major order; writing to it copies only if somebody
/// else holds the storage too.
pub(in crate::nn) fn owned(x: FlexTensor) -> FlexTensor {
    x.to_contiguous()
}

pub(in crate::nn) fn from_vec(values: Vec<f32>, shape: impl Into<Vec<usize>>) -> FlexTensor {
    FlexTensor::from_data(TensorData::new(values, shape.into()))
}

pub(in crate::nn) fn dims(x: &FlexTensor) -> [usize; 2] {
    x.shape().dims()
}

/// A vector written by parallel passes: `fill(i, chunk)` writes the `i`-th `block` of elements.
pub(in crate::nn) fn filled<F>(len: usize, block: usize, fill: F) -> Vec<f32>
where
    F: Fn(usize, &mut [f32]) + Sync,
{
    let mut values = vec![0.0; len];
    values.par_chunks_mut(block).enumerate().for_each(|(i, chunk)| fill(i, chunk));
    values
}

/// Adds up per-block sums in the order of the blocks, in double precision.
fn total(parts: impl Iterator<Item = Vec<f32>>, width: usize) -> Vec<f64> {
    parts.fold(vec![0.0; width], |mut total, part| {
        total.iter_mut().zip(&part).for_each(|(total, &part)| *total += f64::from(part));
        total
    })
}

/// `dropout(relu(slope·x + offset))` of rows `x`, slope and offset by column.
pub(in crate::nn) fn affine_relu(
    x: &[f32],
    [slope, offset]: [Vec<f32>; 2],
    dropout: &Dropout,
) -> Vec<f32> {
    let m = slope.len();
    let ([output], _) = fresh::filled(x.len() / m, BLOCK_ROWS, [m], |i, [fresh]| {
        let x = &x[i * BLOCK_ROWS * m..][..fresh.len()];
        ([loops::affine_relu(x, &slope, &offset, i * BLOCK_ROWS, dropout, fresh)], ())
    });
    output
}

/// Batch normalisation, ReLU and dropout: one pass for the moments, one for the rest.
fn batch_norm_relu(
    x: &[f32],
    gamma: &[f32],
    beta: &[f32],
    dropout: &Dropout,
) -> Normalised<FlexTensor> {
    let m = gamma.len();
    let statistics = Statistics::of(x, m);
    let output = affine_relu(x, statistics.map(gamma, beta), dropout);
    let Statistics { mean, variance, .. } = statistics;
    Normalised {
        output: from_vec(output, [x.len() / m, m]),
        mean: from_vec(mean, [1, m]),
        variance: from_vec(variance, [1, m]),
    }
}

/// Layer normalisation, ReLU and dropout, one row at a time.
fn layer_norm_relu(
    x: &[f32],
    gamma: &[f32],
    beta: &[f32],
    dropout: &Dropout,
) -> Normalised<FlexTensor> {
    let m = gamma.len();
    let n = x.len() / m;
    let ([output], moments) = fresh::filled(n, BLOCK_ROWS, [m], |i, [fresh]| {
        let mut moments = Vec::with_capacity(BLOCK_ROWS);
        let output = fresh.pieces(m, |r, fresh| {
            let row = i * BLOCK_ROWS + r;
            let x = &x[row * m..][..m];
            moments.push(loops::row_moments(x));
            loops::layer_norm_relu(x, moments[r], gamma, beta, row, dropout, fresh)
        });
        ([output], moments)
    });
    let (mean, variance) =
        moments.into_iter().flatten().map(|[mean, variance]| (mean, variance)).unzip();
    Normalised {
        output: from_vec(output, [n, m]),
        mean: from_vec(mean, [n, 1]),
        variance: from_vec(variance, [n, 1]),
    }
}

/// What the passes of a normalisation's backward read.
struct Backward<'a> {
    output: &'a [f32],
    x: &'a [f32],
    gamma: &'a [f32],
    mean: &'a [f32],
    variance: &'a [f32],
    scale: f32,
}

impl Backward<'_> {
    /// Turns the output's gradient into that of `x` in place; gives those of `γ` and `β`.
    fn batch(&self, grad: &mut [f32]) -> [Vec<f32>; 2] {
        let m = self.gamma.len();
        let block = BLOCK_ROWS * m;
        let parts = grad.par_chunks_mut(block).enumerate().map(|(i, grad)| {
            let range = i * block..i * block + grad.len();
            let (output, x) = (&self.output[range.clone()], &self.x[range]);
            Sums::of(grad, output, x, self.mean, self.scale)
        });
        let sums = Sums::total(parts.collect());
        let statistics = Statistics::given(grad.len() / m, self.mean, self.variance);
        let constants = statistics.backward(self.gamma, sums);
        constants.apply(grad, self.x, self.mean);
        [constants.gamma, constants.beta]
    }

    /// As [`batch`](Self::batch), the moments taken over each row's units.
    fn units(&self, grad: &mut [f32]) -> [Vec<f32>; 2] {
        let m = self.gamma.len();
        let block = BLOCK_ROWS * m;
        let parts: Vec<_> = grad
            .par_chunks_mut(block)
            .enumerate()
            .map(|(i, grad)| {
                let mut sums = [vec![0.0; m], vec![0.0; m]];
                for (r, grad) in grad.chunks_exact_mut(m).enumerate() {
                    let row = i * BLOCK_ROWS + r;
                    let (x, output) = (&self.x[row * m..][..m], &self.output[row * m..][..m]);
                    let moments = [self.mean[row], self.variance[row]];
                    loops::layer_norm_backward(
                        grad, x, output, moments, self.gamma, self.scale, &mut sums,
                    );
                }
                sums
            })
            .collect();
        let (gammas, betas): (Vec<_>, Vec<_>) = parts.into_iter().map(|[g, b]| (g, b)).unzip();
        let narrow = |sums: Vec<f64>| sums.into_iter().map(|s| s as f32).collect();
        [narrow(total(gammas.into_iter(), m)), narrow(total(betas.into_iter(), m))]
    }
}

/// A matrix where it lies, copied only where its elements lie backwards.
fn forwards(x: FlexTensor) -> FlexTensor {
    if x.layout().strides().iter().all(|&stride| stride >= 0) { x } else { x.to_contiguous() }
}

/// The matrix of a tensor that is [`forwards`].
fn matrix(x: &FlexTensor) -> Matrix<'_> {
    let strides = x.layout().strides();
    let strides = [0, 1].map(|dim| strides[dim].unsigned_abs());
    Matrix::strided(&x.storage()[x.layout().start_offset()..], dims(x), strides)
}

impl Kernels for Flex {
    /// As burn multiplies matrices, in memory that is neither cleared before nor copied after.
    fn matmul(a: FlexTensor, b: FlexTensor) -> FlexTensor {
        let (a, b) = (forwards(a), forwards(b));
        let shape = [dims(&a)[0], dims(&b)[1]];
        from_vec(matrix::product(matrix(&a), matrix(&b)), shape)
    }

    fn leaky_dropout(x: FlexTensor, slope: f32, dropout: &Dropout) -> [FlexTensor; 2] {
        let x = contiguous(x);
        let ([n, m], x) = (dims(&x), slice(&x));
        let (both, _) = fresh::filled(n, BLOCK_ROWS, [m, m], |i, fresh| {
            let x = &x[i * BLOCK_ROWS * m..][..fresh[0].len()];
            (loops::leaky_dropout(x, m, slope, i * BLOCK_ROWS, dropout, fresh), ())
        });
        both.map(|values| from_vec(values, [n, m]))
    }

    fn gather(table: FlexTensor, codes: FlexTensor) -> FlexTensor {
        let (table, codes) = (contiguous(table), codes.to_contiguous());
        let ([_, dim], [rows, fields]) = (dims(&table), dims(&codes));
        let (table, codes) = (slice(&table), codes.storage::<i32>());
        let row = fields * dim;
        let output = filled(rows * row, BLOCK_ROWS * row, |i, out| {
            let codes = &codes[i * BLOCK_ROWS * fields..];
            for (out, &code) in out.chunks_exact_mut(dim).zip(codes) {
                out.copy_from_slice(&table[code as usize * dim..][..dim]);
            }
        });
        from_vec(output, [rows, row])
    }

    fn gather_backward(grad: FlexTensor, codes: FlexTensor, n_codes: usize) -> FlexTensor {
        let (grad, codes) = (contiguous(grad), codes.to_contiguous());
        let ([_, width], [_, fields]) = (dims(&grad), dims(&codes));
        let dim = width / fields;
        let mut table = vec![0.0f32; n_codes * dim];
        // One thread: the additions are few, and their order decides the result's last bits.
        for (grad, &code) in slice(&grad).chunks_exact(dim).zip(codes.storage::<i32>()) {
            let row = &mut table[code as usize * dim..][..dim];
            row.iter_mut().zip(grad).for_each(|(sum, g)| *sum += g);
        }
        from_vec(table, [n_codes, dim])
    }

    fn pairwise(embeddings: FlexTensor, fields: usize) -> FlexTensor {
        let embeddings = contiguous(embeddings);
        let [rows, width] = dims(&embeddings);
        let (e, dim) = (slice(&embeddings), width / fields);
        let output = filled(rows, BLOCK_ROWS, |i, out| {
            let mut sum = vec![0.0f32; dim];
            for (r, out) in out.iter_mut().enumerate() {
                let row = &e[(i * BLOCK_ROWS + r) * width..][..width];
                sum.fill(0.0);
                let mut squares = 0.0;
                for embedding in row.chunks_exact(dim) {
                    for (sum, x) in sum.iter_mut().zip(embedding) {
                        *sum += x;
                        squares += x * x;
                    }
                }
                *out = 0.5 * (sum.iter().map(|s| s * s).sum::<f32>() - squares);
            }
        });
        from_vec(output, [rows, 1])
    }

    fn pairwise_backward(grad: FlexTensor, embeddings: FlexTensor, fields: usize) -> FlexTensor {
        let (grad, embeddings) = (contiguous(grad), contiguous(embeddings));
        let [rows, width] = dims(&embeddings);
        let (grad, e, dim) = (slice(&grad), slice(&embeddings), width / fields);
        let output = filled(rows * width, BLOCK_ROWS * width, |i, out| {
            let mut sum = vec![0.0f32; dim];
            for (r, out) in out.chunks_exact_mut(width).enumerate() {
                let row = i * BLOCK_ROWS + r;
                let e = &e[row * width..][..width];
                sum.fill(0.0);
                for embedding in e.chunks_exact(dim) {
                    sum.iter_mut().zip(embedding).for_each(|(sum, x)| *sum += x);
                }
                for (out, e) in out.chunks_exact_mut(dim).zip(e.chunks_exact(dim)) {
                    for j in 0..dim {
                        out[j] = grad[row] * (sum[j] - e[j]);
                    }
                }
            }
        });
        from_vec(output, [rows, width])
    }

    fn bias_relu(x: FlexTensor, bias: FlexTensor, dropout: &Dropout) -> FlexTensor {
        let (x, bias) = (contiguous(x), contiguous(bias));
        let [rows, m] = dims(&x);
        let output = affine_relu(slice(&x), [vec![1.0; m], slice(&bias).to_vec()], dropout);
        from_vec(output, [rows, m])
    }

    fn bias_relu_backward(
        grad: FlexTensor,
        output: FlexTensor,
        scale: f32,
    ) -> (FlexTensor, FlexTensor) {
        let (mut grad, output) = (owned(grad), contiguous(output));
        let [_, m] = dims(&grad);
        let (output, block) = (slice(&output), BLOCK_ROWS * m);
        let sums: Vec<_> = grad
            .storage_mut::<f32>()
            .par_chunks_mut(block)
            .enumerate()
            .map(|(i, grad)| {
                let mut sum = vec![0.0; m];
                loops::relu_backward(
                    grad,
                    &output[i * block..i * block + grad.len()],
                    scale,
                    &mut sum,
                );
                sum
            })
            .collect();
        let bias = total(sums.into_iter(), m).into_iter().map(|s| s as f32).collect();
        (grad, from_vec(bias, [m]))
    }

    fn norm_relu(
        x: FlexTensor,
        gamma: FlexTensor,
        beta: FlexTensor,
        over: Over,
        dropout: &Dropout,
    ) -> Normalised<FlexTensor> {
        let (x, gamma, beta) = (contiguous(x), contiguous(gamma), contiguous(beta));
        let (x, gamma, beta) = (slice(&x), slice(&gamma), slice(&beta));
        match over {
            Over::Batch => batch_norm_relu(x, gamma, beta, dropout),
            Over::Units => layer_norm_relu(x, gamma, beta, dropout),
        }
    }

    fn norm_relu_backward(
        grad: FlexTensor,
        x: FlexTensor,
        gamma: FlexTensor,
        forward: Normalised<FlexTensor>,
        over: Over,
        scale: f32,
    ) -> [FlexTensor; 3] {
        let (mut grad, x, gamma) = (owned(grad), contiguous(x), contiguous(gamma));
        let output = contiguous(forward.output);
        let (mean, variance) = (contiguous(forward.mean), contiguous(forward.variance));
        let pass = Backward {
            output: slice(&output),
            x: slice(&x),
            gamma: slice(&gamma),
            mean: slice(&mean),
            variance: slice(&variance),
            scale,
        };
        let m = pass.gamma.len();
        let [grad_gamma, grad_beta] = match over {
            Over::Batch => pass.batch(grad.storage_mut()),
            Over::Units => pass.units(grad.storage_mut()),
        };
        [grad, from_vec(grad_gamma, [m]), from_vec(grad_beta, [m])]
    }

    fn sum_of_squares(x: FlexTensor) -> FlexTensor {
        let x = contiguous(x);
        let parts: Vec<f64> = slice(&x)
            .par_chunks(1 << 14)
            .map(|part| part.iter().map(|&x| f64::from(x) * f64::from(x)).sum())
            .collect();
        from_vec(vec![parts.iter().sum::<f64>() as f32], [1])
    }

    fn adam(
        state: AdamState<FlexTensor>,
        grad: FlexTensor,
        clip: FlexTensor,
        step: &AdamStep,
    ) -> AdamState<FlexTensor> {
        let (grad, clip) = (contiguous(grad), slice(&contiguous(clip))[0]);
        let AdamState { parameter, first, second } = state;
        let (mut parameter, mut first, mut second) =
            (owned(parameter), owned(first), owned(second));
        const STRETCH: usize = 1 << 14;
        parameter
            .storage_mut::<f32>()
            .par_chunks_mut(STRETCH)
            .zip(first.storage_mut::<f32>().par_chunks_mut(STRETCH))
            .zip(second.storage_mut::<f32>().par_chunks_mut(STRETCH))
            .zip(slice(&grad).par_chunks(STRETCH))
            .for_each(|(((parameter, first), second), grad)| {
                loops::adam(parameter, first, second, grad, clip, step);
            });
        AdamState { parameter, first, second }
    }
}
