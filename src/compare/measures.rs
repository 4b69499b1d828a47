//! The numbers that changes are judged by when they are meant.

use super::entry::{Entry, Kind};
use super::gate::Gate;

/// A number of a cell or of a measured table, and how much of it may be lost.
pub(super) struct Measure {
    /// As it is called in tables.
    pub name: &'static str,
    /// Its unit; empty if it has none.
    pub unit: &'static str,
    /// What has it.
    pub kind: Kind,
    /// Whether more is better.
    pub more_is_better: bool,
    /// Its value in the unit.
    pub value: fn(&Entry) -> Option<f64>,
    /// The loss that is tolerated, in the unit.
    pub tolerance: fn(&Gate) -> f64,
}

impl Measure {
    /// By how much NEW is worse than BASE, in the unit; none where either has no such number.
    pub fn loss(&self, base: &Entry, new: &Entry) -> Option<f64> {
        let gain = (self.value)(new)? - (self.value)(base)?;
        Some(if self.more_is_better { -gain } else { gain })
    }
}

/// All measures.
pub(super) const MEASURES: [Measure; 7] = [
    Measure {
        name: "test AUC",
        unit: "points",
        kind: Kind::Cell,
        more_is_better: true,
        value: |cell| Some(100.0 * cell.number("test_auc")?),
        tolerance: |gate| gate.auc,
    },
    Measure {
        name: "log loss",
        unit: "",
        kind: Kind::Cell,
        more_is_better: false,
        value: |cell| cell.number("test_logloss"),
        tolerance: |gate| gate.logloss,
    },
    Measure {
        name: "calibration error",
        unit: "",
        kind: Kind::Cell,
        more_is_better: false,
        value: |cell| cell.number("calibration_error"),
        tolerance: |gate| gate.calibration,
    },
    Measure {
        name: "quality score",
        unit: "points",
        kind: Kind::Quality,
        more_is_better: true,
        value: |table| Some(100.0 * table.number("fidelity/score")?),
        tolerance: |gate| gate.fidelity,
    },
    Measure {
        name: "strongest attack's AUC",
        unit: "points",
        kind: Kind::Quality,
        more_is_better: false,
        value: strongest_attack,
        tolerance: |gate| gate.attack,
    },
    Measure {
        name: "identical rows",
        unit: "points",
        kind: Kind::Quality,
        more_is_better: false,
        value: |table| share(table, table.number("privacy/identical_rows")?),
        tolerance: |gate| gate.identical,
    },
    Measure {
        name: "constraint violations",
        unit: "points",
        kind: Kind::Quality,
        more_is_better: false,
        value: |table| share(table, violations(table)?),
        tolerance: |gate| gate.violations,
    },
];

/// Rows that break a constraint, over all constraints; none where there are no constraints.
pub(super) fn violations(table: &Entry) -> Option<f64> {
    let of_each = |(path, leaf): (&String, &serde_json::Value)| {
        let is_count = path.starts_with("fidelity/constraints/") && path.ends_with("/violations");
        leaf.as_f64().filter(|_| is_count)
    };
    table.leaves.iter().filter_map(of_each).reduce(|a, b| a + b)
}

/// The AUC of the strongest attack on rows or on users, whichever is larger.
fn strongest_attack(table: &Entry) -> Option<f64> {
    let auc = |level: &str| table.number(&format!("privacy/membership/{level}/auc"));
    let strongest = ["row", "user"].into_iter().filter_map(auc).reduce(f64::max)?;
    Some(100.0 * strongest)
}

/// A number of rows as a share of the synthetic ones, in points.
fn share(table: &Entry, rows: f64) -> Option<f64> {
    let all = table.number("rows/synthetic").filter(|&rows| rows > 0.0)?;
    Some(100.0 * rows / all)
}
