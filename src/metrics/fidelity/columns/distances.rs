//! Distances of two distributions over categories, from their counts by code.

use crate::metrics::fidelity::undefined::{Undefined, need_rows};
use std::f64::consts::LN_2;

/// Total variation distance: half the sum of absolute differences of the shares, the largest
/// difference in probability of any set of categories. 0 for equal shares, 1 for disjoint ones.
pub fn total_variation(real: &[u64], synthetic: &[u64]) -> Result<f64, Undefined> {
    let total = Totals::of(real, synthetic)?;
    let differences =
        real.iter().zip(synthetic).map(|(&r, &s)| total.crossed(r, s).0.unsigned_abs());
    Ok(differences.sum::<u128>() as f64 / (2.0 * total.real as f64 * total.synthetic as f64))
}

/// Jensen-Shannon distance, the square root of the divergence with logarithms to base 2: a metric
/// (Endres and Schindelin 2003), 0 for equal shares, 1 for disjoint ones.
pub fn jensen_shannon(real: &[u64], synthetic: &[u64]) -> Result<f64, Undefined> {
    let total = Totals::of(real, synthetic)?;
    let product = total.real as f64 * total.synthetic as f64;
    let term = |(&real, &synthetic): (&u64, &u64)| {
        let (difference, sum) = total.crossed(real, synthetic);
        if sum == 0 {
            return 0.0;
        }
        // With shares p, q, s = p + q and d = (p - q) / s the term of the divergence is
        // s/4 ((1 + d) ln(1 + d) + (1 - d) ln(1 - d)). Written like this nothing cancels.
        let d = difference as f64 / sum as f64;
        let bracket = match difference.unsigned_abs() == sum {
            true => 2.0 * LN_2,
            false => d * (d.ln_1p() - (-d).ln_1p()) + (-d * d).ln_1p(),
        };
        sum as f64 / product * bracket / 4.0
    };
    let divergence = real.iter().zip(synthetic).map(term).sum::<f64>() / LN_2;
    Ok(divergence.clamp(0.0, 1.0).sqrt())
}

/// Numbers of rows.
struct Totals {
    real: u64,
    synthetic: u64,
}

impl Totals {
    fn of(real: &[u64], synthetic: &[u64]) -> Result<Self, Undefined> {
        let total = Self { real: real.iter().sum(), synthetic: synthetic.iter().sum() };
        need_rows(total.real as usize, total.synthetic as usize)?;
        Ok(total)
    }

    /// The difference and the sum of two shares, times both numbers of rows: whole numbers.
    fn crossed(&self, real: u64, synthetic: u64) -> (i128, u128) {
        let real = u128::from(real) * u128::from(self.synthetic);
        let synthetic = u128::from(synthetic) * u128::from(self.real);
        (real as i128 - synthetic as i128, real + synthetic)
    }
}
