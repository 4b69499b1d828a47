//! Planted results and what reports make of them.

use super::{full_cell, report};
use crate::verdict::folder;
use std::fs;
use std::path::Path;
use synthctr::experiment::CellRecord;
use synthctr::statistics::Estimate;

/// Four seeds of two sources.
fn cells() -> Vec<CellRecord> {
    let mut cells = Vec::new();
    for seed in 1..=4u64 {
        let wobble = [0.02, -0.03, 0.05, 0.0][seed as usize - 1];
        cells.push(full_cell("none", "base", "dnn", seed, 98.0 + wobble));
        cells.push(full_cell("ctgan.joint", "neg25", "dnn", seed, 98.2 - wobble));
        cells.push(full_cell("ctgan.joint", "pos25", "dnn", seed, 97.5 + 0.5 * wobble));
        cells.push(full_cell("resample.per-class", "neg25", "dnn", seed, 98.01 + wobble));
    }
    cells
}

const CLAIMS: &str = "title = 'A paper'\nsource = 'a journal'\n\
    [[claim]]\nid = 'negatives-help'\nsentence = 'CTGAN negatives help.'\n\
    generators = ['ctgan']\nscenarios = ['neg25']\nmodels = ['dnn']\n\
    comparator = 'base'\ndirection = 'higher'\n\
    [[claim]]\nid = 'positives-help'\nsentence = 'CTGAN positives help.'\n\
    generators = ['ctgan']\nscenarios = ['pos25']\nmodels = ['dnn']\n\
    comparator = 'base'\ndirection = 'higher'\n";

fn write(folder: &Path) {
    folder::write(&folder.join("run"), &cells(), "");
    fs::write(folder.join("claims.toml"), CLAIMS).unwrap();
}

#[test]
fn a_report_in_words() {
    let folder = tempfile::tempdir().unwrap();
    write(folder.path());
    report(folder.path(), "run --claims claims.toml");
    let text = fs::read_to_string(folder.path().join("run/report.md")).unwrap();
    crate::snapshots().bind(|| insta::assert_snapshot!("report_planted", text));
}

#[test]
fn questions_asked_besides_are_no_claims_of_the_source() {
    let folder = tempfile::tempdir().unwrap();
    write(folder.path());
    let claims = CLAIMS.replace("id = 'positives-help'", "id = 'positives-help'\nadded = true");
    fs::write(folder.path().join("claims.toml"), claims).unwrap();
    report(folder.path(), "run --claims claims.toml");
    let text = fs::read_to_string(folder.path().join("run/report.md")).unwrap();
    let told = "Of 1 claim of “A paper” (a journal), as far as the run experiment on planted tells: 1 is borne out. \
                A question asked besides: 1 is contradicted.";
    assert!(text.contains(told), "{text}");
}

#[test]
fn differences_are_those_of_the_test_they_name() {
    let folder = tempfile::tempdir().unwrap();
    write(folder.path());
    report(folder.path(), "run --claims claims.toml");
    let auc = |scenario: &str, source: &str| -> Vec<f64> {
        let of = |cell: &&CellRecord| {
            cell.row.scenario.to_string() == scenario && cell.row.generator == source
        };
        cells().iter().filter(of).map(|cell| 100.0 * cell.row.test_auc).collect()
    };
    let base = auc("base", "none");
    for (table, scenario, other) in [
        ("difference_to_base_negatives", "neg25", base.clone()),
        ("difference_to_base_positives", "pos25", base),
        ("difference_to_resample_negatives", "neg25", auc("neg25", "resample")),
    ] {
        // Four seeds are too few to know that equal seeds make runs alike, so Welch's.
        let expected = Estimate::welch(&auc(scenario, "ctgan"), &other).unwrap();
        let interval = expected.interval(0.95);
        let path = folder.path().join(format!("run/tables/{table}.csv"));
        let mut reader = csv::Reader::from_path(path).unwrap();
        let row = reader.records().map(Result::unwrap).find(|row| &row[1] == "ctgan").unwrap();
        let value = |at: usize| row[at].parse::<f64>().unwrap();
        assert_eq!(&row[0], "DNN");
        for (at, number) in [(3, expected.mean), (4, interval.low), (5, interval.high)] {
            assert!((value(at) - number).abs() < 1e-9, "{table}: {row:?}, {number}");
        }
    }
}
