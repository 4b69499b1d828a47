//! A column of categories in two tables, as SDMetrics compares it.
//!
//! Counts are by code, one vocabulary for both tables, without missing values.

use crate::metrics::fidelity::undefined::{Undefined, need_rows, need_values};

/// What SDMetrics counts for a category that the real table does not hold, in rows.
const REGULARISATION: f64 = 1e-6;

/// One minus the total variation distance as in SDMetrics' `TVComplement`: 1 for equal shares of
/// all categories, 0 for disjoint ones. Missing values are left out.
///
/// SDMetrics counts a millionth of a real row for every category that stands in the synthetic
/// table alone; so does this. [`total_variation`](super::total_variation) does not.
pub fn tv_complement(real: &[u64], synthetic: &[u64]) -> Result<f64, Undefined> {
    let sum = |counts: &[u64]| counts.iter().sum::<u64>();
    let (n_real, n_synthetic) = (sum(real), sum(synthetic));
    need_values(n_real as usize, n_synthetic as usize)?;
    let pairs = || real.iter().zip(synthetic).filter(|&(&real, &synthetic)| real + synthetic > 0);
    let new = pairs().filter(|&(&real, _)| real == 0).count();
    let n_real = n_real as f64 + new as f64 * REGULARISATION;
    let difference = |(&real, &synthetic): (&u64, &u64)| {
        let real = if real == 0 { REGULARISATION } else { real as f64 };
        (synthetic as f64 / n_synthetic as f64 - real / n_real).abs()
    };
    Ok((1.0 - pairs().map(difference).sum::<f64>() / 2.0).clamp(0.0, 1.0))
}

/// The share of the real categories that the synthetic table holds, as in SDMetrics'
/// `CategoryCoverage`. Missing values are left out.
pub fn category_coverage(real: &[u64], synthetic: &[u64]) -> Result<f64, Undefined> {
    let categories = real.iter().filter(|&&count| count > 0).count();
    // Nothing of a table without values is covered, so that the synthetic one may lack them.
    need_values(categories, 1)?;
    let both = real.iter().zip(synthetic).filter(|&(&real, &other)| real > 0 && other > 0);
    Ok(both.count() as f64 / categories as f64)
}

/// The share of the synthetic rows whose category the real table holds, as in SDMetrics'
/// `CategoryAdherence`. Here missing values are a category: allowed if one is missing in the real
/// table.
pub fn category_adherence(real: &[u64], synthetic: &[u64]) -> Result<f64, Undefined> {
    let rows = synthetic.iter().sum::<u64>();
    need_rows(real.iter().sum::<u64>() as usize, rows as usize)?;
    let known = real.iter().zip(synthetic).filter(|&(&real, _)| real > 0);
    Ok(known.map(|(_, &synthetic)| synthetic).sum::<u64>() as f64 / rows as f64)
}
