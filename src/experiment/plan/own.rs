//! The generators and click models that users bring, in experiments.

use super::ExperimentConfig;
use super::toml_errors::{ConfigError, explain};
use crate::ctr::ModelKind;
use crate::external::{Brought, ExternalGenerator, ExternalModel};
use crate::generators::GeneratorKind;
use crate::names::{self, Any, Known};
use serde::Deserialize;
use serde::de::{self, Deserializer};
use std::collections::BTreeMap;

/// Reads the generators that users bring.
pub(super) fn own_generators<'de, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<BTreeMap<String, ExternalGenerator>, D::Error> {
    read::<GeneratorKind, _, _>(deserializer)
}

/// Reads the click models that users bring.
pub(super) fn own_models<'de, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<BTreeMap<String, ExternalModel>, D::Error> {
    read::<ModelKind, _, _>(deserializer)
}

/// Reads all, and names the one that is wrong: here a slip in the name of one of this program ends up.
fn read<'de, K: Known, S: Brought, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<BTreeMap<String, S>, D::Error> {
    let tables = BTreeMap::<String, toml::Value>::deserialize(deserializer)?;
    let read = |(name, value): (String, toml::Value)| {
        let wrong = |what: String| de::Error::custom(format!("{}.{name}: {what}", K::WHAT));
        let named = S::KEYS.iter().any(|key| value.get(key).is_some());
        // Whoever means one of ours is told so before anything is said of keys.
        let slip = names::nearest(&name, K::names()).is_some();
        match S::deserialize(value) {
            Err(error) if named || !slip => Err(wrong(explain(error.message()))),
            Ok(settings) if named => Ok((name, settings)),
            _ => Err(wrong(unknown::<K, S>(&name))),
        }
    };
    tables.into_iter().map(read).collect()
}

/// What is wrong with a name that means nothing.
fn unknown<K: Known, S: Brought>(name: &str) -> String {
    let unknown = names::unknown(K::WHAT, name, &K::names());
    let keys = S::KEYS.join("` or `");
    format!("{unknown}; one of your own needs a table [{}.{name}] with its `{keys}`", K::WHAT)
}

/// Checks what users bring, and that everything named is there.
pub(super) fn check(experiment: &ExperimentConfig) -> Result<(), ConfigError> {
    let ExperimentConfig { generators, generator, models, model, seeds, .. } = experiment;
    let own = generators.iter().find(|generator| generator.ours().is_none());
    if let Some(own) = own.filter(|_| seeds.are_crossed()) {
        return Err(ConfigError::new(format!(
            "seeds of fits and draws cannot be crossed with {own}: a generator of your own fits and draws at \
             once"
        )));
    }
    check_part("generators", generators, &generator.external)?;
    check_part("models", models, &model.external)
}

/// Checks the tables of one section, and that the experiment's list names nothing without a table.
fn check_part<K: Known, S: Brought>(
    list: &str,
    used: &[Any<K>],
    tables: &BTreeMap<String, S>,
) -> Result<(), ConfigError> {
    for (name, external) in tables {
        if !matches!(name.parse(), Ok(Any::<K>::External(_))) {
            return Err(ConfigError::new(format!(
                "{what}.{name}: a {what} of your own has a name of lower-case letters, digits, `-` and `_`, a \
                 letter first, at most 40 of them, and none that means something else",
                what = K::WHAT
            )));
        }
        external.check(name).map_err(|error| ConfigError::new(error.to_string()))?;
    }
    let is_missing = |name: &crate::names::Name| !tables.contains_key(name.text());
    match used.iter().filter_map(|one| one.external()).find(is_missing) {
        None => Ok(()),
        Some(name) => Err(ConfigError::new(format!("{list}: {}", unknown::<K, S>(name.text())))),
    }
}
