//! Measurements of a small table, as they are shown.

use super::numbers::numbers;
use super::risks::tests::attackers;
use super::text::number;
use super::{PRIVACY, evaluation_page, privacy_table};
use crate::data::{Column, Frame};
use crate::evaluate::{EvaluateOptions, Evaluation, World, evaluate};
use crate::experiment::{Measurand, QualityRecord};
use crate::generators::Reading;
use crate::metrics::privacy::anonymeter::{Attackers, Doubt};
use crate::seed::Seed;
use serde_json::json;

/// Two columns of numbers, without a holdout.
fn evaluation() -> Evaluation {
    // Prices nearer to the middle: the two distances differ where shares cross twice.
    let table = |width: f64| {
        let prices = (0..80).map(|row| width * (f64::from(row) - 40.0));
        let items = (0..80).map(|row| f64::from(row * 7 % 5));
        Frame::new(vec![
            Column::numbers("price", prices.collect()),
            Column::numbers("item", items.collect()),
        ])
    };
    let world = World {
        real: table(1.0),
        holdout: None,
        label: None,
        user: None,
        constraints: Vec::new(),
        together: None,
    };
    let options = EvaluateOptions { yardsticks: false, utility: None };
    evaluate(&world, &table(0.6), options, Seed::master(1), &())
}

#[test]
fn the_shape_of_numbers_is_the_one_that_is_named() {
    let evaluation = evaluation();
    let price = &evaluation.measured.fidelity.table.columns["price"];
    let [shape, of_bins] = [price.ks_complement, price.tv_complement].map(number);
    assert_ne!(shape, of_bins, "the test must be able to fail");
    let page = evaluation_page(&evaluation, &[]);
    let row = page.split("<th scope=\"row\">price</th><td>").nth(1).expect("the column's row");
    assert_eq!(row.split("</td>").next(), Some(shape.as_str()));
}

/// An evaluation with planted attacks, of which two do no better than guessing.
fn doubtful() -> Evaluation {
    let mut evaluation = evaluation();
    let weak = || attackers(0.5, [0.4, 0.6], &[Doubt::NoBetterThanGuessing]);
    let good = |value: f64, low: f64| attackers(value, [low, value + 0.1], &[]);
    let anonymeter = &mut evaluation.measured.privacy.anonymeter;
    anonymeter.singling_out.univariate = Some(weak());
    anonymeter.singling_out.multivariate = Some(good(0.1, 0.05));
    anonymeter.linkability = Some(weak());
    let columns = [("item", good(0.4, 0.0)), ("price", good(0.2, 0.125)), ("weak", weak())];
    anonymeter.inference = columns.map(|(name, of): (&str, Attackers)| (name.into(), of)).into();
    evaluation
}

#[test]
fn an_attack_that_does_no_better_than_guessing_is_doubted() {
    let evaluation = doubtful();
    let doubt =
        "Doubt: the attack does no better than guessing: it shows no leak and excludes none";
    let all = numbers(&evaluation.measured);
    let of = |name: &str| all.iter().find(|number| number.name == name).expect("a number");
    for (name, doubted) in [
        ("singling out by one value", true),
        ("singling out by several", false),
        ("linkability", true),
        ("inference, worst column", false),
    ] {
        let number = of(name);
        assert_eq!(number.meaning.ends_with(doubt), doubted, "{name}: {}", number.meaning);
        assert_eq!(number.alarm, !doubted, "{name}");
    }
    let worst = of("inference, worst column");
    assert!(worst.value == Some(0.2) && worst.meaning.ends_with("here price"), "{worst:?}");
    assert!(evaluation_page(&evaluation, &[]).contains(doubt));
}

#[test]
fn a_run_shows_only_risks_that_say_something() {
    let of = Measurand {
        draw: None,
        generator: "ctgan".to_owned(),
        conditioning: "joint".to_owned(),
        reading: Reading::Categories,
        seed: Some(1),
        label: None,
    };
    let fingerprint = serde_json::from_value(json!("0")).expect("a fingerprint");
    let record = QualityRecord { of, fingerprint, measured: doubtful().measured, seconds: 0.0 };
    let shown = |name: &str| {
        let (_, get) = PRIVACY.iter().find(|column| column.0 == name).expect("a column");
        get(&record)
    };
    assert_eq!(shown("singled out"), Some(0.1));
    assert_eq!(shown("linked"), None);
    assert_eq!(shown("inferred"), Some(0.125), "the lower end");
    let table = privacy_table(std::slice::from_ref(&record), false).expect("a source");
    let row = table.lines().find(|line| line.contains("ctgan")).expect("its row");
    let entries: Vec<&str> = row.split_whitespace().collect();
    assert!(entries.windows(3).any(|of| of == ["0.100", "–", "0.125"]), "{table}");
}
