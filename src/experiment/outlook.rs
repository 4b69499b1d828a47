//! What a run has to do, and how it tells how far it is.

use super::environment::DatasetSummary;
use super::{Cell, CellRecord};
use crate::device::Device;
use crate::progress::Progress;

/// Hears how a run goes.
pub trait Listener: Progress {
    /// The run is about to work on cells that cost `total` in all.
    fn begin(&self, outlook: &Outlook);
    /// The cell called `name` is done; `cost` of the total is worked off.
    fn cell_done(&self, name: &str, record: &CellRecord, cost: u64);
    /// Something the user should know.
    fn warn(&self, message: &str);
}

/// What there is to do.
#[derive(Clone, Debug)]
pub struct Outlook {
    /// The cells of the shard in order, and what stands for each.
    pub cells: Vec<(Cell, Standing)>,
    /// Number of cells of the whole experiment.
    pub experiment_cells: usize,
    /// Rows trained on in all cells still to be done.
    pub cost: u64,
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
