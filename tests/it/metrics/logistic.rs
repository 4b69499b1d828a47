//! Logistic regression on one-hot codes.

use proptest::prelude::*;
use serde::Deserialize;
use std::collections::HashMap;
use synthctr::data::Coded;
use synthctr::metrics::privacy::Logistic;

/// What `scripts/peers/sklearn_logistic.py` recorded.
#[derive(Deserialize)]
struct Case {
    columns: Vec<Vec<u32>>,
    sizes: Vec<usize>,
    labels: Vec<u8>,
    l2: f64,
    intercept: f64,
    log_odds: Vec<f64>,
}

#[test]
fn logistic_is_that_of_scikit_learn() {
    let recorded = include_str!("../../fixtures/sklearn_logistic.json");
    let cases: HashMap<String, Case> = serde_json::from_str(recorded).expect("the fixture");
    assert_eq!(cases.len(), 4);
    for (name, case) in cases {
        let rows = Coded::new(case.columns, case.sizes);
        let fitted = Logistic::fit(&rows, &case.labels, case.l2);
        assert_close_to(fitted.intercept(), case.intercept, 1e-6, &name);
        for (actual, expected) in fitted.scores(&rows).into_iter().zip(case.log_odds) {
            assert_close_to(actual, expected, 1e-6, &name);
        }
    }
}

/// By definition: how the penalised loss changes with the intercept and with every weight.
fn gradient(rows: &Coded, labels: &[u8], l2: f64, fitted: &Logistic) -> Vec<f64> {
    let errors: Vec<f64> = (0..rows.n_rows())
        .map(|row| {
            let weights = rows.columns().iter().enumerate();
            let weights =
                weights.map(|(column, codes)| fitted.weights(column)[codes[row] as usize]);
            let odds = fitted.intercept() + weights.sum::<f64>();
            1.0 / (1.0 + (-odds).exp()) - f64::from(labels[row])
        })
        .collect();
    let mut gradient = vec![errors.iter().sum()];
    for column in 0..rows.n_columns() {
        for code in 0..rows.sizes()[column] {
            let rows = rows.column(column).iter().zip(&errors);
            let of_code = rows.filter(|row| *row.0 as usize == code).map(|row| row.1);
            gradient.push(of_code.sum::<f64>() + l2 * fitted.weights(column)[code]);
        }
    }
    gradient
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn the_gradient_vanishes(
        rows in prop::collection::vec((0u32..3, 0u32..20, 0u8..2), 2..120),
        power in -3i32..3,
    ) {
        let columns = vec![
            rows.iter().map(|row| row.0).collect(),
            rows.iter().map(|row| row.1).collect(),
        ];
        let labels: Vec<u8> = rows.iter().map(|row| row.2).collect();
        prop_assume!(labels.contains(&0) && labels.contains(&1));
        let (rows, l2) = (Coded::new(columns, vec![3, 20]), 10f64.powi(power));
        let fitted = Logistic::fit(&rows, &labels, l2);
        for part in gradient(&rows, &labels, l2, &fitted) {
            prop_assert!(part.abs() < 1e-4, "{} with a penalty of {}", part, l2);
        }
    }
}

#[test]
fn many_codes_and_chunks_have_a_minimum_too() {
    // More rows than a task takes at a time.
    let code = |row: u32| row.wrapping_mul(2_654_435_761) >> 7;
    let column = |size| (0..20_000).map(|row| code(row * size) % size).collect::<Vec<u32>>();
    let sizes = [3, 500, 2000];
    let columns: Vec<Vec<u32>> = sizes.iter().map(|&size| column(size)).collect();
    let labels: Vec<u8> = (0..20_000)
        .map(|row| u8::from(columns[1][row] % 7 < 3 && columns[2][row] % 5 < 4))
        .collect();
    let rows = Coded::new(columns, sizes.map(|size| size as usize).to_vec());
    let fitted = Logistic::fit(&rows, &labels, 1.0);
    let largest =
        gradient(&rows, &labels, 1.0, &fitted).into_iter().map(f64::abs).fold(0.0, f64::max);
    assert!(largest < 1e-2, "{largest}");
    let rough = Logistic::fit_within(&rows, &labels, 1.0, 0.3);
    let of_rough =
        gradient(&rows, &labels, 1.0, &rough).into_iter().map(f64::abs).fold(0.0, f64::max);
    assert!(of_rough > largest, "it stopped earlier");
    let on = |threads| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().expect("threads");
        pool.install(|| Logistic::fit(&rows, &labels, 1.0))
    };
    assert_eq!(on(1), on(3));
}

#[test]
fn what_cannot_be_told_has_no_weight() {
    let rows = Coded::new(vec![vec![0, 1, 1]], vec![2]);
    let fitted = Logistic::fit(&rows, &[1, 1, 1], 1.0);
    assert_eq!(fitted.weights(0), [0.0, 0.0]);
    assert_eq!(fitted.intercept(), 7f64.ln());
    let none = Coded::new(vec![vec![]], vec![5]);
    assert_eq!(Logistic::fit(&none, &[], 1.0).scores(&rows_of(&[4])), [0.0]);
    let no_columns = Coded::new(vec![], vec![]);
    assert_eq!(Logistic::fit(&no_columns, &[0, 1, 1], 1.0).intercept(), (2.5f64 / 1.5).ln());
    // Halves that are alike: nothing but rounding is left.
    let alike = Coded::new(vec![vec![0, 1, 0, 1]], vec![2]);
    assert_eq!(Logistic::fit(&alike, &[0, 0, 1, 1], 1.0).scores(&alike), [0.0; 4]);
}

#[track_caller]
fn assert_close_to(actual: f64, expected: f64, tolerance: f64, of: &str) {
    assert!((actual - expected).abs() < tolerance, "{actual} is not {expected}: {of}");
}

fn rows_of(codes: &[u32]) -> Coded {
    Coded::new(vec![codes.to_vec()], vec![5])
}
