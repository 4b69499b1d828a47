//! The course of training.

use super::canvas::Series;
use super::forms::{Line, LinePanel, Lines};
use super::style;
use super::{Drawn, Figure};
use crate::ctr::{AnyModel, Epoch};
use crate::experiment::{CellRecord, Scenario, Source};
use crate::generators::GeneratorKind;
use crate::report::findings::{Findings, source_name};
use crate::report::sheet::{Entry, Sheet};
use crate::verdict::Arm;
use std::collections::BTreeMap;

/// What is followed: its title, its axis, the number.
type Followed = (&'static str, &'static str, fn(&Epoch) -> f64);

const FOLLOWED: [Followed; 3] = [
    ("AUC", "validation AUC %", |epoch| 100.0 * epoch.valid_auc),
    ("log loss of clicks", "on validation rows", |epoch| epoch.valid_logloss_clicks),
    ("log loss of non-clicks", "on validation rows", |epoch| epoch.valid_logloss_others),
];

/// Validation AUC and the loss of either class by epoch, with real rows alone and with those of one
/// source in every scenario.
pub fn curves(findings: &Findings) -> Drawn {
    let arms = findings.arms();
    let source = busiest(&arms);
    let mut scenarios: Vec<Scenario> = vec![Scenario::Base];
    // Those of synthetic rows alone lie far below and would press the others together.
    scenarios.extend(findings.scenarios().into_iter().filter(|s| s.keeps_real_rows()));
    let of = |scenario: Scenario, model: AnyModel| {
        let source = source.filter(|_| scenario != Scenario::Base);
        let arm = Arm { source, scenario, model: Some(model) };
        Some((arm, arms.get(&arm)?))
    };
    scenarios.retain(|&s| findings.models().into_iter().any(|model| of(s, model).is_some()));
    let beside = source.filter(|_| scenarios.len() > 1).map(source_name);
    let title = match &beside {
        Some((generator, way)) => {
            format!("The course of training, with rows of {generator} ({way})")
        }
        None => "The course of training, with real rows alone".to_owned(),
    };
    let columns = ["epoch", "seeds", "AUC", "log loss of clicks", "log loss of non-clicks"];
    let mut sheet = Sheet::new("learning_curves", &title, &["model", "scenario"], &columns);
    let models = findings.models();
    let mut panels: Vec<LinePanel> = Vec::new();
    for (what, axis, get) in FOLLOWED {
        for &model in &models {
            let line = |(series, &scenario): (usize, &Scenario)| {
                let (_, cells) = of(scenario, model)?;
                let points = means(cells, get)
                    .into_iter()
                    .map(|(epoch, mean, _)| (epoch as f64, mean, None));
                Some(Line { series, points: points.collect() })
            };
            panels.push(LinePanel {
                title: format!("{}: {what}", model.title()),
                names: ["epoch".to_owned(), axis.to_owned()],
                line: None,
                lines: scenarios.iter().enumerate().filter_map(line).collect(),
            });
        }
    }
    for &model in &models {
        for &scenario in &scenarios {
            let Some((arm, cells)) = of(scenario, model) else { continue };
            let [auc, clicks, others] = FOLLOWED.map(|(.., get)| means(cells, get));
            for (at, &(epoch, mean, seeds)) in auc.iter().enumerate() {
                let number = |value: f64| Entry::number(Some(value), 4, findings.anchor(&arm));
                sheet.push(vec![
                    Entry::text(model.title()),
                    Entry::text(scenario.name()),
                    Entry::count(epoch),
                    Entry::count(seeds),
                    Entry::number(Some(mean), 3, findings.anchor(&arm)),
                    number(clicks[at].1),
                    number(others[at].1),
                ]);
            }
        }
    }
    if sheet.rows.is_empty() {
        return None;
    }
    let legend =
        scenarios.iter().map(|s| Series::new(s.name(), style::scenario_colour(*s, &scenarios)));
    let figure = Lines { title, legend: legend.collect(), columns: models.len(), panels };
    let what = "Means over the trainings that came as far as an epoch: at least half of the seeds. A loss that \
                falls for one class while it rises for the other shows what rows of one label alone do. Of \
                several generators the one with the most cells is shown.";
    Some(Figure::new(sheet, what, figure.draw()))
}

/// The generator with the most cells, or of controls alone that with the most; of several the Gaussian copula, which the
/// paper finds best.
fn busiest(arms: &BTreeMap<Arm, Vec<&CellRecord>>) -> Option<Source> {
    let mut counts: BTreeMap<Source, usize> = BTreeMap::new();
    for (arm, cells) in arms {
        if let Some(source) = arm.source {
            *counts.entry(source).or_default() += cells.len();
        }
    }
    let rank = |(source, count): &(Source, usize)| {
        let generator = source.generator;
        (!generator.is_control(), *count, generator.ours() == Some(GeneratorKind::GaussianCopula))
    };
    // Of equal ones the first.
    counts.into_iter().rev().max_by_key(rank).map(|(source, _)| source)
}

/// The epochs that at least half of the trainings came to: mean and number of these.
fn means(cells: &[&CellRecord], get: fn(&Epoch) -> f64) -> Vec<(usize, f64, usize)> {
    let longest = cells.iter().map(|cell| cell.history.len()).max().unwrap_or(0);
    let at = |position: usize| {
        let values: Vec<f64> =
            cells.iter().filter_map(|cell| cell.history.get(position)).map(get).collect();
        let enough = 2 * values.len() >= cells.len() && !values.is_empty();
        enough
            .then(|| (position + 1, values.iter().sum::<f64>() / values.len() as f64, values.len()))
    };
    (0..longest).filter_map(at).collect()
}
