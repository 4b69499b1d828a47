//! The registry: from a name to rows.

use super::built::{self, Built};
use super::config::{DatasetConfig, OF_FILES, SplitBy};
use super::dataset::Dataset;
use super::published::Published;
use super::{DataError, checksum, frappe, reczoo, simulator, split};
use crate::seed::Seed;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// The names of the built-in data sets.
pub const NAMES: [&str; 6] = [
    "simulated",
    frappe::NAME,
    reczoo::NAMES[0],
    reczoo::NAMES[1],
    reczoo::NAMES[2],
    reczoo::NAMES[3],
];

/// The published data set called `name`.
pub fn published(name: &str) -> Option<Published> {
    match name {
        frappe::NAME => Some(frappe::published()),
        name => reczoo::named(name),
    }
}

/// The environment variable that says where data sets are.
pub const DATA_DIR_VARIABLE: &str = "SYNTHCTR_DATA_DIR";

/// The folder of the data sets: the argument, else the environment's, else `./data`.
pub fn data_dir(argument: Option<&Path>) -> PathBuf {
    match (argument, std::env::var_os(DATA_DIR_VARIABLE)) {
        (Some(dir), _) => dir.to_path_buf(),
        (None, Some(dir)) if !dir.is_empty() => dir.into(),
        _ => "data".into(),
    }
}

/// Loads the data set that `config` describes.
///
/// `data_dir` holds the fetched data sets, see [`data_dir`]. The `simulator` and `split` streams
/// of `seed` drive the simulator and the random split of a single file; published splits do not
/// depend on it.
pub fn load(
    config: &DatasetConfig,
    data_dir: Option<&Path>,
    seed: Seed,
) -> Result<Dataset, DataError> {
    let dataset = match (config.name.as_str(), published(&config.name)) {
        (simulator::NAME, _) => simulated(config, seed)?,
        (_, Some(published)) => published.load(config, &self::data_dir(data_dir))?,
        (_, None) => own_files(config, seed)?,
    };
    check_names(&dataset)?;
    Ok(dataset)
}

/// The embedded data set.
fn simulated(config: &DatasetConfig, seed: Seed) -> Result<Dataset, DataError> {
    let settings = [&OF_FILES[..], &["fields", "ignore", "numeric", "rows"]].concat();
    config.refuse(&settings, "`simulated` has no files; give your own files another name")?;
    let simulator = config.simulator.clone().unwrap_or_default();
    let simulated = simulator::simulate(&simulator, seed)?;
    let parts = [
        ("train", &simulated.split.train),
        ("valid", &simulated.split.valid),
        ("test", &simulated.split.test),
    ];
    let checksums = parts.map(|(part, table)| (part.to_string(), checksum::of_table(table)));
    Ok(Dataset {
        name: config.name.clone(),
        bayes_auc: Some(simulated.bayes_auc()),
        checksums: checksums.into(),
        notes: Vec::new(),
        constraints: config.constraints.clone().unwrap_or_else(simulator::constraints),
        item: config.item.clone().or_else(|| Some("item".into())),
        user: config.user.clone().or_else(|| Some("user".into())),
        split: simulated.split,
    })
}

/// The user's own files.
fn own_files(config: &DatasetConfig, seed: Seed) -> Result<Dataset, DataError> {
    let why = "only `simulated` is simulated";
    config.refuse(&["simulator"], why)?;
    let options = config.read_options();
    let mut notes = Vec::new();
    let (split, files) = match (&config.path, &config.train, &config.valid, &config.test) {
        (Some(path), None, None, None) => {
            let fractions = config.fractions.unwrap_or([0.7, 0.2, 0.1]);
            let by = config.split.as_ref();
            let split = split::load_and_split(path, fractions, by, &options, seed)?;
            notes.extend(by.map(|by| match by {
                SplitBy::ByTime(column) => {
                    format!("split by time (`{column}`): validation and test are later than train")
                }
                SplitBy::ByGroup(column) => format!("rows of one `{column}` stay in one part"),
            }));
            (split, vec![("all", path)])
        }
        (None, Some(train), Some(valid), Some(test)) => {
            let why = "the files are already split; it goes with `path`";
            config.refuse(&["fractions", "split"], why)?;
            let split = split::load_split(train, valid, test, &options)?;
            (split, vec![("train", train), ("valid", valid), ("test", test)])
        }
        (None, None, None, None) => {
            if let Some(built) = Built::named(&config.name) {
                return Err(DataError::Setting(built.remedy()));
            }
            let names = NAMES.into_iter().chain(built::ALL.map(|built| built.name));
            let hint = super::error::hint(&config.name, names);
            return Err(DataError::Setting(format!(
                "there is no built-in data set `{}` ({hint}), and no files are named: set \
                 dataset.train, dataset.valid and dataset.test, or dataset.path",
                config.name
            )));
        }
        _ => {
            return Err(DataError::Setting(
                "set either all of dataset.train, dataset.valid and dataset.test, or \
                 dataset.path alone"
                    .into(),
            ));
        }
    };
    let mut checksums = BTreeMap::new();
    for (part, path) in files {
        checksums.insert(part.to_string(), checksum::of_file(path)?);
    }
    Ok(Dataset {
        name: config.name.clone(),
        split,
        checksums,
        notes,
        constraints: config.constraints.clone().unwrap_or_default(),
        item: config.item.clone(),
        user: config.user.clone(),
        bayes_auc: None,
    })
}

/// Every field that a constraint or a role names must be there, once.
fn check_names(dataset: &Dataset) -> Result<(), DataError> {
    let schema = dataset.split.train.schema();
    let known = |setting: &str, name: &str| match schema.position(name) {
        Some(_) => Ok(()),
        None => {
            let hint =
                super::error::hint(name, schema.fields.iter().map(|field| field.name.as_str()));
            Err(DataError::Setting(format!(
                "dataset.{setting} names `{name}`, which is not a field; {hint}"
            )))
        }
    };
    let mut constrained: Vec<&str> = Vec::new();
    for group in &dataset.constraints {
        if group.len() < 2 {
            return Err(DataError::Setting(format!(
                "dataset.constraints has the group {group:?}; a group needs two fields or more"
            )));
        }
        for name in group {
            known("constraints", name)?;
            if constrained.contains(&name.as_str()) {
                return Err(DataError::Setting(format!(
                    "dataset.constraints names `{name}` twice; join its groups into one"
                )));
            }
            constrained.push(name);
        }
    }
    dataset.item.iter().try_for_each(|name| known("item", name))?;
    dataset.user.iter().try_for_each(|name| known("user", name))
}
