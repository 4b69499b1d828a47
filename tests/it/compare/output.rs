//! The table, JUnit XML, Markdown and JSON.

use super::compare;
use super::folders::{cell_path, edit, edit_cells, table_path, twins};
use serde_json::{Value, json};
use std::fs;
use std::path::Path;

/// Two runs with something of everything: a changed cell, a broken constraint, files that are missing,
/// new and damaged.
fn mixed() -> tempfile::TempDir {
    let folder = twins(1);
    let [base, new] = ["base", "new"].map(|name| folder.path().join(name));
    edit(&cell_path(&new, "dnn", "neg25", 1), |cell| {
        cell["test_auc"] = json!(0.8);
        cell["scores_sha256"] = json!("0123456789abcdef");
    });
    edit(&table_path(&new, 1), |table| {
        table["fidelity"]["constraints"][0]["violations"] = json!(2);
    });
    fs::remove_file(cell_path(&new, "dnn", "pos25", 1)).unwrap();
    fs::remove_file(cell_path(&base, "masknet", "pos25", 1)).unwrap();
    fs::write(cell_path(&new, "masknet", "base", 1), "{\"a\": <b>|`c`\n").unwrap();
    folder
}

fn written(folder: &Path) -> [String; 3] {
    let arguments = ["base", "new", "--json", "a.json", "--junit", "a.xml", "--markdown", "a.md"];
    compare(folder, &arguments);
    ["a.json", "a.xml", "a.md"].map(|name| fs::read_to_string(folder.join(name)).unwrap())
}

#[test]
fn table_and_markdown() {
    let folder = mixed();
    let [_, _, markdown] = written(folder.path());
    let assert = compare(folder.path(), &["base", "new"]).code(1);
    crate::snapshots().bind(|| {
        insta::assert_snapshot!("compare_table", super::printed(&assert));
        insta::assert_snapshot!("compare_markdown", markdown);
    });
}

#[test]
fn junit_has_a_case_for_each_result_and_mean() {
    let folder = mixed();
    let [json, xml, _] = written(folder.path());
    let report = quick_junit::Report::deserialize_from_str(&xml).unwrap();
    let cases: Vec<usize> = report.test_suites.iter().map(|suite| suite.test_cases.len()).collect();
    let json: Value = serde_json::from_str(&json).unwrap();
    // Four reasons. Three cells that are equal, one that differs, one missing and one damaged.
    assert_eq!(cases[..3], [4, 5, 2]);
    assert_eq!(cases[3], json["quality"]["effects"].as_array().unwrap().len());
    assert_eq!((report.failures, report.errors), (7, 1));
    assert!(xml.contains(r#"name="resample.joint.neg25.dnn.seed1""#));
    assert!(xml.contains("test_auc: 0.8635270625 -&gt; 0.8"), "{xml}");
}

/// Some reasons are of no cell, mean or cost.
#[test]
fn junit_fails_exactly_when_the_light_is_red() {
    type Edit = fn(&Path);
    fn nothing(_: &Path) {}
    fn other_settings(new: &Path) {
        edit_cells(new, |cell| {
            cell["revision"] = json!(3);
            cell["epochs"] = json!(22);
        });
        fs::write(new.join("experiment.toml"), "[training]\nepochs = 30\n").unwrap();
    }
    fn lost_numbers(new: &Path) {
        edit_cells(new, |cell| cell["test_auc"] = json!(null));
    }
    let cases: [(Edit, &[&str], bool); 5] = [
        (nothing, &[], false),
        (other_settings, &[], true),
        (other_settings, &["--intended"], false),
        (lost_numbers, &[], true),
        (lost_numbers, &["--intended"], true),
    ];
    for (change, more, is_red) in cases {
        let folder = twins(1);
        change(&folder.path().join("new"));
        let arguments = [&["base", "new", "--junit", "a.xml"], more].concat();
        let assert = compare(folder.path(), &arguments).code(i32::from(is_red));
        let xml = fs::read_to_string(folder.path().join("a.xml")).unwrap();
        let report = quick_junit::Report::deserialize_from_str(&xml).unwrap();
        assert_eq!(report.failures + report.errors > 0, is_red, "{xml}");
        let text = super::printed(&assert);
        assert_eq!(text.contains("Why it is red"), is_red, "{text}");
    }
}

#[test]
fn json_has_everything() {
    let folder = mixed();
    let [json, ..] = written(folder.path());
    let report: Value = serde_json::from_str(&json).unwrap();
    assert_eq!(report["green"], json!(false));
    assert_eq!(report["gate"]["auc"], json!(0.02));
    let changes = report["quality"]["changes"].as_array().unwrap();
    let leaves: Vec<&Value> =
        changes.iter().flat_map(|change| change["leaves"].as_array().unwrap()).collect();
    assert_eq!(leaves.len(), 3);
    assert!(leaves.iter().any(|leaf| leaf["path"] == "test_auc" && leaf["base"] == 0.8635270625));
}

#[test]
fn equal_runs_in_every_form() {
    let folder = twins(1);
    let [json, xml, markdown] = written(folder.path());
    assert!(json.contains("\"green\": true"));
    assert!(xml.contains(r#"failures="0" errors="0""#), "{xml}");
    assert!(markdown.starts_with("### ✅ synthctr compare: GREEN"), "{markdown}");
}
