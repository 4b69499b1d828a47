//! What a run keeps: its folder, the result of every cell, the scores, what it was made with.

mod columns;
pub mod environment;
mod folder;
mod quality;
mod record;
mod scores;

pub use columns::to_parquet;
pub use folder::{Found, Lock, RunFolder, StoreError, UNTIL_DECIDED};
pub(crate) use folder::{read_json, write_json};
pub use quality::{FidelityEntry, Measurand, PrivacyEntry, QualityRecord};
pub use record::{CellRecord, ResultRow, SampleUsed, ScoreQuantiles, from_csv, to_csv, way};
pub use scores::Scores;
