//! AUC and logloss.

use super::auc_by_definition;
use proptest::prelude::*;
use serde::Deserialize;
use std::collections::HashMap;
use synthctr::metrics::{auc, logloss, logloss_by_label};

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
    let recorded = include_str!("../../fixtures/sklearn_metrics.json");
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

#[test]
fn the_logloss_by_label_is_that_of_each_labels_rows() {
    let (labels, scores) = ([0, 1, 0, 1, 1], [0.1, 0.9, 0.4, 0.2, 0.6]);
    let [others, clicks] = logloss_by_label(&labels, &scores);
    assert!((others + (0.9f64.ln() + 0.6f64.ln()) / 2.0).abs() < 1e-15, "{others}");
    assert!((clicks + (0.9f64.ln() + 0.2f64.ln() + 0.6f64.ln()) / 3.0).abs() < 1e-15, "{clicks}");
    assert!(((2.0 * others + 3.0 * clicks) / 5.0 - logloss(&labels, &scores)).abs() < 1e-15);
    assert!(logloss_by_label(&[1], &[0.5])[0].is_nan());
}
