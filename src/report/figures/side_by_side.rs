//! Several runs beside each other.

use super::canvas::Series;
use super::differences::{arm, names};
use super::forms::{Dots, Mark, Panel};
use super::grid::row_name;
use super::scale::Scale;
use super::style;
use super::{Drawn, Figure, FigureError};
use crate::ctr::AnyModel;
use crate::experiment::{Scenario, Source};
use crate::report::findings::{Findings, source_name};
use crate::report::group::Group;
use crate::report::sheet::{Entry, Sheet};
use crate::verdict::Difference;
use std::collections::BTreeSet;

/// The differences to `base` of several runs, a panel for each, figures for each model.
pub fn side_by_side(runs: &[(String, &Findings)]) -> Result<Vec<Figure>, FigureError> {
    let in_all = |model: &AnyModel| runs.iter().all(|(_, run)| run.models().contains(model));
    let of_first = runs.first().map_or_else(Vec::new, |(_, findings)| findings.models());
    let models: Vec<AnyModel> = of_first.into_iter().filter(in_all).collect();
    let of_model =
        |&model: &AnyModel| Group::ALL.into_iter().filter_map(move |g| figure(runs, model, g));
    models.iter().flat_map(of_model).collect()
}

fn figure(runs: &[(String, &Findings)], model: AnyModel, group: Group) -> Drawn {
    let all: Vec<&Difference> = runs
        .iter()
        .flat_map(|(_, findings)| &findings.over_base)
        .filter(|d| d.model == model && Group::of(d.scenario) == Some(group))
        .collect();
    let sources: Vec<Source> =
        all.iter().map(|d| d.source).collect::<BTreeSet<_>>().into_iter().collect();
    let scenarios: Vec<Scenario> =
        all.iter().map(|d| d.scenario).collect::<BTreeSet<_>>().into_iter().collect();
    let [ending, with] = names(group);
    let title = format!("{}: test AUC {with} less that of base, run by run", model.title());
    let names: Vec<&String> = runs.iter().map(|(name, _)| name).collect();
    let sheet_title = format!("{title}, in points of AUC %");
    let name = format!("side_by_side_{model}_{ending}");
    let mut sheet = Sheet::new(name, sheet_title, &["source", "fitted", "scenario"], &names);
    let mut marks: Vec<Vec<Mark>> = vec![Vec::new(); runs.len()];
    for (row, source) in sources.iter().enumerate() {
        for (series, scenario) in scenarios.iter().enumerate() {
            let (generator, way) = source_name(*source);
            let mut entries = [generator, way, scenario.name()].map(Entry::text).to_vec();
            for ((_, findings), marks) in runs.iter().zip(&mut marks) {
                let of = |d: &&Difference| {
                    (d.source, d.scenario, d.model) == (*source, *scenario, model)
                };
                let Some(d) = findings.over_base.iter().find(of) else {
                    entries.push(Entry::Nothing);
                    continue;
                };
                let anchor = findings.anchor(&arm(d));
                let entry = Entry::difference(d.change.mean, d.change.interval, anchor);
                if let Entry::Number(number) = &entry {
                    marks.push(super::grid::mark(row, series, number));
                }
                entries.push(entry);
            }
            if entries.iter().any(|entry| matches!(entry, Entry::Number(_))) {
                sheet.push(entries);
            }
        }
    }
    if sheet.rows.is_empty() {
        return None;
    }
    let panel = |((name, _), marks): (&(String, &Findings), Vec<Mark>)| {
        Some(Panel {
            title: if marks.is_empty() { format!("{name}: not measured") } else { name.clone() },
            unit: "points of AUC %".to_owned(),
            // Differences of one data set may be a hundred times those of another.
            scale: Dots::scale(marks.iter(), Some(0.0)).or_else(|| Scale::linear([-1.0, 1.0]))?,
            line: Some(0.0),
            marks,
        })
    };
    let figure = Dots {
        title,
        legend: scenarios
            .iter()
            .map(|s| Series::new(s.name(), style::scenario_colour(*s, &scenarios)))
            .collect(),
        rows: sources.iter().map(|source| row_name(Some(*source))).collect(),
        panels: runs.iter().zip(marks).filter_map(panel).collect(),
        margin: None,
    };
    let what = "Each panel is a run and has an axis of its own; the dot is the mean over its seeds, the bar its interval. Runs of \
                different data are different questions, not repetitions.";
    Some(Figure::new(sheet, what, figure.draw()))
}
