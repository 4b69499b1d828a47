//! Numbers about scores and tables.

mod auc;
mod identical;

pub use auc::{auc, logloss};
pub use identical::{Identical, identical_rows};
