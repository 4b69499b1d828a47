//! Tests of `synthctr compare`, on run folders that are written here: no model is trained.

mod baseline;
mod folders;
mod output;
mod programs;
mod results;
mod simulation;
mod statistics;

use assert_cmd::Command;
use std::path::Path;

/// `synthctr compare` in a folder.
fn compare(folder: &Path, arguments: &[&str]) -> assert_cmd::assert::Assert {
    let mut command = Command::new(env!("CARGO_BIN_EXE_synthctr"));
    command.current_dir(folder).env("NO_COLOR", "1").env("COLUMNS", "100");
    command.arg("compare").args(arguments).assert()
}

/// What it printed.
fn printed(assert: &assert_cmd::assert::Assert) -> String {
    String::from_utf8_lossy(&assert.get_output().stdout).into_owned()
}
