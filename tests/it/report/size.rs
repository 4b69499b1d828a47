//! The full study: 243 cells of five seeds.

use super::{all_links_lead_somewhere, full_cell, measured_as, nasty_run, report};
use crate::verdict::folder;
use serde_json::Value;
use std::fs;
use std::path::Path;

/// The sources of `quick`.
pub const SOURCES: [&str; 16] = [
    "smoten.joint",
    "smoten.per-class",
    "gaussian-copula.joint",
    "gaussian-copula.joint.numbers",
    "gaussian-copula.per-class",
    "ctgan.joint",
    "ctgan.per-class",
    "copula-gan.joint.numbers",
    "tvae.joint",
    "tvae.per-class",
    "tabddpm.joint",
    "tabddpm.per-class",
    "resample.per-class",
    "independent.per-class",
    "uniform-item.joint",
    "uniform-item.per-class",
];

/// Writes a run of 1,215 cells with measurements to `folder/study`.
pub fn write_study(folder: &Path) {
    let mut cells = Vec::new();
    for seed in 1..=5u64 {
        let wobble = |salt: usize| 0.05 * ((salt as f64 + 13.7 * seed as f64) * 78.233).sin();
        for (m, model) in ["dnn", "deepfm", "masknet"].into_iter().enumerate() {
            cells.push(full_cell("none", "base", model, seed, 98.4 + wobble(m)));
            for (s, source) in SOURCES.iter().enumerate() {
                let scenarios = ["pos25", "pos50", "neg25", "neg50", "synthetic-only"];
                for (c, scenario) in scenarios.into_iter().enumerate() {
                    let effect = [-0.3, -0.6, 0.05, 0.08, -12.0][c] * (1.0 + s as f64 / 10.0);
                    let auc = 98.4 + effect + wobble(100 * m + 10 * s + c);
                    cells.push(full_cell(source, scenario, model, seed, auc));
                }
            }
        }
    }
    assert_eq!(cells.len(), 1215);
    let root = folder.join("study");
    folder::write(&root, &cells, "name = 'study'\n");
    let nasty = nasty_run(folder);
    fs::create_dir_all(root.join("quality")).unwrap();
    for yardstick in ["yardstick.real.json", "yardstick.copies.json"] {
        fs::copy(nasty.join("quality").join(yardstick), root.join("quality").join(yardstick))
            .unwrap();
    }
    let path = nasty.join("quality/independent.per-class.seed1.json");
    let record: Value = serde_json::from_slice(&fs::read(path).unwrap()).unwrap();
    for source in SOURCES {
        for seed in 1..=5 {
            let (name, record) = measured_as(&record, source, seed);
            fs::write(root.join("quality").join(name), record.to_string()).unwrap();
        }
    }
}

#[test]
fn a_page_of_1215_cells_stays_small() {
    let folder = tempfile::tempdir().unwrap();
    write_study(folder.path());
    report(folder.path(), "study --out made");
    let made = folder.path().join("made");
    let bytes = fs::metadata(made.join("report.html")).unwrap().len();
    assert!(bytes < 1_500_000, "{bytes} bytes");
    all_links_lead_somewhere(&made);
}
