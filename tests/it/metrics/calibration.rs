//! Whether predicted probabilities are click rates.

use super::{assert_close, labelled_thirtieths, recorded, reversed, thirtieths};
use proptest::prelude::*;
use synthctr::metrics::{expected_calibration_error, normalised_entropy, predicted_over_observed};

#[test]
fn calibration_is_that_of_scikit_learn() {
    let recorded = recorded();
    for case in recorded.cases.values() {
        let (labels, p) = (&recorded.labels, &case.scores);
        assert_close(normalised_entropy(labels, p).expect("both"), case.normalised_entropy);
        assert_close(predicted_over_observed(labels, p).expect("a"), case.predicted_over_observed);
        let error = expected_calibration_error(labels, p).expect("rows");
        assert_close(error, case.expected_calibration_error);
    }
}

/// The mean over bins of |click rate - mean probability|, weighted with the rows.
fn calibration_error_by_definition(labels: &[u8], numerators: &[u8]) -> f64 {
    let mut error = 0.0;
    for bin in 0..15u8 {
        // From 2 bin / 30, without, to 2 (bin + 1) / 30, with; 0 in the first.
        let holds = |&i: &u8| i > 2 * bin && i <= 2 * (bin + 1) || i == 0 && bin == 0;
        let rows: Vec<usize> = (0..labels.len()).filter(|&row| holds(&numerators[row])).collect();
        if !rows.is_empty() {
            let n = rows.len() as f64;
            let rate = rows.iter().map(|&row| f64::from(labels[row])).sum::<f64>() / n;
            let mean = rows.iter().map(|&row| f64::from(numerators[row]) / 30.0).sum::<f64>() / n;
            error += (rate - mean).abs() * n / labels.len() as f64;
        }
    }
    error
}

proptest! {
    #[test]
    fn calibration_error_is_its_definition((labels, numerators) in labelled_thirtieths(1..60)) {
        let probabilities = thirtieths(&numerators);
        let error = expected_calibration_error(&labels, &probabilities).expect("rows");
        assert_close(error, calibration_error_by_definition(&labels, &numerators));
        prop_assert!((0.0..=1.0).contains(&error));
    }

    #[test]
    fn the_click_rate_itself_is_calibrated(labels in prop::collection::vec(0u8..2, 2..60)) {
        let clicks = labels.iter().filter(|&&label| label == 1).count();
        prop_assume!(clicks > 0 && clicks < labels.len());
        let probabilities = vec![clicks as f64 / labels.len() as f64; labels.len()];
        assert_close(normalised_entropy(&labels, &probabilities).expect("both labels"), 1.0);
        assert_close(predicted_over_observed(&labels, &probabilities).expect("a click"), 1.0);
        assert_close(expected_calibration_error(&labels, &probabilities).expect("rows"), 0.0);
    }

    #[test]
    fn calibration_does_not_depend_on_the_order((labels, numerators) in labelled_thirtieths(1..60)) {
        let p = thirtieths(&numerators);
        for measure in [normalised_entropy, predicted_over_observed, expected_calibration_error] {
            let (one, other) = (measure(&labels, &p), measure(&reversed(&labels), &reversed(&p)));
            prop_assert_eq!(one.is_some(), other.is_some());
            if let (Some(one), Some(other)) = (one, other) {
                assert_close(one, other);
                prop_assert!(one >= 0.0);
            }
        }
    }
}

#[test]
fn calibration_is_undefined_where_its_denominator_is() {
    for measure in [normalised_entropy, predicted_over_observed, expected_calibration_error] {
        assert_eq!(measure(&[], &[]), None);
        assert_eq!(measure(&[0, 1], &[0.5, f64::NAN]), None);
    }
    assert_eq!(normalised_entropy(&[1, 1], &[0.5, 0.5]), None);
    assert_eq!(normalised_entropy(&[0, 0], &[0.5, 0.5]), None);
    assert_eq!(predicted_over_observed(&[0, 0], &[0.5, 0.5]), None);
    assert_eq!(predicted_over_observed(&[1, 1], &[0.5, 0.25]), Some(0.375));
    assert_eq!(expected_calibration_error(&[1], &[1.5]), None);
    assert_eq!(expected_calibration_error(&[1, 0], &[1.0, -0.0]), Some(0.0));
}
