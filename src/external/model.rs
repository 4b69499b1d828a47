//! Scores that a user's program gives.

use super::Brought;
use super::error::ExternalError;
use super::folder::Folder;
use super::program::{Program, answer, hashes};
use super::request;
use crate::data::{self, Table};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// A click model that a user brings: `[model.NAME]` of an experiment.
///
/// ```toml
/// [model.mine]
/// command = ["python3", "my_model.py"]      # gets a folder as one more argument
/// ```
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct ExternalModel {
    /// A program and its arguments, run in the current directory. The folder it gets holds
    /// `request.json`, `train.parquet`, `valid.parquet` and, without the label, `test.parquet`; it is to
    /// write `valid_scores` and `test_scores` there, each a `.parquet` or a `.csv` with a column `score`:
    /// the probability that a row is clicked, in the order of the rows.
    pub command: Vec<String>,
    /// Files and folders, besides those that the command names, with whose content the scores change.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub files: Vec<PathBuf>,
    /// After how many seconds the program is stopped. Default: a day.
    pub timeout_seconds: u64,
    /// Whatever the program wants to be told, handed on as it is.
    #[serde(skip_serializing_if = "toml::Table::is_empty")]
    pub settings: toml::Table,
}

impl Default for ExternalModel {
    fn default() -> Self {
        Self {
            command: Vec::new(),
            files: Vec::new(),
            timeout_seconds: super::program::A_DAY,
            settings: toml::Table::new(),
        }
    }
}

/// What a model is trained on and asked for.
pub struct Lesson<'a> {
    /// The rows to learn from, real and synthetic.
    pub train: &'a Table,
    /// The rows to choose by, whose scores are wanted too.
    pub valid: &'a Table,
    /// The rows whose scores are wanted, without their labels.
    pub test: &'a Table,
    /// The field that holds the user, if the data set names one.
    pub user: Option<&'a str>,
    /// The field that holds the item, if the data set names one.
    pub item: Option<&'a str>,
    /// What all randomness is to come from, below 2³¹.
    pub seed: u64,
    /// How many threads there are for it.
    pub threads: usize,
}

/// What a model gave.
#[derive(Debug)]
pub struct ModelScores {
    /// Probabilities of a click of the validation rows.
    pub valid: Vec<f64>,
    /// Of the test rows.
    pub test: Vec<f64>,
    /// Seconds of the program.
    pub seconds: f64,
    /// Its largest resident memory, in 10⁶ bytes.
    pub peak_mb: f64,
}

impl Brought for ExternalModel {
    const KEYS: &'static [&'static str] = &["command"];

    fn check(&self, name: &str) -> Result<(), ExternalError> {
        match self.command.is_empty() {
            true => Err(ExternalError::Setting(format!(
                "model.{name}: name a `command` that gives scores"
            ))),
            false => Ok(()),
        }
    }

    fn look(&self, name: &str) -> Result<(), ExternalError> {
        self.program().check(&format!("model.{name}"))
    }

    fn hashes(&self) -> Result<BTreeMap<String, String>, ExternalError> {
        hashes(&self.command, &self.files)
    }
}

impl ExternalModel {
    fn program(&self) -> Program<'_> {
        Program { command: &self.command, timeout_seconds: self.timeout_seconds }
    }

    /// What the scores hang on besides rows, seed and the content of files, for fingerprints.
    pub fn content(&self) -> Value {
        json!({ "command": self.command, "settings": self.settings })
    }

    /// Has the program learn in `folder`, which is gone afterwards unless something went wrong.
    pub fn train(&self, lesson: &Lesson<'_>, folder: &Path) -> Result<ModelScores, ExternalError> {
        let folder = Folder::create(folder)?;
        let scores = self.train_in(&folder, lesson);
        folder.keep_if_failed(scores)
    }

    fn train_in(&self, folder: &Folder, lesson: &Lesson<'_>) -> Result<ModelScores, ExternalError> {
        let at = |name: &str| folder.root().join(name);
        data::write_parquet(lesson.train, &at("train.parquet"))?;
        data::write_parquet(lesson.valid, &at("valid.parquet"))?;
        data::write_fields(lesson.test, &at("test.parquet"))?;
        let mut request = request::of(lesson.train, lesson.user, lesson.item, &self.settings);
        request["valid"] = json!("valid.parquet");
        request["test"] = json!("test.parquet");
        request["answers"] = json!(["valid_scores.parquet", "test_scores.parquet"]);
        request["seed"] = json!(lesson.seed);
        request["threads"] = json!(lesson.threads);
        folder.ask(&request)?;
        let ended = self.program().run(folder.root())?;
        let read = |name: &str, rows: usize| {
            scores(&answer(&self.command, folder.root(), name, &ended)?, rows)
        };
        let valid = read("valid_scores", lesson.valid.n_rows())?;
        let test = read("test_scores", lesson.test.n_rows())?;
        Ok(ModelScores { valid, test, seconds: ended.wall_seconds, peak_mb: ended.peak_mb })
    }
}

/// The scores in a file, one for each of so many rows.
fn scores(path: &Path, rows: usize) -> Result<Vec<f64>, ExternalError> {
    let scores = data::read_numbers(path, "score")?;
    if scores.len() != rows {
        let (path, found) = (path.to_path_buf(), scores.len());
        return Err(ExternalError::Scores { path, found, wanted: rows });
    }
    match scores.iter().position(|score| !(0.0..=1.0).contains(score)) {
        None => Ok(scores),
        Some(at) => {
            let (path, row) = (path.to_path_buf(), data::row_in_file(path, at));
            Err(ExternalError::Score { path, row, score: scores[at] })
        }
    }
}
