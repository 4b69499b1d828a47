//! Tests of `synthctr generate` and `synthctr evaluate`, and of the measurements of runs.

mod evaluate;
mod generate;
mod runs;

use crate::experiment::synthctr;
use serde_json::Value;
use std::path::Path;
use synthctr::data::simulator::{SimulatorConfig, simulate};
use synthctr::data::write_csv;
use synthctr::seed::Seed;

/// A folder with `train.csv` and `holdout.csv`, parts of one simulated click log.
fn logs() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    let config = SimulatorConfig {
        train_rows: 3000,
        valid_rows: 30,
        test_rows: 2400,
        users: 60,
        items: 80,
        ..SimulatorConfig::default()
    };
    let split = simulate(&config, Seed::master(1)).unwrap().split;
    write_csv(&split.train, &folder.path().join("train.csv")).unwrap();
    write_csv(&split.test, &folder.path().join("holdout.csv")).unwrap();
    folder
}

/// Runs the program in `folder`; gives what it printed.
fn run(folder: &Path, arguments: &str) -> String {
    let output = synthctr(folder).args(arguments.split(' ')).assert().success();
    String::from_utf8(output.get_output().stdout.clone()).unwrap()
}

/// Runs it in vain; gives its exit code and what it said.
fn fails(folder: &Path, arguments: &str) -> (i32, String) {
    let output = synthctr(folder).args(arguments.split(' ')).assert().failure();
    let output = output.get_output();
    (output.status.code().unwrap(), String::from_utf8(output.stderr.clone()).unwrap())
}

fn json(path: &Path) -> Value {
    serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap()
}

/// The number at a JSON pointer.
#[track_caller]
fn number(value: &Value, pointer: &str) -> f64 {
    let found = value.pointer(pointer);
    found.and_then(Value::as_f64).unwrap_or_else(|| panic!("{pointer} is {found:?}"))
}
