//! The two tests against scipy and statsmodels, and against all choices of signs.

use serde::Deserialize;
use synthctr::compare::loss;
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

#[test]
fn clusters_as_statsmodels() {
    for case in recorded().clustered {
        let named = case.values.iter().zip(&case.clusters);
        let values: Vec<(String, f64)> = named.map(|(v, c)| (c.to_string(), *v)).collect();
        let found = loss(&values).unwrap();
        assert!(close(found.mean, case.mean));
        assert!(close(found.standard_error, case.standard_error), "{found:?}");
        assert!(close(found.p_value, case.p), "{found:?}");
    }
}

/// Where clusters happen to agree, the standard error is that of the design effect.
#[test]
fn few_clusters_that_agree_by_luck_prove_nothing() {
    let values: Vec<(String, f64)> = (0..20)
        .map(|at| ((at % 2).to_string(), 0.1 + if at / 2 % 2 == 0 { 1.0 } else { -1.0 }))
        .collect();
    let found = loss(&values).unwrap();
    let variance = 20.0 / 19.0;
    let expected = f64::sqrt(variance * (1.0 / 20.0 + 0.1 / 2.0));
    assert!(close(found.standard_error, expected), "{found:?}");
    assert!((found.n, found.clusters) == (20, 2) && close(found.mean, 0.1));
}

#[test]
fn one_value_is_no_proof_and_equal_ones_are() {
    let values = |all: &[f64]| -> Vec<(String, f64)> {
        all.iter().enumerate().map(|(at, value)| (at.to_string(), *value)).collect()
    };
    assert!(loss(&[]).is_none());
    assert_eq!(loss(&values(&[1.0])).unwrap().p_value, 0.5);
    assert_eq!(loss(&values(&[1.0, 1.0])).unwrap().p_value, 0.0);
    assert_eq!(loss(&values(&[0.0, 0.0])).unwrap().p_value, 1.0);
    assert_eq!(loss(&values(&[-1.0, -1.5])).unwrap().p_value, 1.0);
}
