//! What a run found, for people: tables and figures.
//!
//! Reads results only: nothing here trains, samples or loads click logs.

mod bench_table;
mod document;
mod figures;
mod findings;
mod group;
mod html;
mod quality;
mod sheet;
mod stats;
mod summary;
mod table;
mod verdict;
mod written;

pub use bench_table::bench_table;
pub use document::{Document, ReportError, Written, way_to, write as write_report};
pub use figures::FigureError;
pub use findings::Findings;
pub use quality::{evaluation_page, evaluation_text, fidelity_table, privacy_table, usefulness};
pub use stats::Sample;
pub use summary::{Entry, Summary};
pub use table::{auc_table, copula_gan_note, cost_table, identical_table, resample_table};
pub use verdict::{
    answers_table, claim_text, ledger_table, longer_table, ratios_table,
    reading as verdict_reading, why_tables,
};
pub use written::{whole, written};
