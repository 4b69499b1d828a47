//! Batch normalisation on `flex`, in blocks of rows.
//!
//! The blocks' sums are joined in order and in double precision, so results do not depend on the
//! number of threads.

use super::EPSILON;
use super::loops::{self, BLOCK_ROWS};
use rayon::prelude::*;

pub fn inverse_root(variance: f32) -> f32 {
    (1.0 / (f64::from(variance) + EPSILON).sqrt()) as f32
}

/// Adds single-precision sums to double-precision ones.
pub fn accumulate(total: &mut [f64], part: &[f32]) {
    total.iter_mut().zip(part).for_each(|(total, &part)| *total += f64::from(part));
}

/// Number, sums and squared deviations of some rows, by column.
pub struct Moments {
    rows: f64,
    mean: Vec<f64>,
    /// Sums of the squared distances from the mean.
    spread: Vec<f64>,
}

impl Moments {
    /// The moments of a block of rows of `m` columns.
    pub fn of(block: &[f32], m: usize) -> Self {
        let shift = &block[..m];
        let (mut sums, mut squares) = (vec![0.0f64; m], vec![0.0f64; m]);
        for block in block.chunks(BLOCK_ROWS * m) {
            let (mut sum, mut square) = (vec![0.0; m], vec![0.0; m]);
            loops::moments(block, shift, &mut sum, &mut square);
            accumulate(&mut sums, &sum);
            accumulate(&mut squares, &square);
        }
        let rows = (block.len() / m) as f64;
        let spread = squares.iter().zip(&sums).map(|(q, s)| (q - s * s / rows).max(0.0)).collect();
        let mean = sums.iter().zip(shift).map(|(s, &shift)| s / rows + f64::from(shift)).collect();
        Self { rows, mean, spread }
    }

    /// The moments of two sets of rows together (Chan, Golub and LeVeque 1979).
    fn join(mut self, other: &Self) -> Self {
        let rows = self.rows + other.rows;
        let (share, weight) = (other.rows / rows, self.rows * other.rows / rows);
        for j in 0..self.mean.len() {
            let distance = other.mean[j] - self.mean[j];
            self.mean[j] += share * distance;
            self.spread[j] += other.spread[j] + weight * distance * distance;
        }
        self.rows = rows;
        self
    }

    /// Means and biased variances of all blocks' rows together.
    pub fn total(blocks: Vec<Self>) -> Statistics {
        let all = blocks.into_iter().reduce(|all, block| all.join(&block));
        let Self { rows, mean, spread } = all.expect("a batch has rows");
        Statistics {
            rows,
            mean: mean.into_iter().map(|mean| mean as f32).collect(),
            variance: spread.into_iter().map(|spread| (spread / rows) as f32).collect(),
        }
    }
}

/// A batch's means and biased variances by column.
pub struct Statistics {
    rows: f64,
    pub mean: Vec<f32>,
    pub variance: Vec<f32>,
}

impl Statistics {
    /// Those of a batch `x` of `m` columns.
    pub fn of(x: &[f32], m: usize) -> Self {
        let blocks = x.par_chunks(BLOCK_ROWS * m).map(|block| Moments::of(block, m));
        Moments::total(blocks.collect())
    }

    /// Statistics that are known.
    pub fn given(rows: usize, mean: &[f32], variance: &[f32]) -> Self {
        Self { rows: rows as f64, mean: mean.to_vec(), variance: variance.to_vec() }
    }

    /// Normalisation and `γ·z + β` as one map: `slope·x + offset`.
    pub fn map(&self, gamma: &[f32], beta: &[f32]) -> [Vec<f32>; 2] {
        let slope: Vec<f32> =
            gamma.iter().zip(&self.variance).map(|(g, &v)| g * inverse_root(v)).collect();
        let offset = (0..slope.len()).map(|j| beta[j] - self.mean[j] * slope[j]).collect();
        [slope, offset]
    }

    /// What the second pass of the backward needs, from the first pass's sums.
    pub fn backward(&self, gamma: &[f32], sums: Sums) -> Constants {
        let Sums { sum, along } = sums;
        let root: Vec<f32> = self.variance.iter().map(|&v| inverse_root(v)).collect();
        let linear = along
            .iter()
            .zip(&root)
            .map(|(a, &r)| (a / self.rows * f64::from(r) * f64::from(r)) as f32);
        Constants {
            slope: gamma.iter().zip(&root).map(|(g, r)| g * r).collect(),
            constant: sum.iter().map(|s| (s / self.rows) as f32).collect(),
            linear: linear.collect(),
            gamma: along.iter().zip(&root).map(|(a, &r)| (a * f64::from(r)) as f32).collect(),
            beta: sum.iter().map(|&s| s as f32).collect(),
        }
    }
}

/// Column sums over some rows of the gradient before ReLU and dropout, `g`: `Σ g` and
/// `Σ g·(x − mean)`.
pub struct Sums {
    sum: Vec<f64>,
    along: Vec<f64>,
}

impl Sums {
    /// Takes a block of the output's gradient back through dropout and ReLU in place, and sums it.
    pub fn of(grad: &mut [f32], output: &[f32], x: &[f32], mean: &[f32], scale: f32) -> Self {
        let m = mean.len();
        let (mut sum, mut along) = (vec![0.0f64; m], vec![0.0f64; m]);
        let block = BLOCK_ROWS * m;
        for ((grad, output), x) in
            grad.chunks_mut(block).zip(output.chunks(block)).zip(x.chunks(block))
        {
            let (mut part, mut part_along) = (vec![0.0; m], vec![0.0; m]);
            loops::norm_backward_sums(grad, output, x, mean, scale, &mut part, &mut part_along);
            accumulate(&mut sum, &part);
            accumulate(&mut along, &part_along);
        }
        Self { sum, along }
    }

    /// The sums of all blocks.
    pub fn total(blocks: Vec<Self>) -> Self {
        let all = blocks.into_iter().reduce(|mut all, block| {
            for (all, block) in [(&mut all.sum, &block.sum), (&mut all.along, &block.along)] {
                all.iter_mut().zip(block).for_each(|(all, block)| *all += block);
            }
            all
        });
        all.expect("a batch has rows")
    }
}

/// What the second pass of the backward needs, and the parameters' gradients.
pub struct Constants {
    slope: Vec<f32>,
    constant: Vec<f32>,
    linear: Vec<f32>,
    /// Gradient of `γ`.
    pub gamma: Vec<f32>,
    /// Gradient of `β`.
    pub beta: Vec<f32>,
}

impl Constants {
    /// The second pass: the gradient before ReLU becomes that of `x`, in place.
    pub fn apply(&self, grad: &mut [f32], x: &[f32], mean: &[f32]) {
        let block = BLOCK_ROWS * mean.len();
        grad.par_chunks_mut(block).zip(x.par_chunks(block)).for_each(|(grad, x)| {
            loops::norm_backward_apply(grad, x, mean, &self.slope, &self.constant, &self.linear);
        });
    }
}
