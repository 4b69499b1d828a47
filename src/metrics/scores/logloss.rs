//! How well predicted probabilities describe the labels.

/// Mean cross-entropy in nats of predicted click probabilities, `-mean(ln p(label))`.
///
/// Probabilities are kept away from 0 and 1 by the machine epsilon of `f64`, as in
/// scikit-learn, so one certain and wrong prediction costs 36.04 and not everything. A probability
/// that is not a number gives one that is not, as does an empty slice.
///
/// # Panics
/// If there are not as many probabilities as labels.
pub fn logloss(labels: &[u8], probabilities: &[f64]) -> f64 {
    assert_eq!(labels.len(), probabilities.len(), "one probability per label");
    let loss = |(&label, &p): (&u8, &f64)| {
        let p = p.clamp(f64::EPSILON, 1.0 - f64::EPSILON);
        -(if label == 1 { p.ln() } else { (-p).ln_1p() })
    };
    labels.iter().zip(probabilities).map(loss).sum::<f64>() / labels.len() as f64
}

/// The [`logloss`] of the rows without a click, and of those with one; not a number where there are
/// none.
///
/// # Panics
/// If there are not as many probabilities as labels.
pub fn logloss_by_label(labels: &[u8], probabilities: &[f64]) -> [f64; 2] {
    assert_eq!(labels.len(), probabilities.len(), "one probability per label");
    [false, true].map(|click| {
        let of_label =
            labels.iter().zip(probabilities).filter(|&(&label, _)| (label == 1) == click);
        let probabilities: Vec<f64> = of_label.map(|(_, &p)| p).collect();
        logloss(&vec![click.into(); probabilities.len()], &probabilities)
    })
}
