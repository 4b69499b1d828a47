//! The tables at the end of a run.

use super::{synthctr, tiny_folder};
use synthctr::ctr::ModelKind;
use synthctr::device::Device;
use synthctr::experiment::environment::DatasetSummary;
use synthctr::experiment::{ResultRow, Scenario, from_csv};
use synthctr::report::{Summary, auc_table, cost_table, identical_table, resample_table};

/// Made-up results in the size of the paper's; the n-th seed is a bit better.
fn made_up(seeds: u64) -> Vec<ResultRow> {
    let sources =
        [("smoten", "joint"), ("gaussian-copula", "per-class"), ("resample", "per-class")];
    let mut rows = Vec::new();
    for seed in 1..=seeds {
        for (m, model) in ModelKind::ALL.into_iter().enumerate() {
            rows.push(row(("none", "none"), Scenario::Base, model, seed, 0.98396 - m as f64 / 3e3));
            for (s, source) in sources.into_iter().enumerate() {
                for (i, &scenario) in Scenario::PAPER[1..].iter().enumerate() {
                    let gain = [-2e-4, -5e-4, 8e-4, 1.14e-3, -0.11][i] / (1.0 + s as f64);
                    let auc = 0.98396 + gain - m as f64 / 3e3;
                    rows.push(row(source, scenario, model, seed, auc));
                }
            }
        }
    }
    rows
}

fn row(
    (generator, conditioning): (&str, &str),
    scenario: Scenario,
    model: ModelKind,
    seed: u64,
    test_auc: f64,
) -> ResultRow {
    let synthetic_rows = scenario.synthetic_rows([134_423, 67_604]).iter().sum();
    let base = scenario == Scenario::Base;
    ResultRow {
        dataset: "frappe_x1".into(),
        generator: generator.into(),
        conditioning: conditioning.into(),
        scenario,
        model: model.into(),
        seed,
        device: Device::Cpu,
        test_auc: test_auc + seed as f64 * if base { 1e-4 } else { 1.2e-4 },
        test_logloss: 0.15,
        valid_auc: 0.985,
        epochs: 16,
        train_rows: 202_027 + synthetic_rows,
        synthetic_rows,
        identical_rows: synthetic_rows / 3,
        fit_seconds: if base { 0.0 } else { 12.5 },
        sample_seconds: if base { 0.0 } else { 0.5 },
        train_seconds: 80.0 + seed as f64,
        peak_rss_mb: 900.0,
        identical_rows_without_label: synthetic_rows / 2,
        fit_peak_mb: if base { 0.0 } else { 800.0 },
        sample_peak_mb: if base { 0.0 } else { 300.0 },
        train_peak_mb: 900.0,
        ..blank()
    }
}

/// A row whose other numbers no table shows.
fn blank() -> ResultRow {
    let columns = "dataset,generator,conditioning,scenario,model,seed,device,test_auc,test_logloss,\
                   valid_auc,epochs,train_rows,synthetic_rows,identical_rows,fit_seconds,\
                   sample_seconds,train_seconds,peak_rss_mb,identical_rows_without_label,\
                   fit_peak_mb,sample_peak_mb,train_peak_mb\n";
    let row = "x,none,none,base,dnn,1,cpu,0.5,0.7,0.5,1,1,0,0,0,0,0,0,0,0,0,0\n";
    // As a file of a version that knew no more columns.
    from_csv(format!("{columns}{row}").as_bytes()).unwrap().remove(0)
}

fn frappe() -> DatasetSummary {
    serde_json::from_value(serde_json::json!({
        "name": "frappe_x1",
        "fingerprint": "0",
        "checksums": {},
        "notes": [],
        "constraints": [],
        "rows": { "train": 202_027, "valid": 57_722, "test": 28_860 },
        "clicks": { "train": 67_604, "valid": 19_063, "test": 9_536 },
        "valid_identical_rows": 123,
        "valid_identical_rows_without_label": 456,
        "bayes_auc": null,
    }))
    .unwrap()
}

fn all_tables(rows: &[ResultRow]) -> String {
    let rows: Vec<_> = rows.iter().collect();
    let summary = Summary::new(&rows);
    let mut text = String::new();
    for model in summary.models() {
        text += &auc_table(&summary, model, false);
        text.push('\n');
        text += &resample_table(&summary, model, false).unwrap_or_default();
        text.push('\n');
    }
    text + &identical_table(&summary, &frappe()) + "\n" + &cost_table(&summary)
}

#[test]
fn tables_of_one_seed_and_of_three() {
    for (name, seeds) in [("tables_one_seed", 1), ("tables_three_seeds", 3)] {
        let text = all_tables(&made_up(seeds));
        assert!(text.lines().all(|line| line.chars().count() <= 120), "{text}");
        crate::snapshots().bind(|| insta::assert_snapshot!(name, text));
    }
}

#[test]
fn ratios_stand_in_their_order() {
    let names = ["synthetic-only", "neg200", "pos7+neg30", "neg5", "pos50"];
    let rows: Vec<_> = names
        .iter()
        .enumerate()
        .map(|(i, name)| {
            let source = ("resample", "per-class");
            row(source, name.parse().unwrap(), ModelKind::Dnn, 1, 0.9 + i as f64 / 1e3)
        })
        .collect();
    let rows: Vec<_> = rows.iter().collect();
    let summary = Summary::new(&rows);
    let table = auc_table(&summary, ModelKind::Dnn.into(), false);
    let header = table.lines().find(|line| line.contains("neg5")).unwrap();
    let order: Vec<_> = header.split_whitespace().collect();
    assert_eq!(order, ["pos50", "neg5", "neg200", "pos7+neg30", "synthetic-only"]);
}

#[test]
fn missing_results_leave_gaps() {
    let mut rows = made_up(2);
    rows.retain(|row| {
        row.model == ModelKind::Dnn
            && !(row.scenario == Scenario::Base && row.seed == 2)
            && !(row.scenario == Scenario::NEG25 && row.generator == "smoten")
    });
    let text = all_tables(&rows);
    crate::snapshots().bind(|| insta::assert_snapshot!("tables_with_gaps", text));
    assert_eq!(all_tables(&[]).matches("NaN").count(), 0);
}

#[test]
fn colours_only_where_asked_for() {
    let rows = made_up(1);
    let rows: Vec<_> = rows.iter().collect();
    let summary = Summary::new(&rows);
    assert!(!auc_table(&summary, ModelKind::Dnn.into(), false).contains('\x1b'));
    assert!(auc_table(&summary, ModelKind::Dnn.into(), true).contains('\x1b'));
}

/// The table a real run prints, with digits left out that depend on the machine.
#[test]
fn table_of_a_tiny_run() {
    let folder = tiny_folder();
    let mut command = synthctr(folder.path());
    let output =
        command.args(["run", "tiny.toml", "--seeds", "1", "--no-quality"]).assert().success();
    let text = String::from_utf8(output.get_output().stdout.clone()).unwrap();
    let mut settings = crate::snapshots();
    settings.add_filter(r"\d\d\.\d\d\d", "__.___");
    settings.add_filter(r"[+-] ?\d\.\d\d\d", "+_.___");
    settings.add_filter(r"(?m)^( (fit|sample|train) .*? \d+) +[\d.]+ +[\d.]+ +\d+$", "$1  …");
    settings.bind(|| insta::assert_snapshot!("tiny_run", text));
    let csv = std::fs::read(folder.path().join("runs/tiny/results.csv")).unwrap();
    for row in from_csv(&csv).unwrap() {
        // Three epochs on 900 rows teach little more than which items are popular.
        assert!((0.65..0.9).contains(&row.test_auc), "{row:?}");
        assert!((0.3..0.8).contains(&row.test_logloss), "{row:?}");
        assert!(row.train_seconds > 0.0 && row.peak_rss_mb > 1.0, "{row:?}");
    }
}
