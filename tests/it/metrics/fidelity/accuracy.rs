//! Accuracy in few categories, against mostlyai-qa and against counting texts.

use super::{categories, frames, numbers};
use serde::Deserialize;
use serde_json::Value;
use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;
use synthctr::data::{Column, Frame};
use synthctr::metrics::fidelity::{Accuracy, FidelityOptions, fidelity};
use synthctr::seed::Seed;

fn accuracy([real, synthetic]: &[Frame; 2]) -> Accuracy {
    fidelity(real, synthetic, &FidelityOptions::default(), Seed::master(1), &()).triples
}

#[derive(Deserialize)]
struct Case {
    real: BTreeMap<String, Vec<Value>>,
    synthetic: BTreeMap<String, Vec<Value>>,
    sets: Vec<Set>,
}

#[derive(Deserialize)]
struct Set {
    columns: Vec<String>,
    accuracy: f64,
    expected: f64,
}

fn column(name: &str, case: &Case) -> [Column; 2] {
    let (real, synthetic) = (&case.real[name], &case.synthetic[name]);
    if real.iter().chain(synthetic).any(Value::is_string) {
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

#[test]
fn every_set_of_columns_is_as_accurate_as_mostlyai_says() {
    let recorded = include_str!("../../../fixtures/mostlyai_accuracy.json");
    let cases: BTreeMap<String, Case> = serde_json::from_str(recorded).expect("the fixture");
    for (name, case) in &cases {
        let mut all: BTreeMap<usize, Vec<&Set>> = BTreeMap::new();
        for set in &case.sets {
            all.entry(set.columns.len()).or_default().push(set);
            let of_set = accuracy(&frames(set.columns.iter().map(|name| column(name, case))));
            close(at_once(&of_set, set.columns.len()), (set.accuracy, set.expected), name, set);
        }
        let means = accuracy(&frames(case.real.keys().map(|name| column(name, case))));
        for (&size, sets) in &all {
            let mean =
                |of: fn(&Set) -> f64| sets.iter().map(|&s| of(s)).sum::<f64>() / sets.len() as f64;
            let expected = (mean(|set| set.accuracy), mean(|set| set.expected));
            close(at_once(&means, size), expected, name, sets[0]);
        }
    }
    assert_eq!(cases["mixed"].sets.len(), 8 + 28 + 56);
}

/// What there is on so many columns at once.
fn at_once(accuracy: &Accuracy, columns: usize) -> (f64, f64) {
    let pair = match columns {
        1 => (accuracy.univariate, accuracy.univariate_expected),
        2 => (accuracy.bivariate, accuracy.bivariate_expected),
        _ => (accuracy.trivariate, accuracy.trivariate_expected),
    };
    (pair.0.expect("rows"), pair.1.expect("rows"))
}

/// mostlyai-qa rounds to five decimals.
fn close(actual: (f64, f64), expected: (f64, f64), name: &str, set: &Set) {
    let near = |a: f64, b: f64| (a - b).abs() < 5.1e-6;
    let what = format!("{name}, {:?}: {actual:?}, not {expected:?}", set.columns);
    assert!(near(actual.0, expected.0) && near(actual.1, expected.1), "{what}");
}

/// Texts of categories that are few and frequent, so that every one is kept.
fn texts(n: u32, columns: u32, shift: u32) -> Vec<Vec<String>> {
    let cell = |row: u32, column: u32| {
        (row * (column + 3) + row / (7 + column) + shift * row) % (column + 3)
    };
    (0..columns).map(|c| (0..n).map(|row| format!("{}", cell(row, c))).collect()).collect()
}

#[test]
fn pairs_and_triples_are_counted_like_texts() {
    let (real, synthetic) = (texts(400, 5, 0), texts(260, 5, 1));
    let accuracy =
        accuracy(&frames((0..5).map(|c| categories(&format!("c{c}"), &real[c], &synthetic[c]))));
    let of_subset = |subset: &[usize]| {
        let shares = |columns: &[Vec<String>]| {
            let n = columns[0].len();
            let mut shares: HashMap<String, f64> = HashMap::new();
            (0..n).for_each(|row| {
                let key: Vec<&str> = subset.iter().map(|&c| columns[c][row].as_str()).collect();
                *shares.entry(key.join("|")).or_default() += 1.0 / n as f64;
            });
            shares
        };
        let (real, synthetic) = (shares(&real), shares(&synthetic));
        let either = real.keys().chain(synthetic.keys().filter(|key| !real.contains_key(*key)));
        let share = |of: &HashMap<String, f64>, key: &String| of.get(key).copied().unwrap_or(0.0);
        1.0 - either.map(|key| (share(&real, key) - share(&synthetic, key)).abs()).sum::<f64>()
            / 2.0
    };
    let (mut pairs, mut triples) = (Vec::new(), Vec::new());
    for a in 0..5 {
        for b in 0..a {
            pairs.push(of_subset(&[a, b]));
            triples.extend((0..b).map(|c| of_subset(&[a, b, c])));
        }
    }
    assert_eq!((pairs.len(), triples.len()), (10, 10));
    let mean = |values: &[f64]| values.iter().sum::<f64>() / values.len() as f64;
    let near = |a: Option<f64>, b: f64| assert!((a.expect("rows") - b).abs() < 1e-12, "{a:?}, {b}");
    near(accuracy.bivariate, mean(&pairs));
    near(accuracy.trivariate, mean(&triples));
    assert!(mean(&triples) < mean(&pairs) - 0.01 && mean(&triples) > 0.1);
}

#[test]
fn of_equally_frequent_categories_those_that_come_first_in_the_alphabet_are_kept() {
    // Twelve categories of five rows each; the synthetic table has the last two alone.
    let of = |texts: &[&str]| -> Vec<String> {
        texts.iter().flat_map(|text| std::iter::repeat_n((*text).to_owned(), 5)).collect()
    };
    let all = ["a", "b", "c", "d", "e", "f", "g", "h", "i", "j", "k", "l"];
    let backwards: Vec<&str> = all.iter().rev().copied().collect();
    for vocabulary in [&all[..], &backwards] {
        let vocabulary: Arc<Vec<String>> =
            Arc::new(of(vocabulary).into_iter().step_by(5).collect());
        let real =
            Column::categories("x", vocabulary.clone(), (0..60).map(|row| row / 5).collect());
        for (texts, kept) in [(&["k", "l"][..], 2.0), (&["a"], 1.0)] {
            let code = |text: &String| vocabulary.iter().position(|other| other == text);
            let codes = of(texts).iter().map(|text| code(text).expect("a text") as u32).collect();
            let synthetic = Column::categories("x", vocabulary.clone(), codes);
            let accuracy = accuracy(&frames([[real.clone(), synthetic]]));
            assert!((accuracy.univariate.expect("rows") - kept / 12.0).abs() < 1e-12);
        }
    }
}
