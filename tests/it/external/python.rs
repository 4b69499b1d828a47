//! The examples in Python.

use crate::experiment::synthctr;
use std::fs;
use std::path::Path;
use std::process::Command;

/// A Python that has these packages; none where there is none, which is a failure where
/// `SYNTHCTR_PYTHON` names one.
pub fn python(packages: &str) -> Option<String> {
    let named = std::env::var("SYNTHCTR_PYTHON").ok();
    let python = named.clone().unwrap_or_else(|| "python3".to_owned());
    let imports = Command::new(&python).args(["-c", &format!("import {packages}")]).output();
    let has = imports.is_ok_and(|output| output.status.success());
    assert!(has || named.is_none(), "{python} has not all of {packages}");
    if !has {
        eprintln!("skipped: needs a Python with {packages}; SYNTHCTR_PYTHON may name one");
    }
    has.then_some(python)
}

#[test]
fn the_examples_run() {
    let Some(python) = python("pandas, pyarrow, sdv") else { return };
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let text = fs::read_to_string(root.join("examples/external/generators.toml")).unwrap();
    let folder = tempfile::tempdir().unwrap();
    let experiment = folder.path().join("generators.toml");
    fs::write(&experiment, text.replace("\"python3\"", &format!("{python:?}"))).unwrap();
    let run = |out: &str| {
        let mut command = synthctr(root);
        command.args(["run", &experiment.display().to_string(), "--device", "cpu", "--out"]);
        command.arg(folder.path().join(out)).args(["--set", "training.epochs=1"]);
        let output = command.output().unwrap();
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(output.status.success(), "{said}");
    };
    run("one");
    run("two");
    let column = |out: &str, name: &str| {
        let rows = fs::read_to_string(folder.path().join(out).join("results.csv")).unwrap();
        let mut lines =
            rows.lines().map(|line| line.split(',').map(str::to_owned).collect::<Vec<_>>());
        let at = lines.next().unwrap().iter().position(|other| other == name).unwrap();
        lines.map(|line| line[at].clone()).collect::<Vec<_>>()
    };
    let generators = ["none", "sdv-copula", "autoregressive", "gaussian-copula", "resample"];
    assert_eq!(column("one", "generator"), generators);
    assert_eq!(column("one", "test_auc"), column("two", "test_auc"), "the same rows twice");
}
