//! `synthctr bench`: its numbers, its table, its file.

use synthctr::bench::{BenchReport, Measurement, Subject};
use synthctr::device::Device;
use synthctr::generators::Reading;
use synthctr::report::bench_table;

fn synthctr() -> assert_cmd::Command {
    assert_cmd::Command::new(env!("CARGO_BIN_EXE_synthctr"))
}

#[test]
fn everything_asked_for_is_measured_and_nothing_else() {
    let folder = tempfile::tempdir().unwrap();
    let run =
        |arguments: &[&str]| synthctr().current_dir(&folder).arg("bench").args(arguments).assert();
    let asked = "--generators tvae,resample --models dnn --devices cpu,ndarray --rows 300 \
                 --epochs 2 --repeats 2 --out measured.json";
    let arguments: Vec<&str> = asked.split_whitespace().collect();
    let output = run(&arguments).success();
    let table = String::from_utf8_lossy(&output.get_output().stdout).into_owned();
    let json = std::fs::read(folder.path().join("measured.json")).unwrap();
    let report: BenchReport = serde_json::from_slice(&json).unwrap();
    let found: Vec<(&str, Device)> =
        report.measurements.iter().map(|m| (m.name.as_str(), m.device)).collect();
    let (cpu, ndarray) = (Device::Cpu, Device::NdArray);
    assert_eq!(
        found,
        [("tvae", cpu), ("tvae", ndarray), ("resample", cpu), ("dnn", cpu), ("dnn", ndarray)]
    );
    for m in &report.measurements {
        assert!(m.fit_rows_per_second > 0.0 && m.sample_rows_per_second > 0.0, "{m:?}");
        assert!(m.host_peak_mb > 1.0 && m.device_peak_mb.is_none(), "{m:?}");
        let rate = m.train_rows as f64 / m.fit_seconds;
        assert!((m.fit_rows_per_second / rate - 1.0).abs() < 1e-6, "{m:?}");
        assert_eq!((m.train_rows, m.epochs), (300, (m.name != "resample").then_some(2)));
        assert!(table.contains(&m.name), "{table}");
    }
    assert!(report.gpu.is_none());

    run(&["--epochs", "0"]).code(2);
    run(&["--generators", "tvea"]).code(2);
    run(&["--dataset", "nothing"]).code(2);
    let output = run(&["--dataset", "insteval"]).code(2);
    let said = String::from_utf8_lossy(&output.get_output().stderr).into_owned();
    assert!(said.contains("`insteval` is to be built: `synthctr data fetch insteval`"), "{said}");
    let output = run(&["--generators", "none", "--models", "none", "--out", "no/b.json"]).code(2);
    let said = String::from_utf8_lossy(&output.get_output().stderr).into_owned();
    assert!(said.contains("no/b.json: there is no folder no"), "{said}");
}

/// Before anything is measured, which takes what it takes.
#[test]
#[cfg(target_os = "linux")]
fn where_nothing_can_be_written_nothing_is_measured() {
    let folder = tempfile::tempdir().unwrap();
    let output = synthctr().current_dir(&folder).args(["bench", "--out", "/proc/b.json"]).assert();
    let said = String::from_utf8_lossy(&output.code(2).get_output().stderr).into_owned();
    assert!(said.starts_with("error: /proc/b.json: nothing can be written to /proc"), "{said}");
}

#[test]
fn table_of_two_devices() {
    let measurement = |subject, name: &str, device, rate: f64| Measurement {
        subject,
        name: name.to_owned(),
        reading: Reading::Categories,
        device,
        train_rows: 20_000,
        epochs: Some(3),
        fit_seconds: 20_000.0 / rate,
        fit_rows_per_second: rate,
        sample_rows: 20_000,
        sample_seconds: 2_000.0 / rate,
        sample_rows_per_second: 10.0 * rate,
        host_peak_mb: 912.3,
        device_peak_mb: (device == Device::Cuda).then_some(1204.0),
    };
    let (generator, model) = (Subject::Generator, Subject::Model);
    let report = BenchReport {
        program: "synthctr".to_owned(),
        machine: "a processor".to_owned(),
        instruction_set: "avx2".to_owned(),
        gpu: Some("a GPU".to_owned()),
        dataset: serde_json::from_value(serde_json::json!({
            "name": "frappe_x1", "fingerprint": "0", "checksums": {}, "notes": [],
            "constraints": [],
            "rows": { "train": 1, "valid": 1, "test": 1 },
            "clicks": { "train": 1, "valid": 1, "test": 1 },
            "valid_identical_rows": 0, "valid_identical_rows_without_label": 0,
            "bayes_auc": null,
        }))
        .unwrap(),
        preset: "paper".to_owned(),
        repeats: 3,
        threads: 2,
        measurements: vec![
            measurement(generator, "smoten", Device::Cpu, 1_234_567.0),
            measurement(generator, "ctgan", Device::Cpu, 1_500.0),
            measurement(generator, "ctgan", Device::Cuda, 90_000.0),
            measurement(model, "deepfm", Device::Cpu, 40_000.0),
            measurement(model, "deepfm", Device::Cuda, 1_000_000.0),
        ],
    };
    crate::snapshots().bind(|| insta::assert_snapshot!("bench_table", bench_table(&report)));
}
