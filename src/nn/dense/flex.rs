//! Layers of the CPU backend `flex`, in blocks of rows.

use super::{DenseKernels, DensePass, MaskLayer, MaskPass, Upstream, masks};
use crate::nn::kernels::Dropout;
use crate::nn::kernels::batch::{Moments, Statistics, Sums, accumulate};
use crate::nn::kernels::flex::{affine_relu, contiguous, dims, from_vec, slice};
use crate::nn::kernels::fresh::filled;
use crate::nn::kernels::loops;
use crate::nn::kernels::matrix::{Matrix, transpose, transposed_product};
use burn_flex::{Flex, FlexTensor};

/// Rows whose product is made at once: enough for the product's full speed, few enough to stay in
/// the cache of their core beside the weights.
pub const ROWS: usize = 256;

/// The rows of a row-major matrix that belong to a block.
pub fn rows_of(x: &[f32], width: usize, block: usize) -> &[f32] {
    let first = block * ROWS * width;
    &x[first..x.len().min(first + ROWS * width)]
}

/// The gradient that comes down, ready for products in blocks.
pub struct Down {
    grad: FlexTensor,
    /// The transpose of the next layer's weights.
    weight: Vec<f32>,
    units: usize,
}

impl Down {
    pub fn new(upstream: Upstream<FlexTensor>) -> Self {
        let weight = contiguous(upstream.weight);
        let [units, next] = dims(&weight);
        Self { grad: contiguous(upstream.grad), weight: transpose(slice(&weight), next), units }
    }

    /// The block's rows of the gradient, and what to multiply them with for that of the outputs.
    pub fn factors(&self, block: usize) -> [Matrix<'_>; 2] {
        let next = self.weight.len() / self.units;
        let grad = rows_of(slice(&self.grad), next, block);
        [Matrix::new(grad, next), Matrix::new(&self.weight, self.units)]
    }

    fn rows(&self) -> usize {
        dims(&self.grad)[0]
    }
}

impl DenseKernels for Flex {
    fn product(x: FlexTensor, weight: FlexTensor) -> FlexTensor {
        let (x, weight) = (contiguous(x), contiguous(weight));
        let ([n, k], [_, m]) = (dims(&x), dims(&weight));
        let (x, weight) = (slice(&x), Matrix::new(slice(&weight), m));
        let ([product], _) = filled(n, ROWS, [m], |i, [fresh]| {
            ([fresh.product(Matrix::new(rows_of(x, k, i), k), weight)], ())
        });
        from_vec(product, [n, m])
    }

    fn of_outputs(upstream: Upstream<FlexTensor>) -> FlexTensor {
        let down = Down::new(upstream);
        let (n, m) = (down.rows(), down.units);
        let ([grad], _) = filled(n, ROWS, [m], |i, [fresh]| {
            let [a, b] = down.factors(i);
            ([fresh.product(a, b)], ())
        });
        from_vec(grad, [n, m])
    }

    fn dense_relu(
        x: FlexTensor,
        weight: FlexTensor,
        bias: FlexTensor,
        dropout: &Dropout,
    ) -> FlexTensor {
        let (x, weight, bias) = (contiguous(x), contiguous(weight), contiguous(bias));
        let ([n, k], [_, m]) = (dims(&x), dims(&weight));
        let (x, weight, bias) = (slice(&x), Matrix::new(slice(&weight), m), slice(&bias));
        let ([output], _) = filled(n, ROWS, [m], |i, [fresh]| {
            let output = fresh.product(Matrix::new(rows_of(x, k, i), k), weight);
            loops::bias_relu(output, bias, i * ROWS, dropout);
            ([output], ())
        });
        from_vec(output, [n, m])
    }

    fn dense_relu_backward(
        upstream: Upstream<FlexTensor>,
        output: FlexTensor,
        scale: f32,
    ) -> [FlexTensor; 2] {
        let (down, output) = (Down::new(upstream), contiguous(output));
        let ([n, m], output) = (dims(&output), slice(&output));
        let ([grad], sums) = filled(n, ROWS, [m], |i, [fresh]| {
            let [a, b] = down.factors(i);
            let grad = fresh.product(a, b);
            let mut sum = vec![0.0; m];
            loops::relu_backward(grad, rows_of(output, m, i), scale, &mut sum);
            ([grad], sum)
        });
        let mut bias = vec![0.0; m];
        sums.iter().for_each(|sum| accumulate(&mut bias, sum));
        let bias = bias.into_iter().map(|sum| sum as f32).collect();
        [from_vec(grad, [n, m]), from_vec(bias, [m])]
    }

    fn dense_norm_relu(
        x: FlexTensor,
        weight: FlexTensor,
        gamma: FlexTensor,
        beta: FlexTensor,
        dropout: &Dropout,
    ) -> DensePass<FlexTensor> {
        let (x, weight) = (contiguous(x), contiguous(weight));
        let (gamma, beta) = (contiguous(gamma), contiguous(beta));
        let ([n, k], [_, m]) = (dims(&x), dims(&weight));
        let (x, weight) = (slice(&x), Matrix::new(slice(&weight), m));
        let ([product], moments) = filled(n, ROWS, [m], |i, [fresh]| {
            let product = fresh.product(Matrix::new(rows_of(x, k, i), k), weight);
            let moments = Moments::of(product, m);
            ([product], moments)
        });
        let statistics = Moments::total(moments);
        let map = statistics.map(slice(&gamma), slice(&beta));
        let output = affine_relu(&product, map, dropout);
        let Statistics { mean, variance, .. } = statistics;
        DensePass {
            product: from_vec(product, [n, m]),
            output: from_vec(output, [n, m]),
            mean: from_vec(mean, [1, m]),
            variance: from_vec(variance, [1, m]),
        }
    }

    fn dense_norm_relu_backward(
        upstream: Upstream<FlexTensor>,
        pass: DensePass<FlexTensor>,
        gamma: FlexTensor,
        scale: f32,
    ) -> [FlexTensor; 3] {
        let (down, gamma) = (Down::new(upstream), contiguous(gamma));
        let DensePass { product, output, mean, variance } = pass;
        let [product, output, mean, variance] = [product, output, mean, variance].map(contiguous);
        let ([n, m], mean) = (dims(&output), slice(&mean));
        let (product, output) = (slice(&product), slice(&output));
        let ([mut grad], sums) = filled(down.rows(), ROWS, [m], |i, [fresh]| {
            let [a, b] = down.factors(i);
            let grad = fresh.product(a, b);
            let sums = Sums::of(grad, rows_of(output, m, i), rows_of(product, m, i), mean, scale);
            ([grad], sums)
        });
        let statistics = Statistics::given(n, mean, slice(&variance));
        let constants = statistics.backward(slice(&gamma), Sums::total(sums));
        constants.apply(&mut grad, product, mean);
        [from_vec(grad, [n, m]), from_vec(constants.gamma, [m]), from_vec(constants.beta, [m])]
    }

    fn dense_weight(x: FlexTensor, grad: FlexTensor) -> FlexTensor {
        let (x, grad) = (contiguous(x), contiguous(grad));
        let ([_, k], [_, m]) = (dims(&x), dims(&grad));
        from_vec(transposed_product(slice(&x), k, slice(&grad), m), [k, m])
    }

    fn mask_layers(
        embeddings: FlexTensor,
        layers: &[MaskLayer<FlexTensor>],
        dropouts: &[Dropout],
    ) -> MaskPass<FlexTensor> {
        masks::flex::forward(embeddings, layers, dropouts)
    }

    fn mask_layers_backward(
        upstream: Upstream<FlexTensor>,
        embeddings: FlexTensor,
        layers: &[MaskLayer<FlexTensor>],
        pass: MaskPass<FlexTensor>,
        scale: f32,
    ) -> (FlexTensor, Vec<MaskLayer<FlexTensor>>) {
        masks::flex::backward(Down::new(upstream), embeddings, layers, pass, scale)
    }
}
