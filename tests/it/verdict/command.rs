//! `synthctr verify` and `run --until-decided` as commands.

use super::folder::{self, at, cell};
use crate::experiment::synthctr;
use crate::snapshots;
use serde_json::Value;
use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use synthctr::verdict::{Claims, claims};

const CLAIMS: &str = "\
title = 'Planted effects'
source = 'nowhere'
[[claim]]
id = 'better'
where = 'page 1'
sentence = 'Negatives of ctgan add 0.2 points.'
generators = ['ctgan']
scenarios = ['neg25']
models = ['dnn', 'deepfm']
comparator = 'base'
direction = 'higher'
value = 0.2
[[claim]]
id = 'worse'
sentence = 'Positives of ctgan do harm.'
generators = ['ctgan']
scenarios = ['pos25']
models = ['dnn']
comparator = 'base'
direction = 'lower'
[[claim]]
id = 'copies'
sentence = 'Ctgan copies most rows.'
generators = ['ctgan']
scenarios = ['neg25']
measure = 'identical-rows'
direction = 'higher'
than = 50
";

/// Five seeds without chance: differences of exactly the planted effects on average.
fn planted(root: &Path) {
    let mut cells = Vec::new();
    for seed in 1..=5u64 {
        let wobble = 0.01 * (seed as f64 - 3.0);
        for model in ["dnn", "deepfm"] {
            cells.push(cell("none", "base", model, seed, 98.0 + wobble));
            cells.push(cell("ctgan.joint", "neg25", model, seed, 98.2 - wobble));
            cells.push(cell("ctgan.joint", "pos25", model, seed, 98.0 + 4.0 * wobble));
        }
    }
    folder::write(root, &cells, "name = 'planted'\n");
}

#[test]
fn a_verdict_is_printed_and_stored() {
    let folder = tempfile::tempdir().unwrap();
    planted(&folder.path().join("run"));
    fs::write(folder.path().join("claims.toml"), CLAIMS).unwrap();
    let output = synthctr(folder.path())
        .args(["verify", "run", "--claims", "claims.toml", "--all", "--why"])
        .assert()
        .code(1)
        .get_output()
        .stdout
        .clone();
    let text = String::from_utf8(output).unwrap();
    assert!(text.lines().all(|line| line.chars().count() <= 120), "{text}");
    snapshots().bind(|| insta::assert_snapshot!("verdict", text));

    let file = folder.path().join("run/verdict.claims.json");
    let text = fs::read_to_string(&file).unwrap();
    let whole = |line: &&str| {
        line.trim_start().starts_with("{\"generator\": ") && line.contains("\"comparator_cells\": ")
    };
    let comparisons = text.lines().filter(whole).count();
    let verdict: Value = serde_json::from_str(&text).unwrap();
    let listed = (0..).map_while(|i| verdict.pointer(&format!("/claims/{i}/comparisons")));
    assert_eq!(comparisons, listed.map(|list| list.as_array().unwrap().len()).sum::<usize>());
    assert!(at(&verdict, "/why").as_array().is_some_and(|why| !why.is_empty()));
    assert_eq!(at(&verdict, "/claims/0/answer"), "reproduced");
    assert_eq!(at(&verdict, "/claims/0/where"), "page 1");
    assert_eq!(at(&verdict, "/claims/2/answer"), "contradicted");
    assert_eq!(at(&verdict, "/claims/0/comparisons/0/cells/0"), "ctgan.joint.neg25.dnn");
    let mean = at(&verdict, "/claims/0/comparisons/0/mean").as_f64().unwrap();
    assert!((mean - 0.2).abs() < 1e-9);

    // Where differences come from is half of the file, and made from the cells at any time: only if asked for.
    synthctr(folder.path()).args(["verify", "run", "--claims", "claims.toml"]).assert().code(1);
    let shorter: Value = serde_json::from_slice(&fs::read(&file).unwrap()).unwrap();
    assert_eq!(shorter.get("why"), None);
    assert_eq!(at(&shorter, "/claims"), at(&verdict, "/claims"));

    let of = |id: &str| {
        let args = ["verify", "run", "--claims", "claims.toml", "--claim", id];
        synthctr(folder.path()).args(args).assert()
    };
    of("better").code(0);
    of("copies").code(1);
    of("worse").code(2);
}

#[test]
fn without_an_answer_the_exit_code_is_two_and_says_why() {
    let folder = tempfile::tempdir().unwrap();
    planted(&folder.path().join("run"));
    let text = |args: &[&str]| {
        let output = synthctr(folder.path()).arg("verify").args(args).assert().code(2);
        String::from_utf8(output.get_output().stderr.clone()).unwrap()
    };
    assert!(text(&["nowhere"]).contains("nowhere is not a run folder"));
    assert!(text(&["run", "--claim", "basline"]).contains("did you mean `baselines`?"));
    assert!(text(&["run", "--claims", "none.toml"]).contains("cannot read none.toml"));
    fs::write(folder.path().join("bad.toml"), CLAIMS.replace("'higher'", "'hihger'")).unwrap();
    let message = text(&["run", "--claims", "bad.toml"]);
    assert!(message.contains("bad.toml:11:") && message.contains("`higher`"), "{message}");

    // A damaged cell is named and left out; without cells there is nothing to judge.
    let cells = folder.path().join("run/cells");
    fs::write(cells.join("none.base.dnn.seed1.json"), "{").unwrap();
    let claim = ["verify", "run", "--claim", "smoten-copies"];
    let output = synthctr(folder.path()).args(claim).assert().code(2);
    let stdout = String::from_utf8(output.get_output().stdout.clone()).unwrap();
    assert!(stdout.contains("none.base.dnn.seed1.json is left"), "{stdout}");
    // So is one that cannot be, and one under another's name.
    let (one, two) =
        (cells.join("none.base.dnn.seed2.json"), cells.join("none.base.dnn.seed3.json"));
    fs::copy(&two, cells.join("none.base.dnn.seed4.json")).unwrap();
    let text_of = fs::read_to_string(&one).unwrap().replace("\"test_auc\": 0.", "\"test_auc\": 7.");
    fs::write(&one, text_of).unwrap();
    let output = synthctr(folder.path()).args(claim).assert().code(2);
    let stdout = String::from_utf8(output.get_output().stdout.clone()).unwrap();
    assert!(stdout.contains("which is no AUC"), "{stdout}");
    assert!(stdout.contains("it is a result of none.base.dnn.seed3"), "{stdout}");
    for entry in fs::read_dir(&cells).unwrap() {
        fs::remove_file(entry.unwrap().path()).unwrap();
    }
    assert!(text(&["run"]).contains("holds no finished cell"));
}

#[test]
fn the_papers_claims_can_be_printed_and_read_again() {
    let folder = tempfile::tempdir().unwrap();
    let output = synthctr(folder.path()).args(["verify", "--print-claims"]).assert().code(0);
    let text = String::from_utf8(output.get_output().stdout.clone()).unwrap();
    assert_eq!(text, claims::PAPER);
    assert_eq!(Claims::parse("x", &text).unwrap(), Claims::paper().unwrap());
}

const TINY: &str = r#"
name = "tiny"
seeds = 3
generators = ["resample", "uniform-item"]
conditioning = ["joint"]
scenarios = ["base", "neg25", "synthetic-only"]
models = ["dnn"]
[dataset]
name = "simulated"
simulator = { train_rows = 600, valid_rows = 200, test_rows = 300, users = 20, items = 30 }
[training]
epochs = 2
batch_size = 200
[model.dnn]
hidden_units = [8]
"#;

/// That training on drawn rows alone does harm is soon clear; that `resample` changes nothing by a
/// hundredth of a point never is.
const OPEN: &str = "\
title = 'Open'
source = 'nowhere'
margin = 0.01
[[claim]]
id = 'open'
sentence = 'Copies change nothing.'
generators = ['resample']
scenarios = ['neg25']
models = ['dnn']
comparator = 'base'
direction = 'not-higher'
[[claim]]
id = 'clear'
sentence = 'AUC is above 10 %.'
generators = ['uniform-item']
scenarios = ['neg25']
models = ['dnn']
direction = 'higher'
than = 10
";

#[test]
fn seeds_are_added_only_where_a_claim_is_open() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("tiny.toml"), TINY).unwrap();
    fs::write(folder.path().join("open.toml"), OPEN).unwrap();
    let run = |more: &[&str]| {
        let mut command = synthctr(folder.path());
        command.args(["run", "tiny.toml", "--out", "run", "--no-quality", "--until-decided"]);
        command.args(["--claims", "open.toml"]).args(more).assert().success()
    };
    let output = run(&["--max-seeds", "9"]);
    let stderr = String::from_utf8(output.get_output().stderr.clone()).unwrap();
    assert!(stderr.contains("One comparison stays open with all its seeds"), "{stderr}");
    let seeds = || {
        let mut seeds: BTreeMap<String, usize> = BTreeMap::new();
        for entry in fs::read_dir(folder.path().join("run/cells")).unwrap() {
            let name = entry.unwrap().file_name().into_string().unwrap();
            *seeds.entry(name.split_once(".seed").unwrap().0.to_owned()).or_default() += 1;
        }
        seeds
    };
    let wanted = [
        ("none.base.dnn", 9),
        ("resample.per-class.neg25.dnn", 9),
        ("resample.per-class.synthetic-only.dnn", 3),
        // The first look at which a sequence may have an answer.
        ("uniform-item.joint.neg25.dnn", 7),
        ("uniform-item.joint.synthetic-only.dnn", 3),
    ];
    let wanted: BTreeMap<String, usize> = wanted.map(|(arm, n)| (arm.to_owned(), n)).into();
    assert_eq!(seeds(), wanted);

    // More seeds may be allowed later, and `verify` knows that it was looked at often.
    run(&["--max-seeds", "11"]);
    assert_eq!(seeds()["resample.per-class.neg25.dnn"], 11);
    let output =
        synthctr(folder.path()).args(["verify", "run", "--claims", "open.toml"]).assert().code(2);
    let stdout = String::from_utf8(output.get_output().stdout.clone()).unwrap();
    assert!(stdout.contains("confidence sequence"), "{stdout}");

    // It is not forgotten when the same folder is run without adding seeds.
    let mut again = synthctr(folder.path());
    again.args(["run", "tiny.toml", "--out", "run", "--no-quality"]).assert().success();
    let claims = ["verify", "run", "--claims", "open.toml"];
    let output = synthctr(folder.path()).args(claims).assert().code(2);
    let stdout = String::from_utf8(output.get_output().stdout.clone()).unwrap();
    assert!(stdout.contains("confidence sequence"), "{stdout}");

    let refused = synthctr(folder.path())
        .args(["run", "tiny.toml", "--until-decided", "--seeds", "2"])
        .assert()
        .code(2);
    let stderr = String::from_utf8(refused.get_output().stderr.clone()).unwrap();
    assert!(stderr.contains("needs 3 to begin with"), "{stderr}");
}
