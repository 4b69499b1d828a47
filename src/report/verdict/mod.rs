//! A verdict as text for a terminal or a file.

mod claims;
mod questions;
mod text;

pub use claims::{answers_table, claim_text, reading};
pub use questions::{longer_table, ratios_table, why_tables};
