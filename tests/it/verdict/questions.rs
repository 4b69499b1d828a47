//! The best ratio, longer training, reasons and the ledger, of planted results.

use super::folder::{self, at, cell};
use crate::experiment::synthctr;
use crate::snapshots;
use serde_json::Value;
use std::fs;
use synthctr::ctr::Epoch;
use synthctr::experiment::CellRecord;

/// A number between -1 and 1 that looks drawn.
fn noise(seed: u64, salt: f64) -> f64 {
    2.0 * (43_758.545 * (seed as f64 * 12.9898 + salt * 78.233).sin()).rem_euclid(1.0) - 1.0
}

/// An epoch whose test AUC in percent is given; validation tops out at the third.
fn epoch(epoch: usize, test: f64) -> Epoch {
    Epoch {
        epoch,
        train_loss: 0.3,
        valid_auc: [0.90, 0.93, 0.95, 0.94, 0.935, 0.93][epoch - 1],
        valid_logloss: 0.2,
        valid_logloss_clicks: 0.4,
        valid_logloss_others: 0.1,
        test_auc: Some(test / 100.0),
        test_logloss: Some(0.2),
        learning_rate: 1e-3,
        seconds: 1.0,
    }
}

/// Six epochs in which the gain of added rows melts away, and slices of which rare items lose.
fn add_details(cell: &mut CellRecord, gain: f64) {
    let auc = 100.0 * cell.row.test_auc - gain;
    cell.history = (1..=6).map(|n| epoch(n, auc + gain * (6 - n) as f64 / 3.0)).collect();
    cell.row.valid_auc = 0.95;
    let row = &mut cell.row;
    row.auc_head = Some(row.test_auc + 0.001 * gain);
    row.auc_middle = Some(row.test_auc);
    row.auc_tail = Some(row.test_auc - 0.01 * gain);
    cell.importance.insert("item".into(), Some(0.2 + 0.05 * gain));
    cell.importance.insert("hour".into(), Some(0.01));
    if gain > 0.0 {
        cell.history.iter_mut().for_each(|epoch| epoch.valid_logloss_clicks += 0.1);
    }
}

#[test]
fn a_sweep_with_test_figures_of_every_epoch() {
    let mut cells = Vec::new();
    for seed in 1..=5u64 {
        let mut base = cell("none", "base", "dnn", seed, 98.0 + 0.01 * noise(seed, 0.0));
        add_details(&mut base, 0.0);
        cells.push(base);
        for (percent, gain) in [(10u16, 0.1), (50, 0.4), (60, 0.4), (200, 0.05)] {
            for source in ["gaussian-copula.per-class", "uniform-item.joint"] {
                let auc = 98.0 + gain + 0.02 * noise(seed, f64::from(percent));
                let mut added = cell(source, &format!("neg{percent}"), "dnn", seed, auc);
                add_details(&mut added, gain);
                cells.push(added);
            }
        }
    }
    let folder = tempfile::tempdir().unwrap();
    folder::write(&folder.path().join("run"), &cells, "name = 'sweep'\n");
    let json = ["--json", "run/verdict.json"];
    let args = ["verify", "run", "--why", "--claim", "smoten-copies"];
    let output =
        synthctr(folder.path()).args(args).args(json).assert().code(2).get_output().stdout.clone();
    let text = String::from_utf8(output).unwrap();
    assert!(text.lines().all(|line| line.chars().count() <= 120), "{text}");
    snapshots().bind(|| insta::assert_snapshot!("verdict_questions", text));

    let verdict: Value =
        serde_json::from_slice(&fs::read(folder.path().join("run/verdict.json")).unwrap()).unwrap();
    let not_worse = at(&verdict, "/ratios/0/not_worse");
    assert_eq!(*not_worse, serde_json::json!([50, 60]));
    let longer = |path: &str| at(&verdict, &format!("/longer/1{path}")).clone();
    assert_eq!(longer("/scenario"), "neg50");
    // Early stopping keeps the third epoch, where the whole gain is; at the end it is gone.
    assert!((longer("/moments/0/gain/mean").as_f64().unwrap() - 0.4).abs() < 0.05);
    assert_eq!(longer("/moments/0/when"), "stop");
    assert_eq!(longer("/at_the_end"), "nothing");
}

#[test]
fn crossed_seeds_have_a_ledger() {
    let mut cells = Vec::new();
    for train in 1..=4u64 {
        let trained = 0.3 * noise(train, 1.0);
        cells.push(cell("none", "base", "deepfm", train, 98.0));
        for fit in 1..=3u64 {
            for draw in 1..=2u64 {
                let drawn = 0.05 * noise(10 * fit + draw, 2.0);
                let rest = 0.01 * noise(100 * fit + 10 * draw + train, 3.0);
                let auc = 98.1 + trained + drawn + rest;
                let mut crossed = cell("ctgan.joint", "neg25", "deepfm", train, auc);
                (crossed.row.fit_seed, crossed.row.draw_seed) = (Some(fit), Some(draw));
                cells.push(crossed);
            }
        }
    }
    let folder = tempfile::tempdir().unwrap();
    folder::write(&folder.path().join("run"), &cells, "seeds = { fit = 3, draw = 2, train = 4 }\n");
    let json = ["--json", "run/verdict.json"];
    let args = ["verify", "run", "--claim", "smoten-copies"];
    let output =
        synthctr(folder.path()).args(args).args(json).assert().code(2).get_output().stdout.clone();
    let text = String::from_utf8(output).unwrap();
    assert!(text.lines().all(|line| line.chars().count() <= 120), "{text}");
    let table = text.split("Where the spread").nth(1).unwrap().split("How to read").next().unwrap();
    snapshots().bind(|| insta::assert_snapshot!("verdict_ledger", table));
    let verdict: Value =
        serde_json::from_slice(&fs::read(folder.path().join("run/verdict.json")).unwrap()).unwrap();
    assert_eq!(*at(&verdict, "/ledger/0/ledger/levels"), serde_json::json!([3, 2, 4]));
    assert_eq!(at(&verdict, "/ledger/0/ledger/advice"), "train");
}
