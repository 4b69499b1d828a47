//! Results as MLflow's file store, so that its client and its pages show them: an experiment for a run, a
//! run for each cell, with its settings as parameters and its epochs as steps of metrics.
//!
//! The layout is that of MLflow's `FileStore`: a folder per experiment with a `meta.yaml`, in it a folder per
//! run with `meta.yaml`, `params/`, `metrics/`, `tags/` and `artifacts/`, one file per key.

use crate::experiment::environment::Environment;
use crate::experiment::{CellRecord, ResultRow};
use crate::files::{FileError, sha256, write_whole};
use serde_json::{Value, json};
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

/// What was exported.
#[derive(Clone, Debug, PartialEq)]
pub struct Exported {
    /// The folder of MLflow's experiment.
    pub folder: PathBuf,
    /// Its name.
    pub experiment: String,
    /// Number of MLflow's runs in it.
    pub runs: usize,
}

/// Columns of results that say which cell it is, or what it was made with; all others are metrics.
const PARAMETERS: [&str; 11] = [
    "dataset",
    "generator",
    "conditioning",
    "reading",
    "scenario",
    "model",
    "seed",
    "fit_seed",
    "draw_seed",
    "device",
    "jobs",
];

/// Writes the cells of the run in the folder `run` into `store`, the folder that `mlflow.set_tracking_uri` is to be given; an
/// earlier export of the run in that folder is replaced, whatever else is there stays.
pub fn mlflow(
    run: &Path,
    name: &str,
    cells: &[CellRecord],
    environment: Option<&Environment>,
    store: &Path,
) -> Result<Exported, FileError> {
    let at = |path: &Path| FileError::when("write", path);
    fs::create_dir_all(store).map_err(at(store))?;
    // Absolute, since it stands in the files; MLflow's own are no other.
    let store = fs::canonicalize(store).map_err(at(store))?;
    let run = fs::canonicalize(run).map_err(at(run))?;
    let id = identifier(&format!("{name}\n{}", run.display()));
    // Several runs of one experiment are told apart by their folders.
    let own =
        run.file_name().map(|own| own.to_string_lossy().into_owned()).filter(|own| own != name);
    let name = own.map_or(name.to_owned(), |own| format!("{name} ({own})"));
    let folder = store.join(&id);
    // Complete before it bears its name.
    let unfinished =
        tempfile::Builder::new().prefix(".synthctr-").tempdir_in(&store).map_err(at(&store))?;
    let started = environment.map_or(0, |environment| milliseconds(&environment.started));
    let meta = [
        ("artifact_location", json!(uri(&folder))),
        ("creation_time", json!(started)),
        ("experiment_id", json!(id)),
        ("last_update_time", json!(started)),
        ("lifecycle_stage", json!("active")),
        ("name", json!(name)),
    ];
    write_meta(unfinished.path(), &meta).map_err(at(&folder))?;
    for cell in cells {
        let run = run_id(&id, cell);
        write_run(&unfinished.path().join(&run), &run, &id, &folder, cell, started)
            .map_err(at(&folder.join(&run)))?;
    }
    let old =
        tempfile::Builder::new().prefix(".synthctr-").tempdir_in(&store).map_err(at(&store))?;
    if folder.exists() {
        fs::rename(&folder, old.path().join("old")).map_err(at(&folder))?;
    }
    let unfinished = unfinished.keep();
    fs::rename(&unfinished, &folder).map_err(at(&folder))?;
    Ok(Exported { folder, experiment: name, runs: cells.len() })
}

/// Eighteen digits, as MLflow gives experiments.
fn identifier(text: &str) -> String {
    let hash = sha256(text.as_bytes());
    let number = u64::from_str_radix(&hash[..15], 16).unwrap_or(0);
    format!("{}", 100_000_000_000_000_000 + number % 900_000_000_000_000_000)
}

/// Thirty-two hexadecimal digits, as MLflow gives runs: the same for the same result.
fn run_id(experiment: &str, cell: &CellRecord) -> String {
    let row = &cell.row;
    let name = format!("{experiment}\n{}\n{}", cell_name(row), cell.scores_sha256);
    sha256(name.as_bytes())[..32].to_owned()
}

/// As the cell's file is called, up to the seeds of its rows.
fn cell_name(row: &ResultRow) -> String {
    let way = match row.generator == "none" {
        true => String::new(),
        false => format!(".{}", row.way().replace(' ', ".")),
    };
    format!("{}{way}.{}.{}.seed{}", row.generator, row.scenario, row.model, row.seed)
}

fn write_run(
    folder: &Path,
    run: &str,
    experiment: &str,
    experiment_folder: &Path,
    cell: &CellRecord,
    started: i64,
) -> io::Result<()> {
    let row = &cell.row;
    let seconds = row.fit_seconds + row.sample_seconds + row.train_seconds + row.evaluate_seconds;
    let meta = [
        ("artifact_uri", json!(format!("{}/{run}/artifacts", uri(experiment_folder)))),
        ("end_time", json!(started + (1000.0 * seconds) as i64)),
        ("entry_point_name", json!("")),
        ("experiment_id", json!(experiment)),
        ("lifecycle_stage", json!("active")),
        ("run_id", json!(run)),
        ("run_name", json!(cell_name(row))),
        ("run_uuid", json!(run)),
        ("source_name", json!("")),
        ("source_type", json!(4)),
        ("source_version", json!("")),
        ("start_time", json!(started)),
        ("status", json!(3)),
        ("tags", json!([])),
        ("user_id", json!("synthctr")),
    ];
    fs::create_dir_all(folder)?;
    write_meta(folder, &meta)?;
    let [params, metrics, tags, artifacts] =
        ["params", "metrics", "tags", "artifacts"].map(|name| folder.join(name));
    for part in [&params, &metrics, &tags, &artifacts] {
        fs::create_dir_all(part)?;
    }
    let Value::Object(columns) = serde_json::to_value(row)? else { return Ok(()) };
    for (key, value) in &columns {
        let text = match value {
            Value::Null => continue,
            Value::String(text) => text.clone(),
            value => value.to_string(),
        };
        match PARAMETERS.contains(&key.as_str()) {
            true => write_text(&params.join(key), &text)?,
            false => write_text(&metrics.join(key), &format!("{started} {text} 0\n"))?,
        }
    }
    type Get = fn(&crate::ctr::Epoch) -> Option<f64>;
    let of_epochs: [(&str, Get); 5] = [
        ("epoch_train_loss", |epoch| Some(epoch.train_loss)),
        ("epoch_valid_auc", |epoch| Some(epoch.valid_auc)),
        ("epoch_valid_logloss", |epoch| Some(epoch.valid_logloss)),
        ("epoch_learning_rate", |epoch| Some(epoch.learning_rate)),
        ("epoch_test_auc", |epoch| epoch.test_auc),
    ];
    for (key, get) in of_epochs {
        let line = |epoch: &crate::ctr::Epoch| {
            get(epoch).map(|value| format!("{started} {value} {}\n", epoch.epoch))
        };
        let lines: String = cell.history.iter().filter_map(line).collect();
        if !lines.is_empty() {
            write_text(&metrics.join(key), &lines)?;
        }
    }
    for (key, text) in [
        ("mlflow.runName", cell_name(row)),
        ("mlflow.user", "synthctr".to_owned()),
        ("program", cell.program.clone()),
        ("revision", cell.revision.to_string()),
        ("machine", cell.machine.clone()),
        ("instruction_set", cell.instruction_set.clone()),
        ("scores_sha256", cell.scores_sha256.clone()),
    ] {
        write_text(&tags.join(key), &text)?;
    }
    write_whole(&artifacts.join("cell.json"), |out| {
        serde_json::to_writer_pretty(&mut *out, cell)?;
        writeln!(out)
    })
}

/// MLflow's `meta.yaml`; JSON's texts and numbers are YAML's.
fn write_meta(folder: &Path, entries: &[(&str, Value)]) -> io::Result<()> {
    let line = |(key, value): &(&str, Value)| format!("{key}: {value}\n");
    write_text(&folder.join("meta.yaml"), &entries.iter().map(line).collect::<String>())
}

fn write_text(path: &Path, text: &str) -> io::Result<()> {
    // The folder as a whole gets its name at the end.
    fs::write(path, text)
}

/// A folder's address.
fn uri(folder: &Path) -> String {
    let mut uri = "file://".to_owned();
    for byte in folder.to_string_lossy().bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'/' | b'.' | b'-' | b'_' | b'~' => {
                uri.push(byte.into());
            }
            _ => uri += &format!("%{byte:02X}"),
        }
    }
    uri
}

/// Since 1970, of a time such as `2026-01-31T23:59:59Z`; 0 of anything else.
fn milliseconds(utc: &str) -> i64 {
    chrono::NaiveDateTime::parse_from_str(utc, "%Y-%m-%dT%H:%M:%SZ")
        .map_or(0, |time| time.and_utc().timestamp_millis())
}
