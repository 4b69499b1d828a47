//! `synthctr generate`.

use super::{fails, logs, run};
use std::collections::HashSet;
use std::path::Path;
use synthctr::data::{ReadOptions, load_table};

const FIT: &str = "generate --real train.csv --label label";

fn lines(path: &Path) -> Vec<String> {
    std::fs::read_to_string(path).unwrap().lines().map(str::to_owned).collect()
}

#[test]
fn rows_are_as_the_real_file_has_them_and_a_saved_generator_draws_the_same() {
    let folder = logs();
    let path = |name: &str| folder.path().join(name);
    let real = lines(&path("train.csv"));
    for method in ["gaussian-copula", "smoten", "resample", "independent"] {
        let constraint = "--constraint country,city --constraint weekday,isweekend";
        let fit = format!("{FIT} --method {method} {constraint} --like train --seed 4");
        run(folder.path(), &format!("{fit} --out one.csv --save kept-{method}"));
        run(folder.path(), &format!("{fit} --out two.csv"));
        let load = format!("generate --load kept-{method} --like train --seed 4 --out three.csv");
        run(folder.path(), &load);
        let one = lines(&path("one.csv"));
        assert_eq!(one[0], real[0], "the same columns in the same order");
        assert_eq!(one.len(), real.len(), "{method}: as many rows");
        assert_eq!(one, lines(&path("two.csv")), "{method}: the same seed");
        assert_eq!(one, lines(&path("three.csv")), "{method}: loaded");
        for card in ["generator.json", "table.json"] {
            let card = path(&format!("kept-{method}")).join(card);
            let whole = std::fs::read_to_string(&card).unwrap();
            std::fs::write(&card, whole.replacen("city", "cite", 1)).unwrap();
            let (_, text) = fails(folder.path(), &load);
            assert!(text.contains("checksum"), "{}: {text}", card.display());
            std::fs::write(&card, whole).unwrap();
        }
        let clicks = |lines: &[String]| lines.iter().filter(|l| l.starts_with("1,")).count();
        assert_eq!(clicks(&one), clicks(&real), "{method}");
        let first_hundred = clicks(&one[1..101]);
        assert!((10..70).contains(&first_hundred), "labels are mixed: {first_hundred}");
        let columns = ["country", "city"];
        let header: Vec<&str> = one[0].split(',').collect();
        let at = columns.map(|name| header.iter().position(|column| *column == name).unwrap());
        let pairs = |lines: &[String]| -> HashSet<[String; 2]> {
            let pair = |line: &String| {
                let cells: Vec<&str> = line.split(',').collect();
                at.map(|at| cells[at].to_owned())
            };
            lines[1..].iter().map(pair).collect()
        };
        assert!(pairs(&one).is_subset(&pairs(&real)), "{method}: a new city in a country");
    }
}

#[test]
fn counts_and_labels_are_those_asked_for() {
    let folder = logs();
    let count = |arguments: &str| {
        run(folder.path(), &format!("{FIT} --method independent {arguments} --out out.parquet"));
        let table =
            load_table(&folder.path().join("out.parquet"), &ReadOptions::default()).unwrap();
        [table.count(0), table.count(1)]
    };
    assert_eq!(count("--rows 300"), [200, 100], "as many clicks as in train");
    assert_eq!(count("--rows 50 --label-value 1"), [0, 50]);
    assert_eq!(count("--like train --label-value 0"), [2000, 0]);
}

#[test]
fn which_labels_are_clicks_can_be_said() {
    let folder = logs();
    let path = |name: &str| folder.path().join(name);
    let said = |from: &str, to: &str| {
        let of_row = |line: &String| match line.split_at(2) {
            ("1,", rest) => format!("yes,{rest}\n"),
            ("0,", rest) => format!("no,{rest}\n"),
            _ => format!("{line}\n"),
        };
        std::fs::write(path(to), lines(&path(from)).iter().map(of_row).collect::<String>())
            .unwrap();
    };
    said("train.csv", "said.csv");
    let fit = "generate --real said.csv --label label --method independent --like train --seed 4";
    let (_, text) = fails(folder.path(), &format!("{fit} --out fake.csv"));
    assert!(text.contains("--clicks says which are clicks"), "{text}");
    run(folder.path(), &format!("{fit} --clicks yes --out fake.csv --save kept"));
    run(
        folder.path(),
        &format!("{FIT} --method independent --like train --seed 4 --out plain.csv"),
    );
    said("plain.csv", "expected.csv");
    assert_eq!(lines(&path("fake.csv")), lines(&path("expected.csv")));
    run(folder.path(), "generate --load kept --like train --seed 4 --out again.csv");
    assert_eq!(lines(&path("again.csv")), lines(&path("expected.csv")));
    // A table so written is measured as that with 0 and 1.
    let evaluate = |tables: &str, out: &str| {
        let rest = format!("--label label --no-yardsticks --seed 2 --json {out}");
        run(folder.path(), &format!("evaluate {tables} {rest}"));
        let json = std::fs::read_to_string(path(out)).unwrap();
        serde_json::from_str::<serde_json::Value>(&json).unwrap()["fidelity"].clone()
    };
    let of_said = evaluate("--real said.csv --synthetic fake.csv --clicks yes", "said.json");
    assert_eq!(of_said, evaluate("--real train.csv --synthetic plain.csv", "plain.json"));
    for (clicks, wanted) in [("from=x", "there must be a number"), ("yes,,no", "an empty label")] {
        let (_, text) = fails(folder.path(), &format!("{fit} --clicks {clicks} --out a.csv"));
        assert!(text.contains(wanted), "{text}");
    }
}

#[test]
fn what_cannot_be_done_is_told() {
    let folder = logs();
    let path = folder.path();
    let labels: String = (0..30)
        .map(|row| format!("{},{}\n", if row == 20 { "0.5" } else { "1" }, row % 3))
        .collect();
    std::fs::write(path.join("half.csv"), format!("click,x\n{labels}")).unwrap();
    for (arguments, wanted) in [
        (
            "generate --real half.csv --label click --method smoten --rows 5 --out a.csv".into(),
            "half.csv, line 22, column 1 (`click`): the label is \"0.5\"",
        ),
        (format!("{FIT} --method uniform-item --rows 5 --out a.csv"), "--item COLUMN"),
        (format!("{FIT} --method smoten --rows 5 --out a.txt"), "a.txt"),
        (format!("{FIT} --method smoten --rows 5 --out no/a.csv"), "there is no folder no"),
        (format!("{FIT} --method smoten --rows 5 --out train.csv"), "would be lost"),
        (format!("{FIT} --method smoten --rows 5 --save . --out a.csv"), "holds other files"),
        (format!("{FIT} --method smoten --epochs 3 --rows 5 --out a.csv"), "leave out --epochs"),
        (format!("{FIT} --method smoten --out a.csv"), "--rows"),
        (format!("{FIT} --method smoten --rows 0 --out a.csv"), "no row is asked for"),
        (format!("{FIT} --method smote --rows 5 --out a.csv"), "smoten"),
        ("generate --load . --rows 5 --out a.csv".into(), "generator.json"),
        (
            "generate --real train.csv --label clik --method smoten --rows 5 --out a.csv".into(),
            "clik",
        ),
        (
            format!("{FIT} --method smoten --constraint city,contry --rows 5 --out a.csv"),
            "did you mean `country`",
        ),
    ] {
        let (_, text) = fails(path, &arguments);
        assert!(text.contains(wanted), "{arguments}: {text}");
    }
    assert!(!path.join("a.csv").exists());
}

/// A log of 600 rows with identifiers, prices and counts; the price is missing in every click.
fn numbers_log(path: &Path) {
    let mut text = "label,user,price,views\n".to_owned();
    for row in 0..600u32 {
        let (click, user) = (row % 3 == 0, 100 + row * row % 37);
        let price = if click { String::new() } else { format!("{}.{:02}", row % 9, 1 + row % 98) };
        text += &format!("{},{user},{price},{}\n", u8::from(click), row % 50);
    }
    std::fs::write(path, text).unwrap();
}

#[test]
fn numbers_are_drawn_as_numbers_and_only_values_that_occur() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name);
    numbers_log(&path("train.csv"));
    let column = |file: &str, at: usize| -> Vec<String> {
        let cell = |line: &String| line.split(',').nth(at).unwrap().to_owned();
        lines(&path(file))[1..].iter().map(cell).collect()
    };
    let fit = format!("{FIT} --method gaussian-copula --like train --out out.csv");
    let said =
        run(folder.path(), &format!("{fit} --reading numbers --categorical user --save kept"));
    assert!(said.contains("% of the whole numbers drawn") || !said.contains("nearest"), "{said}");
    for at in [1, 3] {
        let real: HashSet<String> = column("train.csv", at).into_iter().collect();
        assert!(column("out.csv", at).iter().all(|value| real.contains(value)));
    }
    let labels = column("out.csv", 0);
    let missing = labels.iter().zip(column("out.csv", 2)).all(|(l, p)| (l == "1") == p.is_empty());
    assert!(missing, "the price is missing in clicks and nowhere else");
    run(folder.path(), "generate --load kept --like train --out again.csv");
    assert_eq!(lines(&path("again.csv")), lines(&path("out.csv")));
    let card = std::fs::read_to_string(path("kept/generator.json")).unwrap();
    assert!(card.contains("\"reading\": \"numbers\""), "{card}");

    // A column that is not among them is cut into bins, however many values it has.
    run(folder.path(), &format!("{fit} --reading numbers --numbers views --bins 7 --save few"));
    let card = std::fs::read_to_string(path("few/generator.json")).unwrap();
    let card: serde_json::Value = serde_json::from_str(&card).unwrap();
    assert_eq!(card["numbers"].as_array().map(Vec::len), Some(1));

    for (arguments, wanted) in [
        (format!("{fit} --numbers views"), "give both"),
        (format!("{fit} --reading numbers --numbers view"), "did you mean `views`?"),
        (
            format!("{FIT} --method smoten --like train --out out.csv --reading numbers"),
            "categories only",
        ),
        (
            "generate --load kept --reading categories --rows 5 --out x.csv".into(),
            "cannot be used with",
        ),
    ] {
        let (_, text) = fails(folder.path(), &arguments);
        assert!(text.contains(wanted), "{arguments}: {text}");
    }
}
