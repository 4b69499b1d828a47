//! Variances and covariances of AUCs.

use super::{assert_close, recorded};
use proptest::prelude::*;
use serde::Deserialize;
use std::collections::HashMap;
use synthctr::metrics::{DeLong, auc};

/// The covariance as its authors define it: every pair is looked at.
fn covariance_by_definition(labels: &[u8], a: &[f64], b: &[f64]) -> f64 {
    let rows = |label: u8| (0..labels.len()).filter(move |&row| labels[row] == label);
    let order = |scores: &[f64], click: usize, other: usize| match scores[click] - scores[other] {
        difference if difference > 0.0 => 1.0,
        0.0 => 0.5,
        _ => 0.0,
    };
    let mean = |values: Vec<f64>| values.iter().sum::<f64>() / values.len() as f64;
    let of_clicks = |scores: &[f64]| -> Vec<f64> {
        rows(1).map(|i| mean(rows(0).map(|j| order(scores, i, j)).collect())).collect()
    };
    let of_others = |scores: &[f64]| -> Vec<f64> {
        rows(0).map(|j| mean(rows(1).map(|i| order(scores, i, j)).collect())).collect()
    };
    let covariance = |x: Vec<f64>, y: Vec<f64>| {
        let n = x.len() as f64;
        let products: f64 = x.iter().zip(&y).map(|(x, y)| x * y).sum();
        (products - n * mean(x.clone()) * mean(y.clone())) / (n - 1.0) / n
    };
    covariance(of_clicks(a), of_clicks(b)) + covariance(of_others(a), of_others(b))
}

fn floats(scores: &[i8]) -> Vec<f64> {
    // Both zeros occur.
    scores.iter().map(|&score| if score == -1 { -0.0 } else { f64::from(score) }).collect()
}

type Rows = (Vec<u8>, Vec<f64>, Vec<f64>);

/// Labels, at least two of each, and two models' scores with many ties.
fn rows() -> impl Strategy<Value = Rows> {
    let others = prop::collection::vec((0u8..1, -3i8..5, -9i8..9), 2..20);
    let clicks = prop::collection::vec((1u8..2, -2i8..6, -9i8..12), 2..20);
    (others, clicks).prop_map(|(others, clicks)| [others, clicks].concat()).prop_shuffle().prop_map(
        |rows| {
            let (a, b): (Vec<i8>, Vec<i8>) = rows.iter().map(|row| (row.1, row.2)).unzip();
            (rows.iter().map(|row| row.0).collect(), floats(&a), floats(&b))
        },
    )
}

fn delong(labels: &[u8], scores: &[f64]) -> DeLong {
    DeLong::new(labels, scores).expect("both labels and numbers")
}

proptest! {
    #[test]
    fn delong_is_its_definition((labels, a, b) in rows()) {
        let (x, y) = (delong(&labels, &a), delong(&labels, &b));
        prop_assert_eq!(Some(x.auc()), auc(&labels, &a));
        assert_close(x.variance(), covariance_by_definition(&labels, &a, &a));
        assert_close(x.covariance(&y), covariance_by_definition(&labels, &a, &b));
    }

    #[test]
    fn delong_is_one_of_ranks((labels, a, b) in rows()) {
        let (x, y) = (delong(&labels, &a), delong(&labels, &b));
        // Rising, over hundreds of powers of ten.
        let stretched: Vec<f64> = a.iter().map(|score| (score * 100.0).exp()).collect();
        prop_assert_eq!(&delong(&labels, &stretched), &x);
        // The other way round each pair in order is one out of order.
        let inverted: Vec<f64> = a.iter().map(|score| -score).collect();
        let inverted = delong(&labels, &inverted);
        assert_close(inverted.auc(), 1.0 - x.auc());
        assert_close(inverted.variance(), x.variance());
        assert_close(inverted.covariance(&y), -x.covariance(&y));
    }

    #[test]
    fn covariances_are_symmetric_and_bounded((labels, a, b) in rows()) {
        let (x, y) = (delong(&labels, &a), delong(&labels, &b));
        prop_assert_eq!(x.covariance(&y), y.covariance(&x));
        prop_assert!(x.variance() >= 0.0);
        prop_assert!(x.variance() + y.variance() - 2.0 * x.covariance(&y) >= -1e-15);
        let of_reversed = |scores: &[f64]| {
            delong(&super::reversed(&labels), &super::reversed(scores))
        };
        assert_close(of_reversed(&a).covariance(&of_reversed(&b)), x.covariance(&y));
    }
}

#[derive(Deserialize)]
struct Test {
    auc: [f64; 2],
    variance: [f64; 2],
    covariance: f64,
    z: f64,
}

#[test]
fn variances_and_covariances_are_those_of_proc() {
    let tests = include_str!("../../fixtures/proc_delong.json");
    let tests: HashMap<usize, Test> = serde_json::from_str(tests).expect("the fixture");
    assert_eq!(tests.len(), 3);
    let recorded = recorded();
    for (n, test) in tests {
        let rows = match n {
            25 => recorded.labels.len() - 25..recorded.labels.len(),
            _ => 0..n,
        };
        let of_case = |name: &str| {
            delong(&recorded.labels[rows.clone()], &recorded.cases[name].scores[rows.clone()])
        };
        let both = [of_case("smooth"), of_case("coarse")];
        let same = |actual: f64, expected: f64| (actual / expected - 1.0).abs() < 1e-12;
        for (i, each) in both.iter().enumerate() {
            assert!(same(each.auc(), test.auc[i]), "{n} rows: {}", each.auc());
            assert!(same(each.variance(), test.variance[i]), "{n} rows: {}", each.variance());
        }
        let [x, y] = &both;
        assert!(same(x.covariance(y), test.covariance), "{n} rows: {}", x.covariance(y));
        let z = (x.auc() - y.auc()) / (x.variance() + y.variance() - 2.0 * x.covariance(y)).sqrt();
        assert!(same(z, test.z), "{n} rows: {z}");
    }
}

#[test]
fn precision_needs_two_rows_of_each_label() {
    assert_eq!(DeLong::new(&[], &[]), None);
    assert_eq!(DeLong::new(&[1, 1], &[0.1, 0.2]), None);
    assert_eq!(DeLong::new(&[0], &[0.1]), None);
    assert_eq!(DeLong::new(&[0, 1], &[0.1, f64::NAN]), None);
    let one_click = delong(&[0, 1, 0], &[0.1, 0.2, 0.3]);
    assert_eq!(one_click.auc(), 0.5);
    assert!(one_click.variance().is_nan());
    let separated = delong(&[0, 1, 0, 1], &[f64::NEG_INFINITY, 0.2, 0.1, f64::INFINITY]);
    assert_eq!((separated.auc(), separated.variance()), (1.0, 0.0));
}

#[test]
fn a_mean_of_models_has_the_variance_of_the_sum_of_all_covariances() {
    let labels: Vec<u8> = (0..60).map(|row| u8::from(row % 3 == 0)).collect();
    let model = |phase: f64| {
        let score = |row: usize| (row as f64 * phase).sin() + f64::from(labels[row]);
        delong(&labels, &(0..60).map(score).collect::<Vec<_>>())
    };
    let models = [model(1.0), model(1.7), model(2.9)];
    let mean = DeLong::mean(&models).unwrap();
    let aucs: f64 = models.iter().map(DeLong::auc).sum();
    assert!((mean.auc() - aucs / 3.0).abs() < 1e-15);
    let pairs = models.iter().flat_map(|a| models.iter().map(|b| a.covariance(b)));
    assert!((mean.variance() / (pairs.sum::<f64>() / 9.0) - 1.0).abs() < 1e-12);
    assert_eq!(DeLong::mean(&[]), None);
    let other = delong(&[0, 1, 0, 1], &[0.1, 0.2, 0.3, 0.4]);
    assert_eq!(DeLong::mean(&[models[0].clone(), other]), None);
}
