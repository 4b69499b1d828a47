//! Quantiles of scores.

use super::{assert_close, recorded, reversed};
use proptest::prelude::*;
use synthctr::metrics::{quantiles, quantiles_by_label};

#[test]
fn quantiles_are_those_of_numpy() {
    let recorded = recorded();
    for case in recorded.cases.values() {
        let both = quantiles_by_label(&recorded.labels, &case.scores, &recorded.probabilities);
        for (actual, expected) in both.iter().zip(&case.quantiles) {
            let actual = actual.as_ref().expect("rows of the label");
            assert_eq!(actual.len(), expected.len());
            for (&actual, &expected) in actual.iter().zip(expected) {
                assert!((actual - expected).abs() < 1e-15, "{actual} is not {expected}");
            }
        }
    }
}

proptest! {
    #[test]
    fn quantiles_rise_from_the_least_to_the_greatest(
        values in prop::collection::vec(-1e3..1e3f64, 1..30),
        mut probabilities in prop::collection::vec(0.0..=1.0f64, 0..20),
    ) {
        probabilities.extend([0.0, 1.0]);
        probabilities.sort_by(f64::total_cmp);
        let result = quantiles(&values, &probabilities).expect("values");
        prop_assert!(result.is_sorted());
        prop_assert_eq!(result[0], values.iter().copied().fold(f64::INFINITY, f64::min));
        let greatest = values.iter().copied().fold(f64::NEG_INFINITY, f64::max);
        prop_assert_eq!(result[result.len() - 1], greatest);
        prop_assert_eq!(quantiles(&reversed(&values), &probabilities), Some(result));
    }

    /// A value of rank i among n is the quantile at (i - 1) / (n - 1).
    #[test]
    fn values_are_quantiles_at_their_ranks(
        mut values in prop::collection::vec(-1e3..1e3f64, 2..30),
    ) {
        let last = (values.len() - 1) as f64;
        let probabilities: Vec<f64> = (0..values.len()).map(|rank| rank as f64 / last).collect();
        let result = quantiles(&values, &probabilities).expect("values");
        values.sort_by(f64::total_cmp);
        for (&actual, &expected) in result.iter().zip(&values) {
            assert_close(actual, expected);
        }
    }
}

#[test]
fn quantiles_are_of_finite_values() {
    assert_eq!(quantiles(&[], &[0.5]), None);
    assert_eq!(quantiles(&[1.0, f64::NAN], &[0.5]), None);
    assert_eq!(quantiles(&[1.0, f64::INFINITY], &[0.5]), None);
    assert_eq!(quantiles(&[1.0, 2.0], &[1.1]), None);
    assert_eq!(quantiles(&[1.0, 2.0], &[f64::NAN]), None);
    assert_eq!(quantiles(&[1.0, 2.0], &[]), Some(vec![]));
    assert_eq!(quantiles(&[3.0], &[0.0, 0.3, 1.0]), Some(vec![3.0; 3]));
    assert_eq!(quantiles_by_label(&[1], &[3.0], &[0.5]), [None, Some(vec![3.0])]);
}
