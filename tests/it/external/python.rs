//! The examples in Python.

use crate::experiment::synthctr;
use crate::python;
use std::fs;
use std::path::Path;

/// Runs an example twice; gives columns of both results.
fn twice(
    example: &str,
    python: &str,
    generators: &str,
    columns: [&str; 2],
) -> [[Vec<String>; 2]; 2] {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let text = fs::read_to_string(root.join("examples/external").join(example)).unwrap();
    let folder = tempfile::tempdir().unwrap();
    let experiment = folder.path().join(example);
    fs::write(&experiment, text.replace("\"python3\"", &format!("{python:?}"))).unwrap();
    ["one", "two"].map(|out| {
        let mut command = synthctr(root);
        command.args(["run", &experiment.display().to_string(), "--device", "cpu", "--out"]);
        command.arg(folder.path().join(out)).args(["--set", "training.epochs=1"]);
        command.args(["--generators", generators]);
        let output = command.output().unwrap();
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(output.status.success(), "{said}");
        let rows = fs::read_to_string(folder.path().join(out).join("results.csv")).unwrap();
        let rows: Vec<Vec<&str>> = rows.lines().map(|line| line.split(',').collect()).collect();
        columns.map(|name| {
            let at = rows[0].iter().position(|other| *other == name).unwrap();
            rows[1..].iter().map(|row| row[at].to_owned()).collect()
        })
    })
}

#[test]
fn a_generator_in_python_runs_and_repeats() {
    let Some(python) = python("pandas, pyarrow", false) else { return };
    let generators = "autoregressive,resample";
    let [one, two] = twice("generators.toml", &python, generators, ["generator", "test_auc"]);
    assert_eq!(one[0], ["none", "autoregressive", "resample"]);
    assert_eq!(one, two);
}

/// SDV brings PyTorch along, six gigabytes in all.
#[test]
fn sdv_runs_and_repeats() {
    let Some(python) = python("pandas, pyarrow, sdv", true) else { return };
    let [one, two] = twice("generators.toml", &python, "sdv-copula", ["generator", "test_auc"]);
    assert_eq!(one[0], ["none", "sdv-copula"]);
    assert_eq!(one, two);
}

#[test]
fn a_model_in_python_runs_and_repeats() {
    let Some(python) = python("pandas, pyarrow, sklearn", false) else { return };
    let [one, two] = twice("models.toml", &python, "gaussian-copula", ["model", "test_auc"]);
    assert_eq!(one[0], ["dnn", "boosting", "dnn", "boosting"]);
    assert_eq!(one, two);
    let auc: f64 = one[1][1].parse().unwrap();
    assert!(auc > 0.6, "boosting learns something: {auc}");
}
