//! Rows drawn without looking at what is common: the baseline of SDMetrics' distances.

use crate::data::{Column, Frame, Values};
use crate::seed::{Rng, Seed};
use rand::RngExt;

/// `n` rows whose values are drawn column by column: any category of `real` is as likely as any
/// other, numbers are uniform between the smallest and the largest, whole ones where all are whole.
/// Values are missing as often as in `real`.
///
/// There are no rows if `real` has none.
pub fn random_rows(real: &Frame, n: usize, seed: &Seed) -> Frame {
    let n = if real.n_rows() == 0 { 0 } else { n };
    let columns = real.columns().iter().enumerate().map(|(position, column)| {
        let mut rng = seed.stream(&format!("random rows/{position}"));
        let values = match &column.values {
            Values::Categories { vocabulary, codes } => Values::Categories {
                vocabulary: vocabulary.clone(),
                codes: categories(codes, vocabulary.len(), column.missing_code(), n, &mut rng),
            },
            Values::Numbers(numbers) => Values::Numbers(uniform(numbers, n, &mut rng)),
        };
        Column { name: column.name.clone(), values }
    });
    Frame::new(columns.collect())
}

fn categories(
    real: &[u32],
    n_codes: usize,
    missing: Option<u32>,
    n: usize,
    rng: &mut Rng,
) -> Vec<u32> {
    let mut occurs = vec![false; n_codes];
    real.iter().for_each(|&code| occurs[code as usize] = true);
    let known = |&code: &u32| occurs[code as usize] && Some(code) != missing;
    let known: Vec<u32> = (0..n_codes as u32).filter(known).collect();
    let n_missing = real.iter().filter(|&&code| Some(code) == missing).count();
    let draw = |_| {
        // Where nothing is known all are missing.
        match missing.filter(|_| rng.random_range(0..real.len()) < n_missing) {
            Some(missing) => missing,
            None => known[rng.random_range(0..known.len())],
        }
    };
    (0..n).map(draw).collect()
}

fn uniform(real: &[f64], n: usize, rng: &mut Rng) -> Vec<f64> {
    let known = || real.iter().copied().filter(|number| !number.is_nan());
    let low = known().fold(f64::INFINITY, f64::min);
    let high = known().fold(f64::NEG_INFINITY, f64::max);
    // One more than there are steps between the ends, which are whole and as likely as any.
    let whole = known().all(|number| number.fract() == 0.0);
    let n_missing = real.len() - known().count();
    let draw = |_| {
        if rng.random_range(0..real.len()) < n_missing {
            f64::NAN
        } else if whole {
            (low + (rng.random::<f64>() * (high - low + 1.0)).floor()).min(high)
        } else {
            low + rng.random::<f64>() * (high - low)
        }
    };
    (0..n).map(draw).collect()
}
