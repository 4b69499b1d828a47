//! What a run found, for people: tables and figures.
//!
//! Reads results only: nothing here trains, samples or loads click logs.

mod bench_table;
mod figures;
mod html;
mod quality;
mod stats;
mod style;
mod summary;
mod table;
mod verdict;

pub use bench_table::bench_table;
pub use figures::{FigureError, draw_figures};
pub use quality::{evaluation_page, evaluation_text, fidelity_table, privacy_table, usefulness};
pub use stats::Sample;
pub use summary::{Entry, Summary};
pub use table::{auc_table, copula_gan_note, cost_table, identical_table, resample_table};
pub use verdict::{
    answers_table, claim_text, ledger_table, longer_table, ratios_table,
    reading as verdict_reading, why_tables,
};
