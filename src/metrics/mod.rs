//! Numbers about scores and tables.

mod identical;
mod scores;

pub use identical::{Identical, identical_rows};
pub use scores::*;
