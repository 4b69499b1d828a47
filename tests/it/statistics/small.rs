//! What needs a few lines only.

use super::{assert_close, recorded};
use synthctr::statistics::{
    Estimate, equivalence_p, holm, interquartile_mean, probability_of_improvement,
};

#[test]
fn holm_is_that_of_statsmodels() {
    let recorded = recorded().holm;
    assert_eq!(recorded.len(), 5);
    for [p_values, adjusted] in recorded {
        let found = holm(&p_values);
        assert_eq!(found.len(), adjusted.len());
        found.iter().zip(adjusted).for_each(|(&found, adjusted)| assert_close(found, adjusted));
    }
    assert!(holm(&[]).is_empty());
    assert_eq!(holm(&[f64::NAN, 0.25]), [1.0, 0.5]);
}

#[test]
fn equivalence_is_the_interval_of_90_percent_within_the_margin() {
    for (mean, margin) in [(0.3, 1.0), (-0.3, 1.0), (0.0, 3.0), (2.0, 1.0), (-0.5, 2.5)] {
        for df in [2.0, 10.0, f64::INFINITY] {
            for variance in [0.01, 0.1, 1.0] {
                let estimate = Estimate::new(mean, variance, df).expect("possible");
                let within = estimate.interval(0.9).lies_within(margin);
                assert_eq!(equivalence_p(&estimate, margin) < 0.05, within);
            }
        }
    }
}

#[test]
fn a_quarter_rounded_down_is_cut_from_either_side() {
    assert_eq!(interquartile_mean(&[9.0, 1.0, 2.0]), Some(4.0));
    assert_eq!(interquartile_mean(&[9.0, 1.0, 2.0, 4.0]), Some(3.0));
    assert_eq!(interquartile_mean(&[-50.0, 4.0, 1.0, 3.0, 2.0, 8.0, 7.0, 100.0]), Some(4.0));
    assert_eq!(interquartile_mean(&[]), None);
    assert_eq!(interquartile_mean(&[1.0, f64::NAN]), None);
}

#[test]
fn equal_runs_improve_half() {
    let of = |x: &[&[f64]], y: &[&[f64]]| probability_of_improvement(x, y);
    assert_eq!(of(&[&[1.0, 2.0]], &[&[1.0, 0.0, 3.0]]), Some(0.5 * (1.5 + 2.0) / 3.0));
    assert_eq!(of(&[&[1.0], &[5.0]], &[&[1.0], &[4.0, 6.0, 7.0, 8.0]]), Some(0.375));
    assert_eq!(of(&[], &[]), None);
    assert_eq!(of(&[&[1.0]], &[]), None);
    assert_eq!(of(&[&[]], &[&[1.0]]), None);
    assert_eq!(of(&[&[1.0]], &[&[f64::NAN]]), None);
}
