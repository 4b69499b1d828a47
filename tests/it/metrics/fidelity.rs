//! How alike a synthetic table is to the real one.

mod accuracy;
mod laws;
mod report;
mod sdmetrics;
mod support;
mod two_sample;

use std::sync::Arc;
use synthctr::data::{Column, Frame};

/// A column of categories by their texts in two tables, with a vocabulary for both.
fn categories<S: AsRef<str>>(name: &str, real: &[S], synthetic: &[S]) -> [Column; 2] {
    let texts = || real.iter().chain(synthetic).map(|text| text.as_ref().to_owned());
    let mut vocabulary: Vec<String> = texts().collect();
    vocabulary.sort();
    vocabulary.dedup();
    let vocabulary = Arc::new(vocabulary);
    [real, synthetic].map(|texts| {
        let code = |text: &S| vocabulary.binary_search(&text.as_ref().to_owned());
        let codes = texts.iter().map(|text| code(text).expect("in the vocabulary") as u32);
        Column::categories(name, vocabulary.clone(), codes.collect())
    })
}

/// Two frames of these columns.
fn frames(columns: impl IntoIterator<Item = [Column; 2]>) -> [Frame; 2] {
    let (mut real, mut synthetic) = (Vec::new(), Vec::new());
    for [a, b] in columns {
        real.push(a);
        synthetic.push(b);
    }
    [Frame::new(real), Frame::new(synthetic)]
}

/// A column of numbers in two tables.
fn numbers(name: &str, real: &[f64], synthetic: &[f64]) -> [Column; 2] {
    [Column::numbers(name, real.to_vec()), Column::numbers(name, synthetic.to_vec())]
}

/// Numbers that are equal, to a part in `10⁹`, or both None.
#[track_caller]
fn same(actual: Option<f64>, expected: Option<f64>, what: &str) {
    match (actual, expected) {
        (None, None) => {}
        (Some(a), Some(b)) if (a - b).abs() < 1e-9 => {}
        _ => panic!("{what}: {actual:?}, not {expected:?}"),
    }
}
