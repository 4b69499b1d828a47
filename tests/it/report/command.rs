//! The command: its files, its links, its errors.

use super::{all_links_lead_somewhere, full_cell, nasty_run, page, report, values};
use crate::experiment::synthctr;
use crate::verdict::folder;
use serde_json::Value;
use std::fs;
use std::path::Path;

fn files(folder: &Path) -> Vec<String> {
    let text = fs::read(folder.join("report.json")).unwrap();
    let contents: Value = serde_json::from_slice(&text).unwrap();
    let files = contents["files"].as_array().unwrap();
    files.iter().map(|name| name.as_str().unwrap().to_owned()).collect()
}

#[test]
fn a_run_becomes_a_page_figures_and_tables() {
    let folder = tempfile::tempdir().unwrap();
    let run = nasty_run(folder.path());
    let said = report(folder.path(), "nasty");
    assert!(said.starts_with("nasty/report.html"), "{said}");
    let page = page(&run);
    for (figure, in_it) in [
        ("difference_to_base_negatives", "neg25"),
        ("difference_to_base_synthetic_only", "synthetic-only"),
        ("difference_to_resample_negatives", "independent"),
        ("ratio_sweep", "rows added"),
        ("learning_curves", "epoch"),
        ("longer_training", "early stop"),
        ("fidelity_utility", "quality score"),
        ("attack_utility", "strongest attack"),
        ("marginals", "of synthetic rows"),
        ("closest_records", "median"),
        ("calibration", "base"),
        ("popularity_dnn_negatives", "popular items"),
        ("generator_costs", "fit, seconds"),
        ("model_costs", "epoch of base"),
        ("seeds_needed", "DNN"),
    ] {
        let svg = fs::read_to_string(run.join(format!("figures/{figure}.svg")));
        // This log names no item, so there are no slices of items.
        if figure.starts_with("popularity") {
            assert!(svg.is_err());
            continue;
        }
        let svg = svg.unwrap();
        assert!(svg.starts_with("<svg ") && svg.trim_end().ends_with("</svg>"), "{figure}");
        assert!(!svg.contains("NaN") && !svg.contains("inf"), "{figure}");
        let png = fs::read(run.join(format!("figures/{figure}.png"))).unwrap();
        let width: u32 =
            values(&svg, "width").iter().map(|w| w.parse().unwrap_or(0)).max().unwrap();
        assert_eq!(&png[..8], b"\x89PNG\r\n\x1a\n");
        assert_eq!(u32::from_be_bytes(png[16..20].try_into().unwrap()), 2 * width, "{figure}");
        let csv = fs::read_to_string(run.join(format!("tables/{figure}.csv"))).unwrap();
        assert!(csv.contains(in_it) && csv.lines().count() > 1, "{figure}: {csv}");
        assert!(page.contains(&format!("<figure id=\"{figure}\">")), "{figure}");
    }
    for name in files(&run) {
        assert!(run.join(&name).is_file(), "{name}");
    }
    all_links_lead_somewhere(&run);
    let entries = page.split("<td>").skip(1).filter_map(|rest| rest.split("</td>").next());
    let measured: Vec<&str> = entries.filter(|entry| entry.contains('.')).collect();
    assert!(measured.len() > 100, "{measured:?}");
    for entry in measured {
        assert!(entry.starts_with("<a href=\"#"), "{entry} leads to no cell");
    }
}

#[test]
fn nothing_from_the_data_becomes_markup_and_nothing_is_asked_of_a_network() {
    let folder = tempfile::tempdir().unwrap();
    let run = nasty_run(folder.path());
    report(folder.path(), "nasty");
    let page = page(&run);
    assert!(page.contains("&lt;script&gt;alert(1)&lt;/script&gt;"), "the category is named");
    assert!(!page.contains("<script") && !page.contains("<b>item"), "and is no markup");
    for word in ["http:", "https:", "src=", "@import", "url("] {
        let elsewhere = page.replace("http://www.w3.org/2000/svg", "");
        assert!(!elsewhere.contains(word), "{word}");
    }
    let tex = fs::read_to_string(run.join("tables/marginals.tex")).unwrap();
    assert!(tex.contains("\\textbackslash{}textbf\\{x\\} \\$y\\$") && !tex.contains("\\textbf{"));
    let text = fs::read_to_string(run.join("report.md")).unwrap();
    assert!(!text.contains("<script") && text.contains("nasty &lt;i&gt;"));
}

#[test]
fn a_category_that_is_never_drawn_has_its_mark() {
    let folder = tempfile::tempdir().unwrap();
    let run = nasty_run(folder.path());
    let marks = || {
        report(folder.path(), "nasty");
        let svg = fs::read_to_string(run.join("figures/marginals.svg")).unwrap();
        svg.matches("<circle").count()
    };
    let before = marks();
    let path = run.join("quality/independent.per-class.seed1.json");
    let mut record: Value = serde_json::from_slice(&fs::read(&path).unwrap()).unwrap();
    record["marginals"]["user"]["synthetic"][0] = Value::from(0.0);
    fs::write(&path, record.to_string()).unwrap();
    assert_eq!(marks(), before);
}

#[test]
fn an_earlier_report_leaves_no_figures_behind_and_other_files_stay() {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path().join("run");
    let mut cells = vec![full_cell("none", "base", "dnn", 1, 98.0)];
    cells.push(full_cell("ctgan.joint", "pos25", "dnn", 1, 97.0));
    folder::write(&root, &cells, "");
    report(folder.path(), "run");
    let mine = root.join("figures/mine.svg");
    fs::write(&mine, "<svg/>").unwrap();
    let drawn = root.join("figures/difference_to_base_positives.svg");
    assert!(drawn.is_file());
    fs::remove_file(root.join("cells/ctgan.joint.pos25.dnn.seed1.json")).unwrap();
    report(folder.path(), "run");
    assert!(!drawn.exists() && mine.is_file());
    // A list that names files elsewhere removes none of them.
    let list = r#"{"title": "", "files": ["", "figures", "experiment.toml", "../outside.svg",
        "figures/../../outside.svg"]}"#;
    fs::write(root.join("report.json"), list).unwrap();
    fs::write(folder.path().join("outside.svg"), "").unwrap();
    report(folder.path(), "run");
    assert!(folder.path().join("outside.svg").is_file() && root.join("experiment.toml").is_file());
}

#[test]
fn reports_are_the_same_twice() {
    let folder = tempfile::tempdir().unwrap();
    let run = nasty_run(folder.path());
    let all = || files(&run).into_iter().map(|name| fs::read(run.join(name)).unwrap());
    report(folder.path(), "nasty");
    let first: Vec<_> = all().collect();
    report(folder.path(), "nasty");
    assert!(first == all().collect::<Vec<_>>());
}

#[test]
fn what_is_wrong_is_said_and_nothing_is_left_behind() {
    let folder = tempfile::tempdir().unwrap();
    let cells = [full_cell("none", "base", "dnn", 1, 98.0)];
    folder::write(&folder.path().join("a"), &cells, "");
    folder::write(&folder.path().join("b"), &cells, "");
    folder::write(&folder.path().join("empty"), &[], "");
    fs::write(folder.path().join("bench.json"), "{}").unwrap();
    fs::write(folder.path().join("claims.toml"), "[[claim]]\nid = 'x'\n").unwrap();
    for (arguments, said) in [
        ("nowhere --out out", "nowhere is not a run folder"),
        ("empty --out out", "empty holds no finished cell"),
        ("a b", "name a folder for the report of several runs: --out DIR"),
        ("a --out bench.json", "bench.json is a file; name a folder"),
        ("a --out out --bench bench.json", "bench.json is not a result of `synthctr bench`"),
        ("a --out out --bench no.json", "cannot read no.json"),
        ("a --out out --claims claims.toml", "claims.toml"),
    ] {
        let mut command = synthctr(folder.path());
        let output = command.arg("report").args(arguments.split(' ')).assert().failure();
        let text = String::from_utf8_lossy(&output.get_output().stderr).into_owned();
        assert!(text.contains(said) && text.starts_with("error: "), "{arguments}: {text}");
        assert!(!folder.path().join("out").exists(), "{arguments}");
    }
}

#[test]
fn a_damaged_cell_is_named_and_the_others_count() {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path().join("run");
    folder::write(&root, &[full_cell("none", "base", "dnn", 1, 98.0)], "");
    fs::write(root.join("cells/none.base.dnn.seed2.json"), "{").unwrap();
    fs::create_dir_all(root.join("quality")).unwrap();
    fs::write(root.join("quality/real.json"), "[]").unwrap();
    // Numbers that were changed no longer have the checksum that the file ends with.
    let changed = "{\n  \"a\": 1,\n  \"seal\": \"0\"\n}\n";
    fs::write(root.join("cells/none.base.dnn.seed3.json"), changed).unwrap();
    fs::write(root.join("quality/copies.json"), changed).unwrap();
    let output = synthctr(folder.path()).args(["report", "run"]).assert().success();
    let said = String::from_utf8_lossy(&output.get_output().stderr).into_owned();
    let page = page(&root);
    for file in [
        "none.base.dnn.seed2.json is left out",
        "quality/real.json is left out",
        "none.base.dnn.seed3.json is left out: its content does not have the checksum",
        "quality/copies.json is left out: its content does not have the checksum",
    ] {
        assert!(page.contains(file) && said.contains(file), "{file}: {said}");
    }
}

#[test]
fn several_runs_stand_side_by_side() {
    let folder = tempfile::tempdir().unwrap();
    for (name, gain) in [("one", 0.1), ("two", -0.1)] {
        let mut cells = Vec::new();
        for seed in 1..=3 {
            let auc = 98.0 + 0.01 * seed as f64;
            cells.push(full_cell("none", "base", "dnn", seed, auc));
            cells.push(full_cell("ctgan.joint", "neg25", "dnn", seed, auc + gain));
        }
        let epochs = format!("[training]\nepochs = {}", if name == "one" { 5 } else { 6 });
        folder::write(&folder.path().join(name), &cells, &epochs);
    }
    report(folder.path(), "one two --out both");
    let both = folder.path().join("both");
    let settings = fs::read_to_string(both.join("tables/settings.csv")).unwrap();
    assert_eq!(settings, "setting,one,two\ntraining.epochs,5,6\n");
    // Claims about other data of which there is nothing take one line.
    let text = fs::read_to_string(both.join("report.md")).unwrap();
    assert!(text.contains("claims nothing can be said here"), "{text}");
    assert!(!text.contains("this run has none of the cells"), "{text}");
    all_links_lead_somewhere(&both);
    let csv = fs::read_to_string(both.join("tables/side_by_side_dnn_negatives.csv")).unwrap();
    let mut lines = csv.lines();
    assert!(lines.next().unwrap().starts_with("source,fitted,scenario,one,one low,one high,two,"));
    let row: Vec<&str> = lines.next().unwrap().split(',').collect();
    assert_eq!(&row[..3], ["ctgan", "joint", "neg25"]);
    let value = |at: usize| row[at].parse::<f64>().unwrap();
    assert!((value(3) - 0.1).abs() < 1e-9 && (value(6) + 0.1).abs() < 1e-9, "{row:?}");
    for figure in ["r1-difference_to_base_negatives", "r2-difference_to_base_negatives"] {
        assert!(both.join(format!("figures/{figure}.svg")).is_file(), "{figure}");
    }
}

#[test]
fn rows_of_one_label_are_told_apart_from_those_of_both() {
    let folder = tempfile::tempdir().unwrap();
    let run = nasty_run(folder.path());
    report(folder.path(), "nasty");
    let read = |name: &str| fs::read_to_string(run.join(name)).unwrap();
    let held_out = |table: &str, fitted: &str| -> Vec<String> {
        let begins = format!("real rows,{fitted},");
        table.lines().filter(|line| line.starts_with(&begins)).map(str::to_owned).collect()
    };
    let (table, figure) = (read("tables/fidelity.csv"), read("figures/fidelity_utility.svg"));
    assert_eq!(held_out(&table, "held out").len(), 1);

    let more = ["run", "nasty.toml", "--out", "nasty", "--scenarios", "base,neg10"];
    synthctr(folder.path()).args(more).assert().success();
    report(folder.path(), "nasty");
    let both = read("tables/fidelity.csv");
    assert_eq!(held_out(&both, "held out"), held_out(&table, "held out"));
    assert_eq!(held_out(&both, "\"held out, label 0\"").len(), 1, "{both}");
    assert_eq!(read("figures/fidelity_utility.svg"), figure);
}
