//! Where a difference to `base` comes from: loss by class, slices of items, fields.

use super::{Contrast, base_of, contrast};
use crate::ctr::AnyModel;
use crate::experiment::{CellRecord, Scenario};
use crate::generators::Way;
use crate::verdict::pairing::Pairing;
use crate::verdict::run::{Arm, BySeed, Run};
use crate::verdict::spread::Spreads;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// What changes in a model when a source's rows are added.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Why {
    /// The generator.
    pub generator: String,
    /// How it was fitted.
    #[serde(flatten)]
    pub way: Way,
    /// The scenario.
    pub scenario: Scenario,
    /// The model.
    pub model: AnyModel,
    /// Differences to `base`, by what is measured.
    pub reasons: Vec<Reason>,
}

/// The difference of one number.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Reason {
    /// Its name: a column of the results, `valid_logloss_clicks`, `valid_logloss_others`, or
    /// `importance.<field>`.
    pub of: String,
    /// Its mean in `base`.
    pub base: f64,
    /// The difference: points of per cent for AUCs and for the importance of fields, else as it is.
    pub change: Contrast,
}

type Get = fn(&CellRecord) -> Option<f64>;

/// What is looked at besides the fields.
const NUMBERS: [(&str, Get); 11] = [
    ("test_auc", |cell| Some(100.0 * cell.row.test_auc)),
    ("auc_head", |cell| cell.row.auc_head.map(|auc| 100.0 * auc)),
    ("auc_middle", |cell| cell.row.auc_middle.map(|auc| 100.0 * auc)),
    ("auc_tail", |cell| cell.row.auc_tail.map(|auc| 100.0 * auc)),
    ("group_auc", |cell| cell.row.group_auc.map(|auc| 100.0 * auc)),
    ("test_logloss", |cell| Some(cell.row.test_logloss)),
    ("corrected_logloss", |cell| cell.row.corrected_logloss),
    ("valid_logloss_clicks", |cell| best(cell).map(|epoch| epoch.valid_logloss_clicks)),
    ("valid_logloss_others", |cell| best(cell).map(|epoch| epoch.valid_logloss_others)),
    ("calibration_error", |cell| cell.row.calibration_error),
    ("predicted_over_observed", |cell| cell.row.predicted_over_observed),
];

/// The epoch whose weights were kept.
fn best(cell: &CellRecord) -> Option<&crate::ctr::Epoch> {
    cell.history.iter().find(|epoch| epoch.valid_auc == cell.row.valid_auc)
}

/// Every arm beside its `base`.
pub(in crate::verdict) fn why(run: &Run, pairing: &Pairing, confidence: f64) -> Vec<Why> {
    let mut numbers: Vec<(String, BTreeMap<Arm, BySeed>)> =
        NUMBERS.iter().map(|(name, get)| ((*name).to_owned(), run.values_of(get))).collect();
    let fields: BTreeSet<&String> =
        run.cells.iter().flat_map(|cell| cell.importance.keys()).collect();
    for field in fields {
        let lost = |cell: &CellRecord| cell.importance.get(field).copied().flatten();
        let values = run.values_of(|cell| lost(cell).map(|auc| 100.0 * auc));
        numbers.push((format!("importance.{field}"), values));
    }
    let spreads: Vec<Spreads> = numbers.iter().map(|(_, values)| Spreads::new(values)).collect();
    let arms = numbers[0].1.keys().copied().filter(|arm| arm.source.is_some());
    let of_arm = |arm: Arm| {
        let reason = |((of, values), spreads): (&(String, BTreeMap<Arm, BySeed>), &Spreads)| {
            let base = values.get(&base_of(&arm))?;
            let change = contrast(&arm, values, spreads, pairing, confidence)?;
            let mean = base.values().sum::<f64>() / base.len() as f64;
            Some(Reason { of: of.clone(), base: mean, change })
        };
        let source = arm.source?;
        Some(Why {
            generator: source.generator.name().to_owned(),
            way: source.way,
            scenario: arm.scenario,
            model: arm.model?,
            reasons: numbers.iter().zip(&spreads).filter_map(reason).collect(),
        })
    };
    arms.filter_map(of_arm).collect()
}
