//! Results in the hands of other tools.

use super::{synthctr, tiny_folder};
use crate::python;
use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;
use std::fs;
use std::path::Path;
use std::process::Command;

/// A finished tiny run.
fn tiny_run() -> tempfile::TempDir {
    let folder = tiny_folder();
    synthctr(folder.path()).args(["run", "tiny.toml", "--no-quality"]).assert().success();
    folder
}

/// What a Python program prints.
fn run_python(python: &str, folder: &Path, program: &str) -> String {
    let output = Command::new(python).current_dir(folder).args(["-c", program]).output().unwrap();
    let errors = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(output.status.success(), "{errors}");
    String::from_utf8(output.stdout).unwrap()
}

#[test]
fn parquet_holds_what_csv_does() {
    let folder = tiny_run();
    let run = folder.path().join("runs/tiny");
    let csv = fs::read_to_string(run.join("results.csv")).unwrap();
    let lines: Vec<Vec<&str>> = csv.lines().map(|line| line.split(',').collect()).collect();
    let file = fs::File::open(run.join("results.parquet")).unwrap();
    let reader = ParquetRecordBatchReaderBuilder::try_new(file).unwrap().build().unwrap();
    let batches: Vec<_> = reader.map(Result::unwrap).collect();
    assert_eq!(batches.len(), 1);
    let batch = &batches[0];
    assert_eq!((batch.num_rows() + 1, batch.num_columns()), (lines.len(), lines[0].len()));
    let mut missing = 0;
    for (at, field) in batch.schema().fields().iter().enumerate() {
        assert_eq!(field.name(), lines[0][at]);
        let texts = arrow_cast::cast(batch.column(at), &arrow_schema::DataType::Utf8).unwrap();
        let texts = arrow_array::cast::AsArray::as_string::<i32>(&texts).clone();
        for (row, line) in lines[1..].iter().enumerate() {
            let value = texts.iter().nth(row).unwrap();
            missing += usize::from(value.is_none());
            match (value, line[at].parse::<f64>()) {
                (None, _) => assert_eq!(line[at], ""),
                (Some(value), Ok(number)) => assert_eq!(value.parse::<f64>().unwrap(), number),
                (Some(value), Err(_)) => assert_eq!(value, line[at]),
            }
        }
    }
    assert!(missing > 0, "`base` has no seed of a fit");
}

/// The queries of docs/results.md.
#[test]
fn duckdb_reads_results_and_cells() {
    let Some(python) = python("duckdb", false) else { return };
    let page = fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/results.md")).unwrap();
    let queries: Vec<&str> = page
        .split("```sql\n")
        .skip(1)
        .map(|rest| rest.split("```").next().unwrap())
        .flat_map(|block| block.split(';'))
        .filter(|query| !query.trim().is_empty())
        .collect();
    assert!(queries.len() >= 3, "{queries:?}");
    let folder = tiny_run();
    for query in queries {
        let program =
            format!("import duckdb\nrows = duckdb.sql({query:?}).fetchall()\nprint(len(rows))");
        let rows: usize = run_python(&python, folder.path(), &program).trim().parse().unwrap();
        assert!(rows > 0, "{query}");
    }
    let program = "import duckdb\nprint(*duckdb.sql(\"select avg(test_auc), count(*) from \
                   'runs/tiny/results.parquet'\").fetchall()[0])";
    let printed = run_python(&python, folder.path(), program);
    let csv = fs::read_to_string(folder.path().join("runs/tiny/results.csv")).unwrap();
    let aucs: Vec<f64> =
        csv.lines().skip(1).map(|line| line.split(',').nth(7).unwrap().parse().unwrap()).collect();
    let (mean, count) = printed.trim().split_once(' ').unwrap();
    assert_eq!(count.parse::<usize>().unwrap(), aucs.len());
    let wanted = aucs.iter().sum::<f64>() / aucs.len() as f64;
    assert!((mean.parse::<f64>().unwrap() - wanted).abs() < 1e-12);
}

#[test]
fn mlflow_is_given_every_cell() {
    let folder = tiny_run();
    let export = || {
        let output = synthctr(folder.path()).args(["mlflow", "runs/tiny"]).assert().success();
        String::from_utf8(output.get_output().stdout.clone()).unwrap()
    };
    let said = export();
    assert!(said.starts_with("20 runs in ") && said.ends_with("(experiment `tiny`)\n"), "{said}");
    // Again, and beside what else is there.
    fs::create_dir(folder.path().join("mlruns/7")).unwrap();
    assert_eq!(export(), said);
    let entries = fs::read_dir(folder.path().join("mlruns")).unwrap();
    assert_eq!(entries.count(), 2, "the experiment and the other folder");
    fs::remove_dir(folder.path().join("mlruns/7")).unwrap();
    // Another run of the same experiment is another experiment of MLflow's.
    synthctr(folder.path())
        .args(["run", "tiny.toml", "--no-quality", "--out", "other"])
        .assert()
        .success();
    let output = synthctr(folder.path()).args(["mlflow", "other"]).assert().success();
    let other = String::from_utf8(output.get_output().stdout.clone()).unwrap();
    assert!(other.ends_with("(experiment `tiny (other)`)\n"), "{other}");
    assert_eq!(fs::read_dir(folder.path().join("mlruns")).unwrap().count(), 2);
    let experiment = said.split(" in ").nth(1).unwrap().split(" (").next().unwrap();
    let runs: Vec<_> = fs::read_dir(experiment)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.is_dir())
        .collect();
    assert_eq!(runs.len(), 20);
    let read = |key: &str| fs::read_to_string(runs[0].join(key)).unwrap();
    let auc = read("metrics/test_auc");
    let auc: Vec<&str> = auc.trim().split(' ').collect();
    let cell: serde_json::Value = serde_json::from_str(&read("artifacts/cell.json")).unwrap();
    assert_eq!(auc[1].parse::<f64>().unwrap(), cell["test_auc"].as_f64().unwrap());
    assert_eq!((auc[2], read("params/dataset").as_str()), ("0", "simulated"));
}

#[test]
fn mlflows_own_client_reads_it() {
    let Some(python) = python("mlflow", false) else { return };
    let folder = tiny_run();
    synthctr(folder.path()).args(["mlflow", "runs/tiny"]).assert().success();
    let program = "
import os
os.environ['MLFLOW_ALLOW_FILE_STORE'] = 'true'
from mlflow.tracking import MlflowClient
client = MlflowClient('file:mlruns')
experiment = client.get_experiment_by_name('tiny')
runs = client.search_runs([experiment.experiment_id], order_by=['metrics.test_auc DESC'])
for run in runs:
    steps = client.get_metric_history(run.info.run_id, 'epoch_valid_auc')
    print(run.info.run_name, run.info.status, run.data.metrics['test_auc'], len(steps), max(s.step for s in steps))
best = client.search_runs([experiment.experiment_id], \"params.scenario = 'neg25' and params.model = 'dnn'\")
print(len(best), client.list_artifacts(runs[0].info.run_id)[0].path)
";
    let printed = run_python(&python, folder.path(), program);
    let lines: Vec<Vec<&str>> = printed.lines().map(|line| line.split(' ').collect()).collect();
    assert_eq!(lines.len(), 21, "{printed}");
    let csv = fs::read_to_string(folder.path().join("runs/tiny/results.csv")).unwrap();
    let best = csv
        .lines()
        .skip(1)
        .map(|line| line.split(',').nth(7).unwrap().parse::<f64>().unwrap())
        .fold(0.0, f64::max);
    assert_eq!((lines[0][1], lines[0][2].parse::<f64>().unwrap()), ("FINISHED", best), "{printed}");
    assert!(lines[0][0].contains(".seed") && lines[0][3] == "3" && lines[0][4] == "3", "{printed}");
    assert_eq!(lines[20], ["4", "cell.json"]);
}

#[test]
fn shells_and_manuals_know_every_command() {
    let folder = tempfile::tempdir().unwrap();
    for shell in ["bash", "zsh", "fish", "elvish", "powershell"] {
        let output = synthctr(folder.path()).args(["completions", shell]).assert().success();
        let script = String::from_utf8_lossy(&output.get_output().stdout).into_owned();
        for word in ["generate", "evaluate", "until-decided"] {
            assert!(script.contains(word), "{shell}: {word}");
        }
    }
    let checks = Command::new("bash")
        .current_dir(folder.path())
        .args([
            "-c",
            &format!(
                "source <({} completions bash) && complete -p synthctr",
                env!("CARGO_BIN_EXE_synthctr")
            ),
        ])
        .output()
        .unwrap();
    assert!(checks.status.success(), "{}", String::from_utf8_lossy(&checks.stderr));
    let output = synthctr(folder.path()).args(["man", "man1"]).assert().success();
    let said = String::from_utf8_lossy(&output.get_output().stdout).into_owned();
    let pages = fs::read_dir(folder.path().join("man1")).unwrap().count();
    assert_eq!(said, format!("{pages} pages in man1\n"));
    let page = fs::read_to_string(folder.path().join("man1/synthctr-run.1")).unwrap();
    assert!(
        page.contains(".TH synthctr-run 1") && page.contains("\\-\\-until\\-decided"),
        "{page}"
    );
}
