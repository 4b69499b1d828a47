//! Tests of `synthctr report`.

mod browser;
mod command;
mod planted;
mod size;

use crate::experiment::synthctr;
use crate::verdict::folder::cell;
use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use synthctr::experiment::CellRecord;

/// A cell as runs leave it: with epochs, slices and costs.
fn full_cell(source: &str, scenario: &str, model: &str, seed: u64, auc: f64) -> CellRecord {
    let mut value = serde_json::to_value(cell(source, scenario, model, seed, auc)).unwrap();
    let epoch = |n: usize| {
        let near = 1.0 / n as f64;
        json!({
            "epoch": n, "train_loss": 0.1 + near, "valid_auc": auc / 100.0 - 0.01 * near,
            "valid_logloss": 0.2, "valid_logloss_clicks": 0.3 + near,
            "valid_logloss_others": 0.1 + near,
            "learning_rate": 0.001, "seconds": 1.5,
        })
    };
    value["history"] = (1..=12).map(epoch).collect();
    for (slice, less) in [("auc_head", 1.0), ("auc_middle", 2.0), ("auc_tail", 3.0)] {
        value[slice] = json!((auc - less) / 100.0);
    }
    value["predicted_over_observed"] = json!(1.0 + 0.01 * seed as f64);
    value["importance"] = json!({"user": 0.02, "item": 0.1});
    value["fit_seconds"] = json!(0.5);
    value["sample_seconds"] = json!(0.1);
    serde_json::from_value(value).unwrap()
}

/// Measurements of a source's rows, made of those of another run's.
fn measured_as(record: &Value, source: &str, seed: u64) -> (String, Value) {
    let parts: Vec<&str> = source.split('.').collect();
    let mut of = json!({
        "generator": parts[0], "conditioning": parts[1], "seed": seed, "label": null,
    });
    if parts.len() > 2 {
        of["reading"] = json!(parts[2]);
    }
    let mut record = record.clone();
    record["of"] = of;
    (format!("{source}.seed{seed}.json"), record)
}

/// Runs the program in `folder`; gives what it printed.
fn report(folder: &Path, arguments: &str) -> String {
    let output = synthctr(folder).arg("report").args(arguments.split(' ')).assert().success();
    String::from_utf8(output.get_output().stdout.clone()).unwrap()
}

fn page(folder: &Path) -> String {
    fs::read_to_string(folder.join("report.html")).unwrap()
}

/// The values of an attribute on a page.
fn values<'a>(page: &'a str, attribute: &str) -> BTreeSet<&'a str> {
    let begin = format!(" {attribute}=\"");
    page.split(begin.as_str()).skip(1).filter_map(|rest| rest.split('"').next()).collect()
}

/// Fails unless every link of a page leads somewhere: within the page, or to a file beside it.
fn all_links_lead_somewhere(folder: &Path) {
    let page = page(folder);
    let ids = values(&page, "id");
    let links = values(&page, "href");
    assert!(links.iter().any(|to| !to.starts_with('#')), "links to cells");
    for to in links {
        match to.strip_prefix('#') {
            Some(id) => assert!(ids.contains(id), "#{id} leads nowhere"),
            None => assert!(folder.join(to.replace("%20", " ")).is_file(), "{to} leads nowhere"),
        }
    }
}

/// A tiny run with measurements, of a click log whose categories try to become markup.
fn nasty_run(folder: &Path) -> PathBuf {
    let names = ["<script>alert(1)</script>", "\"x\"|y_&amp;", "plain", "\\textbf{x} $y$"];
    let mut csv = "user,<b>item</b>,click\n".to_owned();
    for row in 0..1500usize {
        let (user, item) = (row % 17, (row * row + row / 7) % 6);
        let item = match names.get(item) {
            Some(name) => name.replace('"', "\"\""),
            None => format!("item {item}"),
        };
        csv += &format!("u{user},\"{item}\",{}\n", usize::from((row * 7 + user) % 5 < 2));
    }
    fs::write(folder.join("log.csv"), csv).unwrap();
    let experiment = r#"
name = "nasty <i>"
seeds = 2
generators = ["independent", "resample"]
scenarios = ["base", "neg10", "neg25", "neg50", "synthetic-only"]
models = ["dnn"]
device = "cpu"

[dataset]
name = "a & b"
path = "log.csv"
fractions = [0.6, 0.2, 0.2]
label = "click"

[training]
epochs = 2
batch_size = 128
test_every_epoch = true

[model.dnn]
hidden_units = [8]
"#;
    fs::write(folder.join("nasty.toml"), experiment).unwrap();
    synthctr(folder).args(["run", "nasty.toml", "--out", "nasty"]).assert().success();
    folder.join("nasty")
}
