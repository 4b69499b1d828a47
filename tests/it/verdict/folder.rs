//! Run folders with planted results.

use serde_json::{Value, json};
use std::fs;
use std::path::Path;
use synthctr::experiment::store::Scores;
use synthctr::experiment::{CellRecord, ExperimentConfig};
use synthctr::verdict::Run;

/// A cell of a source (`ctgan.joint`, `ctgan.joint.numbers`, or `none` of `base`) with a test AUC in
/// percent.
pub fn cell(source: &str, scenario: &str, model: &str, seed: u64, auc: f64) -> CellRecord {
    let (generator, conditioning) = source.split_once('.').unwrap_or((source, "none"));
    let (conditioning, reading) =
        conditioning.split_once('.').unwrap_or((conditioning, "categories"));
    let synthetic = if source == "none" { 0 } else { 1000 };
    let value = json!({
        "dataset": "planted", "generator": generator, "conditioning": conditioning, "reading": reading,
        "scenario": scenario, "model": model, "seed": seed, "device": "cpu",
        "test_auc": auc / 100.0, "test_logloss": 0.2, "valid_auc": 0.98, "epochs": 1,
        "train_rows": 4000 + synthetic, "synthetic_rows": synthetic, "identical_rows": 10,
        "fit_seconds": 0.0, "sample_seconds": 0.0, "train_seconds": 10.0, "peak_rss_mb": 1.0,
        "identical_rows_without_label": 20, "fit_peak_mb": 1.0, "sample_peak_mb": 1.0,
        "train_peak_mb": 1.0,
        "program": "synthctr 0.1.0", "revision": 2, "machine": "m", "instruction_set": "avx2",
        "fingerprint": "f", "samples": [], "scores_sha256": "", "notes": [],
        "history": [], "importance": {}, "score_quantiles": null,
    });
    serde_json::from_value(value).unwrap()
}

/// A run of these cells that is in no folder.
pub fn run(cells: Vec<CellRecord>) -> Run {
    Run {
        root: "nowhere".into(),
        experiment: ExperimentConfig::default(),
        cells,
        sequential: false,
        faults: Vec::new(),
        notes: Vec::new(),
    }
}

/// Writes a run folder of these cells.
pub fn write(root: &Path, cells: &[CellRecord], experiment: &str) {
    fs::create_dir_all(root.join("cells")).unwrap();
    // Without any setting it would pass for a damaged file.
    let experiment = if experiment.is_empty() { "name = 'experiment'" } else { experiment };
    fs::write(root.join("experiment.toml"), experiment).unwrap();
    for cell in cells {
        let text = serde_json::to_vec_pretty(cell).unwrap();
        fs::write(root.join("cells").join(format!("{}.json", name(cell))), text).unwrap();
    }
}

/// The name of a cell's files.
pub fn name(cell: &CellRecord) -> String {
    let row = &cell.row;
    let source = match row.generator.as_str() {
        "none" => "none".to_owned(),
        generator => match row.reading.as_str() {
            "numbers" => format!("{generator}.{}.numbers", row.conditioning),
            _ => format!("{generator}.{}", row.conditioning),
        },
    };
    let rows = match (row.fit_seed, row.draw_seed) {
        (Some(fit), Some(draw)) if fit != row.seed || draw != row.seed => {
            format!(".fit{fit}.draw{draw}")
        }
        _ => String::new(),
    };
    format!("{source}.{}.{}.seed{}{rows}", row.scenario, row.model, row.seed)
}

/// Stores scores beside a cell and makes the cell theirs.
pub fn add_scores(root: &Path, cell: &mut CellRecord, scores: &Scores) {
    fs::create_dir_all(root.join("scores")).unwrap();
    scores.write(&root.join("scores").join(format!("{}.parquet", name(cell)))).unwrap();
    cell.scores_sha256 = scores.sha256();
}

/// The value at a path of keys.
pub fn at<'a>(value: &'a Value, path: &str) -> &'a Value {
    value.pointer(path).unwrap_or_else(|| panic!("no {path} in {value}"))
}
