//! Rows drowned in noise.

use super::rows::Rows;
use super::schedule::Schedule;
use super::timesteps::Draw;
use crate::nn::blocks::Blocks;
use crate::nn::blocks::diffusion::RATES;
use crate::seed::{Counter, Seed};
use std::f64::consts::TAU;
use std::ops::Range;

/// Training rows, drowned in noise.
pub struct Batch {
    /// The rows as they were.
    pub start: Rows,
    /// Their columns after their step.
    pub noisy: Vec<i32>,
    /// Their numbers after their step.
    pub noisy_numbers: Vec<f32>,
    /// The standard normal noise in those.
    pub noise: Vec<f32>,
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

/// A standard normal number of 64 random bits, 32 for its size and 32 for its angle (Box and
/// Muller 1958); within ±6.8.
fn normal(word: u64) -> f64 {
    let grid = |bits: u64| (bits as f64 + 0.5) / (1u64 << 32) as f64;
    let (size, angle) = (grid(word >> 32), grid(word & 0xffff_ffff));
    (-2.0 * size.ln()).sqrt() * (TAU * angle).cos()
}

impl Batch {
    /// Draws a step for each row, and its noise: the numbers are at the step of the categories.
    pub fn new(start: Rows, blocks: &Blocks, schedule: &Schedule, draw: &Draw, seed: Seed) -> Self {
        let (of_steps, of_noise) = (seed.counter("steps"), seed.counter("noise"));
        let of_numbers = seed.counter("noise.numbers");
        let ranges: Vec<_> = blocks.ranges().collect();
        let (n, f, c) = (start.labels.len(), ranges.len(), start.n_numbers());
        let (mut noisy, mut steps) = (Vec::with_capacity(n * f), Vec::with_capacity(n));
        let (mut rates, mut factors) = (Vec::with_capacity(n * RATES), Vec::with_capacity(n));
        let (mut noisy_numbers, mut noise) = (Vec::with_capacity(n * c), Vec::with_capacity(n * c));
        for row in 0..n {
            let (step, factor) = draw.step(&of_steps, row as u64);
            let kept = schedule.kept(step);
            for (place, range) in (row * f..).zip(&ranges) {
                noisy.push(drown(start.columns[place], range, kept, of_noise.word(place as u64)));
            }
            let gaussian = schedule.gaussian(step);
            for place in row * c..(row + 1) * c {
                let drawn = normal(of_numbers.word(place as u64));
                noisy_numbers.push(gaussian.noisy(start.numbers[place].into(), drawn) as f32);
                noise.push(drawn as f32);
            }
            steps.push(step);
            rates.extend(schedule.rates(step));
            factors.push(factor as f32);
        }
        Self { start, noisy, noisy_numbers, noise, steps, rates, factors }
    }
}

/// Columns of the blocks, drawn uniformly: the noise that drawing starts with.
pub fn noise(n: usize, blocks: &Blocks, bits: Counter) -> Vec<i32> {
    let ranges: Vec<_> = blocks.ranges().collect();
    let place = |i: usize| drown(0, &ranges[i % ranges.len()], 0.0, bits.word(i as u64));
    (0..n * ranges.len()).map(place).collect()
}

/// Standard normal numbers.
pub fn normals(n: usize, bits: Counter) -> impl Iterator<Item = f64> {
    (0..n as u64).map(move |i| normal(bits.word(i)))
}
