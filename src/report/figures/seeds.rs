//! How many seeds it takes.

use super::differences::arm;
use super::grid::{Axis, Grid};
use super::{Drawn, Figure};
use crate::report::findings::Findings;
use crate::report::sheet::Entry;
use crate::verdict::{Arm, Difference};
use std::collections::BTreeMap;

/// The seeds that would decide the differences to `base` that are open.
pub fn seeds(findings: &Findings) -> Drawn {
    let by_arm: BTreeMap<Arm, &Difference> =
        findings.over_base.iter().map(|d| (arm(d), d)).collect();
    let entry = |arm: &Arm| {
        let Some(d) = by_arm.get(arm) else { return Entry::Nothing };
        match d.seeds_needed {
            Some(needed) if needed <= d.change.seeds => Entry::Word("decided"),
            needed => Entry::number(needed.map(|n| n as f64), 0, findings.anchor(arm)),
        }
    };
    let grid = Grid::by_model(findings, &entry);
    let title = "Seeds that would decide the differences to base that are open";
    let dots = grid.dots(title, "seeds of the source in all", Axis::Logarithmic)?;
    let sheet = grid.sheet("seeds_needed", title, "model");
    let what = "So many seeds of the source, and at least as many of base, it would take until the interval lies on one side \
                of 0 or within the margin that does not matter, if mean and spread stay what they are. What is \
                decided has no mark.";
    Some(Figure::new(sheet, what, dots.draw()))
}
