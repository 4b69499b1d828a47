//! Numbers about scores and tables.

pub mod fidelity;
mod identical;
pub mod privacy;
mod scores;

pub use identical::{Identical, identical_rows};
pub use scores::*;
