//! Rows as the networks see them.

use crate::generators::parts::neural::{code_tensor, float_tensor};
use crate::nn::blocks::Blocks;
use burn::tensor::backend::Backend;
use burn::tensor::{Int, Tensor};

/// Rows of one-hot blocks, as codes, and of numbers beside them.
pub struct Rows {
    /// Row by row, one code of each block.
    codes: Vec<i32>,
    /// The blocks.
    pub blocks: Blocks,
    /// The first of them, on which conditions are put.
    pub conditions: Blocks,
    /// Row by row.
    numbers: Vec<f32>,
    /// Numbers per row.
    pub n_numbers: usize,
    /// Number of rows.
    pub len: usize,
}

/// Several rows side by side for each row of the discriminator's input: `b` of them.
pub struct Packed<B: Backend> {
    /// Codes `[b, pac·f]` in `pac` copies of the blocks; none where there is no block.
    pub codes: Option<Tensor<B, 2, Int>>,
    /// Numbers `[b, pac·c]`; none where there are none.
    pub numbers: Option<Tensor<B, 2>>,
}

impl Rows {
    /// Rows of the given codes, one of each block, and `n_numbers` numbers; `conditions` are the first
    /// of the blocks.
    pub fn new(
        codes: Vec<i32>,
        blocks: Blocks,
        conditions: Blocks,
        numbers: Vec<f32>,
        n_numbers: usize,
    ) -> Self {
        let len = match blocks.len() {
            0 => numbers.len() / n_numbers.max(1),
            f => codes.len() / f,
        };
        Self { codes, blocks, conditions, numbers, n_numbers, len }
    }

    /// A row's codes.
    pub fn codes(&self, row: usize) -> &[i32] {
        &self.codes[row * self.blocks.len()..][..self.blocks.len()]
    }

    /// The rows at `rows`, packed.
    pub fn pack<B: Backend>(&self, rows: &[u32], pac: usize, device: &B::Device) -> Packed<B> {
        let rows = rows.iter().map(|&row| row as usize);
        let width = self.blocks.width() as i32;
        let codes = (self.blocks.len() > 0).then(|| {
            let placed = rows.clone().enumerate().flat_map(|(i, row)| {
                let offset = (i % pac) as i32 * width;
                self.codes(row).iter().map(move |code| code + offset)
            });
            code_tensor(placed.collect(), pac * self.blocks.len(), device)
        });
        let numbers = (self.n_numbers > 0).then(|| {
            let values = rows
                .clone()
                .flat_map(|row| &self.numbers[row * self.n_numbers..][..self.n_numbers]);
            float_tensor(values.copied().collect(), pac * self.n_numbers, device)
        });
        Packed { codes, numbers }
    }
}

/// Codes of one block each, packed: `[b, pac]` in `pac` copies of `width` columns.
pub fn pack_codes<B: Backend>(
    codes: &[i32],
    width: usize,
    pac: usize,
    device: &B::Device,
) -> Tensor<B, 2, Int> {
    let placed = codes.iter().enumerate().map(|(i, code)| code + (i % pac * width) as i32);
    code_tensor(placed.collect(), pac, device)
}
