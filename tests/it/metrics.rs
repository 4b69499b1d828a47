//! Tests of metrics.

mod anonymeter;
mod auc;
mod calibration;
mod delong;
mod diagnostics;
mod fidelity;
mod grouped;
mod identical;
mod importance;
mod logistic;
mod membership;
mod neighbours;
mod popularity;
mod prior;
mod quantiles;
mod ranking;

use proptest::prelude::*;
use serde::Deserialize;
use std::collections::HashMap;

/// The share of pairs in order, ties half.
fn auc_by_definition(labels: &[u8], scores: &[f64]) -> Option<f64> {
    let (mut pairs, mut ordered) = (0u64, 0.0);
    for (&a, &x) in labels.iter().zip(scores) {
        for (&b, &y) in labels.iter().zip(scores) {
            if a > b {
                pairs += 1;
                ordered += if x > y { 1.0 } else { f64::from(u8::from(x == y)) / 2.0 };
            }
        }
    }
    (pairs > 0).then(|| ordered / pairs as f64)
}

/// What `scripts/peers/score_metrics.py` recorded.
#[derive(Deserialize)]
struct Recorded {
    labels: Vec<u8>,
    groups: Vec<u32>,
    probabilities: Vec<f64>,
    cases: HashMap<String, Case>,
    clicks_by_item: Vec<u64>,
    thirds: Vec<u8>,
    ranking: RankingCase,
}

#[derive(Deserialize)]
struct Case {
    scores: Vec<f64>,
    group_auc: f64,
    normalised_entropy: f64,
    expected_calibration_error: f64,
    predicted_over_observed: f64,
    quantiles: [Vec<f64>; 2],
}

#[derive(Deserialize)]
struct RankingCase {
    scores: Vec<Vec<f64>>,
    clicked: Vec<usize>,
    k: usize,
    hit_rate: f64,
    ndcg: f64,
}

fn recorded() -> Recorded {
    let recorded = include_str!("../fixtures/score_metrics.json");
    let recorded: Recorded = serde_json::from_str(recorded).expect("the fixture");
    assert_eq!(recorded.cases.len(), 2);
    recorded
}

/// Labels and, with ties, probabilities in thirtieths.
fn labelled_thirtieths(
    rows: impl Into<prop::collection::SizeRange>,
) -> impl Strategy<Value = (Vec<u8>, Vec<u8>)> {
    prop::collection::vec((0u8..2, 0u8..31), rows).prop_map(|rows| rows.into_iter().unzip())
}

fn thirtieths(numerators: &[u8]) -> Vec<f64> {
    numerators.iter().map(|&numerator| f64::from(numerator) / 30.0).collect()
}

fn reversed<T: Clone>(values: &[T]) -> Vec<T> {
    values.iter().rev().cloned().collect()
}

#[track_caller]
fn assert_close(actual: f64, expected: f64) {
    let tolerance = 1e-12 * expected.abs().max(1.0);
    assert!((actual - expected).abs() <= tolerance, "{actual} is not {expected}");
}
