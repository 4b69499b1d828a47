//! Rows made elsewhere.

use super::{cells, csv, experiment, run};
use crate::experiment::synthctr;
use std::fs;
use synthctr::data::{self, ReadOptions, load_table};

#[test]
fn rows_of_a_file_are_used_measured_and_reported_like_those_of_ours() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    experiment(folder, "'theirs', 'resample'", "[generator.theirs]\nrows = 'theirs.csv'\n");
    fs::write(folder.join("theirs.csv"), csv(900)).unwrap();
    let (well, printed, said) = run(folder, &[]);
    assert!(well, "{said}");
    assert!(printed.contains("theirs"), "{printed}");
    let wanted = ["none.base", "resample.per-class.neg25", "resample.per-class.pos25"];
    let wanted = wanted.into_iter().chain(["theirs.joint.neg25", "theirs.joint.pos25"]);
    let wanted: Vec<String> = wanted.map(|name| format!("{name}.dnn.seed1")).collect();
    assert_eq!(cells(folder), wanted);
    assert!(folder.join("own/quality/theirs.joint.seed1.json").is_file());
    let (_, _, said) = run(folder, &[]);
    assert!(said.starts_with("0 cells to do"), "{said}");
    // Other rows are other results.
    fs::write(folder.join("theirs.csv"), csv(1000)).unwrap();
    let (well, _, said) = run(folder, &[]);
    assert!(well && said.contains("2 of 5 results in own were made with other settings"), "{said}");
    let mut report = synthctr(folder);
    report.args(["report", "own"]).assert().success();
    let page = fs::read_to_string(folder.join("own/report.md")).unwrap();
    assert!(page.contains("| theirs "), "{page}");
    // A claim about it is one like any other.
    let claim = "title = 't'\nsource = 's'\nown_generators = ['theirs']\n[[claim]]\nid = 'a'\nsentence = 'Theirs are no worse.'\n\
                 generators = ['theirs']\nscenarios = ['neg25']\nmodels = ['dnn']\n\
                 comparator = 'resample'\ndirection = 'higher'\n";
    fs::write(folder.join("claims.toml"), claim).unwrap();
    let mut verify = synthctr(folder);
    let output = verify.args(["verify", "own", "--claims", "claims.toml"]).output().unwrap();
    let printed = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(printed.contains("Theirs are no worse."), "{printed}");
}

/// The first rows of each label, whatever stands between them.
#[test]
fn a_folder_has_rows_for_each_seed_or_for_all() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    experiment(folder, "'theirs'", "[generator.theirs]\nrows = 'theirs'\n");
    fs::create_dir(folder.join("theirs")).unwrap();
    fs::write(folder.join("theirs/seed1.csv"), csv(700)).unwrap();
    let (well, _, said) = run(folder, &["--seeds", "2"]);
    assert!(!well && cells(folder).len() == 4, "{said}");
    // Some failed and the rest went on; where nothing is made nothing is answered.
    let code = |out: &str, more: &[&str]| {
        let mut command = synthctr(folder);
        command.args(["run", "own.toml", "--out", out, "--no-quality", "--seeds", "2"]).args(more);
        command.output().unwrap().status.code()
    };
    assert_eq!(code("own", &[]), Some(1));
    fs::write(folder.join("only"), "fit theirs.joint.seed2\n").unwrap();
    assert_eq!(code("none", &["--only", "only"]), Some(2));
    let why = "error: generator theirs.joint.seed2: theirs holds neither seed2.parquet nor";
    assert!(said.contains(why), "{said}");
    let all = "not all could be made: theirs.joint.seed2, theirs.joint.pos25.dnn.seed2, \
               theirs.joint.neg25.dnn.seed2 (the reasons stand above; the first: generator theirs.joint.seed2: theirs holds neither";
    assert!(said.replace("\n", " ").contains(all), "{said}");
    fs::write(folder.join("theirs/synthetic.csv"), csv(800)).unwrap();
    let (well, _, said) = run(folder, &["--seeds", "2"]);
    assert!(well && cells(folder).len() == 6, "{said}");
    // Of either file the clicks come in its order.
    let options = ReadOptions { label: "click".into(), ..ReadOptions::default() };
    let all = load_table(&folder.join("theirs/synthetic.csv"), &options).unwrap();
    let wanted: Vec<_> = all.rows_with(1).into_iter().take(180).collect();
    for seed in [1, 2] {
        let file = folder.join(format!("own/synthetic/theirs.joint.seed{seed}.label1.parquet"));
        let rows = data::read_table(&file, all.schema()).unwrap();
        assert_eq!(rows, all.select(&wanted));
    }
}

/// Files may move and others may come; which replicate's rows they are counts.
#[test]
fn a_replicate_hangs_on_its_own_file_alone() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    let table = |rows: &str| {
        experiment(folder, "'theirs'", &format!("[generator.theirs]\nrows = '{rows}'\n"))
    };
    table("theirs");
    fs::create_dir(folder.join("theirs")).unwrap();
    let put =
        |name: &str, rows: usize| fs::write(folder.join("theirs").join(name), csv(rows)).unwrap();
    put("seed1.csv", 700);
    put("seed2.csv", 800);
    let begins = || {
        let (well, _, said) = run(folder, &["--seeds", "2", "--no-quality"]);
        assert!(well, "{said}");
        said.lines().find(|line| line.contains("to do on")).unwrap().to_owned()
    };
    assert!(begins().starts_with("6 cells, 2 fits to do"));
    put("seed3.csv", 900);
    assert!(begins().starts_with("0 cells to do"));
    put("seed2.csv", 900);
    assert!(begins().starts_with("2 cells, one fit to do"));
    fs::rename(folder.join("theirs"), folder.join("elsewhere")).unwrap();
    table("elsewhere");
    assert!(begins().starts_with("0 cells to do"));
    fs::rename(folder.join("elsewhere/seed1.csv"), folder.join("elsewhere/seed9.csv")).unwrap();
    fs::rename(folder.join("elsewhere/seed2.csv"), folder.join("elsewhere/seed1.csv")).unwrap();
    fs::rename(folder.join("elsewhere/seed9.csv"), folder.join("elsewhere/seed2.csv")).unwrap();
    assert!(begins().starts_with("4 cells, 2 fits to do"), "they changed places");
}

/// A log whose rows are all different: what does not stand in train cannot be learned from it.
#[test]
fn rows_that_were_learned_from_the_whole_log_are_told() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    let table = |rows: &str| {
        experiment(folder, "'theirs'", &format!("[generator.theirs]\nrows = '{rows}'\n"));
        let row = |at: usize| {
            let (user, city, click) = (at % 40, at / 40, usize::from((at * 7) % 5 < 2));
            format!("u{user},c{city},l{city},{click}\n")
        };
        let log: String = (0..1200).map(row).collect();
        fs::write(folder.join("log.csv"), format!("user,city,country,click\n{log}")).unwrap();
    };
    let told = "stand in validation or test and not in train. Learned from the whole log";
    table("log.csv");
    let (well, _, said) = run(folder, &["--no-quality"]);
    assert!(well && said.contains(told), "{said}");
    let named = "warning: generator theirs.joint.seed1 (log.csv): ";
    let remedy = "`synthctr data write own/experiment.toml --out split --format csv` writes it";
    assert!(said.contains(named) && said.contains(remedy), "{said}");
    // As long as such results are looked at.
    let (_, _, said) = run(folder, &["--no-quality"]);
    assert!(said.starts_with("0 cells to do") && said.contains(told), "{said}");
    let mut write = synthctr(folder);
    let write = write.args(["data", "write", "own/experiment.toml", "--out", "split"]);
    write.args(["--format", "csv"]).assert().success();
    table("split/train.csv");
    let (well, _, said) = run(folder, &["--no-quality"]);
    assert!(well && !said.contains(told), "{said}");
}
