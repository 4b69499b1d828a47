//! Experiments whose generators read numbers.

use super::{TINY, synthctr};
use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use synthctr::experiment::{ResultRow, from_csv};

/// The tiny experiment with a copula, CopulaGAN and integers for users and items.
fn folder(simulator: &str) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    let text = TINY
        .replace(
            r#"["resample", "independent"]"#,
            r#"["gaussian-copula", "copula-gan", "resample"]"#,
        )
        .replace("items = 40", &format!("items = 40{simulator}"))
        .replace("seeds = 2", "seeds = 1")
        .replace(r#"["base", "neg25", "synthetic-only"]"#, r#"["base", "neg25"]"#)
        .replace(r#"["dnn", "masknet"]"#, r#"["dnn"]"#);
    let quick = "\n[generator.copula-gan]\npreset = \"quick\"\nctgan = { epochs = 1 }\n";
    fs::write(folder.path().join("tiny.toml"), text + quick).unwrap();
    folder
}

const INTEGERS: &str = ", integer_ids = true";

fn rows(run: &Path) -> Vec<ResultRow> {
    from_csv(&fs::read(run.join("results.csv")).unwrap()).unwrap()
}

fn sources(run: &Path) -> BTreeSet<String> {
    let source = |row: ResultRow| format!("{} {} {}", row.generator, row.conditioning, row.reading);
    rows(run).into_iter().map(source).collect()
}

#[test]
fn both_readings_are_run_and_finished_cells_of_categories_stand() {
    let folder = folder(INTEGERS);
    let run = |more: &[&str]| {
        let mut command = synthctr(folder.path());
        command.args(["run", "tiny.toml", "--out", "out", "--no-quality"]).args(more);
        let output = command.assert().success().get_output().clone();
        String::from_utf8(output.stdout).unwrap() + &String::from_utf8(output.stderr).unwrap()
    };
    let out = folder.path().join("out");
    run(&["--generators", "gaussian-copula,resample"]);
    let [joint, per_class] = ["gaussian-copula.joint", "gaussian-copula.per-class"];
    let cell = |name: &str| fs::read(out.join(format!("cells/{name}.neg25.dnn.seed1.json")));
    let before = [joint, per_class].map(|name| cell(name).unwrap());
    // Without readings a cell's file is called as ever; the last column says how fields were read.
    let wanted = [
        "none none none",
        "gaussian-copula joint categories",
        "gaussian-copula per-class categories",
        "resample per-class categories",
    ];
    assert_eq!(sources(&out), wanted.map(String::from).into());
    let header = fs::read_to_string(out.join("results.csv")).unwrap();
    assert!(header.lines().next().unwrap().ends_with(",fit_seed,draw_seed,reading"));

    let text = run(&["--reading", "categories,numbers"]);
    assert!(text.contains("joint numbers"), "{text}");
    let numbers = ["gaussian-copula joint numbers", "copula-gan joint numbers"];
    let wanted: BTreeSet<String> = wanted.into_iter().chain(numbers).map(String::from).collect();
    assert_eq!(sources(&out), wanted);
    assert_eq!([joint, per_class].map(|name| cell(name).unwrap()), before, "not done again");
    let json =
        fs::read_to_string(out.join("synthetic/gaussian-copula.joint.numbers.seed1.label0.json"));
    assert!(json.unwrap().contains("\"moved\""));

    // Asked for on the command line, the other way of fitting is run for numbers too.
    let per_class = ["--conditioning", "per-class", "--reading", "numbers"];
    run(&[&per_class[..], &["--generators", "gaussian-copula"]].concat());
    let wanted = ["none none none", "gaussian-copula per-class numbers"];
    assert_eq!(sources(&out), wanted.map(String::from).into());
    let verdict = synthctr(folder.path()).args(["verify", "out", "--all"]).assert();
    let text = String::from_utf8(verdict.get_output().stdout.clone()).unwrap();
    assert!(text.contains("gaussian-copula per-class numbers"), "{text}");
}

#[test]
fn where_no_field_is_a_number_copula_gan_is_left_out_and_numbers_are_refused() {
    let folder = folder("");
    let run = |more: &[&str]| {
        let mut command = synthctr(folder.path());
        command.args(["run", "tiny.toml", "--out", "out", "--no-quality"]).args(more);
        command.assert()
    };
    let output = run(&[]).success().get_output().clone();
    let said = String::from_utf8(output.stderr).unwrap();
    assert!(said.contains("copula-gan is left out"), "{said}");
    assert!(!sources(&folder.path().join("out")).iter().any(|name| name.contains("copula-gan")));
    for more in
        [&["--reading", "numbers"][..], &["--generators", "copula-gan", "--scenarios", "neg25"]]
    {
        let output = run(more).failure().get_output().clone();
        let said = String::from_utf8(output.stderr).unwrap();
        assert!(said.contains("names such as user-07"), "{said}");
        assert!(!said.contains("panicked"), "{said}");
    }
}
