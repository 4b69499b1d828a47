//! What a run found, for people: tables and figures.
//!
//! Reads results only: nothing here trains, samples or loads click logs.

mod bench_table;
mod figures;
mod html;
mod stats;
mod style;
mod summary;
mod table;

pub use bench_table::bench_table;
pub use figures::{FigureError, draw_figures};
pub use stats::Sample;
pub use summary::{Entry, Summary};
pub use table::{auc_table, cost_table, identical_table, resample_table};
