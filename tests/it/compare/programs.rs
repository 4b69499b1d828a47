//! Two programs in turn. The programs are scripts that write a run folder.

#![cfg(target_os = "linux")]

use super::folders::write_run;
use super::{compare, printed};
use serde_json::{Value, json};
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

/// A program that copies `template` to where `--out` says, after `work`.
fn program(folder: &Path, name: &str, work: &str) {
    let script = format!(
        "#!/bin/sh\necho {name} >> order\nwhile [ \"$1\" != --out ]; do shift; done\n{work}\n\
         cp -r template \"$2\"\n"
    );
    let path = folder.join(name);
    fs::write(&path, script).unwrap();
    fs::set_permissions(&path, fs::Permissions::from_mode(0o755)).unwrap();
}

const WORK: &str = "i=0; while [ $i -lt 20000 ]; do i=$((i+1)); done";

fn folder() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    write_run(&folder.path().join("template"), 1);
    folder
}

#[test]
fn programs_take_turns_and_both_are_judged() {
    let folder = folder();
    program(folder.path(), "old", WORK);
    program(folder.path(), "new", WORK);
    let arguments = ["--programs", "./old", "./new", "x.toml", "--repeat", "3", "--json", "a.json"];
    let text = printed(&compare(folder.path(), &arguments).success());
    let order = fs::read_to_string(folder.path().join("order")).unwrap();
    let order: Vec<&str> = order.lines().collect();
    // Once each to fill the caches.
    assert_eq!(order, ["old", "new", "old", "new", "new", "old", "old", "new"]);
    assert!(text.contains("6 cells and 2 measured tables are the same bits"), "{text}");
    assert!(text.contains("3 repetitions cannot tell"), "{text}");
    let report: Value =
        serde_json::from_slice(&fs::read(folder.path().join("a.json")).unwrap()).unwrap();
    let repetitions = report["measurements"]["repetitions"].as_array().unwrap();
    let first: Vec<bool> = repetitions.iter().map(|r| r["old_first"].as_bool().unwrap()).collect();
    assert_eq!(first, [true, false, true]);
    assert_eq!(repetitions[0]["old"]["stages"]["train"], json!(9.0));
    assert!(repetitions[0]["old"]["peak_mb"].as_f64().unwrap() >= 29.7, "of a recorded stage");
    let judged = printed(&compare(folder.path(), &["--judge", "a.json"]).success());
    assert!(judged.contains("processor time"), "{judged}");
}

#[test]
fn a_program_that_computes_five_times_as_much_is_red() {
    let folder = folder();
    program(folder.path(), "old", WORK);
    program(folder.path(), "new", &WORK.replace("20000", "100000"));
    let arguments = ["--programs", "./old", "./new", "--repeat", "11"];
    let text = printed(&compare(folder.path(), &arguments).code(1));
    assert!(text.contains("processor time") && text.contains("REGRESSION"), "{text}");
}

#[test]
fn a_program_that_fails_is_quoted() {
    let folder = folder();
    program(folder.path(), "old", WORK);
    program(folder.path(), "new", "echo 'unknown key `x`' >&2; exit 2");
    let assert = compare(folder.path(), &["--programs", "./old", "./new"]).code(2);
    let said = String::from_utf8_lossy(&assert.get_output().stderr).into_owned();
    assert!(said.contains("./new failed") && said.contains("unknown key `x`"), "{said}");
    let assert = compare(folder.path(), &["--programs", "./old", "./none"]).code(2);
    let said = String::from_utf8_lossy(&assert.get_output().stderr).into_owned();
    assert!(said.contains("cannot start ./none"), "{said}");
}

/// Repetitions whose logarithms of ratios spread by 2 %, in an order that repeats.
fn repetitions(n: usize, slower: f64, larger: f64) -> Value {
    let usage = |seconds: f64, megabytes: f64| {
        json!({
            "wall_seconds": seconds, "user_seconds": seconds, "system_seconds": 0.0,
            "peak_mb": megabytes, "stages": {}
        })
    };
    let one = |at: usize| {
        let noise = 0.02 * 1.7 * ((at as f64 * 0.618 + 0.3) % 1.0 - 0.5) * 2.0;
        json!({
            "old_first": at.is_multiple_of(2), "old": usage(1.0, 40.0),
            "new": usage(slower * noise.exp(), larger * 40.0 * (noise / 2.0).exp()),
        })
    };
    (0..n).map(one).collect()
}

fn judged(repetitions: &Value, gate: &Value) -> (i32, String) {
    let folder = tempfile::tempdir().unwrap();
    let measurements = json!({
        "programs": ["old", "new"], "experiment": "quick", "changes": [],
        "repetitions": repetitions, "instructions": {"tool": null, "counts": null, "note": "not"},
    });
    let tree = json!({"gate": gate, "measurements": measurements});
    fs::write(folder.path().join("a.json"), tree.to_string()).unwrap();
    let assert = compare(folder.path(), &["--judge", "a.json"]);
    (assert.get_output().status.code().unwrap(), printed(&assert))
}

#[test]
fn more_than_noise_and_more_than_tolerated() {
    for (n, slower, larger, expected) in [
        (20, 1.0, 1.0, 0),
        (20, 1.05, 1.0, 1),
        (20, 0.9, 1.0, 0),
        (20, 1.0, 1.2, 1),
        // Certain, but tolerated.
        (200, 1.015, 1.0, 0),
        // Too few repetitions for any proof.
        (9, 1.5, 1.5, 0),
    ] {
        let (code, text) = judged(&repetitions(n, slower, larger), &json!({}));
        assert_eq!(code, expected, "{n} {slower} {larger}:\n{text}");
    }
    let (code, text) = judged(&repetitions(20, 1.05, 1.0), &json!({"time": 0.1}));
    assert_eq!(code, 0, "{text}");
}

#[test]
fn files_without_repetitions_are_named() {
    assert_eq!(judged(&json!([]), &json!({})).0, 2);
    let mut zero = repetitions(3, 1.0, 1.0);
    zero[1]["new"]["user_seconds"] = json!(0.0);
    assert_eq!(judged(&zero, &json!({})).0, 2);
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("a.json"), "{}").unwrap();
    let assert = compare(folder.path(), &["--judge", "a.json"]).code(2);
    let said = String::from_utf8_lossy(&assert.get_output().stderr).into_owned();
    assert!(said.contains("a.json") && said.contains("measurements"), "{said}");
}
