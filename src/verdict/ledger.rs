//! Where the spread of a difference comes from, if the seeds of a run are crossed.

use super::over_rows::{POINTS, of_difference};
use super::run::{Arm, Run, arm_of, has_one_seed};
use crate::ctr::AnyModel;
use crate::experiment::Scenario;
use crate::generators::Way;
use crate::statistics::{CrossedResult, Ledger};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// The ledger of one arm's difference to `base`, in points of AUC; squared points in variances.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct LedgerOf {
    /// The generator.
    pub generator: String,
    /// How it was fitted.
    #[serde(flatten)]
    pub way: Way,
    /// The scenario.
    pub scenario: Scenario,
    /// The model.
    pub model: AnyModel,
    /// The ledger.
    pub ledger: Ledger,
}

/// The ledgers of a run, and what stands in the way of others.
pub(super) fn ledgers(run: &Run) -> (Vec<LedgerOf>, Vec<String>) {
    if run.cells.iter().all(has_one_seed) {
        return (Vec::new(), Vec::new());
    }
    let mut base = BTreeMap::new();
    for cell in run.cells.iter().filter(|cell| cell.row.scenario == Scenario::Base) {
        base.insert((cell.row.model, cell.row.seed), &cell.row);
    }
    let mut results: BTreeMap<Arm, (Vec<CrossedResult>, Vec<f64>)> = BTreeMap::new();
    for cell in &run.cells {
        let (row, arm) = (&cell.row, arm_of(cell));
        let of_base = base.get(&(row.model, row.seed));
        let (Some(arm), Some(of_base), Some(fit), Some(draw)) =
            (arm, of_base, row.fit_seed, row.draw_seed)
        else {
            continue;
        };
        let (values, rows) = results.entry(arm).or_default();
        let value = 100.0 * (row.test_auc - of_base.test_auc);
        values.push(CrossedResult { fit, draw, train: row.seed, value });
        let variances = row.auc_variance.zip(of_base.auc_variance).zip(row.auc_covariance_base);
        let variance = variances.and_then(|((a, b), both)| of_difference([a, b], both));
        rows.extend(variance.map(|variance| POINTS * variance));
    }
    let (mut ledgers, mut notes) = (Vec::new(), Vec::new());
    for (arm, (values, rows)) in results {
        let (Some(source), Some(model)) = (arm.source, arm.model) else { continue };
        match Ledger::of(&values) {
            Ok(ledger) => ledgers.push(LedgerOf {
                generator: source.generator.name().to_owned(),
                way: source.way,
                scenario: arm.scenario,
                model,
                ledger: match rows.is_empty() {
                    true => ledger,
                    false => ledger.with_test_rows(rows.iter().sum::<f64>() / rows.len() as f64),
                },
            }),
            Err(e) => notes.push(format!("no ledger of {arm}: {e}")),
        }
    }
    (ledgers, notes)
}
