//! The measurements of a run's synthetic rows.

use super::{json, number};
use crate::experiment::{synthctr, tiny_folder};
use serde_json::Value;
use std::fs;
use std::path::Path;
use std::time::SystemTime;

const RUN: [&str; 6] = ["run", "tiny.toml", "--out", "out", "--models", "dnn"];

fn run(folder: &Path, threads: &str, more: &[&str]) -> String {
    let mut command = synthctr(folder);
    command.args(RUN).args(more).env("RAYON_NUM_THREADS", threads);
    let output = command.assert().success();
    String::from_utf8(output.get_output().stdout.clone()).unwrap()
}

/// The file, without what may differ between runs.
fn gathered(folder: &Path, name: &str) -> Value {
    json(&folder.join("out").join(name))
}

fn written(folder: &Path) -> Vec<(String, SystemTime)> {
    let entries = fs::read_dir(folder.join("out/quality")).unwrap().map(|entry| entry.unwrap());
    let file = |entry: fs::DirEntry| {
        let time = entry.metadata().unwrap().modified().unwrap();
        (entry.file_name().into_string().unwrap(), time)
    };
    let mut files: Vec<_> = entries.map(file).collect();
    files.sort();
    files
}

#[test]
fn every_source_and_seed_is_measured_once_beside_yardsticks() {
    let folder = tiny_folder();
    let text = run(folder.path(), "2", &[]);
    assert!(text.contains("Fidelity of as many rows"), "{text}");
    assert!(text.contains("Privacy: the strongest"), "{text}");
    let fidelity = gathered(folder.path(), "fidelity.json");
    let privacy = gathered(folder.path(), "privacy.json");
    let names: Vec<String> = privacy
        .as_array()
        .unwrap()
        .iter()
        .map(|entry| format!("{} {}", entry["generator"].as_str().unwrap(), entry["seed"]))
        .collect();
    let expected =
        ["real null", "copies null", "resample 1", "independent 1", "resample 2", "independent 2"];
    let mut sorted = names.clone();
    sorted[2..].sort();
    let mut expected: Vec<String> = expected.map(String::from).to_vec();
    expected[2..].sort();
    assert_eq!(sorted, expected, "the yardsticks first");
    let record = gathered(folder.path(), "quality/yardstick.real.json");
    let together = record["kept_together"].as_array().unwrap();
    assert!(together.len() == 9 && !together.contains(&"item".into()), "visits: {together:?}");
    for entry in privacy.as_array().unwrap() {
        assert_eq!(number(entry, "/rows/real"), 900.0);
        number(entry, "/membership/row/auc");
        number(entry, "/closest_record/median");
    }
    let of = |values: &Value, generator: &str, pointer: &str| {
        let entry = values.as_array().unwrap().iter().find(|e| e["generator"] == generator);
        number(entry.unwrap(), pointer)
    };
    assert_eq!(of(&privacy, "resample", "/new_row_share"), 0.0);
    let authentic = |generator: &str| of(&fidelity, generator, "/authenticity");
    assert_eq!([authentic("copies"), authentic("resample")], [0.0, 0.0]);
    assert!(authentic("real") > 0.2 && authentic("independent") > 0.2, "{fidelity}");

    // Nothing is measured twice; what is lost is measured again, to the same bits, on any number of
    // threads.
    let before = written(folder.path());
    assert_eq!(before.len(), 6);
    run(folder.path(), "2", &[]);
    assert_eq!(written(folder.path()), before);
    fs::remove_file(folder.path().join("out/quality/resample.per-class.seed2.json")).unwrap();
    fs::write(folder.path().join("out/quality/yardstick.real.json"), "{").unwrap();
    run(folder.path(), "1", &[]);
    let changed = written(folder.path()).iter().zip(&before).filter(|(a, b)| a != b).count();
    assert_eq!(changed, 2);
    assert!(gathered(folder.path(), "fidelity.json") == fidelity);
    assert!(gathered(folder.path(), "privacy.json") == privacy);
}

#[test]
fn a_run_of_non_clicks_is_compared_with_non_clicks_and_may_be_left_unmeasured() {
    let folder = tiny_folder();
    let few = ["--scenarios", "base,neg25", "--seeds", "1", "--generators", "resample"];
    let text = run(folder.path(), "2", &[&few[..], &["--no-quality"]].concat());
    assert!(!text.contains("Fidelity of"), "{text}");
    assert!(!folder.path().join("out/fidelity.json").exists());
    run(folder.path(), "2", &few);
    let fidelity = gathered(folder.path(), "fidelity.json");
    let resample = &fidelity.as_array().unwrap()[2];
    assert_eq!(resample["label"], 0);
    assert_eq!(number(resample, "/rows/real"), 600.0, "non-clicks of 900 rows");
    assert_eq!(number(resample, "/rows/synthetic"), 200.0, "half of those held out");
    assert!(resample["columns"].get("label").is_none(), "a constant says nothing");

    // More scenarios draw other rows; their measurements are not those.
    let more = ["--scenarios", "base,neg25,pos25", "--seeds", "1", "--generators", "resample"];
    run(folder.path(), "2", &more);
    let fidelity = gathered(folder.path(), "fidelity.json");
    assert_eq!(fidelity[2]["label"], Value::Null);
    assert_eq!(number(&fidelity[2], "/rows/real"), 900.0);
}
