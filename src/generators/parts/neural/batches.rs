//! Training rows as lists of codes, in batches.

use crate::seed::{Rng, Seed};
use burn::tensor::backend::Backend;
use burn::tensor::{Int, Tensor, TensorData};
use rand::seq::SliceRandom;
use rand_distr::{Distribution, StandardNormal};

/// The order of the rows in one epoch, counted from 1.
pub fn shuffled(n: usize, seed: Seed, epoch: usize) -> Vec<u32> {
    let mut order: Vec<u32> = (0..n as u32).collect();
    order.shuffle(&mut seed.stream(&format!("shuffle/{epoch}")));
    order
}

/// The values of some rows, `per_row` of each, one row after the other.
pub fn select<T: Copy>(values: &[T], per_row: usize, rows: &[u32]) -> Vec<T> {
    let mut selected = Vec::with_capacity(rows.len() * per_row);
    for &row in rows {
        selected.extend_from_slice(&values[row as usize * per_row..][..per_row]);
    }
    selected
}

/// Codes on the device, `[n, per_row]`.
pub fn code_tensor<B: Backend>(
    codes: Vec<i32>,
    per_row: usize,
    device: &B::Device,
) -> Tensor<B, 2, Int> {
    let shape = [codes.len() / per_row, per_row];
    Tensor::from_data(TensorData::new(codes, shape), device)
}

/// Numbers on the device, `[n, width]`.
pub fn float_tensor<B: Backend>(
    values: Vec<f32>,
    width: usize,
    device: &B::Device,
) -> Tensor<B, 2> {
    let shape = [values.len() / width, width];
    Tensor::from_data(TensorData::new(values, shape), device)
}

/// Standard normal numbers on the device.
pub fn normal_tensor<B: Backend>(
    rng: &mut Rng,
    shape: [usize; 2],
    device: &B::Device,
) -> Tensor<B, 2> {
    let values = (0..shape[0] * shape[1]).map(|_| StandardNormal.sample(rng)).collect();
    float_tensor(values, shape[1], device)
}
