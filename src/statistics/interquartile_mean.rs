//! A mean that outliers do not move.

/// The mean of the middle half: of `n` values the lowest and the highest `n / 4`, rounded down,
/// are left out (Agarwal et al. 2021, "Deep reinforcement learning at the edge of the statistical
/// precipice").
///
/// None if there are no values, or if one is not a finite number.
pub fn interquartile_mean(values: &[f64]) -> Option<f64> {
    if values.is_empty() || values.iter().any(|value| !value.is_finite()) {
        return None;
    }
    Some(of_middle(&mut values.to_vec()))
}

/// The same of at least one value, whose order it changes.
pub(super) fn of_middle(values: &mut [f64]) -> f64 {
    values.sort_unstable_by(f64::total_cmp);
    let cut = values.len() / 4;
    let middle = &values[cut..values.len() - cut];
    middle.iter().sum::<f64>() / middle.len() as f64
}
