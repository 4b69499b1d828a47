//! The signed-rank test and its estimate.

use super::{assert_close, assert_interval, recorded};
use proptest::prelude::*;
use serde::Deserialize;
use synthctr::statistics::{Interval, SignedRank, hodges_lehmann, hodges_lehmann_interval};

#[derive(Deserialize)]
pub struct Case {
    differences: Vec<f64>,
    statistic: f64,
    tails: [f64; 3],
    interval: Option<[f64; 2]>,
}

#[test]
fn tests_and_intervals_are_those_of_scipy() {
    let recorded = recorded().signed_rank;
    assert_eq!(recorded.len(), 13);
    for case in recorded {
        let found = SignedRank::new(&case.differences).expect("a test");
        assert_eq!(found.rank_sum, case.statistic);
        assert_close(found.p_above, case.tails[0]);
        assert_close(found.p_below, case.tails[1]);
        assert_close(found.p_two_sided, case.tails[2]);
        let interval = hodges_lehmann_interval(&case.differences, 0.95);
        match case.interval {
            Some(expected) => assert_interval(interval.expect("an interval"), expected),
            None => assert_eq!(interval.is_none(), case.differences.len() < 6),
        }
    }
}

/// Every choice of signs is tried.
fn by_definition(differences: &[f64]) -> [f64; 2] {
    let sizes: Vec<f64> = differences.iter().map(|d| d.abs()).filter(|&d| d > 0.0).collect();
    let rank = |size: f64| {
        let below = sizes.iter().filter(|&&other| other < size).count();
        let equal = sizes.iter().filter(|&&other| other == size).count();
        below as f64 + (equal as f64 + 1.0) / 2.0
    };
    let ranks: Vec<f64> = sizes.iter().map(|&size| rank(size)).collect();
    let observed: f64 = differences.iter().map(|&d| if d > 0.0 { rank(d) } else { 0.0 }).sum();
    let sum = |signs: u32| -> f64 {
        ranks.iter().enumerate().map(|(i, rank)| f64::from(signs >> i & 1) * rank).sum()
    };
    let all = 1u32 << ranks.len();
    let share = |holds: &dyn Fn(f64) -> bool| {
        (0..all).filter(|&signs| holds(sum(signs))).count() as f64 / f64::from(all)
    };
    [share(&|sum| sum >= observed), share(&|sum| sum <= observed)]
}

proptest! {
    #[test]
    fn p_values_are_shares_of_all_signs(
        differences in prop::collection::vec((-5i8..7).prop_map(f64::from), 1..11)
    ) {
        let found = SignedRank::new(&differences).expect("a test");
        let [above, below] = by_definition(&differences);
        assert_close(found.p_above, above);
        assert_close(found.p_below, below);
        assert_close(found.p_two_sided, (2.0 * above.min(below)).min(1.0));
    }
}

#[test]
fn nothing_but_zeros_is_no_evidence() {
    let found = SignedRank::new(&[0.0, -0.0]).expect("a test");
    assert_eq!((found.n, found.p_above, found.p_below, found.p_two_sided), (0, 1.0, 1.0, 1.0));
    assert_eq!(SignedRank::new(&[]), None);
    assert_eq!(SignedRank::new(&[1.0, f64::NAN]), None);
}

#[test]
fn an_exact_interval_needs_enough_values() {
    let values = [5.0, 1.0, 2.0, 4.0, 3.0, 6.0];
    assert_eq!(hodges_lehmann(&values), Some(3.5));
    assert_eq!(hodges_lehmann_interval(&values, 0.95), Some(Interval { low: 1.0, high: 6.0 }));
    assert_eq!(hodges_lehmann_interval(&values[..5], 0.95), None);
    // 2 / 2^5 of the signs are all equal.
    assert!(hodges_lehmann_interval(&values[..5], 0.9375).is_some());
    assert_eq!(hodges_lehmann_interval(&values, 1.0), None);
    assert_eq!(hodges_lehmann_interval(&[], 0.95), None);
    assert_eq!(hodges_lehmann(&[1.0, f64::INFINITY]), None);
    // Means of pairs: 1, 2, 3, 6, 7, 11.
    assert_eq!(hodges_lehmann(&[1.0, 3.0, 11.0]), Some(4.5));
}
