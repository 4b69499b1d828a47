//! What there is to do: an experiment's description, its cells, what determines each.

pub(super) mod cells;
mod config;
mod fingerprint;
mod overrides;
mod scenario;
mod toml_errors;

pub use cells::{Cell, Order, Shard, Source, cells};
pub use config::{BUILT_IN, ExperimentConfig, GeneratorSettings, ModelSettings, Seeds};
pub use fingerprint::{ALGORITHM_REVISION, Fingerprint};
pub use overrides::Override;
pub use scenario::{Added, Scenario};
pub use toml_errors::ConfigError;
