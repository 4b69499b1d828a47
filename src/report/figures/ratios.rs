//! How much synthetic data is best.

use super::canvas::Series;
use super::forms::{Line, LinePanel, Lines};
use super::{Drawn, Figure};
use crate::ctr::AnyModel;
use crate::experiment::Scenario;
use crate::report::findings::{Findings, arm_named};
use crate::report::sheet::{Entry, Sheet};
use crate::verdict::Ratios;
use std::collections::BTreeMap;

/// The difference to `base` by the percentage of rows added, where there are three or more.
pub fn ratios(findings: &Findings) -> Drawn {
    let sweeps = &findings.verdict.ratios;
    if sweeps.is_empty() {
        return None;
    }
    let name = |sweep: &Ratios| format!("{} {}", sweep.generator, sweep.way.title(" "));
    let mut names: Vec<String> = sweeps.iter().map(name).collect();
    names.sort();
    names.dedup();
    let mut panels: BTreeMap<(u8, AnyModel), Vec<Line>> = BTreeMap::new();
    let of = ["rows added", "model", "source", "fitted"];
    let columns = ["added %", "difference", "best", "may be best"];
    let title = "Test AUC less that of base by how many rows are added";
    let mut sheet = Sheet::new("ratio_sweep", title, &of, &columns);
    for sweep in sweeps {
        let series = names.iter().position(|other| *other == name(sweep)).unwrap_or(0);
        let mut points = vec![(0.0, 0.0, None)];
        for at in &sweep.ratios {
            let gain = &at.gain;
            points.push((
                f64::from(at.percent),
                gain.mean,
                gain.interval.and_then(|interval| interval.ends()),
            ));
            let scenario = match sweep.label {
                0 => Scenario::added(0, at.percent),
                _ => Scenario::added(at.percent, 0),
            };
            let arm = scenario
                .and_then(|scenario| arm_named(&sweep.generator, sweep.way, scenario, sweep.model));
            let yes = |is: bool| Entry::text(if is { "yes" } else { "no" });
            sheet.push(vec![
                Entry::text(added(sweep.label)),
                Entry::text(sweep.model.title()),
                Entry::text(&sweep.generator),
                Entry::text(sweep.way.title(" ")),
                Entry::count(usize::from(at.percent)),
                Entry::difference(
                    gain.mean,
                    gain.interval,
                    arm.and_then(|arm| findings.anchor(&arm)),
                ),
                yes(at.percent == sweep.best),
                yes(sweep.not_worse.contains(&at.percent)),
            ]);
        }
        panels.entry((sweep.label, sweep.model)).or_default().push(Line { series, points });
    }
    let panel = |((label, model), lines): ((u8, AnyModel), Vec<Line>)| LinePanel {
        title: format!("{}, {}", model.title(), added(label)),
        names: ["rows added, % of train".to_owned(), "points of AUC %".to_owned()],
        line: Some(0.0),
        lines,
    };
    let legend = names.iter().enumerate().map(|(at, name)| Series::nth(name, at));
    let figure = Lines {
        title: title.to_owned(),
        legend: legend.collect(),
        columns: 2,
        panels: panels.into_iter().map(panel).collect(),
    };
    let what = "Bars are intervals over the seeds. A curve with a top says how many synthetic rows help \
                most; one whose bars all cross 0 says that none can be told from none at all.";
    Some(Figure::new(sheet, what, figure.draw()))
}

fn added(label: u8) -> &'static str {
    if label == 0 { "non-clicks" } else { "clicks" }
}
