//! Pearson's correlation of two columns of numbers, as SDMetrics uses it.

use crate::metrics::fidelity::undefined::{Side, Undefined};

/// Pearson's correlation of the rows in which both numbers are there.
///
/// Undefined where a column is constant in those rows, as in SDMetrics.
pub(super) fn correlation(x: &[f64], y: &[f64], side: Side) -> Result<f64, Undefined> {
    let both = || x.iter().zip(y).filter(|(x, y)| !x.is_nan() && !y.is_nan());
    if both().count() < 2 {
        return Err(Undefined::FewRows { side, needed: 2 });
    }
    let x: Vec<f64> = both().map(|(&x, _)| x).collect();
    let y: Vec<f64> = both().map(|(_, &y)| y).collect();
    if constant(&x) || constant(&y) {
        return Err(Undefined::Constant(side));
    }
    let (x, y) = (standardised(x), standardised(y));
    let correlation: f64 = x.iter().zip(&y).map(|(x, y)| x * y).sum();
    match correlation.is_finite() {
        true => Ok(correlation.clamp(-1.0, 1.0)),
        false => Err(Undefined::NotFinite(side)),
    }
}

/// One minus half the difference of two correlations, as in SDMetrics' `CorrelationSimilarity`: 1
/// for the same, 0 for the opposite one.
pub(super) fn similarity(real: f64, synthetic: f64) -> f64 {
    1.0 - (real - synthetic).abs() / 2.0
}

/// Whether the numbers are all the same.
fn constant(numbers: &[f64]) -> bool {
    numbers.iter().all(|number| *number == numbers[0])
}

/// The numbers less their mean, divided by their norm.
fn standardised(mut numbers: Vec<f64>) -> Vec<f64> {
    let mean = numbers.iter().sum::<f64>() / numbers.len() as f64;
    numbers.iter_mut().for_each(|x| *x -= mean);
    // Divided by the largest first, so that no square is out of range.
    let largest = numbers.iter().fold(0.0, |largest: f64, x| largest.max(x.abs()));
    numbers.iter_mut().for_each(|x| *x /= largest);
    let norm = numbers.iter().map(|x| x * x).sum::<f64>().sqrt();
    numbers.iter_mut().for_each(|x| *x /= norm);
    numbers
}
