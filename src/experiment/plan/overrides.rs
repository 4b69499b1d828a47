//! Keys of an experiment set on the command line.

use super::ExperimentConfig;
use super::toml_errors::{ConfigError, explain};
use crate::names;
use serde::Deserialize;
use toml::{Table, Value};

/// One key set otherwise than in the experiment's file.
#[derive(Clone, Debug, PartialEq)]
pub struct Override {
    /// What the user wrote, for messages.
    origin: String,
    /// The dotted path of the key.
    key: String,
    /// Its new value.
    value: Value,
}

impl Override {
    /// Sets `key` to `value`; `origin` is what the user wrote.
    pub fn new(origin: &str, key: &str, value: impl Into<Value>) -> Self {
        Self { origin: origin.to_owned(), key: key.to_owned(), value: value.into() }
    }

    /// Whether it sets this key.
    pub(super) fn is_of(&self, key: &str) -> bool {
        self.key == key
    }

    /// Reads `key=value`. The value is TOML; what is not TOML is a string, so that
    /// `--set device=cpu` needs no quotes.
    pub fn parse(text: &str) -> Result<Self, String> {
        let (key, value) =
            text.split_once('=').ok_or_else(|| format!("`{text}` is not of the form key=value"))?;
        let (key, value) = (key.trim(), value.trim());
        if key.split('.').any(|part| part.trim().is_empty()) {
            return Err(format!("`{key}` is not a key such as training.batch_size"));
        }
        let parsed = format!("value = {value}").parse::<Table>().ok();
        let parsed = parsed.filter(|table| table.len() == 1).and_then(|mut t| t.remove("value"));
        let value = parsed.unwrap_or_else(|| Value::String(value.to_owned()));
        Ok(Self { origin: format!("--set {text}"), key: key.to_owned(), value })
    }
}

/// The experiment in `text`, which is valid, with `changes` made one after the other.
pub(super) fn apply(text: &str, changes: &[Override]) -> Result<ExperimentConfig, ConfigError> {
    let invalid = |origin: &str, message: &str| ConfigError::new(format!("{origin}: {message}"));
    let mut table: Table = text.parse().map_err(|e: toml::de::Error| invalid("", e.message()))?;
    let mut experiment = ExperimentConfig::default();
    for change in changes {
        let fail = |message: &str| invalid(&change.origin, message);
        set(&mut table, &change.key, change.value.clone()).map_err(|e| fail(&e))?;
        experiment = ExperimentConfig::deserialize(Value::Table(table.clone()))
            .map_err(|e| fail(&explain(e.message())))?;
    }
    // Only all changes together need to make sense, but the last one is the likeliest culprit.
    let last = changes.last().map_or("", |change| &change.origin);
    experiment.check().map_err(|e| invalid(last, &e.to_string()))?;
    Ok(experiment)
}

/// Sets the key at a dotted path, making the tables on the way.
fn set(table: &mut Table, path: &str, value: Value) -> Result<(), String> {
    let Some((first, rest)) = path.split_once('.') else {
        table.insert(path.trim().to_owned(), value);
        return Ok(());
    };
    let entry = table.entry(first.trim()).or_insert_with(|| Value::Table(Table::new()));
    if let (Value::String(name), "dataset") = (&*entry, first.trim()) {
        // A data set given by its name alone is a table with nothing but that name.
        *entry = Value::Table(Table::from_iter([("name".to_owned(), Value::from(&**name))]));
    }
    if let (Value::String(_) | Value::Array(_), "reading") = (&*entry, first.trim()) {
        // Readings given by their names alone are a table with nothing but those.
        let which = match std::mem::replace(entry, Value::Boolean(false)) {
            one @ Value::String(_) => Value::Array(vec![one]),
            several => several,
        };
        *entry = Value::Table(Table::from_iter([("which".to_owned(), which)]));
    }
    match entry {
        Value::Table(inner) => set(inner, rest, value),
        _ => {
            let tables = [
                "dataset",
                "training",
                "model",
                "generator",
                "gate",
                "until_decided",
                "seeds",
                "reading",
            ];
            Err(names::unknown("table", first, &tables))
        }
    }
}
