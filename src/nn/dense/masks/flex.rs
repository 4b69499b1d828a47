//! Mask blocks on `flex`: every row passes all of a block's layers while it is in the cache.
//!
//! What is kept for the backward pass stands in the order it is made in: for each block of rows the
//! mask blocks one after the other, each with its rows.

use super::{MaskLayer, MaskPass};
use crate::nn::dense::flex::{Down, ROWS, rows_of};
use crate::nn::kernels::Dropout;
use crate::nn::kernels::batch::accumulate;
use crate::nn::kernels::flex::{contiguous, dims, from_vec, slice};
use crate::nn::kernels::fresh::filled;
use crate::nn::kernels::loops;
use crate::nn::kernels::matrix::{Matrix, add_product, transpose};
use burn_flex::FlexTensor;
use rayon::prelude::*;

/// The `i`-th of `parts` equal parts.
fn part(x: &[f32], parts: usize, i: usize) -> &[f32] {
    let len = x.len() / parts;
    &x[i * len..][..len]
}

impl MaskLayer<FlexTensor> {
    fn contiguous(&self) -> Self {
        let of = |tensor: &FlexTensor| contiguous(tensor.clone());
        Self {
            mask_in: of(&self.mask_in),
            mask_in_bias: of(&self.mask_in_bias),
            mask_out: of(&self.mask_out),
            mask_out_bias: of(&self.mask_out_bias),
            weight: of(&self.weight),
            gamma: of(&self.gamma),
            beta: of(&self.beta),
        }
    }

    /// Embedding values, units in the mask, outputs.
    fn widths(&self) -> [usize; 3] {
        let ([k, h], [_, w]) = (dims(&self.mask_in), dims(&self.weight));
        [k, h, w]
    }
}

/// See [`super::forward`].
pub fn forward(
    embeddings: FlexTensor,
    layers: &[MaskLayer<FlexTensor>],
    dropouts: &[Dropout],
) -> MaskPass<FlexTensor> {
    let embeddings = contiguous(embeddings);
    let layers: Vec<_> = layers.iter().map(MaskLayer::contiguous).collect();
    let (blocks, [k, h, w]) = (layers.len(), layers[0].widths());
    let (n, embeddings) = (dims(&embeddings)[0], slice(&embeddings));
    let nothing = Dropout { rate: 0.0, bits: dropouts[0].bits };
    let widths = [blocks * h, blocks * k, blocks * k, blocks * w, blocks * w];
    let (vectors, _) = filled(n, ROWS, widths, |i, [inner, mask, masked, product, output]| {
        let e = rows_of(embeddings, k, i);
        let rows = e.len() / k;
        let inner = inner.pieces(rows * h, |b, fresh| {
            let weight = Matrix::new(slice(&layers[b].mask_in), h);
            let inner = fresh.product(Matrix::new(e, k), weight);
            loops::bias_relu(inner, slice(&layers[b].mask_in_bias), 0, &nothing);
            inner
        });
        let mask = mask.pieces(rows * k, |b, fresh| {
            let weight = Matrix::new(slice(&layers[b].mask_out), k);
            let mask = fresh.product(Matrix::new(part(inner, blocks, b), h), weight);
            loops::add_bias(mask, slice(&layers[b].mask_out_bias));
            mask
        });
        let masked =
            masked.pieces(rows * k, |b, fresh| loops::multiply(part(mask, blocks, b), e, fresh));
        let product = product.pieces(rows * w, |b, fresh| {
            let weight = Matrix::new(slice(&layers[b].weight), w);
            fresh.product(Matrix::new(part(masked, blocks, b), k), weight)
        });
        let output = output.pieces(w, |piece, fresh| {
            let (row, b) = (piece / blocks, piece % blocks);
            let x = &part(product, blocks, b)[row * w..][..w];
            let (gamma, beta) = (slice(&layers[b].gamma), slice(&layers[b].beta));
            let (moments, row) = (loops::row_moments(x), i * ROWS + row);
            loops::layer_norm_relu(x, moments, gamma, beta, row, &dropouts[b], fresh)
        });
        ([inner, mask, masked, product, output], ())
    });
    let [inner, mask, masked, product, output] = vectors;
    let kept = [(inner, h), (mask, k), (masked, k), (product, w)];
    MaskPass {
        output: from_vec(output, [n, blocks * w]),
        kept: kept.map(|(values, width)| from_vec(values, [n, blocks * width])).into(),
    }
}

/// Sums over some rows that are gradients of a mask block's vectors.
struct Sums {
    inner: Vec<f32>,
    mask: Vec<f32>,
    /// Those of `γ` and `β`.
    norm: [Vec<f32>; 2],
}

/// Values of some mask blocks, kept as the forward pass makes them.
#[derive(Clone, Copy)]
struct Kept<'a> {
    values: &'a [f32],
    width: usize,
    blocks: usize,
}

impl<'a> Kept<'a> {
    /// Those of mask block `b` in the `i`-th block of rows.
    fn rows(self, i: usize, b: usize) -> Matrix<'a> {
        let rows = rows_of(self.values, self.blocks * self.width, i);
        Matrix::new(part(rows, self.blocks, b), self.width)
    }
}

/// The gradient of a weight matrix from the values it multiplies and the gradient of the product,
/// each of a mask block, block of rows by block of rows.
fn of_weight((x, of): (Kept, usize), (grad, b): (Kept, usize)) -> FlexTensor {
    let mut weight = vec![0.0; x.width * grad.width];
    for i in 0..x.values.len().div_ceil(ROWS * x.blocks * x.width) {
        add_product(&mut weight, x.rows(i, of).transposed(), grad.rows(i, b));
    }
    from_vec(weight, [x.width, grad.width])
}

/// See [`super::backward`].
pub fn backward(
    down: Down,
    embeddings: FlexTensor,
    layers: &[MaskLayer<FlexTensor>],
    pass: MaskPass<FlexTensor>,
    scale: f32,
) -> (FlexTensor, Vec<MaskLayer<FlexTensor>>) {
    let (blocks, [k, h, w]) = (layers.len(), layers[0].widths());
    let embeddings = contiguous(embeddings);
    let (n, embeddings) = (dims(&embeddings)[0], slice(&embeddings));
    let (output, kept) = (contiguous(pass.output), pass.kept);
    let output = slice(&output);
    let [inner, mask, masked, product] = std::array::from_fn(|i| slice(&kept[i]));
    let turned =
        |tensor: &FlexTensor, columns| transpose(slice(&contiguous(tensor.clone())), columns);
    let turned: Vec<_> = layers
        .iter()
        .map(|l| [turned(&l.mask_in, h), turned(&l.mask_out, k), turned(&l.weight, w)])
        .collect();
    let gammas: Vec<_> = layers.iter().map(|layer| contiguous(layer.gamma.clone())).collect();

    let widths = [k, blocks * w, blocks * k, blocks * h];
    let (vectors, sums) = filled(n, ROWS, widths, |i, [of_e, of_product, of_mask, of_inner]| {
        let e = rows_of(embeddings, k, i);
        let rows = e.len() / k;
        let [product, mask, inner] = [(product, w), (mask, k), (inner, h)]
            .map(|(kept, width)| rows_of(kept, blocks * width, i));
        let output = rows_of(output, blocks * w, i);
        let fresh_sums =
            || Sums { inner: vec![0.0; h], mask: vec![0.0; k], norm: [vec![0.0; w], vec![0.0; w]] };
        let mut sums: Vec<_> = (0..blocks).map(|_| fresh_sums()).collect();

        let mut of_output = vec![0.0; rows * blocks * w];
        let [a, b] = down.factors(i);
        add_product(&mut of_output, a, b);
        let of_product = of_product.pieces(w, |piece, fresh| {
            let (b, row) = (piece / rows, piece % rows);
            let place = (row * blocks + b) * w;
            let grad = fresh.copy(&of_output[place..][..w]);
            let x = &product[piece * w..][..w];
            let (moments, gamma) = (loops::row_moments(x), slice(&gammas[b]));
            let output = &output[place..][..w];
            let norm = &mut sums[b].norm;
            loops::layer_norm_backward(grad, x, output, moments, gamma, scale, norm);
            grad
        });
        let of_e = of_e.write(rows * k, |_| 0.0);
        let of_mask = of_mask.pieces(rows * k, |b, fresh| {
            let mut of_masked = vec![0.0; rows * k];
            let [_, _, weight] = &turned[b];
            let grad = Matrix::new(part(of_product, blocks, b), w);
            add_product(&mut of_masked, grad, Matrix::new(weight, k));
            loops::add_multiplied(of_e, &of_masked, part(mask, blocks, b));
            let grad = loops::multiply(&of_masked, e, fresh);
            loops::add_rows(grad, &mut sums[b].mask);
            grad
        });
        let of_inner = of_inner.pieces(rows * h, |b, fresh| {
            let [mask_in, mask_out, _] = &turned[b];
            let grad = Matrix::new(part(of_mask, blocks, b), k);
            let grad = fresh.product(grad, Matrix::new(mask_out, h));
            loops::relu_backward(grad, part(inner, blocks, b), 1.0, &mut sums[b].inner);
            add_product(of_e, Matrix::new(grad, h), Matrix::new(mask_in, k));
            grad
        });
        ([of_e, of_product, of_mask, of_inner], sums)
    });
    let [of_e, of_product, of_mask, of_inner] = vectors;

    let of_blocks = |values, width| Kept { values, width, blocks };
    let (inner, masked) = (of_blocks(inner, h), of_blocks(masked, k));
    let (of_inner, of_mask) = (of_blocks(&of_inner, h), of_blocks(&of_mask, k));
    let of_product = of_blocks(&of_product, w);
    let embeddings = Kept { values: embeddings, width: k, blocks: 1 };
    let matrices = (0..3 * blocks).into_par_iter().map(|task| {
        let b = task / 3;
        match task % 3 {
            0 => of_weight((embeddings, 0), (of_inner, b)),
            1 => of_weight((inner, b), (of_mask, b)),
            _ => of_weight((masked, b), (of_product, b)),
        }
    });
    let mut matrices = matrices.collect::<Vec<_>>().into_iter();
    let vector = |of: &dyn Fn(&Sums) -> &[f32], b: usize| {
        let mut total = vec![0.0; of(&sums[0][b]).len()];
        sums.iter().for_each(|sums| accumulate(&mut total, of(&sums[b])));
        let width = total.len();
        from_vec(total.into_iter().map(|sum| sum as f32).collect(), [width])
    };
    let mut next = || matrices.next().expect("three matrices for each block");
    let grads = (0..blocks).map(|b| MaskLayer {
        mask_in: next(),
        mask_in_bias: vector(&|sums| &sums.inner, b),
        mask_out: next(),
        mask_out_bias: vector(&|sums| &sums.mask, b),
        weight: next(),
        gamma: vector(&|sums| &sums.norm[0], b),
        beta: vector(&|sums| &sums.norm[1], b),
    });
    let grads = grads.collect();
    (from_vec(of_e, [n, k]), grads)
}
