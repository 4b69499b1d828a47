//! From predicted operations to predicted seconds.

use crate::experiment::{CellRecord, PlannedJob};
use crate::metrics;

/// How many operations a second are worked off: what finished cells took, else what two-year-old servers do.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Rates {
    /// Operations of a training a second.
    pub trainings: f64,
    /// Whether finished cells say so.
    pub measured: bool,
}

/// Operations a second of one thread with AVX2, about.
const USUAL: f64 = 5e10;

/// What loading the data and starting the program takes at least.
const START: f64 = 2.0;

impl Rates {
    /// Of cells that are finished, each with the predicted operations of its training.
    pub fn of(finished: &[(CellRecord, f64)]) -> Self {
        let rate = |(cell, cost): &(CellRecord, f64)| {
            let seconds = cell.row.train_seconds + cell.row.evaluate_seconds;
            (seconds > 0.0).then(|| cost / seconds)
        };
        let rates: Vec<f64> = finished.iter().filter_map(rate).collect();
        match metrics::quantiles(&rates, &[0.5]) {
            Some(middle) if !rates.is_empty() => Self { trainings: middle[0], measured: true },
            _ => Self { trainings: USUAL, measured: false },
        }
    }

    /// Predicted seconds of a job. Fits and measurements are counted in operations that would take as long
    /// as theirs.
    pub fn seconds(&self, job: &PlannedJob) -> f64 {
        START + job.cost / self.trainings
    }
}
