//! Rows that a user's program makes, or that were made elsewhere.

use super::Brought;
use super::error::ExternalError;
use super::folder::Folder;
use super::program::{self, A_DAY, Program, answer};
use super::request;
use crate::data::{self, Table};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use std::collections::{BTreeMap, HashSet};
use std::path::{Path, PathBuf};

/// A generator that a user brings: `[generator.NAME]` of an experiment, either `command` or `rows`.
///
/// ```toml
/// [generator.mine]
/// command = ["python3", "my.py"]      # gets a folder as one more argument
///
/// [generator.theirs]
/// rows = "their/rows"                 # a file, or a folder with a file per seed
/// ```
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct ExternalGenerator {
    /// A program and its arguments, run in the current directory. The folder it gets holds
    /// `request.json` and `train.parquet`; it is to write `synthetic.parquet` or `synthetic.csv` there.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub command: Vec<String>,
    /// Rows made elsewhere: a file that all seeds share, or a folder with `seed1.parquet` (or `.csv`) for
    /// the seed 1 and so on, or with `synthetic.parquet` (or `.csv`) for all seeds.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rows: Option<PathBuf>,
    /// Files and folders, besides those that the command names, with whose content the rows change.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub files: Vec<PathBuf>,
    /// After how many seconds the program is stopped. Default: a day.
    pub timeout_seconds: u64,
    /// Whatever the program wants to be told, handed on as it is.
    #[serde(skip_serializing_if = "toml::Table::is_empty")]
    pub settings: toml::Table,
}

impl Default for ExternalGenerator {
    fn default() -> Self {
        Self {
            command: Vec::new(),
            rows: None,
            files: Vec::new(),
            timeout_seconds: A_DAY,
            settings: toml::Table::new(),
        }
    }
}

/// What rows are asked for.
pub struct Asked<'a> {
    /// The rows to learn from.
    pub train: &'a Table,
    /// How many rows of each label are wanted.
    pub counts: [usize; 2],
    /// Groups of fields whose combinations must stand in train.
    pub constraints: &'a [Vec<String>],
    /// The field that holds the user, if the data set names one.
    pub user: Option<&'a str>,
    /// The field that holds the item, if the data set names one.
    pub item: Option<&'a str>,
    /// What the rows' randomness is to come from, below 2³¹.
    pub seed: u64,
    /// The replicate, which names files of rows made elsewhere.
    pub replicate: u64,
    /// How many threads there are for it.
    pub threads: usize,
}

/// Rows that came back.
#[derive(Debug)]
pub struct Made {
    /// As many as were wanted of each label.
    pub rows: [Table; 2],
    /// Seconds of learning and drawing; 0 of rows made elsewhere.
    pub seconds: f64,
    /// Largest resident memory of the program, in 10⁶ bytes.
    pub peak_mb: f64,
}

impl Brought for ExternalGenerator {
    const KEYS: &'static [&'static str] = &["command", "rows"];

    fn check(&self, name: &str) -> Result<(), ExternalError> {
        let of = format!("generator.{name}");
        let wrong = |what: &str| Err(ExternalError::Setting(format!("{of}{what}")));
        match (&self.rows, self.command.is_empty()) {
            (None, true) => wrong(": name a `command` that makes rows, or `rows` made elsewhere"),
            (Some(_), false) => wrong(": name either a `command` or `rows`, not both"),
            (Some(_), true) if !self.files.is_empty() => {
                wrong(".files is for programs; `rows` counts as it is")
            }
            _ => Ok(()),
        }
    }

    fn look(&self, name: &str) -> Result<(), ExternalError> {
        let of = format!("generator.{name}");
        match &self.rows {
            Some(rows) if !rows.exists() => {
                Err(ExternalError::Setting(format!("{of}.rows: there is no {}", rows.display())))
            }
            Some(_) => Ok(()),
            None => self.program().check(&of),
        }
    }

    fn hashes(&self) -> Result<BTreeMap<String, String>, ExternalError> {
        match &self.rows {
            Some(rows) => program::hashes(&[], std::slice::from_ref(rows)),
            None => program::hashes(&self.command, &self.files),
        }
    }
}

impl ExternalGenerator {
    fn program(&self) -> Program<'_> {
        Program { command: &self.command, timeout_seconds: self.timeout_seconds }
    }

    /// What the rows of a replicate hang on besides the data and the seed, for fingerprints; `hashes` are those
    /// of [`hashes`](Self::hashes). Of rows made elsewhere their file alone, wherever it is; of a program its
    /// files, what it is told, and how many rows of each label it is asked for, since other rows may come
    /// where more are.
    pub fn content(
        &self,
        hashes: &BTreeMap<String, String>,
        replicate: u64,
        counts: [usize; 2],
    ) -> Value {
        let Some(rows) = &self.rows else {
            let files: Vec<&String> = hashes.values().collect();
            let settings = &self.settings;
            return json!({
                "command": self.command, "settings": settings, "asked": counts, "files": files
            });
        };
        let file = file_of(rows, replicate).ok();
        json!({ "rows": file.and_then(|file| hashes.get(&file.display().to_string())) })
    }

    /// Has the rows made in `folder`, which is gone afterwards unless something went wrong, or reads those
    /// made elsewhere.
    pub fn make(&self, asked: &Asked<'_>, folder: &Path) -> Result<Made, ExternalError> {
        if let Some(rows) = &self.rows {
            let rows = read(&file_of(rows, asked.replicate)?, asked)?;
            return Ok(Made { rows, seconds: 0.0, peak_mb: 0.0 });
        }
        let folder = Folder::create(folder)?;
        let made = self.make_in(&folder, asked);
        folder.keep_if_failed(made)
    }

    fn make_in(&self, folder: &Folder, asked: &Asked<'_>) -> Result<Made, ExternalError> {
        data::write_parquet(asked.train, &folder.root().join("train.parquet"))?;
        folder.ask(&self.request(asked))?;
        let ended = self.program().run(folder.root())?;
        let answer = answer(&self.command, folder.root(), "synthetic", &ended)?;
        let rows = read(&answer, asked)?;
        Ok(Made { rows, seconds: ended.wall_seconds, peak_mb: ended.peak_mb })
    }

    /// What a program is told.
    fn request(&self, asked: &Asked<'_>) -> Value {
        let mut request = request::of(asked.train, asked.user, asked.item, &self.settings);
        let [others, clicks] = asked.counts;
        request["answer"] = json!("synthetic.parquet");
        request["counts"] = json!({ "0": others, "1": clicks });
        request["constraints"] = json!(asked.constraints);
        request["seed"] = json!(asked.seed);
        request["threads"] = json!(asked.threads);
        request
    }
}

/// The file of a replicate's rows.
fn file_of(rows: &Path, replicate: u64) -> Result<PathBuf, ExternalError> {
    if !rows.is_dir() {
        return Ok(rows.to_path_buf());
    }
    let names = [format!("seed{replicate}"), "synthetic".to_owned()];
    let files = names.iter().flat_map(|name| ["parquet", "csv"].map(|end| format!("{name}.{end}")));
    let found = files.map(|name| rows.join(name)).find(|path| path.is_file());
    found.ok_or_else(|| {
        ExternalError::Setting(format!(
            "{} holds neither seed{replicate}.parquet nor synthetic.parquet (nor .csv)",
            rows.display()
        ))
    })
}

/// The first rows of each label, as many as are wanted.
fn read(path: &Path, asked: &Asked<'_>) -> Result<[Table; 2], ExternalError> {
    let rows = data::read_known_table(path, asked.train.schema())?;
    check_constraints(&rows, asked, path)?;
    let of_label = |label: u8| {
        let wanted = asked.counts[usize::from(label)];
        let of_label = rows.rows_with(label);
        match of_label.get(..wanted) {
            Some(first) => Ok(rows.select(first)),
            None => Err(ExternalError::TooFewRows {
                path: path.to_path_buf(),
                label,
                found: of_label.len(),
                wanted,
            }),
        }
    };
    Ok([of_label(0)?, of_label(1)?])
}

/// Fails with a row that a constraint forbids.
fn check_constraints(rows: &Table, asked: &Asked<'_>, path: &Path) -> Result<(), ExternalError> {
    let schema = rows.schema();
    for group in asked.constraints {
        let fields: Vec<usize> = group.iter().filter_map(|name| schema.position(name)).collect();
        let key = |table: &Table, row: usize| -> Vec<u32> {
            fields.iter().map(|&field| table.column(field)[row]).collect()
        };
        let seen: HashSet<Vec<u32>> =
            (0..asked.train.n_rows()).map(|row| key(asked.train, row)).collect();
        if let Some(row) = (0..rows.n_rows()).find(|&row| !seen.contains(&key(rows, row))) {
            let values = fields.iter().map(|&f| schema.fields[f].text(rows.column(f)[row]));
            return Err(ExternalError::Combination {
                path: path.to_path_buf(),
                row: data::row_in_file(path, row),
                fields: group.join(", "),
                values: values.collect::<Vec<_>>().join(", "),
            });
        }
    }
    Ok(())
}
