//! Differences of test AUC, and where among the items they are.

use super::forms::Dots;
use super::grid::{Axis, Grid, Measure};
use super::{Drawn, Figure};
use crate::ctr::AnyModel;
use crate::report::findings::{FEW_SEEDS, Findings, arm_named};
use crate::report::group::Group;
use crate::report::sheet::Entry;
use crate::verdict::{Arm, Difference};
use std::collections::BTreeMap;

const HOW: &str = "The dot is the mean over the seeds, the bar its interval over them; a bar that crosses the \
                   line at 0 leaves open whether there is a difference at all. An arrow: it goes on beyond \
                   the axis. Without a bar there are too few seeds.";

/// How a group ends the name of a figure, and what its title says of it.
pub fn names(group: Group) -> [&'static str; 2] {
    match group {
        Group::Clicks => ["positives", "with synthetic clicks"],
        Group::Others => ["negatives", "with synthetic non-clicks"],
        Group::Both => ["both", "with synthetic clicks and non-clicks"],
        Group::Only => ["synthetic_only", "after training on synthetic rows alone"],
    }
}

/// Differences to `base` and to copies of real rows, by what is added.
pub fn differences(findings: &Findings) -> Vec<Drawn> {
    let mut figures = Vec::new();
    for (differences, name, other, what) in [
        (
            &findings.over_base,
            "difference_to_base",
            "of base",
            "What a model gains or loses with the rows of a source, beside the same model trained on the real \
             rows alone.",
        ),
        (
            &findings.over_resample,
            "difference_to_resample",
            "with copies of real rows",
            "The same beside a model that was given as many copies of real rows: as many steps in every pass, \
             and nothing new to learn.",
        ),
    ] {
        for group in Group::ALL {
            figures.push(of_scenarios(findings, differences, group, name, [other, what]));
        }
    }
    figures
}

fn of_scenarios(
    findings: &Findings,
    differences: &[Difference],
    group: Group,
    name: &str,
    [other, what]: [&str; 2],
) -> Drawn {
    let by_arm: BTreeMap<Arm, &Difference> = differences.iter().map(|d| (arm(d), d)).collect();
    let entry = |arm: &Arm| match by_arm.get(arm) {
        Some(d) => Entry::difference(d.change.mean, d.change.interval, findings.anchor(arm)),
        None => Entry::Nothing,
    };
    let arms = findings.arms();
    let few = |arm: &Arm| {
        let seeds = |arm: &Arm| arms.get(arm).map_or(0, Vec::len);
        by_arm.get(arm).is_some_and(|d| seeds(arm).min(seeds(&d.other)) < FEW_SEEDS)
    };
    let mut grid = Grid::by_model(findings, &entry);
    grid.few = Some(&few);
    grid.scenarios.retain(|scenario| Group::of(*scenario) == Some(group));
    let [ending, with] = names(group);
    let (name, title) = (format!("{name}_{ending}"), format!("Test AUC {with} less that {other}"));
    let margin = findings.margin;
    let dots = grid.dots(&title, "points of AUC %", Axis::Around(0.0))?;
    let dots = Dots { margin: Some(margin), ..dots };
    let sheet = grid.sheet(&name, &format!("{title}, in points of AUC %"), "model");
    let rings = match dots.panels.iter().any(|panel| panel.marks.iter().any(|mark| mark.hollow)) {
        true => format!(
            "A ring: fewer than {FEW_SEEDS} seeds, so its interval may be some ten times as wide as its neighbour's by \
             chance. "
        ),
        false => String::new(),
    };
    let band = format!("In the grey band differences are too small to matter (±{margin} points).");
    Some(Figure::new(sheet, format!("{what} {HOW} {rings}{band}"), dots.draw()))
}

/// The arm of a difference.
pub fn arm(difference: &Difference) -> Arm {
    let Difference { source, scenario, model, .. } = difference;
    Arm { source: Some(*source), scenario: *scenario, model: Some(*model) }
}

/// The thirds of the items: names in a verdict, and titles.
const SLICES: [(&str, &str); 3] =
    [("auc_head", "popular items"), ("auc_middle", "items between"), ("auc_tail", "rare items")];

/// Differences to `base` by how popular the item is, figures for each model.
pub fn popularity(findings: &Findings) -> Vec<Drawn> {
    let of_model = |(model, group): (AnyModel, Group)| {
        let mut by_arm: BTreeMap<(Arm, &str), Entry> = BTreeMap::new();
        for why in findings.verdict.why.iter().filter(|why| why.model == model) {
            let arm = arm_named(&why.generator, why.way, why.scenario, model)?;
            for reason in &why.reasons {
                let change = &reason.change;
                let entry = Entry::difference(change.mean, change.interval, findings.anchor(&arm));
                by_arm.insert((arm, reason.of.as_str()), entry);
            }
        }
        let by_arm = &by_arm;
        let measure = |(slice, title): (&'static str, &str)| Measure {
            name: title.to_owned(),
            model,
            get: Box::new(move |arm: &Arm| {
                by_arm.get(&(*arm, slice)).cloned().unwrap_or(Entry::Nothing)
            }),
        };
        let scenarios = findings.scenarios().into_iter();
        let grid = Grid {
            sources: findings.sources().into_iter().map(Some).collect(),
            scenarios: scenarios.filter(|s| Group::of(*s) == Some(group)).collect(),
            measures: SLICES.map(measure).into(),
            few: None,
        };
        let [ending, with] = names(group);
        let title = format!(
            "{}: test AUC {with} less that of base, by how popular the item is",
            model.title()
        );
        let dots = grid.dots(&title, "points of AUC %", Axis::Around(0.0))?;
        let sheet = grid.sheet(
            &format!("popularity_{model}_{ending}"),
            &format!("{title}, in points of AUC %"),
            "items",
        );
        let what = format!(
            "Among the test rows of the third of the items with the most clicks in train, of the middle third \
             and of the third with the fewest. {HOW}"
        );
        Some(Figure::new(sheet, what, dots.draw()))
    };
    let models = findings.models();
    let each = Group::ALL.into_iter().flat_map(|group| models.iter().map(move |&m| (m, group)));
    each.map(of_model).collect()
}
