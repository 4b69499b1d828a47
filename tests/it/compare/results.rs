//! What counts as a change of results, and what as a regression.

use super::folders::{cell_path, edit, edit_cells, table_path, twins, write};
use super::{compare, printed};
use serde_json::{Value, json};
use std::fs;
use std::path::Path;

const RUNS: [&str; 2] = ["base", "new"];

/// Compares `base` with `new` and gives the exit code and what was printed.
fn outcome(folder: &Path, more: &[&str]) -> (i32, String) {
    let assert = compare(folder, &[&RUNS, more].concat());
    (assert.get_output().status.code().unwrap(), printed(&assert))
}

#[test]
fn equal_runs_are_green_whatever_they_took() {
    let folder = twins(1);
    edit_cells(&folder.path().join("new"), |cell| {
        for (key, value) in [("train_seconds", json!(9.0)), ("train_peak_mb", json!(99.0))] {
            cell[key] = value;
        }
        cell["jobs"] = json!(8);
        cell["history"][0]["seconds"] = json!(1e3);
    });
    let (code, text) = outcome(folder.path(), &[]);
    assert_eq!(code, 0, "{text}");
    assert!(text.contains("GREEN: 6 cells and 2 measured tables are the same bits"), "{text}");
    assert!(text.contains("were not made in turn"), "{text}");
}

#[test]
fn one_bit_of_one_number_is_red_better_or_worse() {
    for (key, bits) in [("test_auc", 1i64), ("test_logloss", -1)] {
        let folder = twins(1);
        edit(&cell_path(&folder.path().join("new"), "dnn", "base", 1), |cell| {
            let next = cell[key].as_f64().unwrap().to_bits().wrapping_add_signed(bits);
            cell[key] = json!(f64::from_bits(next));
        });
        let (code, text) = outcome(folder.path(), &[]);
        assert_eq!(code, 1, "{text}");
        assert!(text.contains("none.base.dnn.seed1") && text.contains(key), "{text}");
        assert!(text.contains("raise the revision or give --intended"), "{text}");
    }
}

#[test]
fn what_lies_deep_or_in_texts_counts_too() {
    type Edit = fn(&mut Value);
    let edits: [(&str, Edit); 5] = [
        ("cells", |tree| tree["scores_sha256"] = json!("other")),
        ("cells", |tree| tree["history"][0]["train_loss"] = json!(0.5)),
        ("cells", |tree| tree["importance"]["city"] = json!(null)),
        ("cells", |tree| tree["new_number"] = json!(1)),
        ("quality", |tree| tree["fidelity"]["columns"]["item"]["tv_complement"] = json!(0.8)),
    ];
    for (kind, change) in edits {
        let folder = twins(1);
        let new = folder.path().join("new");
        let cell = cell_path(&new, "dnn", "neg25", 1);
        edit(&if kind == "cells" { cell } else { table_path(&new, 1) }, change);
        let (code, text) = outcome(folder.path(), &[]);
        assert_eq!(code, 1, "{text}");
    }
}

#[test]
fn another_revision_declares_changes_which_are_judged_by_their_means() {
    for (loss, expected) in [(0.0, 0), (0.0001, 0), (0.001, 1), (-0.001, 0)] {
        let folder = twins(3);
        let mut noise = 0.0;
        edit_cells(&folder.path().join("new"), |cell| {
            noise = (noise + 0.37) % 1.0;
            cell["revision"] = json!(3);
            cell["fingerprint"] = json!("other");
            let auc = cell["test_auc"].as_f64().unwrap() - loss + 0.0002 * (noise - 0.5);
            cell["test_auc"] = json!(auc);
        });
        let (code, text) = outcome(folder.path(), &[]);
        assert_eq!(code, expected, "loss {loss}:\n{text}");
        assert!(text.contains("another revision declares a change"), "{text}");
    }
}

#[test]
fn another_revision_does_not_excuse_other_settings() {
    let folder = twins(1);
    let new = folder.path().join("new");
    edit_cells(&new, |cell| {
        cell["revision"] = json!(3);
        cell["fingerprint"] = json!("other");
        cell["epochs"] = json!(22);
    });
    assert_eq!(outcome(folder.path(), &[]).0, 0);
    // New keys of a newer program, and what there is to do, are no other settings.
    let text =
        "name = \"x\"\nseeds = [1, 2]\n[training]\nepochs = 60\nnew_key = 1\n[gate]\nauc = 1.0\n";
    fs::write(new.join("experiment.toml"), text).unwrap();
    assert_eq!(outcome(folder.path(), &[]).0, 0);
    fs::write(new.join("experiment.toml"), "[training]\nepochs = 30\n").unwrap();
    let (code, text) = outcome(folder.path(), &[]);
    assert!(code == 1 && text.contains("training.epochs"), "{text}");
    assert_eq!(outcome(folder.path(), &["--intended"]).0, 0);
}

/// Lists of another length, and keys that only one of the two has.
#[test]
fn settings_differ_as_a_whole() {
    let folder = twins(1);
    another_revision(folder.path());
    let says = |run: &str, text: &str| {
        fs::write(folder.path().join(run).join("experiment.toml"), text).unwrap();
    };
    let units = |units: &str| format!("[model.dnn]\nhidden_units = {units}\n");
    says("base", &units("[400, 400, 400]"));
    for (new, expected, said) in [
        (units("[400, 400, 400]"), 0, "another revision declares"),
        (units("[400]"), 1, "besides the revision, settings differ (model.dnn.hidden_units)"),
        (units("[400, 400, 300]"), 1, "settings differ (model.dnn.hidden_units)"),
        ("[model.masknet]\nblocks = 2\n".to_owned(), 1, "settings differ (model.dnn.hidden_units)"),
        (
            units("[400, 400, 400]") + "[dataset]\nrows = 1000\n",
            0,
            "settings that only NEW has: dataset.rows",
        ),
    ] {
        says("new", &new);
        let (code, text) = outcome(folder.path(), &[]);
        assert!(code == expected && text.contains(said), "{text}");
    }
    says("new", &units("[400]"));
    let (code, text) = outcome(folder.path(), &["--intended"]);
    assert!(code == 0 && text.contains("of the settings differ: model.dnn.hidden_units"), "{text}");
}

/// Makes `new` a run of another revision, with other results.
fn another_revision(folder: &Path) {
    edit_cells(&folder.join("new"), |cell| {
        cell["revision"] = json!(3);
        cell["epochs"] = json!(22);
    });
}

/// Says of a run of what data it is.
fn is_of_data(folder: &Path, run: &str, dataset: &Value) {
    write(&folder.join(run).join("environment.json"), &json!({"dataset": dataset}));
}

#[test]
fn another_revision_does_not_excuse_other_data() {
    let folder = twins(1);
    another_revision(folder.path());
    let real = |train: &str, rows: u32| {
        let checksums = json!({"test": "same", "train": train});
        json!({"checksums": checksums, "rows": {"train": rows}, "bayes_auc": null})
    };
    let simulated = |md5: &str, rows: u32| json!({"checksums": {"train": md5}, "rows": {"train": rows}, "bayes_auc": 0.9});
    for (old, new, differing) in [
        (real("published", 900), real("published", 900), None),
        (real("published", 900), real("redrawn", 900), Some("train")),
        (real("published", 900), real("published", 800), Some("rows")),
        (
            real("published", 900),
            json!({"checksums": {"all": "x"}}),
            Some("all, rows, test, train"),
        ),
        // Another revision may simulate other rows, but not another number of them.
        (simulated("one", 900), simulated("other", 900), None),
        (simulated("one", 900), simulated("one", 800), Some("rows")),
    ] {
        is_of_data(folder.path(), "base", &old);
        is_of_data(folder.path(), "new", &new);
        let expected = i32::from(differing.is_some());
        let (code, text) = outcome(folder.path(), &[]);
        assert_eq!(code, expected, "{text}");
        // A baseline knows them too.
        compare(folder.path(), &["base", "--save", "base.json"]).success();
        let of_baseline = printed(&compare(folder.path(), &["base.json", "new"]).code(expected));
        for text in [text, of_baseline] {
            let named = differing.map(|parts| format!("the data differ ({parts})"));
            assert!(named.is_none_or(|named| text.contains(&named)), "{text}");
            // What is a reason is no note, too.
            assert!(!text.contains("of the data differ"), "{text}");
        }
        let (code, text) = outcome(folder.path(), &["--intended"]);
        let noted = text.contains("of the data differ");
        assert!(code == 0 && noted == differing.is_some(), "{text}");
    }
    fs::remove_file(folder.path().join("base/environment.json")).unwrap();
    let (code, text) = outcome(folder.path(), &[]);
    assert!(code == 0 && text.contains("does not say of what data"), "{text}");
}

/// The same files elsewhere are the same data.
#[test]
fn where_files_lie_is_no_setting() {
    let folder = twins(1);
    another_revision(folder.path());
    for run in RUNS {
        let root = folder.path().join(run);
        let text = format!("seeds = [1]\n[dataset]\ntrain = \"{run}.csv\"\n");
        fs::write(root.join("experiment.toml"), text).unwrap();
    }
    let (code, text) = outcome(folder.path(), &[]);
    assert!(code == 1 && text.contains("dataset.train"), "{text}");
    for run in RUNS {
        is_of_data(folder.path(), run, &json!({"checksums": {"train": "same"}}));
    }
    let (code, text) = outcome(folder.path(), &[]);
    assert_eq!(code, 0, "{text}");
}

#[test]
fn other_instructions_are_judged_by_their_means() {
    let folder = twins(2);
    let mut sign = 1.0;
    edit_cells(&folder.path().join("new"), |cell| {
        sign = -sign;
        cell["instruction_set"] = json!("avx512");
        cell["test_auc"] = json!(cell["test_auc"].as_f64().unwrap() + 1e-4 * sign);
        cell["scores_sha256"] = json!("other");
    });
    let (code, text) = outcome(folder.path(), &[]);
    assert_eq!(code, 0, "{text}");
    assert!(text.contains("avx2 → avx512") && text.contains("cannot be expected"), "{text}");
}

#[test]
fn cuda_does_not_repeat_its_bits() {
    let folder = twins(1);
    for run in RUNS {
        edit_cells(&folder.path().join(run), |cell| cell["device"] = json!("cuda"));
    }
    edit_cells(&folder.path().join("new"), |cell| cell["scores_sha256"] = json!("other"));
    let (code, text) = outcome(folder.path(), &[]);
    assert!(code == 0 && text.contains("cuda does not repeat its bits"), "{text}");
}

#[test]
fn other_settings_are_red_until_they_are_meant() {
    let folder = twins(1);
    edit_cells(&folder.path().join("new"), |cell| {
        cell["fingerprint"] = json!("other");
        cell["epochs"] = json!(30);
    });
    let (code, text) = outcome(folder.path(), &[]);
    assert_eq!(code, 1, "{text}");
    assert!(text.contains("6 cells made with other settings or data"), "{text}");
    let (code, text) = outcome(folder.path(), &["--intended"]);
    assert_eq!(code, 0, "{text}");
}

#[test]
fn a_broken_constraint_is_red_even_if_changes_are_meant() {
    let folder = twins(1);
    edit(&table_path(&folder.path().join("new"), 1), |table| {
        table["fidelity"]["constraints"][0]["violations"] = json!(1);
    });
    let (code, text) = outcome(folder.path(), &["--intended"]);
    assert_eq!(code, 1, "{text}");
    assert!(text.contains("constraints are broken in 1 table"), "{text}");
    assert!(text.contains("/constraints/0/violations"), "{text}");
}

#[test]
fn missing_cells_are_red_and_new_ones_are_not() {
    let folder = twins(1);
    let path = |run: &str| cell_path(&folder.path().join(run), "dnn", "pos25", 1);
    fs::remove_file(path("base")).unwrap();
    let (code, text) = outcome(folder.path(), &[]);
    assert_eq!(code, 0, "{text}");
    assert!(
        text.contains("In NEW and not in BASE\n  cells/resample.joint.pos25.dnn.seed1"),
        "{text}"
    );
    fs::remove_file(path("new")).unwrap();
    fs::remove_file(table_path(&folder.path().join("new"), 1)).unwrap();
    let (code, text) = outcome(folder.path(), &[]);
    assert_eq!(code, 1, "{text}");
    assert!(text.contains("1 measured table of BASE missing in NEW"), "{text}");
}

#[test]
fn damaged_files_are_red_and_named() {
    let whole =
        fs::read_to_string(cell_path(&twins(1).path().join("new"), "dnn", "base", 1)).unwrap();
    let half = &whole[..whole.len() / 2];
    for content in ["", half, "[]", "{}", r#"{"program": "x"}"#, "\u{0}\u{1}", "{\"a\":1}}"] {
        for run in RUNS {
            let folder = twins(1);
            let path = cell_path(&folder.path().join(run), "dnn", "base", 1);
            fs::write(&path, content).unwrap();
            let (code, text) = outcome(folder.path(), &["--intended"]);
            assert_eq!(code, 1, "{text}");
            assert!(text.contains(&format!("{run}/cells/none.base.dnn.seed1.json")), "{text}");
        }
    }
}

#[test]
fn what_cannot_be_compared_is_named_and_has_exit_code_2() {
    let folder = twins(1);
    fs::create_dir(folder.path().join("empty")).unwrap();
    fs::write(folder.path().join("text"), "hello").unwrap();
    fs::create_dir_all(folder.path().join("none/cells")).unwrap();
    fs::write(folder.path().join("none/experiment.toml"), "").unwrap();
    for (name, reason) in [
        ("empty", "empty is neither a run folder nor a baseline: it holds no experiment.toml"),
        ("text", "text is neither a run folder nor a baseline"),
        ("none", "it holds no results"),
        ("absent", "cannot read absent"),
    ] {
        for arguments in [["base", name], [name, "new"]] {
            let assert = compare(folder.path(), &arguments).code(2);
            let said = String::from_utf8_lossy(&assert.get_output().stderr).into_owned();
            assert!(said.contains(reason), "{said}");
        }
    }
    let experiment = folder.path().join("new/experiment.toml");
    let other = "[dataset]\nname = \"other\"\n";
    fs::write(&experiment, other).unwrap();
    fs::write(folder.path().join("base/experiment.toml"), other.replace("other", "mine")).unwrap();
    for more in [&[][..], &["--intended"]] {
        let assert = compare(folder.path(), &[&RUNS, more].concat()).code(2);
        let said = String::from_utf8_lossy(&assert.get_output().stderr).into_owned();
        assert!(said.contains("base is of the data set mine and new of other"), "{said}");
    }
    compare(folder.path(), &["base"]).code(2);
    compare(folder.path(), &["base", "new", "quick"]).code(2);
    compare(folder.path(), &["base", "new", "--json", "base"]).code(2);
    for (line, said) in
        [("gate.acu = 1.0", "acu"), ("gate.auc = -1.0", "gate.auc"), ("x = [", "experiment.toml")]
    {
        fs::write(folder.path().join("new/experiment.toml"), line).unwrap();
        let assert = compare(folder.path(), &RUNS).code(2);
        let stderr = String::from_utf8_lossy(&assert.get_output().stderr).into_owned();
        assert!(stderr.contains(said), "{stderr}");
    }
}

#[test]
fn the_worst_stands_first_and_the_rest_is_counted() {
    let folder = twins(2);
    let mut loss = 0.0;
    edit_cells(&folder.path().join("new"), |cell| {
        loss += 0.001;
        cell["test_auc"] = json!(cell["test_auc"].as_f64().unwrap() - loss);
    });
    edit(&cell_path(&folder.path().join("new"), "masknet", "pos25", 2), |cell| {
        cell["test_auc"] = json!(0.5);
    });
    let (_, text) = outcome(folder.path(), &["--worst", "3"]);
    let first = text.lines().find(|line| line.contains("seed")).unwrap();
    assert!(first.contains("resample.joint.pos25.masknet.seed2"), "{text}");
    assert!(text.contains("… and 9 more that differ"), "{text}");
    assert!(text.lines().all(|line| line.chars().count() <= 120), "{text}");
}

#[test]
fn numbers_that_are_gone_are_red_even_if_changes_are_meant() {
    let folder = twins(1);
    edit_cells(&folder.path().join("new"), |cell| cell["test_auc"] = json!(null));
    let (code, text) = outcome(folder.path(), &["--intended"]);
    assert_eq!(code, 1, "{text}");
    assert!(text.contains("test AUC in 6 results of BASE are no numbers in NEW"), "{text}");
}

#[test]
fn what_may_be_noise_is_said() {
    let folder = twins(1);
    edit(&cell_path(&folder.path().join("new"), "dnn", "base", 1), |cell| {
        cell["test_auc"] = json!(cell["test_auc"].as_f64().unwrap() - 0.05);
    });
    let (code, text) = outcome(folder.path(), &["--intended"]);
    assert_eq!(code, 0, "{text}");
    assert!(text.contains("cannot tell it from noise"), "{text}");
}

/// A change does not tolerate itself.
#[test]
fn the_tolerances_are_those_of_base() {
    let folder = twins(3);
    another_revision(folder.path());
    let mut noise = 0.0;
    edit_cells(&folder.path().join("new"), |cell| {
        noise = (noise + 0.37) % 1.0;
        cell["test_auc"] = json!(cell["test_auc"].as_f64().unwrap() - 0.01 + 0.0002 * noise);
    });
    let says = |run: &str, gate: &str| {
        let text = format!("name = \"x\"\n[training]\nepochs = 60\n{gate}");
        fs::write(folder.path().join(run).join("experiment.toml"), text).unwrap();
    };
    let check = |more: &[&str], expected: i32, said: &str| {
        let (code, text) = outcome(folder.path(), more);
        assert!(code == expected && text.contains(said), "{said}:\n{text}");
    };
    says("base", "[gate]\nauc = 0.02\n");
    says("new", "[gate]\nauc = 50\n");
    check(&[], 1, "gate.auc: BASE's 0.02 counts, not NEW's 50.0");
    check(&["--gate", "auc=2"], 0, "gate.auc: 2 on the command line");
    // A baseline keeps them.
    compare(folder.path(), &["base", "--save", "base.json"]).success();
    let text = printed(&compare(folder.path(), &["base.json", "new"]).code(1));
    assert!(text.contains("gate.auc: BASE's 0.02 counts"), "{text}");
    says("base", "[gate]\nlogloss = 0.001\n");
    check(&[], 0, "gate.auc: NEW's 50.0 counts, since BASE has none");
    says("base", "");
    check(&[], 0, "BASE does not say what is tolerated: NEW's tolerances count");
    says("new", "");
    let (code, text) = outcome(folder.path(), &[]);
    assert!(code == 1 && !text.contains("gate."), "{text}");
    for (given, said) in [
        ("auc", "it must be KEY=VALUE"),
        ("auc=much", "`much` is no number"),
        ("auc=-1", "gate.auc is -1"),
        ("acu=1", "unknown field `acu`"),
    ] {
        let assert = compare(folder.path(), &[&RUNS, &["--gate", given][..]].concat()).code(2);
        let stderr = String::from_utf8_lossy(&assert.get_output().stderr).into_owned();
        assert!(stderr.contains(said), "{stderr}");
    }
}

/// A log shows its last line.
#[test]
fn the_last_line_says_why() {
    let folder = twins(1);
    let last = |more: &[&str]| {
        let (_, text) = outcome(folder.path(), more);
        text.lines().last().unwrap_or_default().to_owned()
    };
    assert_eq!(last(&[]), "GREEN: 6 cells and 2 measured tables are the same bits");
    let new = folder.path().join("new");
    fs::remove_file(cell_path(&new, "dnn", "base", 1)).unwrap();
    assert_eq!(last(&[]), "RED: 1 cell of BASE missing in NEW");
    assert_eq!(last(&["--json", "a.json"]), "RED: 1 cell of BASE missing in NEW");
    edit_cells(&new, |cell| cell["epochs"] = json!(1));
    let expected = "RED: 1 cell of BASE missing in NEW, and one more reason";
    assert_eq!(last(&[]), expected);
    fs::write(cell_path(&new, "dnn", "base", 1), "{").unwrap();
    let expected = "RED: one file is damaged, and one more reason";
    assert_eq!(last(&[]), expected);
}

#[cfg(unix)]
#[test]
fn links_stay_links_and_devices_devices() {
    use std::os::unix::fs::FileTypeExt;
    let folder = twins(1);
    let path = |name: &str| folder.path().join(name);
    fs::write(path("old.json"), "old").unwrap();
    std::os::unix::fs::symlink("old.json", path("link.json")).unwrap();
    let (code, text) = outcome(folder.path(), &["--json", "link.json"]);
    assert_eq!(code, 0, "{text}");
    assert!(fs::symlink_metadata(path("link.json")).unwrap().is_symlink());
    assert!(fs::read_to_string(path("old.json")).unwrap().starts_with('{'));

    // A device of this test's own: a pipe, which has room for all that is written.
    let pipe = std::ffi::CString::new(path("pipe").to_str().unwrap()).unwrap();
    // SAFETY: the name is a C string that lives longer than the call.
    assert_eq!(unsafe { libc::mkfifo(pipe.as_ptr(), 0o600) }, 0);
    let reader = {
        let path = path("pipe");
        std::thread::spawn(move || fs::read_to_string(path).unwrap())
    };
    let (code, text) = outcome(folder.path(), &["--json", "pipe"]);
    assert_eq!(code, 0, "{text}");
    assert!(reader.join().unwrap().starts_with('{'));
    assert!(fs::symlink_metadata(path("pipe")).unwrap().file_type().is_fifo());
}
