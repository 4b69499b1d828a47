//! Density by counts of neighbours.

use crate::data::Coded;
use crate::metrics::privacy::neighbours::DistanceCounts;
use rayon::prelude::*;

/// The kernel density of Aitchison and Aitken (1976) with one bandwidth for all columns.
///
/// A row keeps each category with probability `1 - λ` and takes each of the others with probability
/// `λ / (c - 1)`, so the density at `x` hangs on Hamming distances alone:
/// `1/n Σ_s (1 - λ)^(F - d(x, s)) (λ / (c - 1))^d(x, s)`. `c` is the geometric mean of the columns'
/// effective numbers of categories (one over the chance of two equal draws), at least 2.
pub struct Kernel {
    /// Logarithm of the density that one row has where it lies, were it alone there.
    pub peak: f64,
    /// Logarithm of what the kernel loses with every column that differs.
    loss: f64,
}

/// Bandwidths tried.
const BANDWIDTHS: [f64; 9] = [0.01, 0.02, 0.05, 0.1, 0.15, 0.2, 0.3, 0.4, 0.5];

impl Kernel {
    /// With the bandwidth, of a grid, under which the rows at stake are likeliest given the `n` rows
    /// that `counts` counts.
    pub fn new(counts: &DistanceCounts, at_stake: &Coded, n: usize) -> Self {
        let others = (effective_categories(at_stake) - 1.0).max(1.0);
        let kernel = |bandwidth: f64| Self {
            peak: at_stake.n_columns() as f64 * (1.0 - bandwidth).ln() - (n.max(1) as f64).ln(),
            loss: (bandwidth / others / (1.0 - bandwidth)).ln(),
        };
        let likelihood =
            |kernel: &Self| kernel.log_densities(counts, at_stake.n_rows()).iter().sum::<f64>();
        let kernels = BANDWIDTHS.map(kernel).map(|kernel| (likelihood(&kernel), kernel));
        let [first, others @ ..] = kernels;
        let better = |a: (f64, Self), b: (f64, Self)| if b.0 > a.0 { b } else { a };
        others.into_iter().fold(first, better).1
    }

    /// The logarithm of the density, by row at stake.
    pub fn log_densities(&self, counts: &DistanceCounts, n_rows: usize) -> Vec<f64> {
        (0..n_rows).into_par_iter().map(|row| self.log_density(counts.of(row))).collect()
    }

    fn log_density(&self, counts: &[u32]) -> f64 {
        // Relative to the closest rows, whose kernel may be below the smallest number.
        let closest = counts.iter().position(|&count| count > 0).unwrap_or(counts.len());
        let farther = counts[closest..].iter().enumerate();
        let sum: f64 =
            farther.map(|(by, &count)| f64::from(count) * (by as f64 * self.loss).exp()).sum();
        let sum = if sum > 0.0 { sum.ln() } else { 0.0 };
        self.peak + closest as f64 * self.loss + sum
    }

    /// The kernel at a distance, relative to that at distance 0.
    pub fn relative(&self, distance: usize) -> f64 {
        (distance as f64 * self.loss).exp()
    }
}

/// The geometric mean over columns of one over the chance that two rows agree; 1 without rows.
fn effective_categories(rows: &Coded) -> f64 {
    if rows.n_rows() == 0 || rows.n_columns() == 0 {
        return 1.0;
    }
    let logs = rows.columns().iter().zip(rows.sizes()).map(|(column, &size)| {
        let mut counts = vec![0u64; size];
        column.iter().for_each(|&code| counts[code as usize] += 1);
        let agreeing: u128 = counts.iter().map(|&n| u128::from(n) * u128::from(n)).sum();
        let n = column.len() as f64;
        (n * n / agreeing as f64).ln()
    });
    (logs.sum::<f64>() / rows.n_columns() as f64).exp()
}
