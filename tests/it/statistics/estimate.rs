//! Means, their intervals and tests.

use super::{assert_close, assert_interval, recorded};
use serde::Deserialize;
use synthctr::statistics::{Estimate, Interval, difference_over_rows, equivalence_p};

#[derive(Deserialize)]
pub struct Pair {
    a: Vec<f64>,
    b: Vec<f64>,
    welch: Difference,
    paired: Option<Difference>,
    margin: f64,
    welch_equivalence: f64,
    paired_equivalence: Option<f64>,
    published_above_margin: Option<f64>,
}

#[derive(Deserialize)]
struct Difference {
    degrees_of_freedom: f64,
    interval: [f64; 2],
    tails: [f64; 3],
}

fn standard(mean: f64, degrees_of_freedom: f64) -> Estimate {
    Estimate::new(mean, 1.0, degrees_of_freedom).expect("possible")
}

#[test]
fn tails_are_those_of_mpmath() {
    let recorded = recorded().tails;
    assert_eq!(recorded.len(), 88);
    for [df, t, tail] in recorded {
        let found = standard(t, df).p_above(0.0);
        // Where the expansion for many degrees of freedom serves, digits of far tails are lost.
        let tolerance = if df < 1e4 { 1e-9 * tail } else { 1e-11 };
        assert!((found - tail).abs() <= tolerance, "{df}, {t}: {found}, {tail}");
        assert_close(standard(t, df).p_below(0.0), 1.0 - tail);
        assert_close(standard(-t, df).p_above(0.0), 1.0 - tail);
    }
}

#[test]
fn quantiles_are_those_of_mpmath() {
    let recorded = recorded().quantiles;
    assert_eq!(recorded.len(), 55);
    for [df, p, t] in recorded {
        let found = standard(0.0, df).interval(1.0 - 2.0 * p).high;
        // 1 - 2p has itself an error of 1e-16, which is one of 1e-12 in p = 0.0001.
        assert!((found - t).abs() <= 1e-9 * t, "{df}, {p}: {found}, {t}");
    }
    assert_close(standard(0.0, f64::INFINITY).interval(0.95).high, 1.959963984540054);
}

#[track_caller]
fn assert_same(found: &Estimate, expected: &Difference) {
    assert_close(found.degrees_of_freedom, expected.degrees_of_freedom);
    assert_interval(found.interval(0.95), expected.interval);
    let tails = [found.p_above(0.0), found.p_below(0.0), found.p_two_sided(0.0)];
    tails.iter().zip(expected.tails).for_each(|(&found, expected)| assert_close(found, expected));
}

#[test]
fn differences_are_those_of_scipy_statsmodels_and_baycomp() {
    let (mut paired, mut welch) = (0, 0);
    for pair in recorded().pairs {
        let found = Estimate::welch(&pair.a, &pair.b).expect("a difference");
        assert_same(&found, &pair.welch);
        assert_close(equivalence_p(&found, pair.margin), pair.welch_equivalence);
        welch += 1;
        let Some(expected) = pair.paired else { continue };
        let differences: Vec<f64> = pair.a.iter().zip(&pair.b).map(|(a, b)| a - b).collect();
        let found = Estimate::of_mean(&differences).expect("a mean");
        assert_same(&found, &expected);
        assert_close(equivalence_p(&found, pair.margin), pair.paired_equivalence.expect("both"));
        let against = Estimate::against_published(&differences, 0.0, differences.len() - 1);
        let above = 1.0 - against.expect("a difference").p_above(pair.margin);
        assert_close(above, pair.published_above_margin.expect("both"));
        paired += 1;
    }
    assert_eq!((paired, welch), (5, 8));
}

#[test]
fn without_spread_nothing_is_uncertain() {
    let constant = Estimate::of_mean(&[0.1; 7]).expect("a mean");
    assert_eq!(constant.standard_error, 0.0);
    assert_eq!(constant.interval(0.95), Interval { low: 0.1, high: 0.1 });
    let p = |threshold| {
        let of = constant;
        [of.p_above(threshold), of.p_below(threshold), of.p_two_sided(threshold)]
    };
    assert_eq!(p(0.0), [0.0, 1.0, 0.0]);
    assert_eq!(p(0.1), [1.0, 1.0, 1.0]);
    assert_eq!(p(0.2), [1.0, 0.0, 0.0]);
    assert_eq!(equivalence_p(&constant, 0.2), 0.0);
    assert_eq!(equivalence_p(&constant, 0.05), 1.0);
    let difference = Estimate::welch(&[0.3; 4], &[0.3; 9]).expect("a difference");
    assert_eq!((difference.mean, difference.standard_error), (0.0, 0.0));
    assert_eq!((difference.degrees_of_freedom, difference.p_two_sided(0.0)), (11.0, 1.0));
    // Only one of both has a spread.
    let difference = Estimate::welch(&[0.3; 4], &[0.1, 0.2, 0.4]).expect("a difference");
    assert_close(difference.degrees_of_freedom, 2.0);
}

#[test]
fn what_cannot_be_estimated_is_none() {
    for values in [&[][..], &[1.0], &[1.0, f64::NAN], &[f64::INFINITY, 1.0], &[1e308, -1e308]] {
        assert_eq!(Estimate::of_mean(values), None);
        assert_eq!(Estimate::welch(values, &[1.0, 2.0]), None);
        assert_eq!(Estimate::welch(&[1.0, 2.0], values), None);
        assert_eq!(Estimate::against_published(values, 0.0, 5), None);
    }
    assert_eq!(Estimate::against_published(&[1.0, 2.0], f64::NAN, 5), None);
    assert_eq!(Estimate::against_published(&[1.0, 2.0], 0.0, 0), None);
    assert_eq!(Estimate::new(0.0, -1.0, 3.0), None);
    assert_eq!(Estimate::new(0.0, 1.0, 0.0), None);
    let known = standard(0.0, 3.0);
    assert_eq!(known.with_added_variance(-1.0, 3.0), None);
    assert_eq!(known.with_added_variance(1.0, f64::NAN), None);
    assert_eq!(known.interval(1.0), Interval::EVERYTHING);
    assert_eq!(known.interval(f64::NAN), Interval::EVERYTHING);
    assert_eq!([known.p_above(f64::NAN), known.p_two_sided(f64::NAN)], [1.0, 1.0]);
    assert_eq!([known.p_above(f64::INFINITY), known.p_below(f64::INFINITY)], [1.0, 0.0]);
}

#[test]
fn variances_of_seeds_and_of_rows_add_up() {
    let seeds = Estimate::new(0.4, 9.0, 4.0).expect("possible");
    let both = seeds.with_added_variance(16.0, f64::INFINITY).expect("possible");
    assert_eq!((both.mean, both.standard_error), (0.4, 5.0));
    assert_close(both.degrees_of_freedom, 4.0 * (25f64 / 9.0).powi(2));
    // As Welch's degrees of freedom.
    let both = seeds.with_added_variance(16.0, 7.0).expect("possible");
    assert_close(both.degrees_of_freedom, 625.0 / (81.0 / 4.0 + 256.0 / 7.0));
    // Nothing to add, and nothing at first.
    assert_eq!(seeds.with_added_variance(0.0, f64::INFINITY), Some(seeds));
    let known = Estimate::new(0.4, 0.0, 4.0).and_then(|of| of.with_added_variance(4.0, 3.0));
    assert_eq!(known, Estimate::new(0.4, 4.0, 3.0));
    // Squares of such small variances are 0.
    let tiny = Estimate::new(0.0, 1e-200, 4.0).and_then(|of| of.with_added_variance(1e-200, 4.0));
    assert_close(tiny.expect("possible").degrees_of_freedom, 8.0);
}

#[test]
fn a_published_mean_adds_its_own_spread() {
    let values = [1.0, 2.0, 3.0, 6.0];
    let of_mean = Estimate::of_mean(&values).expect("a mean");
    let against = Estimate::against_published(&values, 2.5, 4).expect("a difference");
    assert_close(against.mean, 0.5);
    assert_close(against.standard_error, of_mean.standard_error * 2f64.sqrt());
    assert_eq!(against.degrees_of_freedom, 3.0);
}

#[test]
fn a_difference_over_rows_is_normal() {
    let difference = difference_over_rows([0.93, 0.91], [4e-4, 9e-4], 5e-4).expect("possible");
    assert_close(difference.standard_error, 3e-4f64.sqrt());
    // 2 Phi(-0.02 / 0.0003^0.5) by scipy.
    assert_close(difference.p_two_sided(0.0), 0.24821307898992362);
    assert_interval(difference.interval(0.95), [-0.013947572211847, 0.053947572211847]);
    // Equal rankings, and a covariance that rounding made larger than the variances.
    let same = difference_over_rows([0.9, 0.9], [0.1, 0.2], 0.15 + 1e-17).expect("possible");
    assert_eq!((same.standard_error, same.p_two_sided(0.0)), (0.0, 1.0));
    assert_eq!(difference_over_rows([0.9, 0.9], [0.1, 0.2], 0.2), None);
    assert_eq!(difference_over_rows([0.9, 0.9], [0.1, f64::NAN], 0.1), None);
}
