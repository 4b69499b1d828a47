//! Tests of metrics.

use proptest::prelude::*;
use serde::Deserialize;
use std::collections::HashMap;
use std::sync::Arc;
use synthctr::data::{Field, Schema, Table};
use synthctr::metrics::{Identical, auc, identical_rows, logloss};

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

proptest! {
    #[test]
    fn auc_is_its_definition(rows in prop::collection::vec((0u8..2, -4i8..5), 0..60)) {
        let labels: Vec<u8> = rows.iter().map(|&(label, _)| label).collect();
        // Both zeros occur, and infinities.
        let score = |&(label, score): &(u8, i8)| match score {
            0 if label == 0 => -0.0,
            4 => f64::INFINITY,
            -4 => f64::NEG_INFINITY,
            _ => f64::from(score) / 3.0,
        };
        let scores: Vec<f64> = rows.iter().map(score).collect();
        prop_assert_eq!(auc(&labels, &scores), auc_by_definition(&labels, &scores));
    }

    #[test]
    fn identical_rows_are_counted_one_by_one(
        real in prop::collection::vec((0u32..4, 0u32..4, 0u8..2), 0..30),
        synthetic in prop::collection::vec((0u32..4, 0u32..4, 0u8..2), 0..30),
    ) {
        let values = || (0..3).map(|i| i.to_string()).collect();
        let fields = vec![Field::categorical("a", values()), Field::categorical("b", values())];
        let schema = Arc::new(Schema { label: "label".into(), fields });
        let table = |rows: &[(u32, u32, u8)]| {
            let columns = vec![
                rows.iter().map(|row| row.0).collect(),
                rows.iter().map(|row| row.1).collect(),
            ];
            Table::new(schema.clone(), columns, rows.iter().map(|row| row.2).collect())
        };
        let with_label = synthetic.iter().filter(|row| real.contains(row)).count();
        let without_label =
            synthetic.iter().filter(|s| real.iter().any(|r| (r.0, r.1) == (s.0, s.1))).count();
        let expected = Identical { with_label, without_label };
        prop_assert_eq!(identical_rows(&table(&synthetic), &table(&real)), expected);
    }
}

#[test]
fn auc_is_undefined_without_both_labels_or_with_a_score_that_is_no_number() {
    assert_eq!(auc(&[], &[]), None);
    assert_eq!(auc(&[1, 1], &[0.1, 0.2]), None);
    assert_eq!(auc(&[0], &[0.1]), None);
    assert_eq!(auc(&[0, 1], &[0.1, f64::NAN]), None);
    assert_eq!(auc(&[0, 1], &[0.1, 0.2]), Some(1.0));
}

#[derive(Deserialize)]
struct Case {
    labels: Vec<u8>,
    scores: Vec<f64>,
    auc: f64,
    logloss: f64,
}

#[test]
fn auc_and_logloss_are_those_of_scikit_learn() {
    let recorded = include_str!("../fixtures/sklearn_metrics.json");
    let cases: HashMap<String, Case> = serde_json::from_str(recorded).expect("the fixture");
    assert_eq!(cases.len(), 6);
    for (name, case) in cases {
        let auc = auc(&case.labels, &case.scores).expect("both labels");
        assert!((auc - case.auc).abs() < 1e-14, "{name}: {auc}");
        let logloss = logloss(&case.labels, &case.scores);
        assert!((logloss - case.logloss).abs() < 1e-13 * case.logloss, "{name}: {logloss}");
    }
}

#[test]
fn logloss_of_nothing_or_of_no_number_is_no_number() {
    assert!(logloss(&[], &[]).is_nan());
    assert!(logloss(&[1], &[f64::NAN]).is_nan());
}
