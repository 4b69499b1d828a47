//! From predicted operations to predicted seconds.

use crate::experiment::{CellRecord, PlannedJob};
use crate::metrics;

/// How many operations a second are worked off: what finished cells took, else what two-year-old servers do.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Rates {
    /// Operations of a training a second, of a task.
    pub trainings: f64,
    /// Whether finished cells say so.
    pub measured: bool,
}

/// Operations a second of one thread with AVX2, about.
const USUAL: f64 = 5e10;

/// What loading the data and starting the program takes at least.
const START: f64 = 2.0;

/// How many times faster so many threads are than one: small trainings gain less than their number.
fn faster(threads: usize) -> f64 {
    (threads as f64).sqrt()
}

/// The threads of a machine, as cells name it.
fn threads_of(machine: &str) -> usize {
    let words: Vec<&str> = machine.split([' ', ',']).collect();
    let at = words.iter().position(|word| word.starts_with("thread"));
    at.and_then(|at| words.get(at.checked_sub(1)?)?.parse().ok()).unwrap_or(1)
}

impl Rates {
    /// Of tasks of so many threads, given the cells that are finished, each with the predicted operations of
    /// its training.
    pub fn of(finished: &[(CellRecord, f64)], threads: usize) -> Self {
        let faster = faster(threads);
        let rate = |(cell, cost): &(CellRecord, f64)| {
            let seconds = cell.row.train_seconds + cell.row.evaluate_seconds;
            let threads = (threads_of(&cell.machine) / cell.row.jobs.max(1)).max(1);
            (seconds > 0.0).then(|| faster * cost / seconds / self::faster(threads))
        };
        let rates: Vec<f64> = finished.iter().filter_map(rate).collect();
        match metrics::quantiles(&rates, &[0.5]) {
            Some(middle) if !rates.is_empty() => Self { trainings: middle[0], measured: true },
            _ => Self { trainings: faster * USUAL, measured: false },
        }
    }

    /// Predicted seconds of a job. Fits and measurements are counted in operations that would take as long
    /// as theirs.
    pub fn seconds(&self, job: &PlannedJob) -> f64 {
        START + job.cost / self.trainings
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn machines_say_their_threads() {
        assert_eq!(threads_of("Intel(R) Xeon(R) Processor, 16 threads"), 16);
        assert_eq!(threads_of("something else, one thread"), 1);
        assert_eq!(threads_of(""), 1);
    }

    #[test]
    fn without_cells_operations_are_counted() {
        let rates = Rates::of(&[], 4);
        assert_eq!((rates.trainings, rates.measured), (2.0 * USUAL, false));
    }
}
