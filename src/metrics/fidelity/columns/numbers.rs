//! A column of numbers in two tables, as SDMetrics compares it.
//!
//! A missing number is not a number.

use crate::metrics::fidelity::undefined::{Side, Undefined, need_rows, need_values};

/// One minus the two-sample Kolmogorov-Smirnov statistic, as in SDMetrics' `KSComplement`: 1 for
/// equal distributions, 0 where all numbers of one table are below those of the other. Missing
/// values are left out and numbers rounded to 14 decimals, as there.
pub fn ks_complement(real: &[f64], synthetic: &[f64]) -> Result<f64, Undefined> {
    let (real, synthetic) = (rounded(real), rounded(synthetic));
    need_values(real.len(), synthetic.len())?;
    let (mut below_real, mut below_synthetic, mut largest) = (0, 0, 0);
    while below_real < real.len() && below_synthetic < synthetic.len() {
        let number = real[below_real].min(synthetic[below_synthetic]);
        while real.get(below_real).is_some_and(|&other| other <= number) {
            below_real += 1;
        }
        while synthetic.get(below_synthetic).is_some_and(|&other| other <= number) {
            below_synthetic += 1;
        }
        let left = below_real as u128 * synthetic.len() as u128;
        let right = below_synthetic as u128 * real.len() as u128;
        largest = left.abs_diff(right).max(largest);
    }
    Ok(1.0 - largest as f64 / (real.len() as f64 * synthetic.len() as f64))
}

/// The share of the real range that lies between the smallest and the largest synthetic number, as
/// in SDMetrics' `RangeCoverage`. Missing values are left out.
pub fn range_coverage(real: &[f64], synthetic: &[f64]) -> Result<f64, Undefined> {
    let (real, synthetic) = (range(real, Side::Real)?, range(synthetic, Side::Synthetic)?);
    let width = real.1 - real.0;
    match width {
        0.0 => return Err(Undefined::Constant(Side::Real)),
        _ if !width.is_finite() => return Err(Undefined::NotFinite(Side::Real)),
        _ => {}
    }
    let below = ((synthetic.0 - real.0) / width).max(0.0);
    let above = ((real.1 - synthetic.1) / width).max(0.0);
    Ok((1.0 - (below + above)).max(0.0))
}

/// The share of the synthetic rows between the smallest and the largest real number, as in
/// SDMetrics' `BoundaryAdherence`. Rows with a missing value are left out if the real table has
/// such, and are outside if not.
pub fn boundary_adherence(real: &[f64], synthetic: &[f64]) -> Result<f64, Undefined> {
    need_rows(real.len(), synthetic.len())?;
    let may_miss = real.iter().any(|number| number.is_nan());
    let of = synthetic.iter().filter(|number| !(may_miss && number.is_nan())).count();
    need_values(real.len(), of)?;
    let Ok((smallest, largest)) = range(real, Side::Real) else {
        return Ok(0.0);
    };
    let within = synthetic.iter().filter(|&&number| smallest <= number && number <= largest);
    Ok(within.count() as f64 / of as f64)
}

/// The numbers that are not missing, rounded to 14 decimals, ascending.
fn rounded(numbers: &[f64]) -> Vec<f64> {
    let round = |&number: &f64| match number * 1e14 {
        large if large.is_infinite() => number,
        scaled => scaled.round_ties_even() / 1e14,
    };
    let mut numbers: Vec<f64> = numbers.iter().filter(|x| !x.is_nan()).map(round).collect();
    numbers.sort_unstable_by(f64::total_cmp);
    numbers
}

/// The smallest and the largest number.
fn range(numbers: &[f64], side: Side) -> Result<(f64, f64), Undefined> {
    let range = numbers.iter().filter(|x| !x.is_nan()).fold(None, |range, &number| {
        let (smallest, largest) = range.unwrap_or((number, number));
        Some((f64::min(smallest, number), f64::max(largest, number)))
    });
    range.ok_or(Undefined::NoValues(side))
}
