//! The reports in this repository are of the cells beside them.

use crate::experiment::synthctr;
use serde_json::Value;
use std::fs;
use std::path::Path;

/// What hangs on the scores of test rows, which are not committed.
const OF_SCORES: [&str; 3] = ["rows_interval", "rows_interval_is_bound", "both_interval"];

/// Where two trees differ by more than the rounding of another processor.
fn differences(path: &str, committed: &Value, now: &Value, found: &mut Vec<String>) {
    match (committed, now) {
        (Value::Object(a), Value::Object(b)) => {
            let keys = a.keys().chain(b.keys().filter(|key| !a.contains_key(*key)));
            for key in keys.filter(|key| !OF_SCORES.contains(&key.as_str())) {
                let (a, b) =
                    (a.get(key).unwrap_or(&Value::Null), b.get(key).unwrap_or(&Value::Null));
                differences(&format!("{path}/{key}"), a, b, found);
            }
        }
        (Value::Array(a), Value::Array(b)) if a.len() == b.len() => {
            for (at, (a, b)) in a.iter().zip(b).enumerate() {
                differences(&format!("{path}/{at}"), a, b, found);
            }
        }
        (Value::Number(a), Value::Number(b)) => {
            let (a, b) = (a.as_f64().unwrap(), b.as_f64().unwrap());
            if (a - b).abs() > 1e-6 * (1.0 + a.abs()) {
                found.push(format!("{path}: {a} instead of {b}"));
            }
        }
        (a, b) if a == b => {}
        (a, b) => found.push(format!("{path}: {a} instead of {b}")),
    }
}

/// Whoever commits cells of a study judges them and makes its report: `synthctr verify` and `synthctr report`.
#[test]
fn verdicts_and_results_are_of_the_committed_cells() {
    let reports = Path::new(env!("CARGO_MANIFEST_DIR")).join("reports");
    let mut judged = 0;
    for entry in fs::read_dir(reports).unwrap() {
        let run = entry.unwrap().path();
        let Ok(committed) = fs::read(run.join("verdict.json")) else { continue };
        let folder = tempfile::tempdir().unwrap();
        let json = folder.path().join("now.json");
        // How it ends says what became of the claims.
        synthctr(folder.path()).arg("verify").arg(&run).arg("--json").arg(&json).output().unwrap();
        let [committed, now]: [Value; 2] =
            [committed, fs::read(json).unwrap()].map(|text| serde_json::from_slice(&text).unwrap());
        let mut found = Vec::new();
        differences("", &committed, &now, &mut found);
        let shown: Vec<&String> = found.iter().take(5).collect();
        assert!(found.is_empty(), "{}: {} differences: {shown:#?}", run.display(), found.len());
        let rows =
            synthctr::experiment::from_csv(&fs::read(run.join("results.csv")).unwrap()).unwrap();
        let cells = fs::read_dir(run.join("cells")).unwrap().count();
        assert_eq!(rows.len(), cells, "rows of results.csv in {}", run.display());
        judged += 1;
    }
    assert!(judged >= 4, "{judged} reports were found");
}
