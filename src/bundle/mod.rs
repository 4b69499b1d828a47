//! A run in one file that anybody can check and redo: cells, measurements, experiment, environment and the
//! checksums of the data, without a row of these.

mod error;
mod file;
mod hash_tree;
mod replay;

pub use error::BundleError;
pub use file::{Bundle, Written, write};
pub use replay::{Judgement, Replay, ReplayOptions, Replayed, replay};
