//! Generators and click models that users bring.

mod models;
mod python;
mod rows;
mod sound;
mod unsound;

use crate::experiment::synthctr;
use std::fs;
use std::path::Path;

/// A click log whose city tells the country.
const LOG: [&str; 5] =
    ["rome,italy", "oslo,norway", "bergen,norway", "paris,france", "turin,italy"];

/// Rows of it: user, city, country, click.
fn row(at: usize) -> String {
    format!("u{},{},{}", at % 13, LOG[(at * at + at / 11) % 5], usize::from((at * 7) % 5 < 2))
}

const HEADER: &str = "user,city,country,click\n";

/// So many rows of the log as text, `click` last.
fn csv(rows: usize) -> String {
    let rows = (0..rows).map(|at| row(at) + "\n");
    HEADER.to_owned() + &rows.collect::<String>()
}

/// A small experiment on the log; `more` names the generators and what they are.
fn experiment(folder: &Path, generators: &str, more: &str) {
    fs::write(folder.join("log.csv"), csv(1200)).unwrap();
    let text = format!(
        r#"
name = "own"
generators = [{generators}]
scenarios = ["base", "pos25", "neg25"]
models = ["dnn"]
device = "cpu"

[dataset]
name = "log"
path = "log.csv"
fractions = [0.6, 0.2, 0.2]
label = "click"
user = "user"
item = "city"
constraints = [["city", "country"]]

[training]
epochs = 2
batch_size = 128

[model.dnn]
hidden_units = [8]
{more}"#
    );
    fs::write(folder.join("own.toml"), text).unwrap();
}

/// Runs the experiment; gives whether it went well, what it printed and what it said on stderr.
fn run(folder: &Path, arguments: &[&str]) -> (bool, String, String) {
    let mut command = synthctr(folder);
    let output =
        command.args(["run", "own.toml", "--out", "own"]).args(arguments).output().unwrap();
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
    (output.status.success(), text(output.stdout), text(output.stderr))
}

/// The folders that programs of this name were given and that are still there.
fn kept(folder: &Path, name: &str) -> Vec<std::path::PathBuf> {
    let entries = fs::read_dir(folder.join("own/external")).into_iter().flatten().flatten();
    let is_it = |path: &std::path::PathBuf| {
        path.file_name().unwrap().to_string_lossy().starts_with(&format!("{name}."))
    };
    entries.map(|entry| entry.path()).filter(is_it).collect()
}

/// Names of the finished cells.
fn cells(folder: &Path) -> Vec<String> {
    let files = fs::read_dir(folder.join("own/cells")).unwrap();
    let name = |file: fs::DirEntry| file.file_name().to_string_lossy().replace(".json", "");
    let mut cells: Vec<String> = files.map(|file| name(file.unwrap())).collect();
    cells.sort();
    cells
}
