//! The two tests against scipy and statsmodels, and against all choices of signs.

use serde::Deserialize;
use synthctr::compare::{SeedLoss, loss};
use synthctr::statistics::SignedRank;

#[derive(Deserialize)]
struct Recorded {
    signed_rank: Vec<RecordedRank>,
    clustered: Vec<Clustered>,
}

#[derive(Deserialize)]
struct RecordedRank {
    values: Vec<f64>,
    p: f64,
}

#[derive(Deserialize)]
struct Clustered {
    values: Vec<f64>,
    clusters: Vec<usize>,
    mean: f64,
    standard_error: f64,
    p: f64,
}

fn recorded() -> Recorded {
    let text = include_str!("../../fixtures/scipy_compare.json");
    serde_json::from_str(text).expect("the fixture")
}

fn close(a: f64, b: f64) -> bool {
    (a - b).abs() <= 1e-9 * b.abs().max(1e-3)
}

/// The p-value by which costs are judged.
fn signed_rank_p(values: &[f64]) -> f64 {
    SignedRank::exact(values).unwrap().p_above
}

#[test]
fn signed_ranks_as_scipy() {
    for RecordedRank { values, p } in recorded().signed_rank {
        assert!(close(signed_rank_p(&values), p), "{} instead of {p}", signed_rank_p(&values));
    }
}

/// With ties and zeros, for which scipy's exact method has no table.
#[test]
fn signed_ranks_by_all_choices_of_signs() {
    let cases: [&[f64]; 5] = [
        &[1.0, 1.0, 2.0, -2.0, 3.0, 3.0, -1.0, 5.0],
        &[0.5, 0.5, 0.5, 0.5],
        &[-1.0, -2.0],
        &[0.0, 1.0, 0.0, 2.0, -0.5],
        &[0.0, 0.0],
    ];
    for values in cases {
        let nonzero: Vec<f64> = values.iter().copied().filter(|&value| value != 0.0).collect();
        let rank = |value: f64| -> f64 {
            let below = nonzero.iter().filter(|other| other.abs() < value.abs()).count();
            let equal = nonzero.iter().filter(|other| other.abs() == value.abs()).count();
            below as f64 + (equal as f64 + 1.0) / 2.0
        };
        let ranks: Vec<f64> = nonzero.iter().map(|&value| rank(value)).collect();
        let sum = |signs: usize| -> f64 {
            (0..ranks.len()).filter(|at| signs >> at & 1 == 1).map(|at| ranks[at]).sum()
        };
        let positive = |at: usize| usize::from(nonzero[at] > 0.0) << at;
        let observed = sum((0..nonzero.len()).map(positive).sum());
        let choices = 1usize << ranks.len();
        let as_large = (0..choices).filter(|&signs| sum(signs) >= observed).count();
        let expected = as_large as f64 / choices as f64;
        assert!(close(signed_rank_p(values), expected), "{values:?}");
    }
}

/// A loss of an arm under a seed of its own, whose cluster is the seed unless another is given.
fn of(arm: &str, seed: u64, loss: f64) -> SeedLoss {
    SeedLoss { arm: arm.to_owned(), cluster: seed.to_string(), seeds: [seed, seed], loss }
}

/// Losses of one arm.
fn values(all: &[f64]) -> Vec<SeedLoss> {
    all.iter().enumerate().map(|(at, value)| of("arm", at as u64, *value)).collect()
}

#[test]
fn clusters_as_statsmodels() {
    for case in recorded().clustered {
        let mut values = values(&case.values);
        for (value, cluster) in values.iter_mut().zip(&case.clusters) {
            value.cluster = cluster.to_string();
        }
        let found = loss(&values, 0.0).unwrap();
        assert!(close(found.mean, case.mean));
        assert!(close(found.standard_error, case.standard_error), "{found:?}");
        assert!(close(found.p_value, case.p), "{found:?}");
        // Arms of one seed each are no other test.
        values.iter_mut().for_each(|value| value.arm = value.seeds[0].to_string());
        let single = loss(&values, 0.0).unwrap();
        assert!(single.of_single_seeds() && !found.of_single_seeds());
        assert!(close(single.p_value, case.p), "{single:?}");
    }
}

/// Where clusters happen to agree, the standard error is that of the design effect.
#[test]
fn few_clusters_that_agree_by_luck_prove_nothing() {
    let sign = |at: usize| if (at / 2).is_multiple_of(2) { 1.0 } else { -1.0 };
    let mut values = values(&(0..20).map(|at| 0.1 + sign(at)).collect::<Vec<f64>>());
    for (at, value) in values.iter_mut().enumerate() {
        value.cluster = (at % 2).to_string();
    }
    let found = loss(&values, 0.0).unwrap();
    let variance = 20.0 / 19.0;
    let expected = f64::sqrt(variance * (1.0 / 20.0 + 0.1 / 2.0));
    assert!(close(found.standard_error, expected), "{found:?}");
    assert!((found.n, found.clusters) == (20, 2) && close(found.mean, 0.1));
}

#[test]
fn one_value_is_no_proof_and_equal_ones_are() {
    assert!(loss(&[], 0.0).is_none());
    let p = |all: &[f64], usual: f64| loss(&values(all), usual).unwrap().p_value;
    assert_eq!(p(&[1.0], 0.0), 0.5);
    assert_eq!(p(&[1.0, 1.0], 0.0), 0.0);
    assert_eq!(p(&[0.0, 0.0], 0.0), 1.0);
    assert_eq!(p(&[-1.0, -1.5], 0.0), 1.0);
    // Where others scatter, two that are equal, but for rounding, agree by luck.
    assert!(p(&[1.0, 1.0], 1.0) > 0.1);
    assert!(p(&[1.0, 1.0 + 1e-14], 1.0) > 0.1);
}

/// The noise is that of the seeds, whatever the arms' means, and each arm counts with its own.
#[test]
fn what_differs_between_arms_is_no_noise() {
    let mut values = vec![of("a", 1, 29.9), of("a", 2, 30.1)];
    values.extend((1..=2).map(|seed| of("b", seed, 0.2 * seed as f64 - 0.3)));
    values.extend((1..=2).map(|seed| of("c", seed, 0.0)));
    values.iter_mut().enumerate().for_each(|(at, value)| value.cluster = at.to_string());
    let found = loss(&values, 0.0).unwrap();
    // Both arms have the variance 0.02 of one value and one degree of freedom, the third has none.
    let independent: f64 = (2.0 * 0.02 / 2.0 + 0.0) / 9.0;
    assert!(close(found.mean, 10.0), "{found:?}");
    assert!(close(found.standard_error, (1.1 * independent).sqrt()), "{found:?}");
    assert!(close(found.degrees_of_freedom, 2.0), "{found:?}");
    assert_eq!((found.n, found.arms, found.clusters), (6, 3, 6));
    // A cell without a second seed scatters as usual.
    values.push(SeedLoss { cluster: "alone".to_owned(), ..of("d", 1, 0.0) });
    let with_one = loss(&values, 0.03).unwrap();
    let independent: f64 = (4.0 * 2.0 * 0.02 / 2.0 + 0.03) / 49.0;
    assert!(close(with_one.standard_error, (1.1 * independent).sqrt()), "{with_one:?}");
}

/// Two fits under three training seeds each are two fits, not six runs.
#[test]
fn seeds_that_are_crossed_are_no_more_than_they_are() {
    let crossed = |fit: u64, train: u64| SeedLoss {
        cluster: train.to_string(),
        seeds: [fit, train],
        ..of("arm", 0, 1.0 + 0.2 * fit as f64 + 0.001 * train as f64)
    };
    let values: Vec<SeedLoss> =
        (1..=2).flat_map(|fit| (1..=3).map(move |train| crossed(fit, train))).collect();
    let found = loss(&values, 0.0).unwrap();
    // Fits: 0.02 / 2 with one degree of freedom; trainings: 1e-6 / 3.
    let independent: f64 = 0.01 + 1e-6 / 3.0;
    assert!(close(found.standard_error, (1.2 * independent).sqrt()), "{found:?}");
    assert!((found.degrees_of_freedom - 1.0).abs() < 1e-3, "{found:?}");
}
