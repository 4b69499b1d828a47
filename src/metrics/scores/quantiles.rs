//! How scores are distributed.

/// The quantiles of `values` at the given probabilities, between the two nearest values by linear
/// interpolation: at probability p the value at position `p (n - 1)` of the sorted ones.
///
/// Type 7 of Hyndman and Fan (1996), numpy's default. None for no values, one that is not finite or
/// a probability outside 0 to 1.
pub fn quantiles(values: &[f64], probabilities: &[f64]) -> Option<Vec<f64>> {
    let possible = values.iter().all(|value| value.is_finite())
        && probabilities.iter().all(|p| (0.0..=1.0).contains(p));
    if values.is_empty() || !possible {
        return None;
    }
    let mut sorted = values.to_vec();
    sorted.sort_unstable_by(f64::total_cmp);
    let last = sorted.len() - 1;
    let quantile = |&p: &f64| {
        let position = p * last as f64;
        let below = position as usize;
        let (low, high) = (sorted[below], sorted[(below + 1).min(last)]);
        let part = position.fract();
        // From the nearer end, so that quantiles never decrease.
        match part < 0.5 {
            true => low + (high - low) * part,
            false => high - (high - low) * (1.0 - part),
        }
    };
    Some(probabilities.iter().map(quantile).collect())
}

/// The [`quantiles`] of the scores of the rows without a click, and of those with one.
///
/// # Panics
/// If there are not as many scores as labels.
pub fn quantiles_by_label(
    labels: &[u8],
    scores: &[f64],
    probabilities: &[f64],
) -> [Option<Vec<f64>>; 2] {
    assert_eq!(labels.len(), scores.len(), "one score per label");
    [false, true].map(|click| {
        let of_label = labels.iter().zip(scores).filter(|&(&label, _)| (label == 1) == click);
        let scores: Vec<f64> = of_label.map(|(_, &score)| score).collect();
        quantiles(&scores, probabilities)
    })
}
