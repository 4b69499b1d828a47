//! Numbers as values of a standard normal variable, by the quantiles of the training rows.

use super::normal_scores::score;
use serde::{Deserialize, Serialize};
use std::f64::consts::SQRT_2;

#[cfg(test)]
mod tests;

/// Training rows for each quantile.
const ROWS_PER_QUANTILE: usize = 30;

/// As many quantiles at least, where there are as many rows.
const FEWEST: usize = 10;

/// As many quantiles at most.
const MOST: usize = 1000;

/// Shares nearer than this to 0 or 1 stand for the lowest or the highest number.
const END: f64 = 1e-7;

/// The smallest share that a number gets: its score comes back as the lowest number.
const SMALLEST: f64 = END - f64::EPSILON;

/// Quantile normalisation of a column of numbers.
///
/// Let `q_0 ≤ … ≤ q_{k−1}` be the quantiles of the training rows at the levels `i/(k − 1)`, where
/// `k` is a thirtieth of the rows, from 10 to 1000, and `F` the function that is linear between
/// the points `(q_i, i/(k − 1))`. Then
///
/// ```text
/// forward(x) = Φ⁻¹(F(x)),   inverse(z) = F⁻¹(Φ(z))
/// ```
///
/// Where quantiles coincide `F` jumps, and their number gets the middle of the jump. The lowest
/// number gets 0 and the highest 1, which count as `1e-7` and `1 − 1e-7`: scores lie within ±5.2.
/// A column of one number has the score −5.2.
///
/// This is scikit-learn's `QuantileTransformer(output_distribution="normal")` as TabDDPM's
/// authors use it (`normalize` in their `lib/data.py`). Only what counts as the lowest or highest
/// number differs: there all within `1e-7` of it, here within that share of the column's width
/// where the column is narrower than 1.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(try_from = "Quantiles", into = "Quantiles")]
pub struct QuantileNormal {
    /// At least one, ascending.
    quantiles: Vec<f64>,
}

/// The value at a level in `[0, 1]` of sorted ones, linear between neighbours (the seventh
/// definition of Hyndman and Fan 1996). Rounds as numpy does: whether a quantile equals the
/// number that many rows share is a matter of the last bit.
fn quantile(sorted: &[f64], level: f64) -> f64 {
    let last = sorted.len() - 1;
    let place = last as f64 * level;
    let before = (place as usize).min(last);
    let (low, high) = (sorted[before], sorted[(before + 1).min(last)]);
    let part = place - before as f64;
    if part < 0.5 { low + (high - low) * part } else { high - (high - low) * (1.0 - part) }
}

/// The level of quantile `i` of `k`.
fn level(i: usize, k: usize) -> f64 {
    if i + 1 == k && k > 1 { 1.0 } else { i as f64 * (1.0 / (k - 1).max(1) as f64) }
}

impl QuantileNormal {
    /// Learns the quantiles. Values that are not finite are left out; a column without any other
    /// counts as one of zeros.
    pub fn fit(values: &[f64]) -> Self {
        let mut sorted: Vec<f64> = values.iter().copied().filter(|x| x.is_finite()).collect();
        if sorted.is_empty() {
            sorted.push(0.0);
        }
        sorted.sort_by(f64::total_cmp);
        let k = (sorted.len() / ROWS_PER_QUANTILE).clamp(FEWEST, MOST).min(sorted.len());
        // By way of percentages, which may change the last bit.
        let of_level = |i| quantile(&sorted, level(i, k) * 100.0 / 100.0);
        Self { quantiles: (0..k).map(of_level).collect() }
    }

    /// The lowest and the highest number of the training rows.
    fn ends(&self) -> (f64, f64) {
        (self.quantiles[0], self.quantiles[self.quantiles.len() - 1])
    }

    /// `F(x)` of a number between the ends.
    fn share(&self, x: f64) -> f64 {
        let (q, k) = (&self.quantiles, self.quantiles.len());
        let first = q.partition_point(|&quantile| quantile < x);
        let next = q.partition_point(|&quantile| quantile <= x);
        if first < next {
            return (level(first, k) + level(next - 1, k)) / 2.0;
        }
        let (low, high) = (level(first - 1, k), level(first, k));
        low + (high - low) * ((x - q[first - 1]) / (q[first] - q[first - 1]))
    }

    /// The score of a number. What is not a number stays so.
    pub fn forward(&self, x: f64) -> f64 {
        if x.is_nan() {
            return x;
        }
        let (low, high) = self.ends();
        let near = END * (high - low).min(1.0);
        let share = if x - near <= low {
            0.0
        } else if x + near >= high {
            1.0
        } else {
            self.share(x)
        };
        score(share.clamp(SMALLEST, 1.0 - SMALLEST))
    }

    /// The number that a score stands for, within the range of the training rows. What is not a
    /// number stays so.
    pub fn inverse(&self, z: f64) -> f64 {
        let (low, high) = self.ends();
        let share = libm::erfc(-z / SQRT_2) / 2.0;
        if share < END {
            low
        } else if share > 1.0 - END {
            high
        } else {
            quantile(&self.quantiles, share)
        }
    }
}

/// What is written of a column.
#[derive(Clone, Serialize, Deserialize)]
struct Quantiles {
    quantiles: Vec<f64>,
}

impl TryFrom<Quantiles> for QuantileNormal {
    type Error = &'static str;

    fn try_from(Quantiles { quantiles }: Quantiles) -> Result<Self, Self::Error> {
        let fits = (1..=MOST).contains(&quantiles.len());
        if fits && quantiles.is_sorted() && quantiles.iter().all(|x| x.is_finite()) {
            Ok(Self { quantiles })
        } else {
            Err("a column of numbers needs 1 to 1000 quantiles, all finite and in ascending order")
        }
    }
}

impl From<QuantileNormal> for Quantiles {
    fn from(QuantileNormal { quantiles }: QuantileNormal) -> Self {
        Self { quantiles }
    }
}
