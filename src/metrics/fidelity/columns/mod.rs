//! Column by column.

mod categories;
mod distances;
mod marginal;
mod numbers;

pub use categories::{category_adherence, category_coverage, tv_complement};
pub use distances::{jensen_shannon, total_variation};
pub use marginal::{Marginal, marginals};
pub use numbers::{boundary_adherence, ks_complement, range_coverage};

use super::notes::Notes;
use super::undefined::Undefined;
use crate::data::{Coded, Column, Frame, Values};
use rayon::prelude::*;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// How alike a column's values are in two tables, each column by itself.
///
/// Total variation and Jensen-Shannon distance of a column of numbers are those of its bins, cut at
/// quantiles of the real numbers. Other numbers of the other kind of column are None.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ColumnFidelity {
    /// One minus the total variation distance without missing values, SDMetrics' `TVComplement`:
    /// 0 to 1, 1 for equal shares. Alarming where it is far below that of a real holdout.
    pub tv_complement: Option<f64>,
    /// Total variation distance, 0 to 1, 0 for equal shares; a missing value is a category.
    pub tv_distance: Option<f64>,
    /// Jensen-Shannon distance to base 2, 0 to 1, 0 for equal shares; a missing value is a
    /// category. Differences in rare categories weigh more than in the total variation distance.
    pub js_distance: Option<f64>,
    /// The share of the real categories that the synthetic table holds (SDMetrics), 0 to 1. Low
    /// where rare categories are lost; a smaller table holds fewer of them for that alone.
    pub category_coverage: Option<f64>,
    /// The share of synthetic rows whose category is a real one (SDMetrics), 0 to 1. Alarming
    /// below 1, where categories are made up.
    pub category_adherence: Option<f64>,
    /// One minus the Kolmogorov-Smirnov statistic (SDMetrics), 0 to 1, 1 for equal distributions.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ks_complement: Option<f64>,
    /// The share of the real range that the synthetic numbers span (SDMetrics), 0 to 1.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub range_coverage: Option<f64>,
    /// The share of synthetic rows within the real range (SDMetrics), 0 to 1. Alarming below 1.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub boundary_adherence: Option<f64>,
}

/// The columns of two frames by name, and why what is None is not defined. `coded` are the rows of
/// `frames`, real ones first, coded by the real ones.
pub(super) fn columns(
    frames: [&Frame; 2],
    coded: [&Coded; 2],
) -> (BTreeMap<String, ColumnFidelity>, Notes) {
    let column = |position: usize| {
        let [real, synthetic] = frames.map(|frame| &frame.columns()[position]);
        let mut notes = Notes::default();
        let codes = coded.map(|coded| coded.column(position));
        let column = column(real, synthetic, codes, coded[0].sizes()[position], &mut notes);
        (real.name.clone(), column, notes)
    };
    let all: Vec<_> = (0..frames[0].columns().len()).into_par_iter().map(column).collect();
    let (mut columns, mut notes) = (BTreeMap::new(), Notes::default());
    for (name, column, of_column) in all {
        notes.add_all(&format!("columns/{name}"), of_column);
        columns.insert(name, column);
    }
    (columns, notes)
}

fn column(
    real: &Column,
    synthetic: &Column,
    codes: [&[u32]; 2],
    size: usize,
    notes: &mut Notes,
) -> ColumnFidelity {
    let all = codes.map(|codes| counts(codes.iter().copied(), size));
    let [present_real, present_synthetic] =
        [(real, codes[0]), (synthetic, codes[1])].map(|(column, codes)| {
            let missing = column.missing_code();
            let present = |&(row, &code): &(usize, &u32)| match &column.values {
                Values::Categories { .. } => Some(code) != missing,
                Values::Numbers(numbers) => !numbers[row].is_nan(),
            };
            counts(codes.iter().enumerate().filter(present).map(|(_, &code)| code), size)
        });
    let mut category = |name, value: &dyn Fn() -> Result<f64, Undefined>| match &real.values {
        Values::Categories { .. } => notes.note(name, value()),
        Values::Numbers(_) => notes.note(name, Err(Undefined::OtherKind("categories"))),
    };
    let category_coverage =
        category("category_coverage", &|| category_coverage(&present_real, &present_synthetic));
    let category_adherence =
        category("category_adherence", &|| category_adherence(&all[0], &all[1]));
    let mut number = |name, value: fn(&[f64], &[f64]) -> Result<f64, Undefined>| match (
        &real.values,
        &synthetic.values,
    ) {
        (Values::Numbers(real), Values::Numbers(synthetic)) => {
            notes.note(name, value(real, synthetic))
        }
        _ => None,
    };
    ColumnFidelity {
        category_coverage,
        category_adherence,
        ks_complement: number("ks_complement", ks_complement),
        range_coverage: number("range_coverage", range_coverage),
        boundary_adherence: number("boundary_adherence", boundary_adherence),
        tv_complement: notes
            .note("tv_complement", tv_complement(&present_real, &present_synthetic)),
        tv_distance: notes.note("tv_distance", total_variation(&all[0], &all[1])),
        js_distance: notes.note("js_distance", jensen_shannon(&all[0], &all[1])),
    }
}

/// The score of a column in SDMetrics' Column Shapes: `ks_complement` of numbers, `tv_complement`
/// of categories.
pub(super) fn shape(real: &Column, synthetic: &Column) -> Result<f64, Undefined> {
    match (&real.values, &synthetic.values) {
        (Values::Categories { vocabulary, codes }, Values::Categories { codes: others, .. }) => {
            let missing = real.missing_code();
            let present = |codes: &[u32]| {
                let codes = codes.iter().copied().filter(|&code| Some(code) != missing);
                counts(codes, vocabulary.len())
            };
            tv_complement(&present(codes), &present(others))
        }
        (Values::Numbers(real), Values::Numbers(synthetic)) => ks_complement(real, synthetic),
        _ => Err(Undefined::OtherKind("one kind")),
    }
}

/// How often each code occurs.
fn counts(codes: impl Iterator<Item = u32>, size: usize) -> Vec<u64> {
    let mut counts = vec![0; size];
    for code in codes {
        counts[code as usize] += 1;
    }
    counts
}
