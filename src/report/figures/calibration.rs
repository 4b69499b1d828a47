//! How many clicks models predict.

use super::grid::{Axis, Grid};
use super::{Drawn, Figure};
use crate::experiment::Scenario;
use crate::report::findings::Findings;
use crate::report::sheet::Entry;
use crate::verdict::Arm;

/// The clicks that models predict on the test rows, over those there are.
pub fn calibration(findings: &Findings) -> Drawn {
    let samples = findings.samples(|cell| cell.row.predicted_over_observed);
    let entry = |arm: &Arm| {
        let Some(sample) = samples.get(arm) else { return Entry::Nothing };
        Entry::of(sample, findings.anchor(arm))
    };
    let mut grid = Grid::by_model(findings, &entry);
    grid.scenarios.insert(0, Scenario::Base);
    grid.sources.insert(0, None);
    let title = "Clicks that models predict, over those there are";
    let dots = grid.dots(title, "predicted / observed", Axis::Around(1.0))?;
    let sheet = grid.sheet("calibration", title, "model");
    let what = "On the test rows. At 1 a model expects as many clicks as there are, above it more, below it \
                fewer. The bar is the standard deviation over the seeds.";
    Some(Figure::new(sheet, what, dots.draw()))
}
