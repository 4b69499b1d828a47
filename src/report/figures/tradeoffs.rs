//! How good and how private rows are beside what models learn from them.

use super::canvas::Series;
use super::forms::{Point, PointPanel, Points, RowName};
use super::{Drawn, Figure, position};
use crate::ctr::AnyModel;
use crate::experiment::{QualityRecord, Scenario, Source};
use crate::report::findings::{Findings, SourceName, source_name};
use crate::report::sheet::{Entry, Sheet};
use crate::report::stats::Sample;
use crate::verdict::Arm;
use std::collections::BTreeMap;

/// What stands below: its name, how to read it, the number.
type Quality = (&'static str, &'static str, fn(&QualityRecord) -> Option<f64>);

/// Fidelity and the strongest attack, each beside utility.
pub fn tradeoffs(findings: &Findings) -> Vec<Drawn> {
    let fidelity: Quality = (
        "quality score",
        "The quality score is SDMetrics' mean of column shapes and pair trends, 1 at best.",
        |record| record.measured.fidelity.table.quality.score,
    );
    let attack: Quality = (
        "AUC of the strongest attack",
        "The attack's AUC says how well members of the training rows are told from others; 0.5 is guessing, \
         and only what lies beyond the real rows' line is a leak.",
        |record| record.measured.privacy.membership.row.as_ref().map(|level| level.achieved.auc),
    );
    [
        ("fidelity_utility", "How alike the rows are, and what models make of them", fidelity),
        ("attack_utility", "What an attack finds out, and what models make of the rows", attack),
    ]
    .map(|(name, title, quality)| tradeoff(findings, name, title, quality))
    .into()
}

fn tradeoff(findings: &Findings, name: &str, title: &str, (axis, how, get): Quality) -> Drawn {
    let measured = findings.measured();
    let quality: BTreeMap<&SourceName, f64> = measured
        .iter()
        .filter_map(|(name, records)| {
            let values: Sample = records.iter().filter_map(|record| get(record)).collect();
            Some((name, values.mean()?))
        })
        .collect();
    let utility = Utility::of(findings)?;
    let sources: Vec<Source> = findings
        .sources()
        .into_iter()
        .filter(|source| quality.contains_key(&source_name(*source)))
        .collect();
    let mut generators: Vec<String> = Vec::new();
    let names = ["model", "source", "fitted"];
    let mut sheet = Sheet::new(name, title, &names, &[axis, &utility.name]);
    let mut panels = Vec::new();
    for model in findings.models() {
        let mut points = Vec::new();
        for (number, &source) in sources.iter().enumerate() {
            let name = source_name(source);
            let arm = Arm { source: Some(source), scenario: utility.scenario, model: Some(model) };
            let Some(&y) = utility.values.get(&arm) else { continue };
            let x = quality[&name];
            let series = position(&mut generators, name.0.clone());
            points.push(Point { number, series, x, y });
            sheet.push(vec![
                Entry::text(model.title()),
                Entry::text(&name.0),
                Entry::text(&name.1),
                Entry::number(Some(x), 4, findings.quality_anchor(&name)),
                Entry::number(Some(y), 3, findings.anchor(&arm)),
            ]);
        }
        panels.push(panel(model, points, &measured, &quality));
    }
    if sheet.rows.is_empty() {
        return None;
    }
    let key = |source: &Source| {
        let (name, faint) = source_name(*source);
        RowName { name, faint }
    };
    let figure = Points {
        title: title.to_owned(),
        legend: generators.iter().map(|name| Series::of_generator(name)).collect(),
        key: sources.iter().map(key).collect(),
        names: [axis.to_owned(), utility.name.clone()],
        panels,
    };
    let what = format!("{how} Above: {}. Means over the seeds.", utility.meaning);
    Some(Figure::new(sheet, what, figure.draw()))
}

fn panel(
    model: AnyModel,
    points: Vec<Point>,
    measured: &[(SourceName, Vec<&QualityRecord>)],
    quality: &BTreeMap<&SourceName, f64>,
) -> PointPanel {
    // Points are of rows of both labels.
    let yardsticks = measured
        .iter()
        .filter(|(_, records)| records[0].of.seed.is_none() && records[0].of.label.is_none());
    let line =
        |(name, _): &(SourceName, Vec<&QualityRecord>)| Some((*quality.get(name)?, name.0.clone()));
    let mut lines: Vec<(f64, String)> = yardsticks.filter_map(line).collect();
    lines.sort_by(|a, b| a.0.total_cmp(&b.0));
    PointPanel { title: model.title().to_owned(), points, lines }
}

/// What is taken for utility.
struct Utility {
    scenario: Scenario,
    name: String,
    meaning: String,
    values: BTreeMap<Arm, f64>,
}

impl Utility {
    /// The AUC of models trained on synthetic rows alone, or else the difference to `base` in the scenario
    /// of which there is most.
    fn of(findings: &Findings) -> Option<Self> {
        let auc = findings.samples(|cell| Some(100.0 * cell.row.test_auc));
        let only: BTreeMap<Arm, f64> = auc
            .into_iter()
            .filter(|(arm, _)| arm.scenario == Scenario::SyntheticOnly)
            .filter_map(|(arm, sample)| Some((arm, sample.mean()?)))
            .collect();
        if !only.is_empty() {
            return Some(Self {
                scenario: Scenario::SyntheticOnly,
                name: "test AUC %".to_owned(),
                meaning: "the test AUC of models trained on synthetic rows alone".to_owned(),
                values: only,
            });
        }
        let mut counts: BTreeMap<Scenario, usize> = BTreeMap::new();
        for difference in &findings.over_base {
            *counts.entry(difference.scenario).or_default() += 1;
        }
        let (scenario, _) = counts.into_iter().max_by_key(|(_, count)| *count)?;
        let of_scenario = findings.over_base.iter().filter(|d| d.scenario == scenario);
        Some(Self {
            scenario,
            name: format!("{scenario} − base, points"),
            meaning: format!("the difference of {scenario} to base, in points of test AUC %"),
            values: of_scenario.map(|d| (super::differences::arm(d), d.change.mean)).collect(),
        })
    }
}
