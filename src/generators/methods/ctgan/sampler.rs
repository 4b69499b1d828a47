//! Training-by-sampling: which conditions are trained on, and with which rows.

use super::rows::Rows;
use crate::nn::blocks::Blocks;
use crate::seed::Rng;
use rand::RngExt;

/// Draws conditions, each a category of a field, and rows that hold it.
pub struct Sampler {
    /// Those that conditions are put on.
    blocks: Blocks,
    /// By block: cumulated probabilities, the last 1.
    logarithmic: Vec<Vec<f64>>,
    /// By block: cumulated shares of the rows, the last 1.
    plain: Vec<Vec<f64>>,
    /// By column: where its rows begin in `rows`; one more for the end.
    first: Vec<u32>,
    rows: Vec<u32>,
}

/// A category of a uniformly drawn block, as a column, with the block's `cumulated` probabilities.
pub fn draw(blocks: &Blocks, cumulated: &[Vec<f64>], rng: &mut Rng) -> Option<i32> {
    if cumulated.is_empty() {
        return None;
    }
    let block = rng.random_range(0..cumulated.len());
    let (u, cumulated): (f64, _) = (rng.random(), &cumulated[block]);
    let place = cumulated.partition_point(|&sum| sum <= u).min(cumulated.len() - 1);
    blocks.ranges().nth(block).map(|range| (range.start + place) as i32)
}

impl Sampler {
    pub fn new(rows: &Rows) -> Self {
        let (width, f) = (rows.conditions.width(), rows.conditions.len());
        let given = |row: usize| rows.codes(row)[..f].iter();
        let mut first = vec![0u32; width + 1];
        for row in 0..rows.len {
            given(row).for_each(|&code| first[code as usize + 1] += 1);
        }
        let counts: Vec<u32> = first[1..].to_vec();
        for column in 0..width {
            first[column + 1] += first[column];
        }
        let mut next = first.clone();
        let mut listed = vec![0u32; first[width] as usize];
        for row in 0..rows.len {
            for &code in given(row) {
                listed[next[code as usize] as usize] = row as u32;
                next[code as usize] += 1;
            }
        }
        let cumulate = |weight: &dyn Fn(u32) -> f64| -> Vec<Vec<f64>> {
            let blocks = rows.conditions.ranges().map(|range| {
                let total: f64 = counts[range.clone()].iter().map(|&count| weight(count)).sum();
                let mut sum = 0.0;
                let cumulated = counts[range].iter().map(|&count| {
                    sum += weight(count);
                    sum / total
                });
                cumulated.collect()
            });
            blocks.collect()
        };
        Self {
            blocks: rows.conditions.clone(),
            logarithmic: cumulate(&|count| f64::from(count).ln_1p()),
            plain: cumulate(&f64::from),
            first,
            rows: listed,
        }
    }

    /// A category of a uniformly drawn field, as a column; none where there is no field. In
    /// proportion to `ln(1 + rows)`, so that rare categories are learned too.
    pub fn condition(&self, rng: &mut Rng) -> Option<i32> {
        draw(&self.blocks, &self.logarithmic, rng)
    }

    /// A uniformly drawn row among those that hold `column`.
    pub fn row_with(&self, column: i32, rng: &mut Rng) -> u32 {
        let column = column as usize;
        let rows = &self.rows[self.first[column] as usize..self.first[column + 1] as usize];
        rows[rng.random_range(0..rows.len())]
    }

    /// By block: the shares of the rows that its categories have, cumulated.
    pub fn shares(&self) -> &[Vec<f64>] {
        &self.plain
    }
}
