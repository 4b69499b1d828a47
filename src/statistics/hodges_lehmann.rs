//! Where the middle of a distribution is, whatever its form.

use super::{Interval, student, wilcoxon::shares_of_sums};

/// Above this number of differences the normal approximation stands in for the exact distribution.
const MOST_EXACT: usize = 50;

/// Hodges and Lehmann's estimate (1963) of the middle of a symmetric distribution: the median of
/// the means of any two values, each value with itself included.
///
/// None if there are no values, or if one is not a finite number.
pub fn hodges_lehmann(values: &[f64]) -> Option<f64> {
    let means = means_of_pairs(values)?;
    let (lower, upper) = (means[(means.len() - 1) / 2], means[means.len() / 2]);
    Some(lower / 2.0 + upper / 2.0)
}

/// The interval around [`hodges_lehmann`]'s estimate of all middles that the signed-rank test does
/// not reject.
///
/// It holds the truth with at least the given probability whatever the symmetric distribution, up
/// to 50 values exactly, above by the normal approximation. None if so few values never can: at
/// 95 % five or fewer. None also if one is not a finite number.
pub fn hodges_lehmann_interval(values: &[f64], confidence: f64) -> Option<Interval> {
    let means = means_of_pairs(values)?;
    let each_side = (1.0 - confidence) / 2.0;
    if each_side.is_nan() || each_side <= 0.0 {
        return None;
    }
    let cut = most_left_out(values.len(), each_side.min(0.5)).min(means.len().div_ceil(2));
    let first = cut.checked_sub(1)?;
    Some(Interval { low: means[first], high: means[means.len() - cut] })
}

/// The largest number `c` such that fewer than `c` of the means of pairs are on one side of the
/// middle with at most the given probability; 0 if there is none.
fn most_left_out(n: usize, probability: f64) -> usize {
    if n > MOST_EXACT {
        let n = n as f64;
        let sd = (n * (n + 1.0) * (2.0 * n + 1.0) / 24.0).sqrt();
        let z = student::upper_quantile(probability, f64::INFINITY);
        let largest = n * (n + 1.0) / 4.0 - z * sd;
        return if largest >= 0.0 { largest as usize + 1 } else { 0 };
    }
    let ranks: Vec<usize> = (1..=n).collect();
    let mut below = 0.0;
    shares_of_sums(&ranks)
        .iter()
        .take_while(|&&share| {
            below += share;
            below <= probability
        })
        .count()
}

/// In ascending order.
fn means_of_pairs(values: &[f64]) -> Option<Vec<f64>> {
    if values.is_empty() || values.iter().any(|value| !value.is_finite()) {
        return None;
    }
    let mut means = Vec::with_capacity(values.len() * (values.len() + 1) / 2);
    for (i, a) in values.iter().enumerate() {
        means.extend(values[i..].iter().map(|b| a / 2.0 + b / 2.0));
    }
    means.sort_unstable_by(f64::total_cmp);
    Some(means)
}
