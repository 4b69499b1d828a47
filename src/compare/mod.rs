//! Whether a change of the program changed what it does: results, time, memory.
//!
//! Results repeat bit for bit, so with an equal program and an equal cell every difference is a
//! change and not noise. Changes that are meant (another revision, other settings, other vector
//! instructions) are judged by means, over all cells and over parts of them, against the tolerances
//! of [`Gate`]. Time and memory are compared by running two programs in turn ([`programs`]).
//!
//! This room reads files only, as trees of JSON whose leaves are compared: it knows nothing of how
//! they came to be, and a number added to a cell file takes part without a change here.

mod baseline;
mod comparison;
mod effects;
mod entry;
mod error;
mod gate;
mod leaves;
mod measures;
mod notes;
mod output;
mod pairs;
pub mod programs;
mod reasons;
mod recorded;
mod settings;
mod statistics;
mod timing;
mod tolerances;

pub use comparison::{Comparison, compare};
pub use effects::{Effect, Scope};
pub use entry::{Entry, Kind, MadeWith};
pub use error::CompareError;
pub use gate::Gate;
pub use leaves::{LeafChange, Leaves, differences};
pub use output::{Report, junit, markdown, table};
pub use pairs::{Basis, EntryChange};
pub use recorded::Recorded;
pub use settings::settings;
pub use statistics::{Loss, SeedLoss, loss};
pub use timing::StageCost;
pub use tolerances::{Tolerance, tolerances, with_given};
