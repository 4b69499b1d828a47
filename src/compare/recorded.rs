//! The results of a run, from its folder or from a baseline file.

use super::entry::{Entry, Kind, MadeWith};
use super::{CompareError, Gate, baseline, timing};
use crate::files::{self, unsealed};
use serde_json::Value;
use std::collections::BTreeMap;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

/// The results of a run.
#[derive(Clone, Debug, Default)]
pub struct Recorded {
    /// Where they were read.
    pub place: String,
    /// The experiment with every default filled in, if it is known.
    pub experiment: Value,
    /// What the data are, if known: rows and clicks of the parts and, unless they are simulated, so that another
    /// revision may draw them otherwise, the md5 checksum of each file.
    pub data: BTreeMap<String, Value>,
    /// The results by kind and name.
    pub entries: BTreeMap<(Kind, String), Entry>,
    /// Files that are no results, and why.
    pub damaged: BTreeMap<(Kind, String), String>,
    /// What the stages took; empty for a baseline, which is of no machine.
    pub costs: Vec<timing::StageCost>,
}

impl Recorded {
    /// Reads a run folder or a baseline file.
    pub fn open(path: &Path) -> Result<Self, CompareError> {
        let recorded = if path.is_dir() { Self::read_folder(path)? } else { baseline::read(path)? };
        if recorded.entries.is_empty() && recorded.damaged.is_empty() {
            return Err(not_a_run(path, "it holds no results"));
        }
        Ok(recorded)
    }

    /// Writes a baseline file: enough to compare later runs with, in little room.
    pub fn baseline(&self) -> Result<String, CompareError> {
        if let Some(((kind, name), reason)) = self.damaged.iter().next() {
            let path = format!("{}/{}/{name}.json", self.place, kind.folder());
            return Err(CompareError::Damaged { path, reason: reason.clone() });
        }
        baseline::write(self)
    }

    /// `[gate]` of the experiment, or the defaults.
    pub fn gate(&self) -> Result<Gate, CompareError> {
        let Some(gate) = self.experiment.get("gate") else { return Ok(Gate::default()) };
        let gate = serde_json::from_value::<Gate>(gate.clone()).map_err(|e| {
            CompareError::Setting(format!("[gate] of the experiment in {}: {e}", self.place))
        })?;
        gate.check()?;
        Ok(gate)
    }

    /// The data set's name, if the experiment is known.
    pub fn dataset(&self) -> Option<&str> {
        self.experiment.get("dataset")?.get("name")?.as_str()
    }

    /// What its results were made with, each once.
    pub fn made_with(&self) -> Vec<&MadeWith> {
        let mut all: Vec<&MadeWith> = self.entries.values().map(|entry| &entry.made_with).collect();
        all.sort();
        all.dedup();
        all
    }

    fn read_folder(root: &Path) -> Result<Self, CompareError> {
        let experiment = root.join("experiment.toml");
        let experiment = match fs::read_to_string(&experiment) {
            Ok(text) => toml::from_str(&text)
                .map_err(|e| CompareError::damaged(&experiment, e.message()))?,
            Err(e) if e.kind() == io::ErrorKind::NotFound => {
                return Err(not_a_run(root, "it holds no experiment.toml"));
            }
            Err(e) => return Err(CompareError::io("read", &experiment)(e)),
        };
        let environment = read_environment(root);
        let mut recorded = Self {
            place: root.display().to_string(),
            experiment,
            data: environment.as_ref().and_then(data).unwrap_or_default(),
            entries: BTreeMap::new(),
            damaged: BTreeMap::new(),
            costs: Vec::new(),
        };
        let mut trees = Vec::new();
        for name in names(&root.join(Kind::Cell.folder()))? {
            let tree = recorded.read(root, Kind::Cell, &name, |tree| {
                MadeWith::of(tree).map_err(|key| format!("it has no `{key}`"))
            })?;
            trees.extend(tree);
        }
        recorded.costs = timing::costs(&trees);
        let of_tables = of_measurements(environment.as_ref(), &recorded);
        for name in names(&root.join(Kind::Quality.folder()))? {
            recorded.read(root, Kind::Quality, &name, |_| of_tables.clone())?;
        }
        Ok(recorded)
    }

    /// Takes in one file; gives its content if it is whole.
    fn read(
        &mut self,
        root: &Path,
        kind: Kind,
        name: &str,
        made_with: impl FnOnce(&Value) -> Result<MadeWith, String>,
    ) -> Result<Option<Value>, CompareError> {
        let path = root.join(kind.folder()).join(format!("{name}.json"));
        let text = fs::read(&path).map_err(CompareError::io("read", &path))?;
        let entry = unsealed::<Value>(&text).and_then(|tree| {
            let entry = Entry::new(made_with(&tree)?, &tree)?;
            Ok((tree, entry))
        });
        let key = (kind, name.to_owned());
        match entry {
            Ok((tree, entry)) => {
                self.entries.insert(key, entry);
                Ok(Some(tree))
            }
            Err(reason) => {
                self.damaged.insert(key, reason);
                Ok(None)
            }
        }
    }
}

/// What a run folder says of its latest start, if it does.
fn read_environment(root: &Path) -> Option<Value> {
    serde_json::from_slice(&fs::read(root.join("environment.json")).ok()?).ok()
}

fn data(environment: &Value) -> Option<BTreeMap<String, Value>> {
    let dataset = environment.get("dataset")?.as_object()?;
    let size = ["rows", "clicks"]
        .into_iter()
        .filter_map(|key| Some((key.to_owned(), dataset.get(key)?.clone())));
    // The best AUC that can be reached is known of simulated data alone.
    let simulated = dataset.get("bayes_auc").is_some_and(|auc| !auc.is_null());
    let files = dataset.get("checksums").filter(|_| !simulated).and_then(Value::as_object);
    let files = files.into_iter().flatten().map(|(part, md5)| (part.clone(), md5.clone()));
    Some(files.chain(size).collect())
}

/// What measurements, which do not say so themselves, were made with: `environment.json`, or else
/// what all cells were.
fn of_measurements(environment: Option<&Value>, recorded: &Recorded) -> Result<MadeWith, String> {
    if let Some(made_with) = environment.and_then(|tree| MadeWith::of(tree).ok()) {
        return Ok(made_with);
    }
    match recorded.made_with()[..] {
        [made_with] => Ok(made_with.clone()),
        _ => Err("nothing says what it was made with: environment.json is missing".to_owned()),
    }
}

fn not_a_run(path: &Path, reason: &str) -> CompareError {
    CompareError::NotARun { path: path.display().to_string(), reason: reason.to_owned() }
}

/// The names of a folder's JSON files without their ending; none if there is no folder.
fn names(folder: &Path) -> Result<Vec<String>, CompareError> {
    let paths = match files::json_files(folder) {
        Err(e) if e.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
        paths => paths.map_err(CompareError::io("read", folder))?,
    };
    let stem = |path: &PathBuf| Some(path.file_stem()?.to_string_lossy().into_owned());
    Ok(paths.iter().filter_map(stem).collect())
}
