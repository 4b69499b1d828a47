//! What makes a source's rows.

use crate::data::Dataset;
use crate::experiment::plan::ExperimentConfig;
use crate::external::{ExternalError, ExternalGenerator};
use crate::generators::{AnyGenerator, GeneratorConfig, GeneratorKind, Reading, RowsSize};
use crate::names::Name;
use serde_json::{Value, json};
use std::collections::BTreeMap;

/// What makes a source's rows, with its settings.
#[derive(Clone, Debug)]
pub(super) enum Origin<'a> {
    /// A generator of this program.
    Ours(GeneratorConfig),
    /// One that a user brings.
    External(&'a External),
}

/// A generator that a user brings, as it stood when the run began.
#[derive(Clone, Debug)]
pub(super) struct External {
    name: Name,
    /// Its settings.
    pub settings: ExternalGenerator,
    /// Hashes of the files that its rows hang on, by path.
    hashes: BTreeMap<String, String>,
}

impl External {
    /// Those that an experiment uses, with the content of their files.
    pub fn all(experiment: &ExperimentConfig) -> Result<Vec<Self>, ExternalError> {
        let mut all = Vec::new();
        for generator in &experiment.generators {
            let AnyGenerator::External(name) = *generator else { continue };
            let settings = experiment.generator.external.get(name.text());
            let settings = settings.cloned().unwrap_or_default();
            settings.check(name.text())?;
            settings.look(name.text())?;
            let hashes = settings.hashes()?;
            all.push(Self { name, settings, hashes });
        }
        Ok(all)
    }

    /// Its name and its files.
    pub fn files(&self) -> (String, BTreeMap<String, String>) {
        (format!("generator.{}", self.name), self.hashes.clone())
    }

    /// Whether it goes by this name.
    pub fn is(&self, name: Name) -> bool {
        self.name == name
    }
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

    /// Predicted operations and bytes of making `drawn` rows from those of `train`; what an external
    /// one takes nobody knows, so it counts as one that is not trained.
    pub fn cost(&self, size: RowsSize, drawn: usize) -> (f64, f64) {
        let smoten = GeneratorConfig::new(GeneratorKind::Smoten);
        let config = match self {
            Self::Ours(config) => config,
            Self::External(_) => &smoten,
        };
        (config.cost(size) + config.draw_cost(drawn, size), config.memory(size))
    }

    /// Whether it needs to know the item and is not told.
    pub fn lacks_item(&self) -> bool {
        matches!(self, Self::Ours(GeneratorConfig::UniformItem(settings)) if settings.item.is_empty())
    }
}
