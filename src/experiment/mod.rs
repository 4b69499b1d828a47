//! An experiment: its description, its cells, the runner, the store of results.
//!
//! [`ExperimentConfig`] is what a TOML file says; [`plan::cells`] lists its trainings; a
//! [`Runner`] works through them and keeps every result in a [`store::RunFolder`].
//!
//! # Seeds
//!
//! Every replicate has a master seed. A generator is fitted with the stream
//! `fit/<generator>/<conditioning>` and sampled with `sample/<generator>/<conditioning>`; a model
//! is trained with `train/<model>`. So no cell's numbers depend on which other cells there are or
//! in which order they are worked on, and models of one replicate start from the same weights in
//! every scenario: a difference to `base` is paired, which takes out part of the seeds' noise.

mod config;
pub mod environment;
mod error;
mod fingerprint;
mod outlook;
mod overrides;
pub mod plan;
mod record;
mod runner;
mod sample;
mod scenario;
pub mod store;
#[cfg(test)]
mod tests;
mod toml_errors;
mod train;

pub use config::{BUILT_IN, ExperimentConfig, GeneratorSettings, ModelSettings, Seeds};
pub use error::RunError;
pub use fingerprint::Fingerprint;
pub use outlook::{Listener, Outlook, Standing};
pub use overrides::Override;
pub use plan::{Cell, Order, Shard, Source};
pub use record::{CellRecord, ResultRow, from_csv, to_csv};
pub use runner::{RunOptions, RunResults, Runner};
pub use scenario::Scenario;
pub use toml_errors::ConfigError;
