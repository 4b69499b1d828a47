//! Generators that are trained: what a run keeps of them.

use super::synthctr;
use serde_json::Value;
use std::fs;
use std::path::Path;

const EXPERIMENT: &str = r#"
name = "trained"
generators = ["ctgan", "resample"]
conditioning = ["per-class"]
scenarios = ["pos25+neg25"]
models = ["dnn"]

[dataset]
name = "simulated"

[dataset.simulator]
train_rows = 600
valid_rows = 300
test_rows = 300

[training]
epochs = 1
batch_size = 200

[generator.ctgan]
preset = "quick"
epochs = 2
"#;

fn json(path: &Path) -> Value {
    serde_json::from_slice(&fs::read(path).unwrap_or_else(|e| panic!("{path:?}: {e}"))).unwrap()
}

#[test]
fn a_saved_generator_is_drawn_from_again() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("trained.toml"), EXPERIMENT).unwrap();
    let run = |more: &[&str]| {
        synthctr(folder.path()).args(["run", "trained.toml", "--out", "out"]).args(more).assert()
    };
    run(&[]).success();
    let out = folder.path().join("out");
    let generator = out.join("generators/ctgan.per-class.seed1");
    assert!(!out.join("generators").exists(), "kept without being asked");
    let fit = json(&out.join("synthetic/ctgan.per-class.seed1.fit.json"));
    let trainings = fit["trainings"].as_array().unwrap();
    assert_eq!(trainings.len(), 2);
    for (label, training) in trainings.iter().enumerate() {
        assert_eq!(training["label"], label);
        let epochs = training["epochs"].as_array().unwrap();
        assert_eq!(epochs.len(), 2);
        assert!(epochs.iter().all(|epoch| epoch["losses"]["generator"].is_number()));
    }
    assert!(!out.join("synthetic/resample.per-class.seed1.fit.json").exists());

    let cell = out.join("cells/ctgan.per-class.pos25+neg25.dnn.seed1.json");
    let written = || fs::metadata(&cell).unwrap().modified().unwrap();
    let before = written();
    run(&["--save-generator"]).success();
    assert_eq!(written(), before, "a finished cell was done again");
    let saved = json(&generator.join("fit.json"));
    assert_eq!(saved["fingerprint"], fit["fingerprint"]);
    let sample =
        |label: u8| out.join(format!("synthetic/ctgan.per-class.seed1.label{label}.parquet"));
    let before = [0, 1].map(|label| fs::read(sample(label)).unwrap());

    // Without the samples they are drawn again, and from the kept generator: its time is told.
    let mut marked = saved.clone();
    marked["fit_seconds"] = 12_345.0.into();
    fs::write(generator.join("fit.json"), marked.to_string()).unwrap();
    fs::remove_dir_all(out.join("synthetic")).unwrap();
    fs::remove_dir_all(out.join("cells")).unwrap();
    run(&[]).success();
    assert!([0, 1].map(|label| fs::read(sample(label)).unwrap()) == before);
    let info = json(&sample(0).with_extension("json"));
    assert_eq!(info["fit_seconds"], 12_345.0);

    // A kept generator is whole only with its description, and is made again otherwise.
    fs::remove_file(generator.join("fit.json")).unwrap();
    let before = written();
    run(&["--save-generator"]).success();
    assert_eq!(json(&generator.join("fit.json"))["fingerprint"], fit["fingerprint"]);
    assert_eq!(written(), before, "a finished cell was done again");

    // Other settings: the kept generator is another's, and goes.
    run(&["--set", "generator.ctgan.epochs=1"]).success();
    assert!(!generator.exists());
}

#[test]
fn presets_are_where_settings_begin() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("trained.toml"), EXPERIMENT).unwrap();
    let run = |more: &[&str]| {
        let arguments = ["run", "trained.toml", "--dry-run"];
        synthctr(folder.path()).args(arguments).args(more).assert()
    };
    run(&["--preset", "cpu"]).success();
    run(&["--preset", "cpo"]).code(2);
    run(&["--set", "generator.tvae.preset=cpu", "--set", "generator.tvae.epochs=3"]).success();
    let faulty = |setting: &str| {
        let output = run(&["--set", setting]).code(2);
        String::from_utf8_lossy(&output.get_output().stderr).into_owned()
    };
    let messages = [
        "generator.ctgan.preset=fast",
        "generator.ctgan.epoch=3",
        "generator.ctgan.batch_size=15",
        "generator.copula-gan.ctgan.pac=0",
        "generator.copula-gan.marginal=gauss",
        "generator.tvae.epochs=0",
        "generator.tabddpm.timesteps=0",
        "generator.tabddpm.hidden_units=[]",
    ]
    .map(|setting| format!("{setting}\n    {}", faulty(setting).trim()));
    crate::snapshots().bind(|| insta::assert_snapshot!("preset_messages", messages.join("\n")));
}
