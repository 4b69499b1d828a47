//! A verdict as text for a terminal or a file.

mod claims;
mod ledger;
mod questions;
mod text;

pub use claims::{answers_table, claim_text, reading};
pub use ledger::ledger_table;
pub use questions::{longer_table, ratios_table, why_tables};
