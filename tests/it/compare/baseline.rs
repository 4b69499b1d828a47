//! Baseline files.

use super::folders::{cell_path, edit, edit_cells, table_path, twins, write_run};
use super::{compare, printed};
use serde_json::json;
use std::fs;

#[test]
fn a_run_equals_its_baseline_and_the_file_is_the_same_each_time() {
    let folder = twins(2);
    compare(folder.path(), &["base", "--save", "a.json"]).success();
    compare(folder.path(), &["new", "--save", "b.json"]).success();
    let read = |name: &str| fs::read_to_string(folder.path().join(name)).unwrap();
    assert_eq!(read("a.json"), read("b.json"));
    assert!(read("a.json").contains("0.8635270625"), "numbers in full");
    assert!(!read("a.json").contains("train_seconds"), "no times");
    for runs in [["a.json", "new"], ["new", "a.json"], ["a.json", "b.json"]] {
        compare(folder.path(), &runs).success();
    }
    // A line for each result.
    assert!(read("a.json").lines().any(|line| line.starts_with("\"none.base.dnn.seed1\":[")));
}

#[test]
fn changes_show_against_a_baseline_whether_it_keeps_the_number_or_not() {
    let folder = twins(1);
    compare(folder.path(), &["base", "--save", "base.json"]).success();
    let new = folder.path().join("new");
    let cell = cell_path(&new, "dnn", "base", 1);
    edit(&cell, |cell| cell["history"][0]["train_loss"] = json!(0.5));
    let text = printed(&compare(folder.path(), &["base.json", "new"]).code(1));
    assert!(
        text.contains("none.base.dnn.seed1") && text.contains("(passes and details)"),
        "{text}"
    );
    write_run(&new, 1);
    edit(&table_path(&new, 1), |table| table["fidelity"]["columns"]["item"] = json!(0.5));
    compare(folder.path(), &["base.json", "new"]).code(1);
    write_run(&new, 1);
    edit_cells(&new, |cell| cell["test_auc"] = json!(0.9));
    let text = printed(&compare(folder.path(), &["base.json", "new"]).code(1));
    assert!(text.contains("0.86353   0.90000"), "{text}");
}

#[test]
fn damaged_baselines_are_named() {
    let folder = twins(1);
    compare(folder.path(), &["base", "--save", "base.json"]).success();
    let text = fs::read_to_string(folder.path().join("base.json")).unwrap();
    let row = text.find("\"none.base.dnn.seed1\":[").unwrap();
    let short = text[..row].to_owned() + &text[row..].replacen(",21,", ",", 1);
    for (content, reason) in [
        (&text[..text.len() / 2], "neither a run folder nor a baseline"),
        (&text.replace("synthctr baseline 1", "something"), "its format is `something`"),
        (&short, "row `none.base.dnn.seed1`"),
        ("{}", "neither a run folder nor a baseline"),
    ]
    .map(|(content, reason)| (content.to_owned(), reason))
    {
        fs::write(folder.path().join("bad.json"), content).unwrap();
        let assert = compare(folder.path(), &["bad.json", "new"]).code(2);
        let said = String::from_utf8_lossy(&assert.get_output().stderr).into_owned();
        assert!(said.contains("bad.json") && said.contains(reason), "{said}");
    }
}

#[test]
fn no_baseline_is_made_of_a_damaged_run() {
    let folder = twins(1);
    fs::write(cell_path(&folder.path().join("base"), "dnn", "base", 1), "{").unwrap();
    let assert = compare(folder.path(), &["base", "--save", "base.json"]).code(2);
    let said = String::from_utf8_lossy(&assert.get_output().stderr).into_owned();
    assert!(said.contains("base/cells/none.base.dnn.seed1.json"), "{said}");
    assert!(!folder.path().join("base.json").exists());
}
