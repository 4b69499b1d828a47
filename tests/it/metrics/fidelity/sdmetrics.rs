//! Numbers recorded from SDMetrics and scipy.

use super::{categories, frames, numbers, same};
use serde::Deserialize;
use serde_json::{Map, Value};
use std::collections::BTreeMap;
use synthctr::data::{Column, Frame};
use synthctr::metrics::fidelity::{Fidelity, FidelityOptions, fidelity};
use synthctr::seed::Seed;

#[derive(Deserialize)]
struct Case {
    kinds: Map<String, Value>,
    columns: BTreeMap<String, BTreeMap<String, Option<f64>>>,
    pairs: Vec<Pair>,
    score: Option<f64>,
    column_shapes: Option<f64>,
    column_pair_trends: Option<f64>,
    real: Option<BTreeMap<String, Vec<Value>>>,
    synthetic: Option<BTreeMap<String, Vec<Value>>>,
}

#[derive(Deserialize)]
struct Pair {
    a: String,
    b: String,
    trend: Option<f64>,
    contingency_similarity: Option<f64>,
    correlation_similarity: Option<f64>,
    correlation_real: Option<f64>,
    correlation_synthetic: Option<f64>,
    cramers_v_real: Option<f64>,
    cramers_v_synthetic: Option<f64>,
}

fn cases() -> BTreeMap<String, Case> {
    let recorded = include_str!("../../../fixtures/sdmetrics_fidelity.json");
    serde_json::from_str(recorded).expect("the fixture")
}

/// The tables of a case, its columns in the order they were recorded in.
fn tables(case: &Case) -> [Frame; 2] {
    let (Some(real), Some(synthetic)) = (&case.real, &case.synthetic) else {
        return ten_thousand_categories();
    };
    // The pairs have the columns' order, which the map has not.
    let mut names: Vec<&String> = case.kinds.keys().collect();
    let place = |name: &str| case.pairs.iter().position(|pair| pair.b == name).map_or(0, |i| i + 1);
    names.sort_by_key(|name| place(name));
    frames(names.into_iter().map(|name| column(name, &real[name], &synthetic[name], case)))
}

fn column(name: &str, real: &[Value], synthetic: &[Value], case: &Case) -> [Column; 2] {
    if case.kinds[name] == "categorical" {
        let texts = |values: &[Value]| -> Vec<String> {
            values.iter().map(|value| value.as_str().unwrap_or_default().to_owned()).collect()
        };
        return categories(name, &texts(real), &texts(synthetic));
    }
    let floats = |values: &[Value]| -> Vec<f64> {
        values.iter().map(|value| value.as_f64().unwrap_or(f64::NAN)).collect()
    };
    numbers(name, &floats(real), &floats(synthetic))
}

/// What `ten_thousand` of the script makes.
fn ten_thousand_categories() -> [Frame; 2] {
    let rows = |n: u64, a: u64, b: u64| {
        let item: Vec<u64> = (0..n).map(|i| (a * i * i + b * i) % 10007 % 10000).collect();
        let with_item = || (0..n).zip(&item);
        let group: Vec<u64> = with_item().map(|(i, item)| (item * 31 + i / 100) % 7).collect();
        let kind: Vec<u64> = with_item().map(|(i, item)| (item % 50 + i % 3) % 50).collect();
        [item, group, kind].map(|codes| codes.iter().map(u64::to_string).collect::<Vec<_>>())
    };
    let (real, synthetic) = (rows(12_000, 7, 13), rows(9_000, 11, 5));
    let columns = ["item", "group", "kind"].into_iter().zip(real.iter().zip(&synthetic));
    frames(columns.map(|(name, (real, synthetic))| categories(name, real, synthetic)))
}

fn measured(tables: &[Frame; 2]) -> Fidelity {
    let options = FidelityOptions::default();
    fidelity(&tables[0], &tables[1], &options, Seed::master(1), &())
}

#[test]
fn columns_pairs_and_scores_are_those_of_sdmetrics() {
    let cases = cases();
    assert_eq!(cases.len(), 12);
    for (name, case) in &cases {
        let result = measured(&tables(case));
        for (column, expected) in &case.columns {
            let actual = &result.columns[column];
            for (metric, &expected) in expected {
                let actual = match metric.as_str() {
                    "tv_complement" => actual.tv_complement,
                    "category_coverage" => actual.category_coverage,
                    "category_adherence" => actual.category_adherence,
                    "js_distance" => actual.js_distance,
                    "ks_complement" => actual.ks_complement,
                    "range_coverage" => actual.range_coverage,
                    "boundary_adherence" => actual.boundary_adherence,
                    _ => panic!("{metric} is not known"),
                };
                same(actual, expected, &format!("{name}, {column}, {metric}"));
            }
        }
        assert_eq!(result.pairs.len(), case.pairs.len(), "{name}");
        for expected in &case.pairs {
            let (a, b) = (&expected.a, &expected.b);
            let actual = result.pairs.iter().find(|pair| (&pair.a, &pair.b) == (a, b));
            let actual = actual.unwrap_or_else(|| panic!("{name}: pair {a}, {b}"));
            let what = |metric: &str| format!("{name}, {a}, {b}, {metric}");
            same(actual.trend, expected.trend, &what("trend"));
            same(actual.cramers_v_real, expected.cramers_v_real, &what("V, real"));
            same(actual.cramers_v_synthetic, expected.cramers_v_synthetic, &what("V, synthetic"));
            same(actual.correlation_similarity, expected.correlation_similarity, &what("r"));
            if expected.contingency_similarity.is_some() {
                let actual = actual.contingency_similarity;
                same(actual, expected.contingency_similarity, &what("contingency"));
            }
            // SDMetrics drops what it knows of one table where the other's is not defined.
            if expected.correlation_real.is_some() && expected.correlation_synthetic.is_some() {
                same(actual.correlation_real, expected.correlation_real, &what("r, real"));
                let actual = actual.correlation_synthetic;
                same(actual, expected.correlation_synthetic, &what("r, synthetic"));
            }
        }
        same(result.quality.column_shapes, case.column_shapes, &format!("{name}, shapes"));
        same(result.quality.column_pair_trends, case.column_pair_trends, &format!("{name}, pairs"));
        same(result.quality.score, case.score, &format!("{name}, score"));
    }
}

#[test]
fn what_sdmetrics_cannot_compute_has_a_reason() {
    for (name, case) in &cases() {
        let result = measured(&tables(case));
        for (column, expected) in &case.columns {
            for metric in expected.keys().filter(|&metric| expected[metric].is_none()) {
                let path = format!("columns/{column}/{metric}");
                assert!(result.notes.contains_key(&path), "{name}: {path}");
            }
        }
        let without_score = case.score.is_none() || case.column_pair_trends.is_none();
        let noted = ["score", "column_pair_trends"].iter().any(|&p| result.notes.contains_key(p));
        assert_eq!(without_score, noted, "{name}");
    }
}
