//! An experiment: its plan, the store of its results, the runner that gets from one to the other.
//!
//! [`plan`] reads what a TOML file says ([`ExperimentConfig`]) and lists its trainings
//! ([`plan::cells`]); a [`Runner`] works through them, several at once, and keeps every result in
//! a [`store::RunFolder`].
//!
//! # Seeds
//!
//! Every replicate has a master seed. A generator is fitted with the stream
//! `fit/<generator>/<conditioning>` and sampled with `sample/<generator>/<conditioning>`, with
//! `/numbers` behind where it reads numbers; a model
//! is trained with `train/<model>`. So no cell's numbers depend on which other cells there are or
//! in which order they are worked on, and models of one replicate start from the same weights in
//! every scenario: a difference to `base` is paired, which takes out part of the seeds' noise.

pub mod plan;
mod run;
pub mod store;

pub(crate) use plan::toml_errors;
pub use plan::{
    ALGORITHM_REVISION, Added, BUILT_IN, Cell, ConfigError, CrossedSeeds, ExperimentConfig,
    Fingerprint, GeneratorSettings, ModelSettings, Order, Override, Readings, SampleSeed, Scenario,
    SeedList, Seeds, Shard, Source, UntilDecided,
};
pub use run::{
    Failure, Listener, Outlook, PlannedJob, PlannedKind, RunError, RunOptions, RunResults, Runner,
    Standing,
};
pub use store::environment;
pub use store::{
    CellRecord, Measurand, QualityRecord, ResultRow, SampleUsed, ScoreQuantiles, from_csv, to_csv,
    way,
};
