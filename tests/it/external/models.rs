//! Click models that users bring.

use super::{cells, experiment, run};
use crate::experiment::synthctr;
use serde_json::{Value, json};
use std::fs;
use std::path::Path;

/// Scores that know nothing but differ: 240 for validation, 240 for test.
fn scores(folder: &Path) {
    let text = (0..240).map(|at| format!("{}\n", (at * 37 % 100) as f64 / 100.0));
    fs::write(folder.join("scores.csv"), "score\n".to_owned() + &text.collect::<String>()).unwrap();
}

const GOOD: &str = "cp $1/request.json asked.json\ncp scores.csv $1/valid_scores.csv\n\
                    cp $1/test.parquet seen.parquet\ncp scores.csv $1/test_scores.csv\n";

/// Changes the experiment's models.
fn with_models(folder: &Path, models: &str, tables: &str) {
    experiment(folder, "'resample'", tables);
    let text = fs::read_to_string(folder.join("own.toml")).unwrap();
    let text = text.replace("models = [\"dnn\"]", &format!("models = [{models}]"));
    fs::write(folder.join("own.toml"), text).unwrap();
}

#[test]
fn a_program_gets_the_rows_and_its_scores_are_judged_like_those_of_ours() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    let table = "[model.mine]\ncommand = ['sh', 'mine.sh']\nsettings = {trees = 7}\n";
    with_models(folder, "'dnn', 'mine'", table);
    fs::write(folder.join("mine.sh"), GOOD).unwrap();
    scores(folder);
    let (well, printed, said) = run(folder, &["--no-quality"]);
    assert!(well && printed.contains("mine"), "{printed}{said}");
    let wanted = ["none.base.dnn", "none.base.mine", "resample.per-class.neg25.dnn"];
    assert_eq!(cells(folder)[..3], wanted.map(|name| format!("{name}.seed1")));
    let asked: Value =
        serde_json::from_slice(&fs::read(folder.join("asked.json")).unwrap()).unwrap();
    assert_eq!(asked["settings"], json!({"trees": 7}));
    assert_eq!(asked["answers"], json!(["valid_scores.parquet", "test_scores.parquet"]));
    // What is to be told is not given away.
    let seen = fs::read(folder.join("seen.parquet")).unwrap();
    assert!(!String::from_utf8_lossy(&seen).contains("click"));
    let record = fs::read(folder.join("own/cells/none.base.mine.seed1.json")).unwrap();
    let record: Value = serde_json::from_slice(&record).unwrap();
    assert_eq!((&record["epochs"], &record["importance"]), (&json!(0), &json!({})));
    assert!(record["test_auc"].as_f64().unwrap() > 0.3 && record["auc_variance"].is_number());
    let notes = record["notes"].to_string();
    assert!(notes.contains("a model of the user's gives scores of the test rows"), "{notes}");
    let (_, _, said) = run(folder, &["--no-quality"]);
    assert!(said.starts_with("0 cells to do"), "{said}");
    fs::write(folder.join("mine.sh"), format!("{GOOD}# changed\n")).unwrap();
    let (_, _, said) = run(folder, &["--no-quality"]);
    assert!(said.contains("\n3 cells to do") && said.contains("3 of 6 results"), "{said}");
    let mut report = synthctr(folder);
    report.args(["report", "own"]).assert().success();
    let page = fs::read_to_string(folder.join("own/report.md")).unwrap();
    assert!(page.contains("| mine |"), "{page}");
}

#[test]
fn each_is_told_what_is_wrong_and_the_others_go_on() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    let wrong = [
        ("crashes", "exit 3", "exit status: 3"),
        (
            "on-base",
            "case $1 in *none.base*) exit 4; esac; cp scores.csv $1/valid_scores.csv; cp scores.csv \
         $1/test_scores.csv",
            "exit status: 4",
        ),
        ("half", "cp scores.csv $1/valid_scores.csv", "there is no"),
        (
            "few",
            "cp scores.csv $1/valid_scores.csv; head -n 9 scores.csv > $1/test_scores.csv",
            "test_scores.csv holds 8 scores; 240 rows were asked about",
        ),
        (
            "sure",
            "cp scores.csv $1/valid_scores.csv; sed '5s/.*/1.5/' scores.csv > $1/test_scores.csv",
            "test_scores.csv, line 5: the score is 1.5; it must be a probability, from 0 to 1",
        ),
        (
            "words",
            "cp scores.csv $1/valid_scores.csv; sed '5s/.*/yes/' scores.csv > $1/test_scores.csv",
            "test_scores.csv, line 5, column 1 (`score`): \"yes\" is not a finite number",
        ),
        ("names", "sed 1s/score/p/ scores.csv > $1/valid_scores.csv", "there is no column `score`"),
        (
            "garbage",
            "cp scores.csv $1/valid_scores.parquet",
            "valid_scores.parquet: cannot be read as Parquet",
        ),
        (
            "equal",
            "sed '2,$s/.*/0.5/' scores.csv > $1/valid_scores.csv; cp $1/valid_scores.csv $1/test_scores.csv",
            "",
        ),
    ];
    let names: Vec<String> = wrong.iter().map(|(name, ..)| format!("'{name}'")).collect();
    let table = |name: &str| format!("[model.{name}]\ncommand = ['sh', '{name}.sh']\n");
    let tables: String = wrong.iter().map(|(name, ..)| table(name)).collect();
    with_models(folder, &format!("'dnn', {}", names.join(", ")), &tables);
    for (name, script, _) in wrong {
        fs::write(folder.join(format!("{name}.sh")), script).unwrap();
    }
    scores(folder);
    let (well, _, said) = run(folder, &["--no-quality", "--scenarios", "base"]);
    assert!(!well, "{said}");
    for (name, _, wanted) in wrong.iter().filter(|(.., wanted)| !wanted.is_empty()) {
        let begins = format!("error: cell none.base.{name}.seed1: ");
        let error = said.split(&begins).nth(1).unwrap_or_else(|| panic!("{name}: {said}"));
        assert!(error.split("error: ").next().unwrap().contains(wanted), "{name}: {error}");
    }
    assert_eq!(cells(folder), ["none.base.dnn.seed1", "none.base.equal.seed1"]);
    // Others come after base and do not need it.
    run(folder, &["--no-quality", "--scenarios", "base,neg25", "--models", "on-base"]);
    assert!(cells(folder).contains(&"resample.per-class.neg25.on-base.seed1".to_owned()));
    with_models(folder, "'mine'", "");
    let (well, _, said) = run(folder, &[]);
    assert!(
        !well && said.contains("models: unknown model `mine` (valid: dnn, deepfm, masknet)"),
        "{said}"
    );
    with_models(folder, "'dnn'", "[model.dn]\nhidden_units = [8]\n");
    let (well, _, said) = run(folder, &[]);
    assert!(!well && said.contains("model.dn: unknown model `dn`; did you mean `dnn`?"), "{said}");
}
