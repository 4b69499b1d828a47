//! Programs and rows that are not what they should be.

use super::{cells, csv, experiment, kept, run};
use std::fs;

/// What each does wrong, and what is said of it.
const WRONG: [(&str, &str, &str); 13] = [
    (
        "crashes",
        "echo 'no such module' >&2; exit 3",
        "exit status: 3; all it was given and all it said is in",
    ),
    ("quotes", "echo 'no such module' >&2; exit 3", "its last words: no such module"),
    ("killed", "kill -9 $$", "signal: 9"),
    ("sleeps", "sleep 600", "stopped after 1 s (timeout_seconds allows more)"),
    ("silent", "true", "ended well, but there is no"),
    ("chatters", "yes", "stopped after"),
    (
        "too-few",
        "head -n 40 good.csv > $1/synthetic.csv",
        "rows of label 0; the scenarios need 180",
    ),
    (
        "stranger",
        "sed '7s/^u[0-9]*/u99/' good.csv > $1/synthetic.csv",
        "synthetic.csv, line 7, field `user`: \"u99\" does not stand in the training rows; did you mean",
    ),
    (
        "missing",
        "sed '7s/^u[0-9]*//' good.csv > $1/synthetic.csv",
        "line 7, field `user`: a value is missing, and none is in the training rows",
    ),
    ("schema", "sed '1s/city/town/' good.csv > $1/synthetic.csv", "there is no column `city`"),
    ("label", "sed '9s/.$/2/' good.csv > $1/synthetic.csv", "the label is \"2\"; it must be 0"),
    ("garbage", "echo PAR1 > $1/synthetic.parquet", "synthetic.parquet: cannot be read as Parquet"),
    (
        "impossible",
        "sed '9s/,[a-z]*,[a-z]*/,oslo,france/' good.csv > $1/synthetic.csv",
        "line 9: [city, country] = [oslo, france] is a combination that no training row holds",
    ),
];

#[test]
fn each_is_told_what_is_wrong_and_the_others_go_on() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    let (mut names, mut tables) =
        (vec!["'resample'".to_owned(), "'good'".to_owned()], String::new());
    let good = ("good", "cp good.csv $1/synthetic.csv", "");
    for (name, script, _) in WRONG.iter().chain([&good]) {
        fs::write(folder.join(format!("{name}.sh")), script).unwrap();
        tables += &format!("[generator.{name}]\ncommand = ['sh', '{name}.sh']\n");
        if *name == "sleeps" {
            tables += "timeout_seconds = 1\n";
        }
        if *name != "good" {
            names.push(format!("'{name}'"));
        }
    }
    experiment(folder, &names.join(", "), &tables);
    fs::write(folder.join("good.csv"), csv(900)).unwrap();
    let (well, printed, said) = run(folder, &["--no-quality"]);
    assert!(!well && printed.contains("5 of 31 cells are done"), "{printed}{said}");
    assert_eq!(cells(folder).len(), 5);
    let said: Vec<&str> = said.split("error: ").collect();
    for (name, _, wanted) in WRONG {
        let begins = format!("generator {name}.joint.seed1: ");
        let error = said.iter().find(|error| error.starts_with(&begins));
        let error = error.unwrap_or_else(|| panic!("{name}: {said:?}")).replace('\n', " ");
        assert!(error.contains(wanted), "{name}: {error}");
        // What it was given stays where it can be looked at, of the last failure.
        let given = kept(folder, &format!("{name}.joint.seed1"));
        assert_eq!(given.len(), 1, "{name}");
        assert!(given[0].join("request.json").is_file() && given[0].join("output.txt").is_file());
    }
    assert!(kept(folder, "good.joint.seed1").is_empty());
    run(folder, &["--no-quality"]);
    assert_eq!(kept(folder, "crashes.joint.seed1").len(), 1, "one, however often it fails");
    assert!(said.last().unwrap().contains("and 34 more"), "{said:?}");
}

#[test]
fn an_experiment_that_cannot_work_is_refused_before_anything_is_done() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    fs::write(folder.join("made.csv"), csv(9)).unwrap();
    for (generators, table, wanted) in [
        ("'mine'", "", "own.toml:3:14: generators: unknown generator `mine` (valid: smoten,"),
        (
            "'mine'",
            "",
            "one of your own needs a table [generator.mine] with its `command` or `rows`",
        ),
        ("'smotn'", "", "unknown generator `smotn`; did you mean `smoten`?"),
        (
            "'resample'",
            "[generator.smotn]\nneighbours = 3\n",
            "own.toml:23:2: generator.smotn: unknown generator `smotn`; did you mean `smoten`?",
        ),
        (
            "'mine'",
            "[generator.mine]\ncommand = ['sh']\nfile = ['a']\n",
            "generator.mine: unknown key `file`; did you mean `files`?",
        ),
        ("'mine'", "[generator.mine]\nrows = 'made.csv'\ncommand = ['sh']\n", "not both"),
        (
            "'mine'",
            "[generator.mine]\ncomand = ['sh']\n",
            "generator.mine: unknown key `comand`; did you mean `command`?",
        ),
        ("'mine'", "[generator.mine]\ncommand = 'sh my.sh'\n", "expected a list such as"),
        ("'mine'", "[generator.mine]\ncommand = []\n", "name a `command` that makes rows"),
        (
            "'mine'",
            "[generator.mine]\ncommand = ['pyton3']\n",
            "generator.mine.command: there is no program `pyton3`, neither on the PATH nor as a file",
        ),
        ("'mine'", "[generator.mine]\ncommand = ['./mine']\n", "there is no program `./mine`"),
        (
            "'mine'",
            "[generator.mine]\ncommand = ['sh']\nfiles = ['weights']\n",
            "cannot read weights",
        ),
        (
            "'mine'",
            "[generator.mine]\ncommand = ['sh']\ntimeout_seconds = 0\n",
            "timeout_seconds is 0",
        ),
        (
            "'mine'",
            "[generator.mine]\nrows = 'no.csv'\n",
            "generator.mine.rows: there is no no.csv",
        ),
        ("'My GAN'", "", "unknown generator `My GAN`"),
        (
            "'resample'",
            "[generator.'My GAN']\nrows = 'made.csv'\n",
            "generator.My GAN: a generator of your own",
        ),
        (
            "'resample'",
            "[generator.none]\nrows = 'made.csv'\n",
            "generator.none: a generator of your own",
        ),
    ] {
        experiment(folder, generators, table);
        let (well, _, said) = run(folder, &[]);
        assert!(!well && said.contains(wanted), "{generators} {table}: {said}");
        assert!(!folder.join("own").exists(), "{said}");
    }
}
