//! Named sets of a neural generator's settings.

use crate::names;
use serde::de::{DeserializeOwned, Deserializer, Error};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

/// Which settings a neural generator begins with; single ones may be set otherwise beside it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Preset {
    /// The published defaults.
    #[default]
    Paper,
    /// What two processor cores can do on Frappe in 20 minutes, both ways of fitting together.
    Cpu,
    /// What a small example can afford: seconds.
    Quick,
}

impl Preset {
    /// All presets.
    pub const ALL: [Preset; 3] = [Preset::Paper, Preset::Cpu, Preset::Quick];

    /// The name in files and on the command line.
    pub fn name(self) -> &'static str {
        match self {
            Preset::Paper => "paper",
            Preset::Cpu => "cpu",
            Preset::Quick => "quick",
        }
    }
}

/// Settings that come in presets.
pub(crate) trait Presets: Serialize + DeserializeOwned {
    /// The settings of a preset.
    fn preset(preset: Preset) -> Self;
}

/// Reads a table of settings in which `preset` may name those that are not in the table.
pub(crate) fn with_preset<'de, D, T>(deserializer: D) -> Result<T, D::Error>
where
    D: Deserializer<'de>,
    T: Presets,
{
    let mut given = Map::deserialize(deserializer)?;
    let preset = match given.remove("preset") {
        None => Preset::default(),
        Some(name) => {
            let name = name.as_str().unwrap_or_default();
            let found = Preset::ALL.into_iter().find(|preset| preset.name() == name);
            let all = Preset::ALL.map(Preset::name);
            found.ok_or_else(|| D::Error::custom(names::unknown("preset", name, &all)))?
        }
    };
    let mut settings = serde_json::to_value(T::preset(preset)).map_err(D::Error::custom)?;
    let keys: Vec<String> = given.keys().cloned().collect();
    overlay(&mut settings, Value::Object(given));
    T::deserialize(settings).map_err(|error| D::Error::custom(with_preset_listed(&error, &keys)))
}

/// The message of an error; `preset` too is a valid name for a key of this table.
fn with_preset_listed(error: &serde_json::Error, keys: &[String]) -> String {
    let message = error.to_string();
    let ours = keys.iter().any(|key| message.starts_with(&format!("unknown field `{key}`")));
    if ours { format!("{message}, `preset`") } else { message }
}

/// Sets what `given` holds in `settings`, table by table.
fn overlay(settings: &mut Value, given: Value) {
    match (settings, given) {
        (Value::Object(settings), Value::Object(given)) => {
            for (key, value) in given {
                overlay(settings.entry(key).or_insert(Value::Null), value);
            }
        }
        (settings, given) => *settings = given,
    }
}
