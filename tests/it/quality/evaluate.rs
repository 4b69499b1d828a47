//! `synthctr evaluate`.

use super::{fails, json, logs, number, run};
use crate::experiment::synthctr;
use serde_json::Value;

/// All that other tools read, by JSON pointer.
const POINTERS: [&str; 34] = [
    "/rows/real",
    "/rows/synthetic",
    "/rows/holdout",
    "/fidelity/score",
    "/fidelity/column_shapes",
    "/fidelity/column_pair_trends",
    "/fidelity/columns/item/tv_complement",
    "/fidelity/columns/item/category_coverage",
    "/fidelity/columns/item/category_adherence",
    "/fidelity/columns/item/js_distance",
    "/fidelity/pairs/0/contingency_similarity",
    "/fidelity/pairs/0/cramers_v_real",
    "/fidelity/pairs/0/cramers_v_synthetic",
    "/fidelity/two_sample_auc/logistic",
    "/fidelity/two_sample_auc/dnn",
    "/privacy/identical_rows",
    "/privacy/identical_rows_with_label",
    "/privacy/new_row_share",
    "/privacy/closest_record/mean",
    "/privacy/closest_record/median",
    "/privacy/closest_record/share_zero",
    "/privacy/closest_record/share_closer_to_train",
    "/privacy/closest_record/nndr_median",
    "/privacy/dcr_baseline_protection",
    "/privacy/dcr_overfitting_protection",
    "/privacy/cap",
    "/privacy/membership/row/auc",
    "/privacy/membership/row/auc_interval/0",
    "/privacy/membership/row/tpr_at_fpr/0.01",
    "/privacy/membership/row/attacks/closest-distance/auc",
    "/privacy/anonymeter/singling_out/multivariate/risk/value",
    "/privacy/anonymeter/linkability/risk/value",
    "/privacy/anonymeter/inference/item/risk/value",
    "/privacy/anonymeter/inference/item/main/value",
];

const TABLES: &str = "evaluate --real train.csv --holdout holdout.csv --label label --user user";

/// What is known of two generators: copies are like train and leak; fields drawn on their own do
/// not hang together.
#[test]
fn copies_fail_privacy_and_independent_fields_fail_pairs() {
    let folder = logs();
    let measured = |method: &str| {
        let fit = "generate --real train.csv --label label --user user --like train";
        run(folder.path(), &format!("{fit} --method {method} --out {method}.csv"));
        let out = format!("--json {method}.json --html {method}.html");
        let text = run(folder.path(), &format!("{TABLES} --synthetic {method}.csv {out}"));
        (text, json(&folder.path().join(format!("{method}.json"))))
    };
    let (text, copies) = measured("resample");
    for pointer in POINTERS {
        number(&copies, pointer);
        let yardstick = format!("/yardsticks/real{pointer}");
        number(&copies, &yardstick);
    }
    assert_eq!(number(&copies, "/rows/synthetic"), 3000.0);
    assert_eq!(number(&copies, "/yardsticks/real/rows/synthetic"), 1200.0);
    assert_eq!(number(&copies, "/privacy/identical_rows"), 3000.0);
    assert_eq!(copies.pointer("/privacy/membership/row/alarm"), Some(&Value::Bool(true)));
    assert!(number(&copies, "/privacy/membership/row/auc") > 0.7, "{text}");
    assert!(number(&copies, "/privacy/anonymeter/singling_out/multivariate/risk/interval/0") > 0.0);
    assert!(text.contains("! <0.001") && text.contains("!: alarming by itself"), "{text}");
    let real = |pointer: &str| number(&copies, &format!("/yardsticks/real{pointer}"));
    for pointer in ["/fidelity/score", "/fidelity/alpha_precision", "/fidelity/beta_recall"] {
        let of_copies = number(&copies, &format!("/yardsticks/synthetic{pointer}"));
        assert!(of_copies > real(pointer) - 0.01, "{pointer}: {of_copies}");
    }

    let (text, apart) = measured("independent");
    let real = |pointer: &str| number(&apart, &format!("/yardsticks/real{pointer}"));
    let independent = |pointer: &str| number(&apart, &format!("/yardsticks/synthetic{pointer}"));
    let trends = "/fidelity/column_pair_trends";
    assert!(independent(trends) < real(trends) - 0.15, "{text}");
    let shapes = "/fidelity/column_shapes";
    assert!((independent(shapes) - real(shapes)).abs() < 0.03, "{text}");
    assert!(independent("/fidelity/two_sample_auc/dnn") > 0.75, "{text}");
    assert!(independent("/fidelity/two_sample_auc/logistic") < 0.6, "{text}");

    let page = std::fs::read_to_string(folder.path().join("independent.html")).unwrap();
    assert!(page.contains("<h2>Pairs of columns</h2>") && page.contains("domias"), "{page}");
    for outside in ["http://", "https://", "<script", "<link", "<img", "@import", "url("] {
        assert!(!page.contains(outside), "the page is complete in itself: {outside}");
    }
}

#[test]
fn threads_change_nothing_and_another_seed_does() {
    let folder = logs();
    let fit = "generate --real train.csv --label label --method gaussian-copula --rows 800";
    run(folder.path(), &format!("{fit} --out fake.csv"));
    let measured = |threads: &str, seed: &str| {
        let mut command = synthctr(folder.path());
        command.args(TABLES.split(' ')).args(["--synthetic", "fake.csv", "--no-yardsticks"]);
        command.args(["--json", "out.json", "--seed", seed]);
        command.env("RAYON_NUM_THREADS", threads).assert().success();
        let mut json = json(&folder.path().join("out.json"));
        json["seconds"] = Value::Null;
        json["made_with"] = Value::Null;
        json
    };
    let once = measured("1", "1");
    assert!(once == measured("3", "1"), "another number of threads");
    assert!(once != measured("1", "2"), "another seed");
}

/// A table without a label, a holdout or users, with numbers and dates.
#[test]
fn what_cannot_be_measured_is_null_and_says_why() {
    let folder = tempfile::tempdir().unwrap();
    let table = |n: usize, factor: usize| {
        let row = |at: usize| {
            let (day, price) = (1 + at % 28, 0.5 + (at * factor % 97) as f64 / 4.0);
            format!("\"a, {}\",{price},2026-11-{day:02}\n", at * factor % 5)
        };
        let rows: String = (0..n).map(row).collect();
        format!("<b>name</b>,price,day\n{rows}")
    };
    std::fs::write(folder.path().join("real.csv"), table(300, 7)).unwrap();
    std::fs::write(folder.path().join("fake.csv"), table(200, 11)).unwrap();
    let text = run(
        folder.path(),
        "evaluate --real real.csv --synthetic fake.csv --json out.json --html out.html",
    );
    let out = json(&folder.path().join("out.json"));
    for (pointer, note) in [
        ("/privacy/membership/row", "privacy/membership"),
        ("/privacy/membership/user", "privacy/membership"),
        ("/privacy/identical_rows_with_label", "privacy/identical_rows_with_label"),
        ("/privacy/dcr_overfitting_protection", "privacy/dcr_overfitting_protection"),
        ("/rows/holdout", ""),
    ] {
        assert_eq!(out.pointer(pointer), Some(&Value::Null), "{pointer}");
        assert!(note.is_empty() || out["notes"][note].is_string(), "{note}: {}", out["notes"]);
    }
    number(&out, "/fidelity/columns/price/ks_complement");
    number(&out, "/fidelity/columns/day/range_coverage");
    number(&out, "/fidelity/columns/<b>name<~1b>/tv_complement");
    assert_eq!(number(&out, "/yardsticks/real/rows/synthetic"), 150.0);
    assert!(text.contains("a holdout"), "{text}");
    let page = std::fs::read_to_string(folder.path().join("out.html")).unwrap();
    assert!(!page.contains("<b>") && page.contains("&lt;b&gt;name&lt;/b&gt;"), "{page}");
}

#[test]
fn faulty_tables_and_names_are_told_before_any_work() {
    let folder = logs();
    let path = folder.path();
    std::fs::write(path.join("odd.csv"), "label,usr,item,daytime\n0,1,a,b\n").unwrap();
    let train = std::fs::read_to_string(path.join("train.csv")).unwrap();
    std::fs::write(path.join("label.csv"), train.replace("\n1,", "\n0.7,")).unwrap();
    let (code, text) = fails(path, &format!("{TABLES} --synthetic odd.csv"));
    assert_eq!(code, 2);
    for wanted in ["`user`", "`weekday`", "`city`", "is it `usr`?"] {
        assert!(text.contains(wanted), "all differences at once, {wanted}: {text}");
    }
    for (arguments, wanted) in [
        ("--synthetic no.csv", "there is no file no.csv"),
        ("--synthetic train.csv --json no/out.json", "there is no folder no"),
        ("--synthetic holdout.csv --json train.csv", "would be lost"),
        ("--synthetic train.csv --json a.x --html ./a.x", "two outputs"),
        ("--synthetic train.csv --json .", "is a folder"),
        ("--synthetic train.csv --constraint city,contry", "did you mean `country`"),
        ("--synthetic train.csv --constraint city", "two columns or more"),
        ("--synthetic train.csv --numeric pric", "pric"),
        ("--synthetic train.csv --group usr", "`usr`, which is to be categorical"),
        ("--synthetic train.csv --group label", "rows of a group have both labels"),
        ("--synthetic label.csv --utility", "`label` of the synthetic rows has \"0.7\""),
        ("--synthetic train.csv --date-unit eon", "month, day, hour"),
    ] {
        let (_, text) = fails(path, &format!("{TABLES} {arguments}"));
        assert!(text.contains(wanted), "{arguments}: {text}");
    }
    assert!(!path.join("out.json").exists());
    assert!(path.join("train.csv").metadata().unwrap().len() > 50_000, "inputs are left alone");
}

/// A visit's number is a number, and no bin of twenty.
#[test]
fn rows_that_belong_together_are_those_that_one_names() {
    let folder = tempfile::tempdir().unwrap();
    let log = |name: &str, visits: std::ops::Range<u32>| {
        let row = |visit: u32, i: u32| {
            let draw = (visit * 31 + i * 17) * 2_654_435 % 1009;
            format!("{},{},{},{}\n", draw % 2, 100_000 + 7 * visit, draw % 23, draw % 11)
        };
        let rows: String = visits.flat_map(|visit| (0..3).map(move |i| row(visit, i))).collect();
        std::fs::write(folder.path().join(name), format!("label,visit,item,site\n{rows}")).unwrap();
    };
    log("train.csv", 0..300);
    log("fake.csv", 600..750);
    log("holdout.csv", 300..500);
    let tables = "evaluate --real train.csv --synthetic fake.csv --holdout holdout.csv --label label --no-yardsticks";
    let text = run(folder.path(), &format!("{tables} --group visit --json out.json"));
    assert!(text.contains("(300 were, 100 were"), "{text}");
    assert_eq!(
        json(&folder.path().join("out.json"))["kept_together"],
        serde_json::json!(["visit"])
    );
}

#[test]
fn what_makes_numbers_worthless_is_said() {
    let folder = logs();
    let path = folder.path();
    let table = std::fs::read_to_string(path.join("train.csv")).unwrap();
    let few: String = table.lines().take(31).map(|line| format!("{line}\n")).collect();
    std::fs::write(path.join("few.csv"), few.replace("\n1,", "\n3,")).unwrap();
    let fast = "evaluate --real train.csv --label label --no-yardsticks";
    let mut command = synthctr(path);
    command.args(fast.split(' ')).args("--synthetic few.csv --holdout train.csv".split(' '));
    let output = command.assert().success();
    let said = String::from_utf8(output.get_output().stderr.clone()).unwrap();
    for wanted in [
        "100 % of the holdout's rows stand in the real table",
        "a table of 30 rows",
        "synthetic rows have a label that no real row has",
    ] {
        assert!(said.contains(wanted), "{wanted}: {said}");
    }
    let mut command = synthctr(path);
    command.args(fast.split(' ')).args("--synthetic train.csv --holdout holdout.csv".split(' '));
    let output = command.assert().success();
    let said = String::from_utf8(output.get_output().stderr.clone()).unwrap();
    assert!(!said.contains("warning"), "{said}");
}

#[test]
fn models_learn_less_from_fields_drawn_apart() {
    let folder = logs();
    let fit = "generate --real train.csv --label label --like train";
    run(folder.path(), &format!("{fit} --method independent --out apart.csv"));
    run(folder.path(), &format!("{fit} --method resample --out copies.csv"));
    let utility = |table: &str, model: &str| {
        let out = format!("--synthetic {table}.csv --utility --no-yardsticks --json out.json");
        run(folder.path(), &format!("{TABLES} {out}"));
        let out = json(&folder.path().join("out.json"));
        let auc = |rows: &str| number(&out, &format!("/utility/{model}/{rows}"));
        [auc("synthetic"), auc("real")]
    };
    let ([copies, real], [apart, same]) = (utility("copies", "dnn"), utility("apart", "dnn"));
    assert_eq!(real, same, "trained on the same real rows");
    assert!(real > 0.65 && copies > real - 0.08, "{copies} {real}");
    assert!(apart < real - 0.02, "{apart} {real}");
}
