//! How many clicks models predict.

use super::grid::{Axis, Grid, Measure};
use super::{Drawn, Figure};
use crate::experiment::Scenario;
use crate::report::findings::Findings;
use crate::report::sheet::{Entry, Spread};
use crate::verdict::Arm;

/// The clicks that models predict on the test rows, over those there are.
pub fn calibration(findings: &Findings) -> Drawn {
    let samples = findings.samples(|cell| cell.row.predicted_over_observed);
    let entry = |arm: &Arm| {
        let Some(sample) = samples.get(arm) else { return Entry::Nothing };
        let spread = Spread::of(sample);
        Entry::number(sample.mean(), 3, findings.anchor(arm)).spread(spread)
    };
    let measure = |model: crate::ctr::ModelKind| Measure {
        name: model.title().to_owned(),
        model,
        get: Box::new(entry),
    };
    let mut scenarios = vec![Scenario::Base];
    scenarios.extend(findings.scenarios());
    let mut sources = vec![None];
    sources.extend(findings.sources().into_iter().map(Some));
    let models = findings.models();
    let grid = Grid { sources, scenarios, measures: models.into_iter().map(measure).collect() };
    let title = "Clicks that models predict, over those there are";
    let dots = grid.dots(title, "predicted / observed", Axis::Around(1.0))?;
    let sheet = grid.sheet("calibration", title, "model");
    let what = "On the test rows. At 1 a model expects as many clicks as there are; added clicks push it \
                above, added non-clicks below. The bar is the standard deviation over the seeds.";
    Some(Figure::new(sheet, what, dots.draw()))
}
