//! What makes a source's rows.

use super::snapshot::Snapshot;
use crate::data::Dataset;
use crate::external::ExternalGenerator;
use crate::generators::{GeneratorConfig, GeneratorKind, Reading, RowsSize};
use serde_json::{Value, json};

/// What makes a source's rows, with its settings.
#[derive(Clone, Debug)]
pub(super) enum Origin<'a> {
    /// A generator of this program.
    Ours(GeneratorConfig),
    /// One that a user brings.
    External(&'a Snapshot<ExternalGenerator>),
}

impl Origin<'_> {
    /// What the rows of a replicate hang on besides rows and seeds, as it stands in fingerprints.
    pub fn content(
        &self,
        reading: Reading,
        dataset: &Dataset,
        replicate: u64,
        asked: [usize; 2],
    ) -> Value {
        match self {
            Self::Ours(config) => config.settings_of(reading),
            Self::External(external) => json!({
                "external": external.settings.content(&external.hashes, replicate, asked),
                "user": dataset.user,
                "item": dataset.item,
            }),
        }
    }

    /// Predicted operations and bytes of making `drawn` rows from those of `train`, whether it is `fitted` to
    /// them or not; bytes are those of fitting it. What an external one takes nobody knows, so it counts as one
    /// that is not trained.
    pub fn cost(&self, size: RowsSize, drawn: usize, fitted: bool) -> (f64, f64) {
        let smoten = GeneratorConfig::new(GeneratorKind::Smoten);
        let config = match self {
            Self::Ours(config) => config,
            Self::External(_) => &smoten,
        };
        let fit = if fitted { 0.0 } else { config.cost(size) };
        (fit + config.draw_cost(drawn, size), config.memory(size))
    }

    /// Whether it needs to know the item and is not told.
    pub fn lacks_item(&self) -> bool {
        matches!(self, Self::Ours(GeneratorConfig::UniformItem(settings)) if settings.item.is_empty())
    }
}
