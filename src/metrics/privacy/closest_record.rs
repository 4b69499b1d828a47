//! How far the closest real records are.

use super::neighbours::Nearest;
use crate::metrics::quantiles;
use serde::{Deserialize, Serialize};

/// Probabilities at which quantiles of the distances are given.
const PROBABILITIES: [f64; 9] = [0.01, 0.05, 0.1, 0.25, 0.5, 0.75, 0.9, 0.95, 0.99];

/// Bins of the histogram of distances.
const BINS: usize = 50;

/// Distances of the rows of a table to their closest real records, from 0 to 1.
///
/// Diagnostics, not proofs: tables that leak pass them ("The DCR Delusion", arXiv 2505.01524). What
/// is alarming shows only beside the same numbers for a holdout, which are what new real rows have.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ClosestRecord {
    /// Mean distance. Far below the holdout's: rows were copied and changed a little.
    pub mean: f64,
    /// Median distance.
    pub median: f64,
    /// The share of rows at distance 0, which are copies.
    pub share_zero: f64,
    /// The share of rows that are closer to training rows than to as many rows of a holdout, ties
    /// half. 0.5 where nothing is remembered; well above it is alarming. None without a holdout.
    pub share_closer_to_train: Option<f64>,
    /// The median of the nearest-neighbour distance ratio: near 0, rows stand close to one training
    /// row each. None if there is one training row.
    pub nndr_median: Option<f64>,
    /// Probabilities and the distances at these, type 7 of Hyndman and Fan (1996).
    pub quantiles: Vec<[f64; 2]>,
    /// The shares of rows in 50 equal parts of the distances from 0 to 1. Each includes its lower
    /// end, the last one also 1.
    pub histogram: Vec<f64>,
}

impl ClosestRecord {
    /// Of the rows with these neighbours. None if there is no row.
    pub fn new(nearest: &[Nearest], share_closer_to_train: Option<f64>) -> Option<Self> {
        let distances: Vec<f64> = nearest.iter().map(|nearest| nearest.first).collect();
        let ratios: Option<Vec<f64>> = nearest.iter().map(Nearest::ratio).collect();
        let n = distances.len() as f64;
        let at = quantiles(&distances, &PROBABILITIES)?;
        let mut histogram = vec![0u64; BINS];
        for distance in &distances {
            histogram[((distance * BINS as f64) as usize).min(BINS - 1)] += 1;
        }
        Some(Self {
            mean: distances.iter().sum::<f64>() / n,
            median: median(&distances)?,
            share_zero: distances.iter().filter(|&&distance| distance == 0.0).count() as f64 / n,
            share_closer_to_train,
            nndr_median: ratios.and_then(|ratios| median(&ratios)),
            quantiles: PROBABILITIES.into_iter().zip(at).map(|(p, at)| [p, at]).collect(),
            histogram: histogram.iter().map(|&rows| rows as f64 / n).collect(),
        })
    }
}

/// The mean of the two values in the middle, or the one.
pub fn median(values: &[f64]) -> Option<f64> {
    quantiles(values, &[0.5]).map(|quantiles| quantiles[0])
}

/// The share of rows that are closer to the one table than to the other, ties half. None if there
/// is no row.
///
/// # Panics
/// If the two are not about the same rows.
pub fn share_closer(to_one: &[Nearest], to_other: &[Nearest]) -> Option<f64> {
    assert_eq!(to_one.len(), to_other.len(), "neighbours of the same rows");
    let half_points = to_one.iter().zip(to_other).map(|(one, other)| {
        u64::from(one.first < other.first) + u64::from(one.first <= other.first)
    });
    let half_points: u64 = half_points.sum();
    (!to_one.is_empty()).then(|| half_points as f64 / 2.0 / to_one.len() as f64)
}
