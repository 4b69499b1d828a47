//! Whether predicted probabilities are click rates.

use super::logloss;

/// Normalised entropy: the [`logloss`] as a multiple of what predicting the click rate of these
/// very labels for every row would cost. 1 is no better than that, 0 is perfect.
///
/// He et al. 2014, "Practical lessons from predicting clicks on ads at Facebook", equation 1.
/// Unlike logloss it can be compared between data of different click rates.
///
/// None if a label is missing, since then the denominator is 0, or a probability is not a number.
///
/// # Panics
/// If there are not as many probabilities as labels.
pub fn normalised_entropy(labels: &[u8], probabilities: &[f64]) -> Option<f64> {
    assert_eq!(labels.len(), probabilities.len(), "one probability per label");
    let n_clicks = labels.iter().filter(|&&label| label == 1).count();
    if n_clicks == 0 || n_clicks == labels.len() {
        return None;
    }
    let rate = n_clicks as f64 / labels.len() as f64;
    let entropy = -(rate * rate.ln() + (1.0 - rate) * (-rate).ln_1p());
    let entropy = logloss(labels, probabilities) / entropy;
    (!entropy.is_nan()).then_some(entropy)
}

/// Bins of [`expected_calibration_error`].
const N_BINS: usize = 15;

/// Expected calibration error: rows are put into 15 bins of equal width by their probability, and
/// the distances between a bin's mean probability and its click rate are averaged, weighted with
/// the bin's rows. Between 0 (calibrated at this resolution) and 1.
///
/// Naeini, Cooper and Hauskrecht 2015, with the bins of Guo et al. 2017: a bin holds its upper edge
/// and not its lower one; the first holds 0 too. Of the click's probability, not of the likelier
/// label's as for classifiers of many classes.
///
/// None for no rows or a value outside 0 to 1.
///
/// # Panics
/// If there are not as many probabilities as labels.
pub fn expected_calibration_error(labels: &[u8], probabilities: &[f64]) -> Option<f64> {
    assert_eq!(labels.len(), probabilities.len(), "one probability per label");
    if labels.is_empty() || !probabilities.iter().all(|p| (0.0..=1.0).contains(p)) {
        return None;
    }
    // A bin's share of the rows times its distance is the distance of sums over all rows.
    let mut excess = [0.0; N_BINS];
    for (&label, &p) in labels.iter().zip(probabilities) {
        // A negative number, of probability 0, becomes 0.
        let bin = ((p * N_BINS as f64).ceil() - 1.0) as usize;
        excess[bin] += p - f64::from(u8::from(label == 1));
    }
    Some(excess.iter().map(|excess| excess.abs()).sum::<f64>() / labels.len() as f64)
}

/// Clicks predicted over clicks observed: the sum of the probabilities divided by the number of
/// clicks. 1 if calibrated on the whole, above 1 if clicks are promised that do not come.
///
/// What He et al. 2014 call calibration (section 2).
///
/// None without a click or if a probability is not a number.
///
/// # Panics
/// If there are not as many probabilities as labels.
pub fn predicted_over_observed(labels: &[u8], probabilities: &[f64]) -> Option<f64> {
    assert_eq!(labels.len(), probabilities.len(), "one probability per label");
    let n_clicks = labels.iter().filter(|&&label| label == 1).count();
    let ratio = probabilities.iter().sum::<f64>() / n_clicks as f64;
    (n_clicks > 0 && !ratio.is_nan()).then_some(ratio)
}
