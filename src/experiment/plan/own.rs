//! The generators and click models that users bring, in experiments.

use super::ExperimentConfig;
use super::toml_errors::{ConfigError, explain};
use crate::ctr::{AnyModel, ModelKind};
use crate::external::{ExternalGenerator, ExternalModel};
use crate::generators::{AnyGenerator, GeneratorKind};
use crate::names;
use serde::Deserialize;
use serde::de::{self, DeserializeOwned, Deserializer};
use std::collections::BTreeMap;

/// Something that users bring.
struct Kind {
    /// The table of the experiment that it stands in.
    section: &'static str,
    /// The keys one of which every one of its tables has.
    keys: &'static [&'static str],
    /// The names of those of this program.
    ours: fn() -> Vec<&'static str>,
}

const GENERATORS: Kind = Kind {
    section: "generator",
    keys: &["command", "rows"],
    ours: || GeneratorKind::ALL.map(GeneratorKind::name).to_vec(),
};

const MODELS: Kind = Kind {
    section: "model",
    keys: &["command"],
    ours: || ModelKind::ALL.map(ModelKind::name).to_vec(),
};

impl Kind {
    /// What is wrong with a name that means nothing.
    fn unknown(&self, name: &str) -> String {
        let section = self.section;
        let unknown = names::unknown(section, name, &(self.ours)());
        let keys = self.keys.join("` or `");
        format!("{unknown}; one of your own needs a table [{section}.{name}] with its `{keys}`")
    }

    /// Reads all, and names the one that is wrong: here a slip in the name of one of this program ends
    /// up.
    fn read<'de, T: DeserializeOwned, D: Deserializer<'de>>(
        &self,
        deserializer: D,
    ) -> Result<BTreeMap<String, T>, D::Error> {
        let tables = BTreeMap::<String, toml::Value>::deserialize(deserializer)?;
        let read = |(name, value): (String, toml::Value)| {
            let wrong =
                |what: String| de::Error::custom(format!("{}.{name}: {what}", self.section));
            let named = self.keys.iter().any(|key| value.get(key).is_some());
            // Whoever means one of ours is told so before anything is said of keys.
            let slip = names::nearest(&name, (self.ours)()).is_some();
            match T::deserialize(value) {
                Err(error) if named || !slip => Err(wrong(explain(error.message()))),
                Ok(settings) if named => Ok((name, settings)),
                _ => Err(wrong(self.unknown(&name))),
            }
        };
        tables.into_iter().map(read).collect()
    }

    /// What is wrong with a table's name.
    fn bad_name(&self, name: &str) -> ConfigError {
        ConfigError::new(format!(
            "{section}.{name}: a {section} of your own has a name of lower-case letters, digits, `-` and \
             `_`, a letter first, at most 40 of them, and none that means something else",
            section = self.section
        ))
    }
}

/// Reads the generators that users bring.
pub(super) fn own_generators<'de, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<BTreeMap<String, ExternalGenerator>, D::Error> {
    GENERATORS.read(deserializer)
}

/// Reads the click models that users bring.
pub(super) fn own_models<'de, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<BTreeMap<String, ExternalModel>, D::Error> {
    MODELS.read(deserializer)
}

/// Checks what users bring, and that everything named is there.
pub(super) fn check(experiment: &ExperimentConfig) -> Result<(), ConfigError> {
    let wrong = |error: crate::external::ExternalError| ConfigError::new(error.to_string());
    for (name, external) in &experiment.generator.external {
        if !matches!(name.parse(), Ok(AnyGenerator::External(_))) {
            return Err(GENERATORS.bad_name(name));
        }
        external.check(name).map_err(wrong)?;
    }
    for (name, external) in &experiment.model.external {
        if !matches!(name.parse(), Ok(AnyModel::External(_))) {
            return Err(MODELS.bad_name(name));
        }
        external.check(name).map_err(wrong)?;
    }
    for generator in experiment.generators.iter().filter(|generator| generator.ours().is_none()) {
        if experiment.seeds.are_crossed() {
            return Err(ConfigError::new(format!(
                "seeds of fits and draws cannot be crossed with {generator}: a generator of your own fits and \
                 draws at once"
            )));
        }
        if !experiment.generator.external.contains_key(generator.name()) {
            let unknown = GENERATORS.unknown(generator.name());
            return Err(ConfigError::new(format!("generators: {unknown}")));
        }
    }
    for model in experiment.models.iter().filter(|model| model.ours().is_none()) {
        if !experiment.model.external.contains_key(model.name()) {
            return Err(ConfigError::new(format!("models: {}", MODELS.unknown(model.name()))));
        }
    }
    Ok(())
}
