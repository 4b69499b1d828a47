//! A baseline file: the compared leaves of a run, small enough to be committed.
//!
//! ```text
//! {"format": "synthctr baseline 1",
//!  "experiment": { … },
//!  "data": {"rows": {"train": 4000, …}, "train": "md5 of the file", …},
//!  "tables": [{
//!    "kind": "cell", "made_with": { … }, "columns": ["epochs", "test_auc", …],
//!    "rows": {"none.base.dnn.seed1": ["fingerprint", "hash of the rest", 17, 0.8432, …]}
//!  }]}
//! ```
//!
//! Entries with the same leaves share a table, whose head names the leaves once. Keys are sorted and
//! every entry is a line, so that equal runs give equal files and `git diff` shows what changed.

use super::entry::{Entry, Kind, MadeWith};
use super::{CompareError, Recorded};
use serde::de::Error as _;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

/// What the first line of a baseline says. Raised whenever other leaves are kept, since their hash would
/// differ.
const FORMAT: &str = "synthctr baseline 1";

#[derive(Deserialize)]
struct File {
    format: String,
    experiment: Value,
    #[serde(default)]
    data: BTreeMap<String, Value>,
    tables: Vec<Table>,
}

#[derive(Deserialize)]
struct Table {
    kind: Kind,
    made_with: MadeWith,
    columns: Vec<String>,
    rows: BTreeMap<String, Vec<Value>>,
}

/// Reads a baseline file.
pub(super) fn read(path: &Path) -> Result<Recorded, CompareError> {
    let text = fs::read(path).map_err(CompareError::io("read", path))?;
    let not_a_run =
        |reason: String| CompareError::NotARun { path: path.display().to_string(), reason };
    let file: File = serde_json::from_slice(&text).map_err(|e| not_a_run(e.to_string()))?;
    if file.format != FORMAT {
        return Err(not_a_run(format!("its format is `{}`, not `{FORMAT}`", file.format)));
    }
    let mut entries = BTreeMap::new();
    for table in file.tables {
        for (name, row) in table.rows {
            let entry = entry(&table.made_with, &table.columns, row)
                .map_err(|e| CompareError::damaged(path, format!("row `{name}`: {e}")))?;
            if entries.insert((table.kind, name.clone()), entry).is_some() {
                return Err(CompareError::damaged(path, format!("row `{name}` is there twice")));
            }
        }
    }
    Ok(Recorded {
        place: path.display().to_string(),
        experiment: file.experiment,
        data: file.data,
        entries,
        damaged: BTreeMap::new(),
        costs: Vec::new(),
    })
}

fn entry(
    made_with: &MadeWith,
    columns: &[String],
    row: Vec<Value>,
) -> Result<Entry, serde_json::Error> {
    let (n, wanted) = (row.len(), columns.len() + 2);
    if n != wanted {
        return Err(serde_json::Error::custom(format!("{n} values, not {wanted}")));
    }
    let mut values = row.into_iter();
    let mut text = || serde_json::from_value(values.next().unwrap_or_default());
    let (fingerprint, rest) = (text()?, text()?);
    Ok(Entry {
        made_with: made_with.clone(),
        fingerprint,
        leaves: columns.iter().cloned().zip(values).collect(),
        rest: Some(rest),
    })
}

/// The text of a baseline file.
pub(super) fn write(recorded: &Recorded) -> Result<String, CompareError> {
    let mut tables: BTreeMap<(Kind, &MadeWith, Vec<String>), Vec<String>> = BTreeMap::new();
    for ((kind, name), entry) in &recorded.entries {
        let Entry { fingerprint, leaves, rest, .. } = entry.condensed(*kind);
        let columns = leaves.keys().cloned().collect();
        let mut row = vec![json(&fingerprint)?, json(&rest)?];
        for leaf in leaves.values() {
            row.push(json(leaf)?);
        }
        let line = format!("{}:[{}]", json(name)?, row.join(","));
        tables.entry((*kind, &entry.made_with, columns)).or_default().push(line);
    }
    let mut texts = Vec::new();
    for ((kind, made_with, columns), rows) in &tables {
        texts.push(format!(
            "{{\n\"kind\":{},\n\"made_with\":{},\n\"columns\":{},\n\"rows\":{{\n{}\n}}}}",
            json(kind)?,
            json(made_with)?,
            json(columns)?,
            rows.join(",\n")
        ));
    }
    let data = match recorded.data.is_empty() {
        true => String::new(),
        false => format!("\"data\":{},\n", json(&recorded.data)?),
    };
    Ok(format!(
        "{{\"format\":{},\n\"experiment\":{},\n{data}\"tables\":[{}]}}\n",
        json(&FORMAT)?,
        json(&sorted(&recorded.experiment))?,
        texts.join(",\n")
    ))
}

fn json(value: &impl Serialize) -> Result<String, CompareError> {
    serde_json::to_string(value)
        .map_err(|e| CompareError::Setting(format!("cannot write JSON: {e}")))
}

/// The same tree with sorted keys, whatever order the reader of TOML kept.
fn sorted(tree: &Value) -> Value {
    match tree {
        Value::Object(map) => {
            let map: BTreeMap<_, _> = map.iter().map(|(k, v)| (k.clone(), sorted(v))).collect();
            map.into_iter().collect()
        }
        Value::Array(items) => items.iter().map(sorted).collect(),
        leaf => leaf.clone(),
    }
}
