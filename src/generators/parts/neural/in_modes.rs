//! Rows whose numbers are seen as modes: a mode is one more block, and the number in its terms stands
//! beside the blocks.

use super::Codec;
use crate::generators::contract::Mixed;
use crate::generators::parts::modes::Modes;
use crate::nn::blocks::Blocks;
use crate::seed::{Rng, Seed};

/// How a field of numbers is seen as modes.
pub trait InModes {
    /// How many modes there are.
    fn n_modes(&self) -> usize;

    /// A mode, drawn, and a number in `-1..1` for each of the values.
    fn encode(&self, values: &[f64], rng: &mut Rng) -> Vec<(usize, f32)>;
}

impl InModes for Modes {
    fn n_modes(&self) -> usize {
        Modes::n_modes(self)
    }

    fn encode(&self, values: &[f64], rng: &mut Rng) -> Vec<(usize, f32)> {
        values.iter().map(|&x| Modes::encode(self, x, rng)).collect()
    }
}

/// Rows, one after the other.
pub struct ModeRows {
    /// One code of each of [`Codec::blocks`].
    pub codes: Vec<i32>,
    /// One number of each field of numbers, in the terms of its mode.
    pub numbers: Vec<f32>,
}

impl<T: InModes> Codec<T> {
    /// The blocks of the fields that are categories, then that of the label if there is one, then one
    /// of each number's modes.
    pub fn blocks(&self) -> Blocks {
        let categories = self.encoder.blocks();
        let of_categories = categories.ranges().map(|range| range.len());
        Blocks::new(of_categories.chain(self.numbers.iter().map(T::n_modes)).collect())
    }

    /// Rows that this was learned from; the modes of numbers are drawn from `seed`.
    pub fn rows(&self, train: &Mixed<'_>, seed: Seed) -> ModeRows {
        let of_categories = self.encoder.columns(&train.categories);
        let (blocks, given) = (self.blocks(), self.encoder.blocks().len());
        let (n, f, c) = (train.n_rows(), blocks.len(), self.numbers.len());
        let (mut codes, mut numbers) = (vec![0; n * f], vec![0.0; n * c]);
        for (row, columns) in of_categories.chunks_exact(given.max(1)).enumerate() {
            codes[row * f..][..given].copy_from_slice(columns);
        }
        let starts = blocks.ranges().skip(given).map(|range| range.start);
        let fields = self.numbers.iter().zip(&train.numbers).zip(starts);
        for (field, ((number, values), start)) in fields.enumerate() {
            let mut rng = seed.stream(&format!("modes/{field}"));
            for (row, (mode, value)) in number.encode(values, &mut rng).into_iter().enumerate() {
                codes[row * f + given + field] = (start + mode) as i32;
                numbers[row * c + field] = value;
            }
        }
        ModeRows { codes, numbers }
    }
}
