//! Programs that do what they are asked for.

use super::{cells, csv, experiment, kept, run};
use serde_json::{Value, json};
use std::fs;

const COPIES: &str = "test -s $2/train.parquet || exit 9\ncp $2/request.json asked.json\n\
                      echo working >&2\ncp $1 $2/synthetic.csv\n";

#[test]
fn a_program_gets_what_it_needs_and_its_rows_are_used() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    let table =
        "[generator.mine]\ncommand = ['sh', 'mine.sh', 'made.csv']\nsettings = {depth = 3}\n";
    experiment(folder, "'mine'", table);
    fs::write(folder.join("mine.sh"), COPIES).unwrap();
    fs::write(folder.join("made.csv"), csv(500)).unwrap();
    let (well, _, said) = run(folder, &[]);
    assert!(well, "{said}");
    assert_eq!(cells(folder).len(), 3);
    assert!(fs::read_dir(folder.join("own/external")).unwrap().next().is_none(), "all is cleared");
    let asked: Value =
        serde_json::from_slice(&fs::read(folder.join("asked.json")).unwrap()).unwrap();
    let field = |name: &str, different: usize| json!({"name": name, "kind": "categories", "different": different});
    assert_eq!(asked["fields"], json!([field("user", 13), field("city", 5), field("country", 3)]));
    for (key, wanted) in [
        ("version", json!(1)),
        ("train", json!("train.parquet")),
        ("answer", json!("synthetic.parquet")),
        ("label", json!("click")),
        ("user", json!("user")),
        ("item", json!("city")),
        ("counts", json!({"0": 180, "1": 180})),
        ("constraints", json!([["city", "country"]])),
        ("settings", json!({"depth": 3})),
    ] {
        assert_eq!(asked[key], wanted, "{key}");
    }
    assert!(asked["seed"].as_u64().unwrap() < 1 << 31 && asked["threads"].as_u64().unwrap() > 0);
    let environment = fs::read_to_string(folder.join("own/environment.json")).unwrap();
    assert!(environment.contains("\"generator.mine\"") && environment.contains("\"mine.sh\""));
}

/// Killed in the middle, with the rows of train in the program's folder.
#[test]
fn what_an_interrupted_run_leaves_is_cleared_by_the_next() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    experiment(folder, "'mine'", "[generator.mine]\ncommand = ['sh', 'mine.sh', 'made.csv']\n");
    fs::write(folder.join("mine.sh"), "touch begun\nexec sleep 600\n").unwrap();
    fs::write(folder.join("made.csv"), csv(500)).unwrap();
    let program = env!("CARGO_BIN_EXE_synthctr");
    let mut command = std::process::Command::new(program);
    command.args(["run", "own.toml", "--out", "own", "--no-quality"]).current_dir(folder);
    let mut child = command.stderr(std::process::Stdio::null()).spawn().unwrap();
    while !folder.join("begun").exists() {
        assert!(child.try_wait().unwrap().is_none(), "it ended before its time");
        std::thread::sleep(std::time::Duration::from_millis(20));
    }
    child.kill().unwrap();
    child.wait().unwrap();
    let left = kept(folder, "mine.joint.seed1");
    assert!(left.len() == 1 && left[0].join("train.parquet").is_file(), "{left:?}");
    fs::write(folder.join("mine.sh"), COPIES).unwrap();
    let (well, _, said) = run(folder, &["--no-quality"]);
    assert!(well && kept(folder, "mine.joint.seed1").is_empty(), "{said}");
}

/// The program's files, what it is told and how much it is asked for: all may change its rows.
#[test]
fn results_stand_until_something_changes_that_they_hang_on() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    let table = |more: &str| {
        let command = "command = ['sh', 'mine.sh', 'made.csv']";
        experiment(folder, "'mine'", &format!("[generator.mine]\n{command}\n{more}"));
    };
    fs::write(folder.join("mine.sh"), COPIES).unwrap();
    fs::write(folder.join("made.csv"), csv(900)).unwrap();
    fs::write(folder.join("weights"), "1").unwrap();
    table("");
    let begins = |arguments: &[&str]| {
        let (well, _, said) = run(folder, arguments);
        assert!(well, "{said}");
        said.lines().find(|line| line.contains("to do")).unwrap().to_owned()
    };
    assert!(begins(&[]).starts_with("3 cells, one fit, 3 measurements to do"));
    assert!(begins(&[]).starts_with("0 cells to do"));
    table("timeout_seconds = 77\n");
    assert!(begins(&[]).starts_with("0 cells to do"));
    table("settings = {a = 1}\n");
    assert!(begins(&[]).starts_with("2 cells, one fit, one measurement to do"));
    table("files = ['weights']\nsettings = {a = 1}\n");
    assert!(begins(&[]).starts_with("2 cells, one fit"));
    fs::write(folder.join("weights"), "2").unwrap();
    assert!(begins(&[]).starts_with("2 cells, one fit"));
    fs::write(folder.join("mine.sh"), format!("{COPIES}# changed\n")).unwrap();
    assert!(begins(&[]).starts_with("2 cells, one fit"));
    // What Python leaves beside it does not count; what a link leads to does.
    fs::create_dir_all(folder.join("lib/__pycache__")).unwrap();
    #[cfg(unix)]
    std::os::unix::fs::symlink(folder.join("weights"), folder.join("lib/weights")).unwrap();
    table("files = ['lib']\nsettings = {a = 1}\n");
    begins(&[]);
    fs::write(folder.join("lib/__pycache__/x.pyc"), "compiled").unwrap();
    assert!(begins(&[]).starts_with("0 cells to do"));
    fs::write(folder.join("weights"), "3").unwrap();
    assert!(begins(&[]).starts_with("2 cells, one fit"));
    // It is told which field is the item, and so are the measures of every cell.
    let text = fs::read_to_string(folder.join("own.toml")).unwrap();
    fs::write(folder.join("own.toml"), text.replace("item = \"city\"", "item = \"country\""))
        .unwrap();
    assert!(begins(&[]).starts_with("3 cells, one fit"));
    fs::write(folder.join("own.toml"), text).unwrap();
    assert!(begins(&[]).starts_with("3 cells, one fit"));
    let more = ["--scenarios", "base,pos25,neg50"];
    assert!(begins(&more).starts_with("2 cells, one fit"), "more rows are asked for");
}

/// Whatever else stands in a file: rows of both labels mixed, columns in any order, columns more.
#[test]
fn the_first_rows_of_each_label_count() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    experiment(folder, "'mine'", "[generator.mine]\nrows = 'made.csv'\n");
    let mut made = "extra,click,country,city,user\n".to_owned();
    for at in 0..900 {
        made += &format!("x,{},norway,oslo,u{}\n", usize::from(at % 3 == 0), at % 13);
    }
    fs::write(folder.join("made.csv"), made).unwrap();
    let (well, _, said) = run(folder, &["--no-quality"]);
    assert!(well, "{said}");
    let record = fs::read(folder.join("own/cells/mine.joint.pos25.dnn.seed1.json")).unwrap();
    let record: Value = serde_json::from_slice(&record).unwrap();
    assert_eq!((&record["synthetic_rows"], &record["generator"]), (&json!(180), &json!("mine")));
}
