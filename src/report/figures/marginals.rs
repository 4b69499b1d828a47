//! The commonest categories of the fields that differ most.

use super::canvas::Series;
use super::forms::{Dots, Mark, Panel, RowName};
use super::scale::Scale;
use super::style::BLACK;
use super::{Drawn, Figure, position};
use crate::experiment::QualityRecord;
use crate::metrics::fidelity::Marginal;
use crate::report::findings::Findings;
use crate::report::sheet::{Entry, Sheet};
use std::collections::BTreeMap;

/// Most fields shown.
const FIELDS: usize = 4;

/// The shares of the commonest categories, real and synthetic.
pub fn marginals(findings: &Findings) -> Drawn {
    let measured = findings.measured();
    // Of one seed each: shares of several would hide what one table looks like.
    let mut first: Vec<(&str, &str, Option<String>, &QualityRecord)> = Vec::new();
    for (name, records) in &measured {
        let synthetic = records[0].of.seed.is_some() && records[0].of.label.is_none();
        if synthetic && !records[0].measured.marginals.is_empty() {
            first.push((&name.0, &name.1, findings.quality_anchor(name), records[0]));
        }
    }
    let fields = furthest(&first.iter().map(|(.., record)| *record).collect::<Vec<_>>());
    let title =
        "The commonest categories of the fields that differ most, in real and synthetic rows";
    let of = ["field", "category", "source", "fitted"];
    let columns = ["share of real rows", "of synthetic rows"];
    let mut sheet = Sheet::new("marginals", title, &of, &columns);
    let mut ways: Vec<&str> = first.iter().map(|(_, way, ..)| *way).collect();
    ways.sort_unstable();
    ways.dedup();
    let mut generators: Vec<&str> = Vec::new();
    let mut rows = Vec::new();
    let mut marks: Vec<Vec<Mark>> = vec![Vec::new(); ways.len()];
    for field in &fields {
        for category in commonest(&first, field) {
            let row = rows.len();
            for (generator, way, anchor, record) in &first {
                let Some(marginal) = record.measured.marginals.get(field) else { continue };
                let Some([real, synthetic]) = shares(marginal, &category) else { continue };
                let at = position(&mut generators, generator);
                let panel = ways.iter().position(|other| other == way).unwrap_or(0);
                let real_mark =
                    Mark { row, series: 0, lane: 0, value: real, within: None, hollow: false };
                if !marks[panel].contains(&real_mark) {
                    marks[panel].push(real_mark);
                }
                marks[panel].push(Mark {
                    row,
                    series: at + 1,
                    lane: 1,
                    value: synthetic,
                    within: None,
                    hollow: false,
                });
                let number = |share| Entry::number(Some(share), 4, anchor.clone());
                let names = [field.as_str(), &shown(&category), generator, way].map(Entry::text);
                sheet.push([names.to_vec(), vec![number(real), number(synthetic)]].concat());
            }
            rows.push(RowName { name: shown(&category), faint: field.clone() });
        }
    }
    if rows.is_empty() {
        return None;
    }
    let scale = Scale::logarithmic(marks.iter().flatten().map(|mark| mark.value))?;
    // What is never drawn has no place where equal factors are equally far apart.
    for mark in marks.iter_mut().flatten() {
        mark.value = mark.value.max(scale.low());
    }
    let panel = |(way, marks): (&&str, Vec<Mark>)| Panel {
        title: format!("fitted {way}"),
        unit: "share of rows, logarithmic".to_owned(),
        scale,
        line: None,
        marks,
    };
    let mut legend = vec![Series::new("real rows", BLACK)];
    legend.extend(generators.iter().map(|name| Series::of_generator(name)));
    let figure = Dots {
        title: title.to_owned(),
        legend,
        rows,
        panels: ways.iter().zip(marks).map(panel).collect(),
        margin: None,
    };
    let what = "The commonest categories of train, of the fields whose total variation between real and \
                synthetic rows is largest over all sources; of one seed. The first mark of each \
                is the share of the real rows. One far from it is a category that a source draws too often or too rarely; one at the left \
                edge is a category that it never draws.";
    Some(Figure::new(sheet, what, figure.draw()))
}

/// The fields whose total variation is largest, over all records.
fn furthest(records: &[&QualityRecord]) -> Vec<String> {
    let mut sums: BTreeMap<&String, f64> = BTreeMap::new();
    for record in records {
        for (name, column) in &record.measured.fidelity.table.columns {
            if record.measured.marginals.contains_key(name) {
                *sums.entry(name).or_default() += column.tv_distance.unwrap_or(0.0);
            }
        }
    }
    let mut fields: Vec<(&String, f64)> = sums.into_iter().collect();
    fields.sort_by(|a, b| b.1.total_cmp(&a.1));
    fields.into_iter().take(FIELDS).map(|(name, _)| name.clone()).collect()
}

/// Most categories of a field that are shown.
const CATEGORIES: usize = 4;

/// The commonest categories of a field among real rows.
fn commonest(first: &[(&str, &str, Option<String>, &QualityRecord)], field: &str) -> Vec<String> {
    let mut shares: Vec<(&String, f64)> = Vec::new();
    for (.., record) in first {
        if let Some(marginal) = record.measured.marginals.get(field) {
            for (category, share) in marginal.categories.iter().zip(&marginal.real) {
                if !shares.iter().any(|(other, _)| *other == category) {
                    shares.push((category, *share));
                }
            }
        }
    }
    shares.sort_by(|a, b| b.1.total_cmp(&a.1));
    shares.into_iter().take(CATEGORIES).map(|(category, _)| category.clone()).collect()
}

fn shares(marginal: &Marginal, category: &str) -> Option<[f64; 2]> {
    let at = marginal.categories.iter().position(|other| other == category)?;
    Some([*marginal.real.get(at)?, *marginal.synthetic.get(at)?])
}

/// A missing value is a category without letters.
fn shown(category: &str) -> String {
    if category.is_empty() { "(missing)".to_owned() } else { category.to_owned() }
}
