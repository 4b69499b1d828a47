//! Quantile normalisation beside scikit-learn's.

use super::*;
use std::collections::BTreeMap;

/// What `scripts/peers/quantiles.py` wrote of a column.
#[derive(Deserialize)]
struct Recorded {
    rows: usize,
    quantiles: Vec<f64>,
    numbers: Vec<f64>,
    scores: Vec<f64>,
    z: Vec<f64>,
    inverse: Vec<f64>,
}

/// The script's columns.
fn value(column: &str, i: usize) -> f64 {
    match column {
        "ids" => ((i * i % 1009).pow(2) / 5000) as f64,
        "long" => (i * 7919 % 30011 / 3) as f64,
        "few" => (i % 7 / 3) as f64,
        "ends" => (i % 10).saturating_sub(2).min(4) as f64,
        "constant" => 5.0,
        "continuous" => ((i * 7919 % 1009) as f64 + 0.5).sqrt() - 12.0,
        "wide" => (i * 37 % 199).pow(3) as f64 * -1000.0,
        "short" => (i * i % 7) as f64,
        "single" => 3.0,
        other => panic!("no formula for {other}"),
    }
}

fn fitted(column: &str, rows: usize) -> QuantileNormal {
    let values: Vec<f64> = (0..rows).map(|i| value(column, i)).collect();
    QuantileNormal::fit(&values)
}

#[test]
fn numbers_become_what_scikit_learn_makes_of_them() {
    let recorded = include_str!("../../../../tests/fixtures/quantiles.json");
    let recorded: BTreeMap<String, Recorded> = serde_json::from_str(recorded).expect("a fixture");
    assert_eq!(recorded.len(), 9);
    for (name, column) in &recorded {
        let normal = fitted(name, column.rows);
        // To the last bit, on which ties hang.
        let every_seventh: Vec<f64> = normal.quantiles.iter().copied().step_by(7).collect();
        assert_eq!(every_seventh, column.quantiles, "{name}");
        for (&x, &wanted) in column.numbers.iter().zip(&column.scores) {
            let found = normal.forward(x);
            assert!((found - wanted).abs() < 1e-9, "{name}: {x} has score {found}, not {wanted}");
        }
        let width = 1.0 + normal.ends().1 - normal.ends().0;
        for (&z, &wanted) in column.z.iter().zip(&column.inverse) {
            let found = normal.inverse(z);
            let error = (found - wanted).abs();
            assert!(error < 1e-9 * width, "{name}: {z} stands for {found}, not {wanted}");
        }
    }
}

#[test]
fn numbers_come_back_from_their_scores() {
    for (name, rows) in [("ids", 3000), ("long", 31_000), ("continuous", 1009), ("wide", 200)] {
        let normal = fitted(name, rows);
        let (low, high) = normal.ends();
        for x in (0..rows).map(|i| value(name, i)) {
            let back = normal.inverse(normal.forward(x));
            assert!((back - x).abs() <= 1e-9 * (high - low), "{name}: {x} came back as {back}");
        }
    }
}

#[test]
fn a_narrow_column_is_not_taken_for_a_constant() {
    let wide: Vec<f64> = (0..100).map(f64::from).collect();
    let narrow: Vec<f64> = wide.iter().map(|x| x * 1e-12).collect();
    let (wide, narrow) = (QuantileNormal::fit(&wide), QuantileNormal::fit(&narrow));
    for x in [0.0, 1.0, 17.5, 49.5, 98.0, 99.0] {
        assert!((wide.forward(x) - narrow.forward(x * 1e-12)).abs() < 1e-9);
    }
}

#[test]
fn what_is_not_finite_does_no_harm() {
    let normal = QuantileNormal::fit(&[f64::NAN, 1.0, f64::INFINITY, 2.0, f64::NEG_INFINITY]);
    assert_eq!(normal.quantiles, [1.0, 2.0]);
    assert!(normal.forward(f64::NAN).is_nan() && normal.inverse(f64::NAN).is_nan());
    assert_eq!([f64::NEG_INFINITY, f64::INFINITY].map(|z| normal.inverse(z)), [1.0, 2.0]);
    let [low, high] = [f64::NEG_INFINITY, f64::INFINITY].map(|x| normal.forward(x));
    assert_eq!((low, high), (normal.forward(1.0), normal.forward(2.0)));
    let empty = QuantileNormal::fit(&[f64::NAN]);
    assert_eq!([-1.0, 0.0, 7.0].map(|z| empty.inverse(z)), [0.0; 3]);
}

#[test]
fn damaged_quantiles_are_refused() {
    let normal = fitted("continuous", 1009);
    let json = serde_json::to_string(&normal).expect("json");
    let read: QuantileNormal = serde_json::from_str(&json).expect("quantiles");
    assert_eq!(read.quantiles, normal.quantiles);
    let many = format!("[0{}]", ",0".repeat(1000));
    for quantiles in ["[]", "[1,0]", "[0,null]", "[0,1e999]", &many] {
        let json = format!(r#"{{"quantiles":{quantiles}}}"#);
        assert!(serde_json::from_str::<QuantileNormal>(&json).is_err(), "{quantiles}");
    }
    // The same rule says why.
    let infinite = QuantileNormal::try_from(Quantiles { quantiles: vec![0.0, f64::INFINITY] });
    assert!(infinite.is_err_and(|message| message.contains("finite")));
}
