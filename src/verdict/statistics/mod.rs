//! Statistics, one file per test.

mod components;
mod confidence_sequence;
mod finding;
mod interval;

pub use components::{Component, CrossedResult, Ledger, LedgerError, MeanSquare, Source, VarianceEstimate};
pub use confidence_sequence::ConfidenceSequence;
pub use finding::{Finding, finding, seeds_until_decided};
pub use interval::Interval;
