//! What there is to do: an experiment's description, its cells, what determines each.

pub(super) mod cells;
mod config;
mod fingerprint;
mod overrides;
mod own;
mod readings;
mod scenario;
mod seeds;
pub(crate) mod toml_errors;
mod until_decided;

pub use cells::{Cell, Order, Shard, Source, cells};
pub use config::{BUILT_IN, ExperimentConfig, GeneratorSettings, ModelSettings};
pub use fingerprint::{ALGORITHM_REVISION, Fingerprint};
pub use overrides::Override;
pub use readings::Readings;
pub use scenario::{Added, Scenario};
pub use seeds::{CrossedSeeds, SampleSeed, SeedList, Seeds};
pub use toml_errors::ConfigError;
pub use until_decided::UntilDecided;
