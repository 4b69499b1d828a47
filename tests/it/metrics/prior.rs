//! Correction of probabilities for the click rate trained at.

use super::assert_close;
use proptest::prelude::*;
use synthctr::metrics::{prior_shift, shifted};

proptest! {
    /// A model that knows the click rate of every context in the mixture, where each click stands
    /// `copies[1]` times and each other row `copies[0]` times.
    #[test]
    fn a_perfect_model_of_the_mixture_becomes_one_of_the_real_rows(
        contexts in prop::collection::vec([1usize..50, 1..50], 1..10),
        copies in [1usize..9, 1..9],
    ) {
        let total = |label: usize| contexts.iter().map(|rows| rows[label]).sum::<usize>();
        let real = [total(0), total(1)];
        let shift = prior_shift([real[0] * copies[0], real[1] * copies[1]], real).expect("both");
        let mut predicted_clicks = 0.0;
        for rows in &contexts {
            let [others, clicks] = [rows[0] * copies[0], rows[1] * copies[1]];
            let corrected = shifted(clicks as f64 / (clicks + others) as f64, shift);
            assert_close(corrected, rows[1] as f64 / (rows[0] + rows[1]) as f64);
            predicted_clicks += corrected * (rows[0] + rows[1]) as f64;
        }
        assert_close(predicted_clicks, real[1] as f64);
    }

    /// Saerens, Latinne and Decaestecker: a posteriori probabilities times the ratio of the a
    /// priori ones, normalised.
    #[test]
    fn the_correction_reweights_probabilities_by_the_ratio_of_priors(
        mixture in [1usize..1000, 1..1000], real in [1usize..1000, 1..1000], p in 0.0..=1.0f64,
    ) {
        let rate = |rows: [usize; 2], label: usize| rows[label] as f64 / (rows[0] + rows[1]) as f64;
        let weight = |label: usize| rate(real, label) / rate(mixture, label);
        let expected = weight(1) * p / (weight(1) * p + weight(0) * (1.0 - p));
        assert_close(shifted(p, prior_shift(mixture, real).expect("both labels")), expected);
    }

    #[test]
    fn a_shift_is_one_of_the_logit(p in 0.01..0.99f64, shift in -5.0..5.0f64) {
        let logit = |p: f64| (p / (1.0 - p)).ln();
        prop_assert!((logit(shifted(p, shift)) - logit(p) - shift).abs() < 1e-10);
    }

    #[test]
    fn no_shift_changes_nothing(p in 0.0..=1.0f64, rows in [1usize..1000, 1..1000]) {
        prop_assert_eq!(prior_shift(rows, rows), Some(0.0));
        prop_assert_eq!(shifted(p, 0.0), p);
        prop_assert_eq!(shifted(p, -0.0), p);
    }
}

#[test]
fn shifts_are_stable_at_the_ends() {
    for shift in [-1e4, -800.0, -1.0, 0.0, 1.0, 800.0, 1e4] {
        assert_eq!(shifted(0.0, shift), 0.0);
        assert_eq!(shifted(1.0, shift), 1.0);
        assert!((0.0..=1.0).contains(&shifted(1e-9, shift)));
    }
    assert!((shifted(1e-300, 1.0) / (1e-300 * 1f64.exp()) - 1.0).abs() < 1e-15);
    assert!((shifted(1e-100, 100.0) / (1e-100 * 100f64.exp()) - 1.0).abs() < 1e-13);
    assert!(shifted(f64::NAN, 1.0).is_nan());
    assert!(shifted(0.5, f64::NAN).is_nan() && shifted(1.0, f64::NAN).is_nan());
}

#[test]
fn there_is_no_shift_without_both_labels() {
    assert_eq!(prior_shift([0, 1], [1, 1]), None);
    assert_eq!(prior_shift([1, 0], [1, 1]), None);
    assert_eq!(prior_shift([1, 1], [0, 1]), None);
    assert_eq!(prior_shift([1, 1], [1, 0]), None);
    assert_close(prior_shift([1, 1], [3, 1]).expect("both labels"), -3f64.ln());
    assert!(prior_shift([usize::MAX; 2], [1, usize::MAX]).is_some_and(f64::is_finite));
}
