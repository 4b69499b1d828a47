//! Numbers that SDMetrics recorded.

use serde::Deserialize;
use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;
use synthctr::data::{Column, Frame, Values};
use synthctr::metrics::privacy::neighbours::{Scale, closest};
use synthctr::metrics::privacy::{
    Cap, MATCH_TOLERANCE, dcr_baseline_protection, dcr_overfitting_protection,
    disclosure_protection, distances, new_row_share, random_rows,
};
use synthctr::seed::Seed;

/// What `scripts/peers/sdmetrics_privacy.py` recorded of a table.
#[derive(Deserialize)]
struct Recorded {
    columns: Vec<RecordedColumn>,
    keys: Vec<String>,
    sensitive: Vec<String>,
    new_rows: Vec<(f64, f64)>,
    closest: Vec<f64>,
    overfitting: RecordedOverfitting,
    baseline: RecordedBaseline,
    disclosure: HashMap<String, RecordedDisclosure>,
}

#[derive(Deserialize)]
struct RecordedColumn {
    name: String,
    numbers: bool,
    real: Vec<Cell>,
    synthetic: Vec<Cell>,
    holdout: Vec<Cell>,
}

#[derive(Clone, Deserialize)]
#[serde(untagged)]
enum Cell {
    Number(f64),
    Text(String),
    Missing(()),
}

#[derive(Deserialize)]
struct RecordedOverfitting {
    score: f64,
    closer_to_training: f64,
    closer_to_holdout: f64,
}

#[derive(Deserialize)]
struct RecordedBaseline {
    synthetic: f64,
    random: Vec<f64>,
}

#[derive(Deserialize)]
struct RecordedDisclosure {
    score: Option<f64>,
    cap_protection: Option<f64>,
    baseline_protection: f64,
}

fn recorded() -> BTreeMap<String, Recorded> {
    let recorded = include_str!("../../../fixtures/sdmetrics_privacy.json");
    let recorded: BTreeMap<String, Recorded> = serde_json::from_str(recorded).expect("the fixture");
    assert_eq!(recorded.len(), 7);
    recorded
}

impl Recorded {
    /// The real, the synthetic and the holdout rows.
    fn frames(&self) -> [Frame; 3] {
        let columns = self.columns.iter().map(|column| {
            let splits = [&column.real, &column.synthetic, &column.holdout];
            let values = if column.numbers {
                splits.map(|cells| numbers(cells))
            } else {
                categories(splits)
            };
            values.map(|values| Column { name: column.name.clone(), values })
        });
        let columns: Vec<[Column; 3]> = columns.collect();
        [0, 1, 2].map(|i| Frame::new(columns.iter().map(|column| column[i].clone()).collect()))
    }
}

fn numbers(cells: &[Cell]) -> Values {
    let number = |cell: &Cell| match cell {
        Cell::Number(number) => *number,
        Cell::Missing(()) => f64::NAN,
        Cell::Text(text) => panic!("{text} is no number"),
    };
    Values::Numbers(cells.iter().map(number).collect())
}

fn categories(splits: [&Vec<Cell>; 3]) -> [Values; 3] {
    let text = |cell: &Cell| match cell {
        Cell::Text(text) => text.clone(),
        Cell::Missing(()) => String::new(),
        Cell::Number(number) => panic!("{number} is no text"),
    };
    let mut vocabulary: Vec<String> = splits.into_iter().flatten().map(text).collect();
    vocabulary.sort();
    vocabulary.dedup();
    let vocabulary = Arc::new(vocabulary);
    splits.map(|cells| {
        let code = |cell| vocabulary.binary_search(&text(cell)).expect("in it") as u32;
        let codes = cells.iter().map(code).collect();
        Values::Categories { vocabulary: vocabulary.clone(), codes }
    })
}

#[track_caller]
fn assert_near(actual: f64, expected: f64, what: &str) {
    assert!((actual - expected).abs() <= 1e-9, "{what}: {actual} is not {expected}");
}

#[track_caller]
fn assert_both_near(actual: Option<f64>, expected: Option<f64>, what: &str) {
    assert_eq!(actual.is_some(), expected.is_some(), "{what}: {actual:?} is not {expected:?}");
    assert_near(actual.unwrap_or(0.0), expected.unwrap_or(0.0), what);
}

#[test]
fn distances_are_those_of_sdmetrics() {
    for (name, table) in recorded() {
        let [real, synthetic, holdout] = table.frames();
        let closest = |rows| closest(&synthetic, rows, &Scale::of(rows), &()).expect("rows");
        let to_real = closest(&real);
        assert_eq!(to_real.len(), table.closest.len());
        for (nearest, &expected) in to_real.iter().zip(&table.closest) {
            assert_near(nearest.first, expected, &name);
        }
        let expected = &table.overfitting;
        let found = dcr_overfitting_protection(&to_real, &closest(&holdout)).expect("rows");
        assert_near(found.score, expected.score, &name);
        assert_near(found.closer_to_training, expected.closer_to_training, &name);
        assert_near(found.closer_to_holdout, expected.closer_to_holdout, &name);
        let all = distances(&synthetic, &real, Some(&holdout), &Seed::master(1), &());
        let all = all.expect("rows and columns");
        assert_eq!(all.dcr_overfitting_protection, Some(found));
        assert_near(all.closest_record.median, table.baseline.synthetic, &name);
        assert_near(all.dcr_baseline_protection.synthetic_median, table.baseline.synthetic, &name);
    }
}

#[test]
fn random_baseline_is_that_of_sdmetrics_but_for_chance() {
    for (name, table) in recorded() {
        let [real, synthetic, _] = table.frames();
        let scale = Scale::of(&real);
        let median = |seed: u64| {
            let random = random_rows(&real, synthetic.n_rows(), &Seed::master(seed));
            let nearest = closest(&random, &real, &scale, &()).expect("rows");
            dcr_baseline_protection(&nearest, &nearest).expect("rows").random_median
        };
        let expected = &table.baseline.random;
        let found: Vec<f64> = (0..expected.len() as u64).map(median).collect();
        let moments = |values: &[f64]| {
            let n = values.len() as f64;
            let mean = values.iter().sum::<f64>() / n;
            (mean, values.iter().map(|x| (x - mean).powi(2)).sum::<f64>() / n / n)
        };
        let ((found, a), (expected, b)) = (moments(&found), moments(expected));
        // Five standard errors.
        let error = 5.0 * (a + b).sqrt() + 1e-12;
        assert!((found - expected).abs() <= error, "{name}: {found} {expected} ± {error}");
    }
}

#[test]
fn new_rows_are_those_of_sdmetrics() {
    for (name, table) in recorded() {
        let [real, synthetic, _] = table.frames();
        for &(tolerance, expected) in &table.new_rows {
            let share = new_row_share(&synthetic, &real, tolerance).expect("rows");
            assert_near(share, expected, &name);
        }
        assert_eq!(table.new_rows[0].0, MATCH_TOLERANCE);
    }
}

#[test]
fn attribution_is_that_of_sdmetrics() {
    let methods =
        [(Cap::Known, "cap"), (Cap::Zero, "zero_cap"), (Cap::Generalized, "generalized_cap")];
    for (name, table) in recorded() {
        let [real, synthetic, _] = table.frames();
        let names = |names: &'_ [String]| -> Vec<&'static str> {
            names.iter().map(|name| &*name.clone().leak()).collect()
        };
        let (keys, sensitive) = (names(&table.keys), names(&table.sensitive));
        for (method, called) in methods {
            assert_eq!(serde_json::to_value(method).expect("a name"), called);
            let what = format!("{name} {called}");
            let expected = &table.disclosure[called];
            let found = disclosure_protection(&synthetic, &real, &keys, &sensitive, method, &());
            let found = found.expect("rows and columns");
            assert_both_near(found.score, expected.score, &what);
            assert_both_near(found.cap_protection, expected.cap_protection, &what);
            assert_near(found.baseline_protection, expected.baseline_protection, &what);
        }
    }
}
