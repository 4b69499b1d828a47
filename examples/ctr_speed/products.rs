//! The matrix products of an epoch, and nothing else.

use std::time::Instant;
use synthctr::ctr::{ModelConfig, TrainingConfig};

/// Training rows of Frappe, and its fields.
const ROWS: usize = 202_027;
const FIELDS: usize = 10;

/// A layer's weights `[inputs, outputs]` and a batch of its inputs, of its products and of its
/// products' gradients, with room for the gradients of weights and inputs.
struct Layer {
    shape: [usize; 2],
    weight: Vec<f32>,
    input: Vec<f32>,
    product: Vec<f32>,
    grad: Vec<f32>,
    of_weight: Vec<f32>,
    of_input: Vec<f32>,
}

/// The shapes of all weights, from the embeddings up.
fn shapes(model: &ModelConfig) -> Vec<[usize; 2]> {
    let tower = |inputs: usize, hidden: &[usize]| -> Vec<[usize; 2]> {
        let widths: Vec<usize> = [inputs].iter().chain(hidden).chain(&[1]).copied().collect();
        widths.windows(2).map(|pair| [pair[0], pair[1]]).collect()
    };
    match model {
        ModelConfig::Dnn(c) | ModelConfig::DeepFm(c) => {
            tower(FIELDS * c.embedding_dim, &c.hidden_units)
        }
        ModelConfig::MaskNet(c) => {
            let k = FIELDS * c.embedding_dim;
            let h = (k as f64 * c.reduction_ratio) as usize;
            let block = [[k, h], [h, k], [k, c.block_width]];
            let blocks = std::iter::repeat_n(block, c.blocks).flatten();
            blocks.chain(tower(c.blocks * c.block_width, &c.hidden_units)).collect()
        }
    }
}

/// `[rows, columns]` of a matrix and the elements from row to row and from column to column.
type Strided<'a> = (&'a [f32], [usize; 2]);

/// `output [m, n] = a·b` with `k` products to a sum, on the threads of this pool.
fn multiply(output: &mut [f32], [m, n, k]: [usize; 3], a: Strided, b: Strided) {
    assert_eq!([output.len(), a.0.len(), b.0.len()], [m * n, m * k, k * n]);
    let ([a_down, a_right], [b_down, b_right]) =
        (a.1.map(|stride| stride as isize), b.1.map(|stride| stride as isize));
    // SAFETY: whole matrices, row by row or column by column, of the lengths just checked.
    unsafe {
        gemm::gemm(
            m,
            n,
            k,
            output.as_mut_ptr(),
            1,
            n as isize,
            false,
            a.0.as_ptr(),
            a_right,
            a_down,
            b.0.as_ptr(),
            b_right,
            b_down,
            0.0,
            1.0,
            false,
            false,
            false,
            gemm::Parallelism::Rayon(0),
        );
    }
}

impl Layer {
    fn new(shape: [usize; 2], rows: usize) -> Self {
        let values = |n: usize| (0..n).map(|i| (i % 17) as f32 / 16.0 - 0.5).collect();
        let [k, m] = shape;
        Self {
            shape,
            weight: values(k * m),
            input: values(rows * k),
            product: values(rows * m),
            grad: values(rows * m),
            of_weight: values(k * m),
            of_input: values(rows * k),
        }
    }

    /// Of the first `n` rows: the layer's product forward, that of its weights' gradient and that
    /// of its inputs' gradient backward.
    fn forward(&mut self, n: usize) {
        let [k, m] = self.shape;
        let input = (&self.input[..n * k], [k, 1]);
        multiply(&mut self.product[..n * m], [n, m, k], input, (&self.weight, [m, 1]));
    }

    fn backward(&mut self, n: usize) {
        let [k, m] = self.shape;
        let grad = (&self.grad[..n * m], [m, 1]);
        let transposed = (&self.input[..n * k], [1, k]);
        multiply(&mut self.of_weight, [k, m, n], transposed, grad);
        multiply(&mut self.of_input[..n * k], [n, k, m], grad, (&self.weight, [1, m]));
    }
}

/// The seconds of each of `epochs` epochs, after one that is not counted.
pub fn epochs(model: &ModelConfig, epochs: usize) -> Vec<f64> {
    let batch = TrainingConfig::default().batch_size;
    let mut layers: Vec<_> =
        shapes(model).into_iter().map(|shape| Layer::new(shape, batch)).collect();
    let mut epoch = || {
        let start = Instant::now();
        for first in (0..ROWS).step_by(batch) {
            let n = batch.min(ROWS - first);
            layers.iter_mut().for_each(|layer| layer.forward(n));
            layers.iter_mut().rev().for_each(|layer| layer.backward(n));
        }
        start.elapsed().as_secs_f64()
    };
    epoch();
    (0..epochs).map(|_| epoch()).collect()
}
