//! What a run has to do, and how it tells how far it is.

use crate::device::Device;
use crate::experiment::environment::DatasetSummary;
use crate::experiment::plan::Cell;
use crate::experiment::store::{CellRecord, QualityRecord};
use crate::progress::Progress;

/// Hears how a run goes.
pub trait Listener: Sync {
    /// The run is about to begin.
    fn begin(&self, outlook: &Outlook);
    /// A place to show the progress of the job called `name`; several are in use at once.
    fn job(&self, name: &str) -> Box<dyn Progress + '_>;
    /// The rows of the generator and seed called `name` are there; `cost` of the total is worked
    /// off.
    fn fit_done(&self, name: &str, cost: f64);
    /// The table called `name` is measured; `cost` of the total is worked off.
    fn measured(&self, name: &str, record: &QualityRecord, cost: f64);
    /// The cell called `name` is done; `cost` of the total is worked off.
    fn cell_done(&self, name: &str, record: &CellRecord, cost: f64);
    /// A job failed, for a reason that names it; `cost` of the total will not be worked off.
    fn failed(&self, reason: &str, cost: f64);
    /// Something the user should know.
    fn warn(&self, message: &str);
}

/// What could not be made.
#[derive(Clone, Debug, PartialEq)]
pub struct Failure {
    /// A cell, a source and its seed, or a table to be measured.
    pub name: String,
    /// Why.
    pub reason: String,
}

/// What there is to do.
#[derive(Clone, Debug)]
pub struct Outlook {
    /// The cells of the shard in order, and what stands for each.
    pub cells: Vec<(Cell, Standing)>,
    /// Number of cells of the whole experiment.
    pub experiment_cells: usize,
    /// Generators and seeds to be fitted or drawn from.
    pub fits: usize,
    /// Synthetic tables and yardsticks to be measured.
    pub measured: usize,
    /// Predicted floating-point operations of all that is still to be done.
    pub cost: f64,
    /// How many cells and fits are worked on at once.
    pub jobs: usize,
    /// The fields that some generators read as numbers.
    pub number_fields: Vec<String>,
    /// Which generators are left out, and why.
    pub left_out: Vec<String>,
    /// Where models are trained.
    pub device: Device,
    /// The data.
    pub dataset: DatasetSummary,
}

/// Whether a cell is to be done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    /// A result of exactly these settings and data stands.
    Done,
    /// Nothing stands.
    Missing,
    /// A result of other settings or data stands.
    Outdated,
    /// A damaged file stands.
    Damaged,
}
