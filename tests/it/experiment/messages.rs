//! What bad input gets: a message that helps and a non-zero exit, never a panic.

use super::{synthctr, tiny_folder};
use std::fmt::Write;
use std::fs;
use std::path::Path;

/// What the program says about faulty arguments.
fn complaint(folder: &Path, arguments: &[&str]) -> String {
    let output = synthctr(folder).args(arguments).assert().failure();
    let output = output.get_output();
    let stderr = String::from_utf8_lossy(&output.stderr);
    assert!(!stderr.contains("panicked"), "{stderr}");
    assert!(output.stdout.is_empty(), "{}", String::from_utf8_lossy(&output.stdout));
    // clap adds hints on the usage below an empty line.
    let said = stderr.lines().map_while(|line| (!line.starts_with("For more")).then_some(line));
    let said: Vec<_> = said.filter(|line| !line.trim().is_empty()).collect();
    format!("$ synthctr {}\n{}\n[exit {}]\n\n", arguments.join(" "), said.join("\n"), {
        output.status.code().unwrap()
    })
}

#[test]
fn faulty_arguments() {
    let folder = tiny_folder();
    let mut text = String::new();
    for arguments in [
        &["run", "quik"][..],
        &["run", "missing.toml"],
        &["run", "--generators", "smoten,gausian-copula"],
        &["run", "--models", "dfm"],
        &["run", "--scenarios", "neg2000"],
        &["run", "--scenarios", "base,neg25+pos10"],
        &["run", "--jobs", "0"],
        &["run", "--conditioning", "perclass"],
        &["run", "--reading", "number"],
        &["run", "--set", "reading.numbers=[]"],
        &["run", "--set", "reading.generators=[\"smoten\"]"],
        &["run", "--set", "reading.numbers=[\"usr\"]"],
        &["run", "--set", "reading.numbers=[\"country\"]"],
        &["run", "--set", "reading.numbers=[\"weather\"]"],
        &["run", "--dataset", "simulated", "--reading", "numbers", "--set", "dataset.simulator={}"],
        &["run", "--device", "gpu"],
        &["run", "--seeds", "one"],
        &["run", "--seeds", "0"],
        &["run", "--seeds", "4,4"],
        &["run", "--epochs", "0"],
        &["run", "--shard", "3/2"],
        &["run", "--order", "random"],
        &["run", "--set", "epochs"],
        &["run", "--set", "training.epoch=3"],
        &["run", "--set", "model.dnn.droput=0.1"],
        &["run", "--set", "models.dnn.dropout=0.1"],
        &["run", "--set", "training.epochs=many"],
        &["run", "--set", "model.deepfm.dropout=1.5"],
        &["run", "--set", "generator.smoten.neighbours=0"],
        &["run", "--set", "dataset.simulator.train_row=9"],
        &["run", "--set", "seed=7"],
        &["run", "--set", "name=a/b"],
        &["run", "--dataset", "frape_x1"],
        &["run", "--dataset", "movielens_100k"],
        &["run", "--scenarios", "neg25", "--set", "generators=[]"],
    ] {
        text += &complaint(folder.path(), arguments);
    }
    crate::snapshots().bind(|| insta::assert_snapshot!("messages_arguments", text));
}

#[test]
#[cfg(not(feature = "cuda"))]
fn cuda_without_cuda() {
    let text = complaint(tiny_folder().path(), &["run", "tiny.toml", "--device", "cuda"]);
    crate::snapshots().bind(|| insta::assert_snapshot!("messages_cuda", text));
}

#[test]
fn faulty_files() {
    let folder = tempfile::tempdir().unwrap();
    let mut text = String::new();
    for (what, toml) in [
        ("no TOML", "name = \nseeds = 3"),
        ("unknown key", "name = \"x\"\n\nepochs = 3"),
        ("unknown key in a table", "[training]\nepochs = 3\n  batchsize = 512"),
        ("unknown generator", "generators = [\"smoten\", \"tvea\"]"),
        ("unknown model", "models = [\n  \"dnn\",\n  \"deepmf\",\n]"),
        ("unknown scenario", "scenarios = [\"base\", \"S3\"]"),
        ("unknown device", "device = \"gpu\""),
        ("wrong type", "[model.masknet]\nblocks = \"three\""),
        ("wrong seeds", "seeds = \"all\""),
        ("no seeds", "seeds = []"),
        ("negative seeds", "seeds = -4"),
        ("outside its range", "[training]\nlearning_rate = -1.0"),
        ("twice", "models = [\"dnn\", \"dnn\"]"),
        ("unknown setting of a data set", "[dataset]\nname = \"x\"\npfad = \"log.csv\""),
        ("a data set without files", "dataset = \"my-log\""),
        (
            "unknown constraint",
            "dataset = { name = \"simulated\", constraints = [[\"city\", \"land\"]] }",
        ),
    ] {
        fs::write(folder.path().join("my.toml"), toml).unwrap();
        write!(text, "## {what}\n{}", complaint(folder.path(), &["run", "my.toml"])).unwrap();
    }
    fs::write(folder.path().join("clicks.csv"), "click,user\n1,u1\n0,u2\n").unwrap();
    write!(text, "## a table\n{}", complaint(folder.path(), &["run", "clicks.csv"])).unwrap();
    crate::snapshots().bind(|| insta::assert_snapshot!("messages_files", text));
}

#[test]
fn faulty_run_folders() {
    let folder = tiny_folder();
    fs::create_dir(folder.path().join("photos")).unwrap();
    fs::write(folder.path().join("photos/cat.jpg"), "miaow").unwrap();
    fs::create_dir(folder.path().join("half")).unwrap();
    fs::write(folder.path().join("half/experiment.toml"), "").unwrap();
    fs::write(folder.path().join("half/cells"), "a file where a folder should be").unwrap();
    let mut text = String::new();
    for out in ["photos", "tiny.toml", "tiny.toml/run", "half", "/proc/run"] {
        text += &complaint(folder.path(), &["run", "tiny.toml", "--out", out]);
    }
    crate::snapshots().bind(|| insta::assert_snapshot!("messages_run_folders", text));
}

#[test]
fn values_that_train_does_not_hold_are_told() {
    let folder = tempfile::tempdir().unwrap();
    let log = |day: &str| {
        let rows = (0..30).map(|row| format!("{},u{},{day}\n", row % 2, row % 5));
        format!("label,user,day\n{}", rows.collect::<String>())
    };
    for (part, day) in [("train", "1 May"), ("valid", "1 May"), ("test", "2 May")] {
        fs::write(folder.path().join(format!("{part}.csv")), log(day)).unwrap();
    }
    let files = "train = \"train.csv\"\nvalid = \"valid.csv\"\ntest = \"test.csv\"";
    let toml = format!("generators = []\nscenarios = [\"base\"]\n[dataset]\nname = \"x\"\n{files}");
    fs::write(folder.path().join("x.toml"), toml).unwrap();
    fs::write(folder.path().join("none"), "").unwrap();
    let output =
        synthctr(folder.path()).args(["run", "x.toml", "--only", "none"]).assert().success();
    let stderr = String::from_utf8_lossy(&output.get_output().stderr).into_owned();
    let told = "0 % of the validation rows and 100 % of the test rows have values of `day`";
    assert!(stderr.contains(told) && !stderr.contains("`user`"), "{stderr}");
}

#[test]
fn what_is_not_named_is_called_what_its_file_is() {
    let folder = tempfile::tempdir().unwrap();
    let rows = (0..300).map(|row| format!("{},u{}\n", row % 2, row % 5));
    let log = format!("click,user\n{}", rows.collect::<String>());
    fs::write(folder.path().join("clicks.csv"), log).unwrap();
    let toml =
        "generators = []\nscenarios = ['base']\n[dataset]\npath = 'clicks.csv'\nlabel = 'click'\n";
    fs::write(folder.path().join("my-study.toml"), toml).unwrap();
    fs::write(folder.path().join("none"), "").unwrap();
    let run = |more: &[&str]| {
        let mut command = synthctr(folder.path());
        let output = command.args(["run", "my-study.toml"]).args(more).assert().success();
        String::from_utf8_lossy(&output.get_output().stdout).into_owned()
    };
    let said = run(&["--dry-run"]);
    assert!(said.contains("clicks has 210 training"), "{said}");
    run(&["--only", "none"]);
    assert!(folder.path().join("runs/my-study/experiment.toml").is_file());
}

#[test]
#[cfg(target_os = "linux")]
fn what_cannot_be_told_ends_no_work() {
    let folder = tiny_folder();
    let run = |script: &str| {
        let script = script.replace("synthctr", env!("CARGO_BIN_EXE_synthctr"));
        assert_cmd::Command::new("sh").current_dir(&folder).args(["-c", &script]).assert()
    };
    run("synthctr run tiny.toml 2>/dev/full").success();
    let output = run("synthctr verify runs/tiny --json v.json >/dev/full").failure().code(2);
    let stderr = String::from_utf8_lossy(&output.get_output().stderr).into_owned();
    assert!(
        stderr.contains("error: cannot write to the standard output: No space left"),
        "{stderr}"
    );
    assert!(!stderr.contains("panicked"), "{stderr}");
    assert!(folder.path().join("v.json").exists(), "what is a file is written all the same");
    run("synthctr data list >/dev/full 2>/dev/full").failure().code(2);
}

/// A limit on the size of files stands for a full disk: both fail in the middle of a write.
#[test]
#[cfg(target_os = "linux")]
fn a_full_disk() {
    let folder = tiny_folder();
    let run = |limit: &str| {
        // In blocks of 512 bytes; the signal that goes with it is ignored, so that writing fails.
        let script = format!(
            "trap '' XFSZ; ulimit -f {limit}; exec {} run tiny.toml",
            env!("CARGO_BIN_EXE_synthctr")
        );
        assert_cmd::Command::new("sh").current_dir(&folder).args(["-c", &script]).assert()
    };
    let output = run("8").failure().code(2);
    let stderr = String::from_utf8_lossy(&output.get_output().stderr).into_owned();
    let error = stderr.lines().last().unwrap_or_default();
    assert!(error.starts_with("error: cannot write runs/tiny/"), "{stderr}");
    assert!(error.contains("File too large"), "{stderr}");
    for part in ["", "cells", "synthetic"] {
        for entry in fs::read_dir(folder.path().join("runs/tiny").join(part)).unwrap() {
            let name = entry.unwrap().file_name().into_string().unwrap();
            assert!(!name.starts_with('.'), "{name} was left behind");
        }
    }
    run("unlimited").success();
}
