//! How good and how private synthetic tables are: on a terminal, as a page, over the sources of a
//! run.

mod numbers;
mod page;
mod risks;
mod sources;
#[cfg(test)]
mod tests;
mod text;

pub use page::evaluation_page;
pub(super) use sources::{
    FIDELITY, FIDELITY_COLUMNS, Get, PRIVACY, PRIVACY_COLUMNS, over_seeds, uneven,
};
pub use sources::{fidelity_table, privacy_table, usefulness};
pub use text::evaluation_text;
