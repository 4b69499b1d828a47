//! Rows as the diffusion sees them.

use crate::generators::contract::Mixed;
use crate::generators::parts::neural::{Codec, select};
use crate::generators::parts::quantiles::QuantileNormal;

/// Rows of columns and of normal scores.
pub struct Rows {
    /// Columns of the fields' blocks, one row after the other.
    pub columns: Vec<i32>,
    /// Scores of the numbers, one row after the other.
    pub numbers: Vec<f32>,
    /// By row: the place of its label.
    pub labels: Vec<usize>,
}

impl Rows {
    /// The rows that `codec` was learned from.
    pub fn new(codec: &Codec<QuantileNormal>, train: &Mixed<'_>) -> Self {
        let Codec { encoder, numbers: quantiles } = codec;
        let (n, c) = (train.n_rows(), quantiles.len());
        let mut numbers = vec![0.0; n * c];
        for (field, (quantiles, values)) in quantiles.iter().zip(&train.numbers).enumerate() {
            for (row, &value) in values.iter().enumerate() {
                numbers[row * c + field] = quantiles.forward(value) as f32;
            }
        }
        Self {
            columns: encoder.field_columns(&train.categories),
            numbers,
            labels: train.labels().iter().map(|&label| encoder.label_place(label)).collect(),
        }
    }

    /// Numbers in a row.
    pub fn n_numbers(&self) -> usize {
        self.numbers.len() / self.labels.len().max(1)
    }

    /// Some of the rows.
    pub fn select(&self, rows: &[u32]) -> Self {
        let fields = self.columns.len() / self.labels.len().max(1);
        Self {
            columns: select(&self.columns, fields, rows),
            numbers: select(&self.numbers, self.n_numbers(), rows),
            labels: rows.iter().map(|&row| self.labels[row as usize]).collect(),
        }
    }
}
