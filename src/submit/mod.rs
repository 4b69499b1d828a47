//! An experiment on many machines: its jobs planned into array tasks of a scheduler.

mod error;
mod plan;
mod rates;
mod slurm;

pub use error::SubmitError;
pub use plan::{Batch, Part, Task, plan};
pub use rates::Rates;
pub use slurm::{Slurm, Submitted, most_tasks, write_and_submit};
