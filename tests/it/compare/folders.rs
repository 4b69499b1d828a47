//! Run folders with made-up results.

use serde_json::{Value, json};
use std::fs;
use std::path::{Path, PathBuf};

/// The models of [`write_run`].
pub const MODELS: [&str; 2] = ["dnn", "masknet"];

/// The scenarios of [`write_run`].
pub const SCENARIOS: [&str; 3] = ["base", "neg25", "pos25"];

/// A cell as the store writes them, in short.
pub fn cell(model: &str, scenario: &str, seed: u64) -> Value {
    let (generator, conditioning) =
        if scenario == "base" { ("none", "none") } else { ("resample", "joint") };
    json!({
        "dataset": "simulated", "generator": generator, "conditioning": conditioning,
        "scenario": scenario, "model": model, "seed": seed, "device": "cpu",
        "test_auc": 0.8625270625 + 0.001 * seed as f64, "test_logloss": 0.43987513721657684,
        "calibration_error": 0.04277235037049947, "epochs": 21, "identical_rows": 30,
        "fit_seconds": 0.5, "sample_seconds": 0.25, "train_seconds": 1.5, "evaluate_seconds": 0.1,
        "peak_rss_mb": 29.7, "train_peak_mb": 29.7, "jobs": 1,
        "program": "synthctr 0.1.0", "revision": 2, "machine": "A processor, 2 threads",
        "instruction_set": "avx2", "fingerprint": format!("{model} {scenario} {seed}"),
        "samples": [], "scores_sha256": "e288f36f", "notes": [],
        "history": [{"epoch": 1, "train_loss": 0.4213, "seconds": 8.5}],
        "importance": {"city": 0.0105, "item": 0.3513},
    })
}

/// A measured table in short.
pub fn table(seed: Option<u64>) -> Value {
    json!({
        "of": {"generator": "resample", "conditioning": "joint", "seed": seed, "label": null},
        "fingerprint": format!("table {seed:?}"), "rows": {"real": 800, "synthetic": 300},
        "fidelity": {
            "score": 0.9601, "columns": {"item": {"tv_complement": 0.9}},
            "constraints": [{"columns": ["country", "city"], "violations": 0, "share": 0.0}],
        },
        "privacy": {"membership": {"row": {"auc": 0.61}, "user": null}, "identical_rows": 3},
        "seconds": 0.5,
    })
}

/// Writes a run of `seeds` replicates: per seed a cell of each model and scenario and a table.
pub fn write_run(root: &Path, seeds: u64) {
    for folder in ["cells", "quality"] {
        fs::create_dir_all(root.join(folder)).unwrap();
    }
    let experiment = "name = \"made-up\"\nseeds = [1]\n[training]\nepochs = 60\n";
    fs::write(root.join("experiment.toml"), experiment).unwrap();
    for seed in 1..=seeds {
        for model in MODELS {
            for scenario in SCENARIOS {
                let cell = cell(model, scenario, seed);
                write(&cell_path(root, model, scenario, seed), &cell);
            }
        }
        write(&table_path(root, seed), &table(Some(seed)));
    }
    write(&root.join("quality/yardstick.real.json"), &table(None));
}

/// The file of a cell of [`write_run`].
pub fn cell_path(root: &Path, model: &str, scenario: &str, seed: u64) -> PathBuf {
    let source = if scenario == "base" { "none" } else { "resample.joint" };
    root.join(format!("cells/{source}.{scenario}.{model}.seed{seed}.json"))
}

/// The file of a measured table of [`write_run`].
pub fn table_path(root: &Path, seed: u64) -> PathBuf {
    root.join(format!("quality/resample.joint.seed{seed}.json"))
}

pub fn write(path: &Path, tree: &Value) {
    fs::write(path, serde_json::to_vec_pretty(tree).unwrap()).unwrap();
}

/// Changes a file.
pub fn edit(path: &Path, change: impl FnOnce(&mut Value)) {
    let mut tree = serde_json::from_slice(&fs::read(path).unwrap()).unwrap();
    change(&mut tree);
    write(path, &tree);
}

/// Changes all cells.
pub fn edit_cells(root: &Path, mut change: impl FnMut(&mut Value)) {
    for entry in fs::read_dir(root.join("cells")).unwrap() {
        edit(&entry.unwrap().path(), &mut change);
    }
}

/// Two equal runs, `base` and `new`.
pub fn twins(seeds: u64) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    for name in ["base", "new"] {
        write_run(&folder.path().join(name), seeds);
    }
    folder
}
