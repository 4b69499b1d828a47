//! The operations on blocks of the CPU backend `flex`.

use super::{BlockKernels, Blocks, CrossEntropy, Gumbel, loops};
use crate::nn::kernels::flex::{contiguous, dims, filled, from_vec, owned, slice};
use burn::tensor::TensorData;
use burn_flex::{Flex, FlexTensor};
use rayon::prelude::*;

/// Rows of a weight matrix whose sums one task makes.
const TABLE_ROWS: usize = 64;

/// By row of the weight matrix: which rows of the batch name it, ascending.
struct Mentions {
    starts: Vec<u32>,
    rows: Vec<u32>,
}

impl Mentions {
    fn new(codes: &[i32], per_row: usize, n_codes: usize) -> Self {
        let mut starts = vec![0u32; n_codes + 1];
        for &code in codes {
            starts[code as usize + 1] += 1;
        }
        for code in 0..n_codes {
            starts[code + 1] += starts[code];
        }
        let mut next = starts.clone();
        let mut rows = vec![0u32; codes.len()];
        for (row, codes) in codes.chunks_exact(per_row).enumerate() {
            for &code in codes {
                let slot = &mut next[code as usize];
                rows[*slot as usize] = row as u32;
                *slot += 1;
            }
        }
        Self { starts, rows }
    }

    fn of(&self, code: usize) -> &[u32] {
        &self.rows[self.starts[code] as usize..self.starts[code + 1] as usize]
    }
}

/// The cross-entropy of rows with a target in every block: the softmax is written over the logits.
fn whole_cross_entropy(
    x: FlexTensor,
    codes: FlexTensor,
    blocks: &Blocks,
) -> CrossEntropy<FlexTensor> {
    let mut softmax = owned(x);
    let ([n, width], t, codes) = (dims(&softmax), blocks.len(), codes.storage::<i32>());
    let (owners, ranges): (_, Vec<_>) = (blocks.owners(), blocks.ranges().collect());
    let mut loss = vec![0.0f32; n];
    let rows = softmax.storage_mut::<f32>().par_chunks_mut(width).zip(&mut loss);
    rows.enumerate().for_each(|(row, (x, loss))| {
        for &code in &codes[row * t..][..t] {
            let of_target = x[code as usize];
            *loss += loops::softmax(&mut x[ranges[owners[code as usize]].clone()]) - of_target;
        }
    });
    CrossEntropy { loss: from_vec(loss, [n, 1]), softmax }
}

impl BlockKernels for Flex {
    fn embed_sum(table: FlexTensor, codes: FlexTensor) -> FlexTensor {
        let (table, codes) = (contiguous(table), codes.to_contiguous());
        let ([_, m], [n, t]) = (dims(&table), dims(&codes));
        let (table, codes) = (slice(&table), codes.storage::<i32>());
        let output = filled(n * m, m, |row, out| {
            for &code in &codes[row * t..][..t] {
                loops::add(out, &table[code as usize * m..][..m]);
            }
        });
        from_vec(output, [n, m])
    }

    fn scatter_rows(table: FlexTensor, codes: FlexTensor, grad: FlexTensor) -> FlexTensor {
        let (mut table, codes, grad) = (owned(table), codes.to_contiguous(), contiguous(grad));
        let ([r, m], [_, t]) = (dims(&table), dims(&codes));
        let (mentions, grad) = (Mentions::new(codes.storage::<i32>(), t, r), slice(&grad));
        // A table row belongs to one task and takes its summands in the order of the batch, so
        // the last bits do not depend on the threads.
        table.storage_mut::<f32>().par_chunks_mut(TABLE_ROWS * m).enumerate().for_each(
            |(task, rows)| {
                for (code, sum) in (task * TABLE_ROWS..).zip(rows.chunks_exact_mut(m)) {
                    for &row in mentions.of(code) {
                        loops::add(sum, &grad[row as usize * m..][..m]);
                    }
                }
            },
        );
        table
    }

    fn gumbel_softmax(
        x: FlexTensor,
        blocks: &Blocks,
        temperature: f32,
        noise: Gumbel,
    ) -> FlexTensor {
        let x = contiguous(x);
        let ([n, width], x, end) = (dims(&x), slice(&x), blocks.width());
        let output = filled(n * width, width, |row, out| {
            let x = &x[row * width..][..width];
            noise.fill(row, &mut out[..end]);
            loops::add_scaled(x, &mut out[..end], 1.0 / temperature);
            for range in blocks.ranges() {
                loops::softmax(&mut out[range]);
            }
            for (out, x) in out[end..].iter_mut().zip(&x[end..]) {
                *out = x.tanh();
            }
        });
        from_vec(output, [n, width])
    }

    fn gumbel_softmax_backward(
        grad: FlexTensor,
        output: FlexTensor,
        blocks: &Blocks,
        temperature: f32,
    ) -> FlexTensor {
        let (mut grad, output) = (owned(grad), contiguous(output));
        let ([_, width], output, end) = (dims(&grad), slice(&output), blocks.width());
        grad.storage_mut::<f32>().par_chunks_mut(width).enumerate().for_each(|(row, grad)| {
            let output = &output[row * width..][..width];
            for range in blocks.ranges() {
                loops::softmax_backward(
                    &mut grad[range.clone()],
                    &output[range],
                    1.0 / temperature,
                );
            }
            for (g, y) in grad[end..].iter_mut().zip(&output[end..]) {
                *g *= 1.0 - y * y;
            }
        });
        grad
    }

    fn block_cross_entropy(
        x: FlexTensor,
        codes: FlexTensor,
        blocks: &Blocks,
    ) -> CrossEntropy<FlexTensor> {
        let codes = codes.to_contiguous();
        let ([n, width], [_, t]) = (dims(&x), dims(&codes));
        if t == blocks.len() && width == blocks.width() {
            return whole_cross_entropy(x, codes, blocks);
        }
        let x = contiguous(x);
        let (x, codes) = (slice(&x), codes.storage::<i32>());
        let (owners, ranges): (_, Vec<_>) = (blocks.owners(), blocks.ranges().collect());
        let (mut softmax, mut loss) = (vec![0.0f32; n * width], vec![0.0f32; n]);
        softmax.par_chunks_mut(width).zip(&mut loss).enumerate().for_each(|(row, (p, loss))| {
            let x = &x[row * width..][..width];
            for &code in &codes[row * t..][..t] {
                let range = ranges[owners[code as usize]].clone();
                p[range.clone()].copy_from_slice(&x[range.clone()]);
                *loss += loops::softmax(&mut p[range]) - x[code as usize];
            }
        });
        CrossEntropy { loss: from_vec(loss, [n, 1]), softmax: from_vec(softmax, [n, width]) }
    }

    fn block_cross_entropy_backward(
        grad: FlexTensor,
        softmax: FlexTensor,
        codes: FlexTensor,
    ) -> FlexTensor {
        let (grad, mut softmax, codes) = (contiguous(grad), owned(softmax), codes.to_contiguous());
        let ([_, width], [_, t]) = (dims(&softmax), dims(&codes));
        let (grad, codes) = (slice(&grad), codes.storage::<i32>());
        softmax.storage_mut::<f32>().par_chunks_mut(width).enumerate().for_each(|(row, p)| {
            loops::scale(p, grad[row]);
            for &code in &codes[row * t..][..t] {
                p[code as usize] -= grad[row];
            }
        });
        softmax
    }

    fn draw_codes(x: FlexTensor, uniforms: FlexTensor, blocks: &Blocks) -> FlexTensor {
        let (x, uniforms) = (contiguous(x), contiguous(uniforms));
        let ([n, width], f) = (dims(&x), blocks.len());
        let (x, uniforms) = (slice(&x), slice(&uniforms));
        let mut drawn = vec![0i32; n * f];
        drawn.par_chunks_mut(f).enumerate().for_each_init(Vec::new, |p, (row, codes)| {
            let x = &x[row * width..][..width];
            for ((code, range), &u) in
                codes.iter_mut().zip(blocks.ranges()).zip(&uniforms[row * f..])
            {
                p.clear();
                p.extend_from_slice(&x[range.clone()]);
                loops::softmax(p);
                let limit = u * p.iter().sum::<f32>();
                *code = (range.start + loops::first_above(p, limit)) as i32;
            }
        });
        FlexTensor::from_data(TensorData::new(drawn, [n, f]))
    }
}
