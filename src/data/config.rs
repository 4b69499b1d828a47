//! Which click log to load and how: the `[dataset]` section of an experiment.

use super::frame::is_missing;
use super::{DataError, SimulatorConfig, registry, simulator};
use serde::{Deserialize, Serialize};
use std::path::{Path, PathBuf};

/// The `[dataset]` section of an experiment: a built-in data set or one's own files.
///
/// ```toml
/// [dataset]
/// name = "my-log"            # any name but those of the built-in data sets [default: the file's]
/// train = "train.csv"        # .csv or .parquet; or one `path`, split at random
/// valid = "valid.csv"
/// test = "test.csv"
/// label = "click"
/// ignore = ["impression_id"]
/// numeric = [{ name = "price", bins = { quantiles = 10 } }, { name = "visits", bins = "log2" }]
/// constraints = [["country", "city"]]
/// ```
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct DatasetConfig {
    /// `simulated`, the name of a published data set, or a name for one's own files. Default: what the file
    /// is called, `simulated` where none is named.
    #[serde(default = "unnamed")]
    pub name: String,
    /// Settings of the simulator, for `simulated`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub simulator: Option<SimulatorConfig>,
    /// The file of training rows.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub train: Option<PathBuf>,
    /// The file of validation rows.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub valid: Option<PathBuf>,
    /// The file of test rows.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub test: Option<PathBuf>,
    /// One file of all rows, split at random into train, valid and test.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub path: Option<PathBuf>,
    /// Shares of train, valid and test in a random split; the default is `[0.7, 0.2, 0.1]`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub fractions: Option<[f64; 3]>,
    /// What sets the parts apart where one file is split; the default is chance alone.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub split: Option<SplitBy>,
    /// Reads at most so many rows of each file, the first ones; the default is all.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rows: Option<u64>,
    /// Name of the label column (0 or 1, 1 = click); the default is `label`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub label: Option<String>,
    /// Which labels are clicks; the default is 1 and true, and then all others must be 0 or false.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub clicks: Option<Clicks>,
    /// The columns used as fields; the default is every column but the label.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub fields: Option<Vec<String>>,
    /// The columns that are not used, where `fields` does not name those that are.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub ignore: Vec<String>,
    /// The fields that hold numbers, and how they are binned.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub numeric: Vec<Numeric>,
    /// Most different values in all fields together; the default is 10 million.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub max_categories: Option<usize>,
    /// Groups of fields whose combinations must have been seen in train. The default is the
    /// data set's own groups, none for one's own files; `[]` switches them off.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub constraints: Option<Vec<Vec<String>>>,
    /// The field that names the item shown; needed by the `uniform-item` generator.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub item: Option<String>,
    /// The field that names the user.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub user: Option<String>,
}

impl Default for DatasetConfig {
    fn default() -> Self {
        Self::named("simulated")
    }
}

/// The settings that say where one's own rows stand and which of them are clicks.
pub(super) const OF_FILES: [&str; 8] =
    ["train", "valid", "test", "path", "fractions", "split", "label", "clicks"];

/// No name, until [`DatasetConfig::or_named_after_file`] finds one.
fn unnamed() -> String {
    String::new()
}

/// How the columns of a file become a label and fields.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct ReadOptions {
    /// Name of the label column (0 or 1, 1 = click).
    pub label: String,
    /// Which labels are clicks; none: 1 and true.
    pub clicks: Option<Clicks>,
    /// The columns used as fields; none means every column but the label and those in `ignore`.
    pub fields: Option<Vec<String>>,
    /// The columns that are not used.
    pub ignore: Vec<String>,
    /// The fields that hold numbers, and how they are binned.
    pub numeric: Vec<Numeric>,
    /// Most different values in all fields together, so that a vocabulary cannot fill memory.
    pub max_categories: usize,
    /// Most rows that are read of a file, the first ones; none: all.
    pub rows: Option<u64>,
}

impl Default for ReadOptions {
    fn default() -> Self {
        Self {
            label: "label".into(),
            clicks: None,
            fields: None,
            ignore: Vec::new(),
            numeric: Vec::new(),
            max_categories: 10_000_000,
            rows: None,
        }
    }
}

/// What sets train, valid and test apart where one file is split.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(
    rename_all = "snake_case",
    expecting = r#"expected { by_time = "COLUMN" } or { by_group = "COLUMN" }"#
)]
pub enum SplitBy {
    /// Time to the second, in this column: the first rows are train's, the last are test's, and rows of one moment stay
    /// together.
    ByTime(String),
    /// Chance, but rows that agree in this column, as those of a request or a user, stay together; rows that leave it
    /// empty are dealt one by one.
    ByGroup(String),
}

/// Which labels are clicks.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(untagged, expecting = r#"expected a list such as ["yes"] or [4, 5], or { from = 4 }"#)]
pub enum Clicks {
    /// These; all others are none.
    Values(Vec<LabelValue>),
    /// Numbers from one on.
    From(LeastLabel),
}

/// The least number that is a click.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LeastLabel {
    /// It.
    pub from: f64,
}

/// A label as it is written in an experiment.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum LabelValue {
    /// True or false.
    Truth(bool),
    /// A number, however the file writes it.
    Number(f64),
    /// A text, letter by letter.
    Text(String),
}

impl Clicks {
    /// The label of a cell; none if it is missing, or no number where one is needed.
    pub(super) fn label(&self, cell: &str) -> Option<u8> {
        let cell = cell.trim();
        let finite = |text: &str| text.parse::<f64>().ok().filter(|number| number.is_finite());
        let is = |value: &LabelValue| match value {
            LabelValue::Truth(truth) => cell.eq_ignore_ascii_case(&truth.to_string()),
            LabelValue::Number(of) => finite(cell) == Some(*of),
            LabelValue::Text(text) => {
                cell == text || finite(text).is_some_and(|number| finite(cell) == Some(number))
            }
        };
        match self {
            Self::Values(values) if values.iter().any(is) => Some(1),
            _ if is_missing(cell) => None,
            Self::Values(_) => Some(0),
            Self::From(LeastLabel { from }) => finite(cell).map(|number| u8::from(number >= *from)),
        }
    }
}

/// A field of numbers.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(
    deny_unknown_fields,
    expecting = r#"a column and its bins, as in { name = "price", bins = { quantiles = 10 } }"#
)]
pub struct Numeric {
    /// The column's name.
    pub name: String,
    /// How its numbers become categories.
    pub bins: Binning,
}

/// How numbers become categories.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Binning {
    /// At most this many bins with equal numbers of training rows, from 2. Equal numbers are
    /// never parted, so there may be fewer.
    Quantiles(usize),
    /// `⌊ln(x)²⌋` above 2 and `⌊x⌋` up to 2, the winner's transform of the Criteo 2014 challenge.
    Log2,
}

impl DatasetConfig {
    /// The data set called `name` with its own defaults.
    pub fn named(name: impl Into<String>) -> Self {
        Self {
            name: name.into(),
            simulator: None,
            train: None,
            valid: None,
            test: None,
            path: None,
            fractions: None,
            split: None,
            rows: None,
            label: None,
            clicks: None,
            fields: None,
            ignore: Vec::new(),
            numeric: Vec::new(),
            max_categories: None,
            constraints: None,
            item: None,
            user: None,
        }
    }

    /// With a name, where it has none: that of its file, or of the first of its files.
    pub(crate) fn or_named_after_file(self) -> Self {
        if !self.name.is_empty() {
            return self;
        }
        let files = [&self.path, &self.train, &self.valid, &self.test];
        let stem = files.into_iter().flatten().next().and_then(|path| stem(path));
        let name = match stem {
            None => simulator::NAME.to_owned(),
            // Nobody who names a file means a data set of ours that happens to be called so.
            Some(stem) if registry::NAMES.contains(&stem.as_str()) => format!("own-{stem}"),
            Some(stem) => stem,
        };
        Self { name, ..self }
    }

    /// How this data set's files are read.
    pub fn read_options(&self) -> ReadOptions {
        let defaults = ReadOptions::default();
        ReadOptions {
            label: self.label.clone().unwrap_or(defaults.label),
            clicks: self.clicks.clone(),
            fields: self.fields.clone(),
            ignore: self.ignore.clone(),
            numeric: self.numeric.clone(),
            max_categories: self.max_categories.unwrap_or(defaults.max_categories),
            rows: self.rows,
        }
    }

    /// The settings among `names` that are set, for messages about settings that do not apply.
    fn set_among(&self, names: &[&'static str]) -> Option<&'static str> {
        let set = |name: &str| match name {
            "simulator" => self.simulator.is_some(),
            "train" => self.train.is_some(),
            "valid" => self.valid.is_some(),
            "test" => self.test.is_some(),
            "path" => self.path.is_some(),
            "fractions" => self.fractions.is_some(),
            "split" => self.split.is_some(),
            "rows" => self.rows.is_some(),
            "label" => self.label.is_some(),
            "clicks" => self.clicks.is_some(),
            "fields" => self.fields.is_some(),
            "ignore" => !self.ignore.is_empty(),
            "numeric" => !self.numeric.is_empty(),
            "max_categories" => self.max_categories.is_some(),
            _ => false,
        };
        names.iter().copied().find(|name| set(name))
    }

    /// Fails if one of `names` is set, with the reason why it may not be.
    pub(super) fn refuse(&self, names: &[&'static str], why: &str) -> Result<(), DataError> {
        match self.set_among(names) {
            Some(name) => Err(DataError::Setting(format!("dataset.{name} is set, but {why}"))),
            None => Ok(()),
        }
    }
}

/// The name of a table's file without what tells its format: `clicks` of `logs/clicks.csv.gz`.
fn stem(path: &Path) -> Option<String> {
    let name = path.file_name()?.to_string_lossy().into_owned();
    let packed = [".gz", ".zst"].iter().find_map(|end| name.strip_suffix(end));
    let stem = Path::new(packed.unwrap_or(&name)).file_stem()?.to_string_lossy().into_owned();
    Some(stem)
}

impl ReadOptions {
    /// Checks every setting's range.
    pub fn check(&self) -> Result<(), DataError> {
        match &self.clicks {
            Some(Clicks::Values(values)) if values.is_empty() => {
                return Err(DataError::Setting(
                    "`clicks` is empty; name the labels that are clicks".into(),
                ));
            }
            Some(Clicks::From(LeastLabel { from })) if !from.is_finite() => {
                return Err(DataError::Setting(format!(
                    "`clicks` is from {from}; it must be a number"
                )));
            }
            _ => {}
        }
        if self.fields.is_some() && !self.ignore.is_empty() {
            return Err(DataError::Setting(
                "`fields` names the columns that are used, so `ignore` has none to leave out; set one of them".into(),
            ));
        }
        let mut names: Vec<&str> = self.numeric.iter().map(|numeric| &*numeric.name).collect();
        names.sort_unstable();
        if let Some(pair) = names.windows(2).find(|pair| pair[0] == pair[1]) {
            return Err(DataError::Setting(format!("`numeric` names `{}` twice", pair[0])));
        }
        for Numeric { name, bins } in &self.numeric {
            if let Binning::Quantiles(n) = bins
                && !(2..=1_000_000).contains(n)
            {
                return Err(DataError::Setting(format!(
                    "`numeric` asks for {n} quantiles of `{name}`; it must be 2 to 1000000"
                )));
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_data_set_is_called_what_its_file_is() {
        let name =
            |toml: &str| toml::from_str::<DatasetConfig>(toml).unwrap().or_named_after_file().name;
        assert_eq!(name("path = 'logs/clicks.csv'"), "clicks");
        assert_eq!(name("path = 'my.clicks.csv.gz'"), "my.clicks");
        assert_eq!(name("train = 'a.parquet'\nvalid = 'b.parquet'\ntest = 'c.parquet'"), "a");
        assert_eq!(name("path = 'simulated.csv'"), "own-simulated");
        assert_eq!(name("name = 'mine'\npath = 'clicks.csv'"), "mine");
        assert_eq!(name("simulator = { users = 9 }"), "simulated");
        assert_eq!(name("name = 'simulated'\npath = 'clicks.csv'"), "simulated", "and is refused");
    }
}
