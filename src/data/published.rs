//! Data sets whose split and checksums are published: loading them from the folder they were fetched into.

use super::config::{DatasetConfig, Numeric, OF_FILES, ReadOptions};
use super::dataset::Dataset;
use super::fetch::Remote;
use super::{DataError, checksum, split};
use std::collections::BTreeMap;
use std::path::Path;

/// What is known of a published data set besides its files.
#[derive(Clone, Debug, PartialEq)]
pub struct Published {
    /// What it is, in a few words.
    pub what: &'static str,
    /// Where it comes from.
    pub remote: Remote,
    /// The fields; none: every column but the label.
    pub fields: Option<Vec<String>>,
    /// The fields that hold numbers, and how they are binned unless an experiment says otherwise.
    pub numeric: Vec<Numeric>,
    /// Groups of fields whose combinations must have been seen.
    pub constraints: Vec<Vec<String>>,
    /// The field that names the user.
    pub user: Option<String>,
    /// The field that names the item.
    pub item: Option<String>,
    /// What a report must say of it.
    pub notes: Vec<String>,
}

impl Published {
    /// Loads the files in its folder below `data_dir` and verifies their checksums.
    pub(super) fn load(
        self,
        config: &DatasetConfig,
        data_dir: &Path,
    ) -> Result<Dataset, DataError> {
        let name = &self.remote.name;
        let built_in = format!("`{name}` is built in; give your own files another name");
        config.refuse(&["simulator"], &built_in)?;
        config.refuse(&OF_FILES, &built_in)?;
        config.refuse(
            &["ignore"],
            &format!("`{name}` is built in; name its fields in dataset.fields"),
        )?;
        if self.numeric.is_empty() {
            config.refuse(&["numeric"], &built_in)?;
        }
        let folder = data_dir.join(name);
        let (mut checksums, mut notes) = (BTreeMap::new(), self.notes.clone());
        for file in &self.remote.files {
            let path = folder.join(&file.name);
            let found = match checksum::of_file(&path) {
                Err(DataError::Missing { .. }) => {
                    return Err(DataError::NotFetched { dataset: name.clone(), path });
                }
                found => found?,
            };
            let Some(note) = file.accept(&found) else {
                let advice = format!(
                    "delete it and run `synthctr data fetch {name}`, or read your own version of it \
                     as your own files, under another name"
                );
                let expected = file.md5.clone();
                return Err(DataError::Checksum { path, found, expected, advice });
            };
            notes.extend(note.map(str::to_string));
            checksums.insert(file.name.trim_end_matches(".csv").to_string(), found);
        }
        if let Some(rows) = config.rows {
            notes.push(format!("at most the first {rows} rows of each part"));
        }
        let [train, valid, test] = ["train.csv", "valid.csv", "test.csv"].map(|f| folder.join(f));
        Ok(Dataset {
            split: split::load_split(&train, &valid, &test, &self.options(config))?,
            name: name.clone(),
            checksums,
            notes,
            constraints: config.constraints.clone().unwrap_or_else(|| self.kept_groups(config)),
            item: config.item.clone().or_else(|| self.kept(config, self.item.as_ref())),
            user: config.user.clone().or_else(|| self.kept(config, self.user.as_ref())),
            bayes_auc: None,
        })
    }

    /// How its files are read.
    fn options(&self, config: &DatasetConfig) -> ReadOptions {
        let asked = config.read_options();
        let fields = asked.fields.or_else(|| self.fields.clone());
        let is_field = |numeric: &&Numeric| {
            fields.as_ref().is_none_or(|fields| fields.contains(&numeric.name))
        };
        let numeric = match asked.numeric.is_empty() {
            true => self.numeric.iter().filter(is_field).cloned().collect(),
            false => asked.numeric,
        };
        ReadOptions { fields, numeric, ..asked }
    }

    /// A field, unless `config` leaves it out.
    fn kept(&self, config: &DatasetConfig, field: Option<&String>) -> Option<String> {
        let field = field?;
        let kept = config.fields.as_ref().is_none_or(|fields| fields.contains(field));
        kept.then(|| field.clone())
    }

    /// The groups of which `config` leaves no field out.
    fn kept_groups(&self, config: &DatasetConfig) -> Vec<Vec<String>> {
        let whole =
            |group: &&Vec<String>| group.iter().all(|f| self.kept(config, Some(f)).is_some());
        self.constraints.iter().filter(whole).cloned().collect()
    }
}
