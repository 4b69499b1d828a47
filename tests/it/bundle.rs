//! Runs in one file: exported, damaged, redone.

use crate::experiment::{synthctr, tiny_folder};
use proptest::prelude::*;
use serde_json::Value;
use std::fs;
use std::path::Path;
use synthctr::bundle::{self, Bundle};

/// A finished tiny run with measurements, exported; gives the root that was printed.
fn exported() -> (tempfile::TempDir, String) {
    let folder = tiny_folder();
    synthctr(folder.path()).args(["run", "tiny.toml"]).assert().success();
    let root = export(folder.path(), "tiny.synthctr");
    (folder, root)
}

fn export(folder: &Path, out: &str) -> String {
    let output = synthctr(folder).args(["export", "runs/tiny", "--out", out]).assert().success();
    let said = String::from_utf8_lossy(&output.get_output().stdout).into_owned();
    said.split("\nroot ").nth(1).unwrap().trim().to_owned()
}

/// How a replay ends, and what it prints and says.
fn replay(folder: &Path, arguments: &[&str]) -> (i32, String) {
    let mut command = synthctr(folder);
    let output = command.args(["replay", "tiny.synthctr"]).args(arguments).output().unwrap();
    let text = [output.stdout, output.stderr].concat();
    (output.status.code().unwrap(), String::from_utf8(text).unwrap())
}

/// Changes a cell's file in the run, as somebody does who knows of its seal.
fn change(folder: &Path, name: &str, change: impl FnOnce(&mut Value)) {
    let path = folder.join(format!("runs/tiny/cells/{name}.json"));
    let mut record: Value = serde_json::from_slice(&fs::read(&path).unwrap()).unwrap();
    change(&mut record);
    record.as_object_mut().unwrap().remove("seal");
    fs::write(&path, serde_json::to_vec_pretty(&record).unwrap()).unwrap();
}

#[test]
fn a_run_whose_experiment_is_gone_is_not_handed_on() {
    let (folder, _) = exported();
    fs::write(folder.path().join("runs/tiny/experiment.toml"), "").unwrap();
    for arguments in [["export", "runs/tiny"], ["verify", "runs/tiny"]] {
        let output = synthctr(folder.path()).args(arguments).assert().failure();
        let said = String::from_utf8_lossy(&output.get_output().stderr).into_owned();
        assert!(said.contains("experiment.toml"), "{said}");
    }
}

#[test]
fn a_bundle_has_the_results_and_not_a_row() {
    let (folder, root) = exported();
    let bundle = Bundle::read(&folder.path().join("tiny.synthctr")).unwrap();
    assert_eq!(bundle.root, root);
    let names: Vec<&str> = bundle.files.keys().map(String::as_str).collect();
    assert_eq!(names.iter().filter(|name| name.starts_with("cells/")).count(), 20);
    for name in ["experiment.toml", "environment.json", "results.csv", "fidelity.json"] {
        assert!(names.contains(&name), "{name}");
    }
    assert!(names.iter().any(|name| name.starts_with("quality/independent.")));
    assert!(names.iter().all(|name| !name.contains("parquet") && !name.contains("scores")));
    // The same results are the same bytes; others are not, and have another root.
    assert_eq!(export(folder.path(), "again.synthctr"), root);
    let read = |name: &str| fs::read(folder.path().join(name)).unwrap();
    assert!(read("tiny.synthctr") == read("again.synthctr"));
    change(folder.path(), "none.base.dnn.seed1", |record| record["epochs"] = Value::from(9));
    assert_ne!(export(folder.path(), "again.synthctr"), root);
}

#[test]
fn a_damaged_cell_is_not_handed_on() {
    let (folder, _) = exported();
    let cell = folder.path().join("runs/tiny/cells/none.base.dnn.seed1.json");
    fs::write(&cell, [0xff; 100]).unwrap();
    let output = synthctr(folder.path()).args(["export", "runs/tiny"]).assert().failure();
    let said = String::from_utf8_lossy(&output.get_output().stderr).into_owned();
    assert!(said.contains("none.base.dnn.seed1.json: damaged ("), "{said}");
    assert!(said.contains("`synthctr run` makes it again"), "{said}");
}

#[test]
fn redone_cells_are_equal_and_a_changed_number_is_found() {
    let (folder, root) = exported();
    let (code, said) = replay(folder.path(), &["--sample", "4", "--root", &root[..8]]);
    assert_eq!((code, said.matches("every bit is equal").count()), (0, 4), "{said}");
    assert!(said.contains("4 of 20 cells redone"), "{said}");
    // Other cells with another seed.
    let (_, other) = replay(folder.path(), &["--sample", "4", "--seed", "2"]);
    let names = |said: &str| -> Vec<String> {
        let lines = said.lines().filter(|line| line.contains("every bit"));
        lines.map(|line| line.trim().split(' ').next().unwrap().to_owned()).collect()
    };
    assert_ne!(names(&said), names(&other));
    // In whatever case a root is quoted, but not so short that another may begin alike.
    let (code, said) =
        replay(folder.path(), &["--sample", "0", "--root", &root[..12].to_uppercase()]);
    assert_eq!(code, 0, "{said}");
    let (code, said) = replay(folder.path(), &["--sample", "0", "--root", "00000000"]);
    assert!(code == 2 && said.contains("not 00000000") && said.contains(&root), "{said}");
    for (short, wanted) in [(&root[..4], "give at least 8 digits"), ("my root", "digits 0 to 9")] {
        let (code, said) = replay(folder.path(), &["--sample", "0", "--root", short]);
        assert!(code == 2 && said.contains(wanted), "{said}");
    }
    // The last bit of an AUC.
    change(folder.path(), "none.base.dnn.seed1", |record| {
        let auc = record["test_auc"].as_f64().unwrap();
        record["test_auc"] = Value::from(f64::from_bits(auc.to_bits() + 1));
    });
    export(folder.path(), "tiny.synthctr");
    let (code, said) = replay(folder.path(), &["--sample", "20"]);
    assert_eq!((code, said.matches("every bit is equal").count()), (1, 19), "{said}");
    assert!(said.contains("DIFFERS: test_auc: 0."), "{said}");
}

/// Who asks for more cells than can be redone here is not told that all is well.
#[test]
fn fewer_cells_than_asked_for_are_no_answer() {
    let (folder, _) = exported();
    let cells = fs::read_dir(folder.path().join("runs/tiny/cells")).unwrap();
    let names = cells.map(|cell| cell.unwrap().file_name().to_string_lossy().replace(".json", ""));
    for name in names.filter(|name| !name.starts_with("none.")) {
        change(folder.path(), &name, |record| record["fingerprint"] = Value::from("other"));
    }
    export(folder.path(), "tiny.synthctr");
    let (code, said) = replay(folder.path(), &["--sample", "15"]);
    assert_eq!((code, said.matches("every bit is equal").count()), (2, 4), "{said}");
    let headline = "4 of 20 cells redone; 16 cannot be: made with other settings or other data";
    assert!(said.contains(headline), "{said}");
    // As many as are asked for.
    let (code, said) = replay(folder.path(), &["--sample", "3"]);
    assert_eq!((code, said.matches("every bit is equal").count()), (0, 3), "{said}");
    assert!(said.contains("3 of 20 cells redone; 16 cannot be"), "{said}");
}

#[test]
fn what_cannot_be_compared_is_refused() {
    let (folder, _) = exported();
    let of_all = |folder: &Path, key: &str, value: &str| {
        for entry in fs::read_dir(folder.join("runs/tiny/cells")).unwrap() {
            let name = entry.unwrap().file_name().to_string_lossy().replace(".json", "");
            change(folder, &name, |record| record[key] = Value::from(value));
        }
        export(folder, "tiny.synthctr");
    };
    of_all(folder.path(), "instruction_set", "abacus");
    let (code, said) = replay(folder.path(), &[]);
    assert!(code == 2 && said.contains("made on another instruction set"), "{said}");
    let (code, said) = replay(folder.path(), &["--tolerance", "0.5"]);
    assert_eq!((code, said.matches("every bit is equal").count()), (0, 3), "{said}");
    change(folder.path(), "none.base.dnn.seed1", |record| {
        record["test_auc"] = Value::from(record["test_auc"].as_f64().unwrap() + 0.003);
    });
    export(folder.path(), "tiny.synthctr");
    let (code, said) = replay(folder.path(), &["--sample", "20", "--tolerance", "0.5"]);
    assert!(code == 0 && said.contains("AUC -0.3000 points, within the tolerance"), "{said}");
    let (code, said) = replay(folder.path(), &["--sample", "20", "--tolerance", "0.1"]);
    assert!(code == 1 && said.contains("DIFFERS: test_auc"), "{said}");
    // What is no measurement is equal everywhere.
    change(folder.path(), "none.base.dnn.seed2", |record| record["train_rows"] = Value::from(7));
    export(folder.path(), "tiny.synthctr");
    let (code, said) = replay(folder.path(), &["--sample", "20", "--tolerance", "0.5"]);
    assert!(code == 1 && said.contains("DIFFERS: train_rows"), "{said}");
    of_all(folder.path(), "fingerprint", "other");
    let (code, said) = replay(folder.path(), &[]);
    assert!(
        code == 2
            && said.contains("no cell of it can be redone here: all were made with other settings"),
        "{said}"
    );
    fs::remove_dir_all(folder.path().join("runs/tiny/cells")).unwrap();
    let mut command = synthctr(folder.path());
    let output = command.args(["export", "runs/tiny"]).output().unwrap();
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(said.contains("is not a run folder with finished cells"), "{said}");
    assert!(!folder.path().join("runs/tiny.synthctr").exists());
}

/// A cell without notes, redone without the `base` that it would be compared with.
#[test]
fn cells_without_notes_are_redone_too() {
    let folder = tiny_folder();
    // Few enough test rows that the fields' importance needs no note, all of whose items are known.
    let few =
        ["--set", "dataset.simulator.test_rows=150", "--generators", "resample", "--models", "dnn"];
    let mut run = synthctr(folder.path());
    run.args(["run", "tiny.toml", "--no-quality"]).args(few).assert().success();
    export(folder.path(), "tiny.synthctr");
    let path = folder.path().join("runs/tiny/cells/resample.per-class.neg25.dnn.seed1.json");
    let record: Value = serde_json::from_slice(&fs::read(path).unwrap()).unwrap();
    assert_eq!(record["notes"], Value::from(Vec::<Value>::new()));
    for seed in ["1", "2", "3"] {
        let (code, said) = replay(folder.path(), &["--sample", "1", "--seed", seed]);
        assert_eq!(code, 0, "{said}");
    }
    // Another call that finds nothing to do changes nothing.
    let root = export(folder.path(), "tiny.synthctr");
    let mut run = synthctr(folder.path());
    run.args(["run", "tiny.toml", "--no-quality"]).args(few).assert().success();
    assert_eq!(export(folder.path(), "tiny.synthctr"), root);
}

#[test]
fn a_strangers_programs_are_not_run_unasked() {
    let folder = tiny_folder();
    let own =
        "[generator.mine]\ncommand = ['sh', '-c', 'touch seen; cp rows.csv $0/synthetic.csv']\n";
    let text = fs::read_to_string(folder.path().join("tiny.toml")).unwrap();
    fs::write(folder.path().join("tiny.toml"), text + own).unwrap();
    let mut run = synthctr(folder.path());
    run.args(["run", "tiny.toml", "--no-quality", "--models", "dnn"]).assert().success();
    export(folder.path(), "tiny.synthctr");
    let (code, said) = replay(folder.path(), &["--sample", "1"]);
    assert!(
        code == 2 && said.contains("runs programs of whoever made it: `sh -c touch seen"),
        "{said}"
    );
    assert!(!folder.path().join("seen").exists());
    let (code, said) = replay(folder.path(), &["--sample", "1", "--allow-programs"]);
    assert_eq!(code, 0, "{said}");
}

/// A bundle made of a run folder of a few bytes.
fn small(folder: &Path) -> Vec<u8> {
    let run = folder.join("run");
    fs::create_dir_all(run.join("cells")).unwrap();
    fs::write(run.join("experiment.toml"), "name = \"small\"\n").unwrap();
    for name in ["a", "b", "c"] {
        fs::write(run.join(format!("cells/{name}.json")), format!("{{\"{name}\": 1}}")).unwrap();
    }
    let path = folder.join("small.synthctr");
    bundle::write(&run, &path).unwrap();
    fs::read(&path).unwrap()
}

#[test]
fn any_flipped_byte_and_any_cut_is_found() {
    let folder = tempfile::tempdir().unwrap();
    let bytes = small(folder.path());
    let path = folder.path().join("other.synthctr");
    let reads = |content: &[u8]| {
        fs::write(&path, content).unwrap();
        Bundle::read(&path).map(|bundle| bundle.root)
    };
    reads(&bytes).unwrap();
    for at in 0..bytes.len() {
        let mut other = bytes.clone();
        other[at] ^= 1 << (at % 8);
        assert!(reads(&other).is_err(), "byte {at}");
        assert!(reads(&bytes[..at]).is_err(), "cut at {at}");
    }
    assert!(reads(&[&bytes[..], b"x"].concat()).is_err());
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    /// A bundle of somebody who knows how to hash.
    #[test]
    fn an_archive_of_anything_with_the_right_hash_is_no_panic(
        at: prop::sample::Index, bytes in prop::collection::vec(any::<u8>(), 1..20)
    ) {
        use sha2::{Digest, Sha256};
        let folder = tempfile::tempdir().unwrap();
        let whole = small(folder.path());
        let line = whole.iter().position(|&byte| byte == b'\n').unwrap() + 1;
        let mut archive = whole[line..].to_vec();
        let at = at.index(archive.len());
        let end = (at + bytes.len()).min(archive.len());
        archive.splice(at..end, bytes);
        let hash: String = Sha256::digest(&archive).iter().map(|byte| format!("{byte:02x}")).collect();
        let begin = format!("synthctr-bundle 1 sha256 {hash}\n");
        let path = folder.path().join("other.synthctr");
        fs::write(&path, [begin.as_bytes(), &archive].concat()).unwrap();
        let whole = Bundle::read(&folder.path().join("small.synthctr")).unwrap();
        // What is read all the same has the same files: an archive has bytes of no account.
        if let Ok(read) = Bundle::read(&path) {
            prop_assert_eq!(read.files, whole.files);
        }
    }
}
