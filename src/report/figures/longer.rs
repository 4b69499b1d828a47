//! Whether gains survive longer training.

use super::canvas::Series;
use super::forms::{Line, LinePanel, Lines};
use super::{Drawn, Figure, position};
use crate::ctr::AnyModel;
use crate::experiment::Scenario;
use crate::report::findings::{Findings, arm_named};
use crate::report::sheet::{Entry, Sheet};
use crate::verdict::{Arm, Longer};
use std::collections::BTreeMap;

/// The difference to `base` by epoch, where the test figures of every epoch were kept.
pub fn longer(findings: &Findings) -> Drawn {
    let all = &findings.verdict.longer;
    if all.is_empty() {
        return None;
    }
    let name = |of: &Longer| format!("{} {}, {}", of.generator, of.way.title(" "), of.scenario);
    let mut names: Vec<String> = Vec::new();
    let title = "Test AUC less that of base in the course of training";
    let of = ["model", "source", "fitted", "scenario", "when"];
    let columns = ["base", "difference"];
    let mut sheet = Sheet::new("longer_training", title, &of, &columns);
    let mut panels: BTreeMap<AnyModel, Vec<Line>> = BTreeMap::new();
    for of in all {
        let arm = arm_named(&of.generator, of.way, of.scenario, of.model);
        let anchor = arm.and_then(|arm| findings.anchor(&arm));
        let base = Arm { source: None, scenario: Scenario::Base, model: Some(of.model) };
        let mut points = Vec::new();
        for moment in &of.moments {
            let gain = &moment.gain;
            if let Ok(epoch) = moment.when.parse::<f64>() {
                points.push((epoch, gain.mean, gain.interval.and_then(|interval| interval.ends())));
            }
            let way = of.way.title(" ");
            let (scenario, when) = (of.scenario.name(), moment.title());
            let names = [of.model.title(), &of.generator, &way, &scenario, &when];
            let mut row = names.map(Entry::text).to_vec();
            row.push(Entry::number(Some(moment.base), 3, findings.anchor(&base)));
            row.push(Entry::difference(gain.mean, gain.interval, anchor.clone()));
            sheet.push(row);
        }
        let series = position(&mut names, name(of));
        panels.entry(of.model).or_default().push(Line { series, points });
    }
    let panel = |(model, lines): (AnyModel, Vec<Line>)| LinePanel {
        title: model.title().to_owned(),
        names: ["epoch".to_owned(), "points of AUC %".to_owned()],
        line: Some(0.0),
        lines,
    };
    let figure = Lines {
        title: title.to_owned(),
        legend: names.iter().enumerate().map(|(at, name)| Series::nth(name, at)).collect(),
        columns: 3,
        panels: panels.into_iter().map(panel).collect(),
    };
    let what = "Without early stopping; bars are intervals over the seeds. A gain that is gone in the \
                last quarter of training, in the mean over its epochs, was one of learning faster, not of learning more.";
    Some(Figure::new(sheet, what, figure.draw()))
}
