//! Whether two runs were asked for the same, on the same data.

use super::Recorded;
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};

/// What there is to do, and what to call it: cells are matched by name. And what changes no result.
const NO_SETTINGS: [&str; 12] = [
    "name",
    "seeds",
    "generators",
    "conditioning",
    "scenarios",
    "models",
    "reading.which",
    "reading.generators",
    "reading.conditioning",
    "until_decided",
    "gate",
    "device",
];

/// Where the data lie; they are known by their checksums, where both say them.
const PLACES: [&str; 4] = ["dataset.train", "dataset.valid", "dataset.test", "dataset.path"];

/// In what the settings of two experiments differ.
pub(super) struct OtherSettings {
    /// Those of BASE that NEW has not, or not so.
    pub differing: Vec<String>,
    /// Those that only NEW has: a newer program may have more.
    pub only_new: Vec<String>,
}

/// Compares the settings of the two experiments.
pub(super) fn other_settings(base: &Recorded, new: &Recorded) -> OtherSettings {
    let same_data = !base.data.is_empty() && base.data == new.data;
    let without_places = |side: &Recorded| -> BTreeMap<String, Value> {
        let mut found = settings(&side.experiment);
        found.retain(|key, _| !(same_data && PLACES.contains(&key.as_str())));
        found
    };
    let (base, new) = (without_places(base), without_places(new));
    let differs = |(key, value): &(&String, &Value)| new.get(*key) != Some(*value);
    // A BASE that does not say its settings has not fewer.
    let is_new = |key: &&String| !base.is_empty() && !base.contains_key(*key);
    OtherSettings {
        differing: base.iter().filter(differs).map(|(key, _)| key.clone()).collect(),
        only_new: new.keys().filter(is_new).cloned().collect(),
    }
}

/// The settings of an experiment that change results, by their dotted keys.
pub fn settings(experiment: &Value) -> BTreeMap<String, Value> {
    let mut found = BTreeMap::new();
    collect(experiment, "", &mut found);
    found
}

/// The values below `path` by their keys. A list is one value: half of one is no setting.
fn collect(tree: &Value, path: &str, settings: &mut BTreeMap<String, Value>) {
    if NO_SETTINGS.contains(&path) {
        return;
    }
    match tree {
        Value::Object(map) => map.iter().for_each(|(key, child)| {
            let dot = if path.is_empty() { "" } else { "." };
            collect(child, &format!("{path}{dot}{key}"), settings);
        }),
        value => {
            settings.insert(path.to_owned(), value.clone());
        }
    }
}

/// Names in a line, of many the first ones.
pub(super) fn listed(names: &[String]) -> String {
    const MOST: usize = 12;
    match names.len() {
        n if n > MOST => format!("{} and {} more", names[..MOST].join(", "), n - MOST),
        _ => names.join(", "),
    }
}

/// What both know of the data and is not the same: a file, by what it is for, rows or clicks.
pub(super) fn other_data(base: &Recorded, new: &Recorded) -> Vec<String> {
    let (old, other) = (&base.data, &new.data);
    if old.is_empty() || other.is_empty() {
        return Vec::new();
    }
    let names: BTreeSet<&String> = old.keys().chain(other.keys()).collect();
    names.into_iter().filter(|name| old.get(*name) != other.get(*name)).cloned().collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn of(base: Value, new: Value) -> [Vec<String>; 2] {
        let run = |experiment| Recorded { experiment, ..Recorded::default() };
        let OtherSettings { differing, only_new } = other_settings(&run(base), &run(new));
        [differing, only_new]
    }

    #[test]
    fn lists_differ_as_a_whole_and_keys_on_either_side() {
        let base = json!({
            "model": {"dnn": {"hidden_units": [400, 400, 400]}},
            "dataset": {"constraints": [["a", "b"], ["c", "d"]], "rows": 5, "path": "x"},
        });
        let new = json!({
            "model": {"dnn": {"hidden_units": [400]}},
            "dataset": {"constraints": [["a", "b"]], "path": "x", "label": "y"},
        });
        let [differing, only_new] = of(base.clone(), new);
        assert_eq!(differing, ["dataset.constraints", "dataset.rows", "model.dnn.hidden_units"]);
        assert_eq!(only_new, ["dataset.label"]);
        assert_eq!(of(base.clone(), base), [Vec::<String>::new(), Vec::new()]);
    }

    #[test]
    fn what_there_is_to_do_is_no_setting() {
        let base = json!({"seeds": [1], "reading": {"which": ["numbers"], "numbers": ["age"]}});
        let new = json!({
            "seeds": {"fit": 2}, "reading": {"which": ["categories"], "numbers": ["age"]},
            "gate": {"auc": 1.0}, "until_decided": {"block": 2},
        });
        assert_eq!(of(base, new), [Vec::<String>::new(), Vec::new()]);
    }
}
