//! Whether a change of the program changed what it does: results, time, memory.
//!
//! Results repeat bit for bit, so with an equal program and an equal cell every difference is a
//! change and not noise. Changes that are meant (another revision, other settings, other vector
//! instructions) are judged by means over cells and seeds against the tolerances of [`Gate`]. Time
//! and memory are compared by running two programs in turn ([`programs`]).
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
mod output;
mod pairs;
pub mod programs;
mod recorded;
mod statistics;
mod timing;

pub use comparison::{Comparison, compare};
pub use effects::Effect;
pub use entry::{Entry, Kind, MadeWith};
pub use error::CompareError;
pub use gate::Gate;
pub use leaves::{LeafChange, Leaves, differences};
pub use output::{Report, junit, markdown, table};
pub use pairs::{Basis, EntryChange};
pub use recorded::Recorded;
pub use statistics::{Loss, loss};
pub use timing::StageCost;
