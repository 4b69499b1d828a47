//! Density by a Gaussian copula.

use crate::data::Coded;
use nalgebra::{DMatrix, DVector};
use rayon::prelude::*;
use statrs::distribution::{ContinuousCDF, Normal};

/// A Gaussian copula on the normal scores of codes.
///
/// A category is an interval of `[0, 1]` as wide as its share, in the order of codes; its score is
/// `Φ⁻¹` of the middle. The log density of a row is the sum of its log shares and of the copula's,
/// `-½ log|P| - ½ zᵀ(P⁻¹ - I)z`, with the correlation matrix `P` of the scores. Shares are smoothed
/// by half a row for every code, correlations shrunk by a hundredth.
pub struct Copula {
    log_shares: Vec<Vec<f64>>,
    /// By column and code: the normal score, of mean 0 and variance 1 over the rows.
    scores: Vec<Vec<f64>>,
    /// `P⁻¹ - I`.
    excess: DMatrix<f64>,
    log_determinant: f64,
}

const SHRINKAGE: f64 = 0.01;

impl Copula {
    /// Fitted to rows.
    pub fn new(rows: &Coded) -> Self {
        let columns: Vec<Marginal> = rows
            .columns()
            .par_iter()
            .zip(rows.sizes())
            .map(|(column, &size)| Marginal::new(column, size))
            .collect();
        let n_columns = columns.len();
        let pairs: Vec<(usize, usize)> =
            (0..n_columns).flat_map(|b| (0..b).map(move |a| (a, b))).collect();
        let correlations: Vec<f64> = pairs
            .par_iter()
            .map(|&(a, b)| {
                let scores = |column: usize| {
                    let scores = &columns[column].scores;
                    rows.column(column).iter().map(|&code| scores[code as usize])
                };
                let sum: f64 = scores(a).zip(scores(b)).map(|(a, b)| a * b).sum();
                (1.0 - SHRINKAGE) * sum / (rows.n_rows().max(1) as f64)
            })
            .collect();
        let mut matrix = DMatrix::identity(n_columns, n_columns);
        for (&(a, b), correlation) in pairs.iter().zip(correlations) {
            matrix[(a, b)] = correlation;
            matrix[(b, a)] = correlation;
        }
        let identity = DMatrix::identity(n_columns, n_columns);
        // Shrunk correlations are positive definite; were they not, independence is left.
        let (excess, log_determinant) = match matrix.cholesky() {
            Some(root) => {
                let diagonal = root.l_dirty().diagonal();
                let log_determinant = 2.0 * diagonal.iter().map(|value| value.ln()).sum::<f64>();
                (root.inverse() - identity, log_determinant)
            }
            None => (DMatrix::zeros(n_columns, n_columns), 0.0),
        };
        let (log_shares, scores) =
            columns.into_iter().map(|marginal| (marginal.log_shares, marginal.scores)).unzip();
        Self { log_shares, scores, excess, log_determinant }
    }

    /// The logarithm of the density of each row.
    pub fn log_densities(&self, rows: &Coded) -> Vec<f64> {
        let density = |row: usize| {
            let codes = || rows.columns().iter().map(|column| column[row] as usize);
            let shares: f64 = codes().zip(&self.log_shares).map(|(code, logs)| logs[code]).sum();
            let scores = codes().zip(&self.scores).map(|(code, scores)| scores[code]);
            let z = DVector::from_iterator(rows.n_columns(), scores);
            shares - (self.log_determinant + z.dot(&(&self.excess * &z))) / 2.0
        };
        (0..rows.n_rows()).into_par_iter().map(density).collect()
    }
}

struct Marginal {
    log_shares: Vec<f64>,
    scores: Vec<f64>,
}

impl Marginal {
    fn new(column: &[u32], size: usize) -> Self {
        let mut counts = vec![0u32; size];
        column.iter().for_each(|&code| counts[code as usize] += 1);
        let total = column.len() as f64 + size as f64 / 2.0;
        let shares: Vec<f64> =
            counts.iter().map(|&count| (f64::from(count) + 0.5) / total).collect();
        let normal = Normal::standard();
        let mut start = 0.0;
        let mut scores: Vec<f64> = shares
            .iter()
            .map(|share| {
                let middle = start + share / 2.0;
                start += share;
                normal.inverse_cdf(middle.clamp(f64::MIN_POSITIVE, 1.0 - f64::EPSILON / 2.0))
            })
            .collect();
        let n = column.len().max(1) as f64;
        let mean_of = |value: &dyn Fn(f64) -> f64| -> f64 {
            let rows = counts.iter().zip(&scores);
            rows.map(|(&count, &score)| f64::from(count) * value(score)).sum::<f64>() / n
        };
        let mean = mean_of(&|score| score);
        let deviation = mean_of(&|score| (score - mean) * (score - mean)).sqrt();
        // A constant column tells nothing of the others.
        let scale = if deviation > 1e-9 { 1.0 / deviation } else { 0.0 };
        scores.iter_mut().for_each(|score| *score = (*score - mean) * scale);
        Self { log_shares: shares.iter().map(|share| share.ln()).collect(), scores }
    }
}
