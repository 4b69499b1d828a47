//! Tests of experiments through the library's door and through the program.

mod command_line;
mod generators;
mod messages;
mod readings;
mod runs;
mod tables;
mod tools;

use assert_cmd::Command;
use std::path::Path;

/// The program, in an empty folder, with nothing of the caller's environment that matters.
pub fn synthctr(folder: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_synthctr"));
    command.current_dir(folder).env_remove("SYNTHCTR_DATA_DIR").env("NO_COLOR", "1");
    command.env("COLUMNS", "100");
    command
}

/// An experiment so small that all its cells together take about a second.
pub const TINY: &str = r#"
name = "tiny"
seeds = 2
generators = ["resample", "independent"]
scenarios = ["base", "neg25", "synthetic-only"]
models = ["dnn", "masknet"]
device = "cpu"

[dataset]
name = "simulated"
simulator = { train_rows = 900, valid_rows = 300, test_rows = 300, users = 30, items = 40 }

[training]
epochs = 3
batch_size = 128
learning_rate = 5e-3

[model.dnn]
embedding_regularizer = 0.001
hidden_units = [16]

[model.masknet]
embedding_regularizer = 0.001
hidden_units = [16]
blocks = 1
block_width = 8
"#;

/// A folder with `tiny.toml`.
pub fn tiny_folder() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("tiny.toml"), TINY).unwrap();
    folder
}
