//! Variances of groups that are alike.

use super::assert_close;
use serde::Deserialize;
use synthctr::statistics::{Estimate, VariancePrior};

/// What `scripts/peers/variance_prior.py` recorded.
#[derive(Deserialize)]
struct Case {
    groups: Vec<(f64, f64)>,
    prior: (f64, Option<f64>),
    posterior: Vec<f64>,
}

#[test]
fn variances_are_moderated_as_by_limma() {
    let cases: Vec<Case> =
        serde_json::from_str(include_str!("../../fixtures/variance_prior.json")).expect("cases");
    assert_eq!(cases.len(), 6);
    for case in cases {
        let prior = VariancePrior::new(&case.groups).expect("a prior");
        assert_close(prior.variance(), case.prior.0);
        match case.prior.1 {
            Some(wanted) => assert_close(prior.degrees_of_freedom(), wanted),
            None => assert_eq!(prior.degrees_of_freedom(), f64::INFINITY),
        }
        for ((variance, df), wanted) in case.groups.iter().zip(case.posterior) {
            let (found, degrees) = prior.with(*variance, *df);
            assert_close(found, wanted);
            // No more is known than all groups know.
            let most: f64 = case.groups.iter().map(|(_, df)| df).sum();
            assert_close(degrees, (df + prior.degrees_of_freedom()).min(most));
        }
    }
}

#[test]
fn groups_without_spread_and_impossible_ones() {
    let one = |groups: &[(f64, f64)]| VariancePrior::new(groups);
    assert_eq!(one(&[(1.0, 2.0)]), None, "one group is like no other");
    assert_eq!(one(&[(0.0, 2.0), (0.0, 3.0), (1.0, 1.0)]), None, "half have no spread");
    assert_eq!(one(&[(1.0, 2.0), (f64::NAN, 2.0)]), None);
    assert_eq!(one(&[(1.0, 2.0), (1.0, 0.0)]), None);
    // A single one without spread is taken for one of very little.
    let prior = one(&[(0.0, 2.0), (1.0, 2.0), (2.0, 2.0), (1.5, 2.0)]).expect("a prior");
    assert!(prior.degrees_of_freedom() < 2.0 && prior.with(0.0, 2.0).0 > 0.0);
}

#[test]
fn the_mean_stays_and_its_error_is_that_of_the_moderated_variance() {
    let prior = VariancePrior::new(&[(4.0, 3.0), (4.0, 3.0)]).expect("a prior");
    let of = Estimate::of_mean(&[1.0, 1.2]).expect("a mean").moderated(2, &prior);
    assert_close(of.mean, 1.1);
    assert_close(of.standard_error, 2f64.sqrt());
    assert_close(of.degrees_of_freedom, 6.0);
}
