//! Rows drowned in noise.

use super::schedule::Schedule;
use super::timesteps::Draw;
use crate::nn::blocks::Blocks;
use crate::nn::blocks::diffusion::RATES;
use crate::seed::{Counter, Seed};
use std::ops::Range;

/// Training rows, drowned in noise.
pub struct Batch {
    /// The rows, as columns of the blocks, one row after the other.
    pub start: Vec<i32>,
    /// What they are after their step.
    pub noisy: Vec<i32>,
    /// By row: the place of its label.
    pub labels: Vec<usize>,
    /// By row: the step.
    pub steps: Vec<usize>,
    /// By row: the step's rates.
    pub rates: Vec<f32>,
    /// By row: what its loss is multiplied with.
    pub factors: Vec<f32>,
}

/// A category after step `t`: its own, or one of the block drawn uniformly.
fn drown(column: i32, range: &Range<usize>, kept: f64, word: u64) -> i32 {
    if ((word >> 32) as f64) < kept * (1u64 << 32) as f64 {
        return column;
    }
    let drawn = ((word & 0xffff_ffff) * range.len() as u64) >> 32;
    range.start as i32 + drawn as i32
}

impl Batch {
    /// Draws a step for each row, and its noise.
    pub fn new(
        start: Vec<i32>,
        labels: Vec<usize>,
        blocks: &Blocks,
        schedule: &Schedule,
        draw: &Draw,
        seed: Seed,
    ) -> Self {
        let (of_steps, of_noise) = (seed.counter("steps"), seed.counter("noise"));
        let ranges: Vec<_> = blocks.ranges().collect();
        let n = start.len() / ranges.len();
        let (mut noisy, mut steps) = (Vec::with_capacity(start.len()), Vec::with_capacity(n));
        let (mut rates, mut factors) = (Vec::with_capacity(n * RATES), Vec::with_capacity(n));
        for (row, columns) in start.chunks_exact(ranges.len()).enumerate() {
            let (step, factor) = draw.step(&of_steps, row as u64);
            let kept = schedule.kept(step);
            for (f, (&column, range)) in columns.iter().zip(&ranges).enumerate() {
                let word = of_noise.word((row * ranges.len() + f) as u64);
                noisy.push(drown(column, range, kept, word));
            }
            steps.push(step);
            rates.extend(schedule.rates(step));
            factors.push(factor as f32);
        }
        Self { start, noisy, labels, steps, rates, factors }
    }
}

/// Columns of the blocks, drawn uniformly: the noise that drawing starts with.
pub fn noise(n: usize, blocks: &Blocks, bits: Counter) -> Vec<i32> {
    let ranges: Vec<_> = blocks.ranges().collect();
    let place = |i: usize| drown(0, &ranges[i % ranges.len()], 0.0, bits.word(i as u64));
    (0..n * ranges.len()).map(place).collect()
}
