//! Tests of the runner and the store with a trainer that only pretends.

mod caches;
mod crossed;

use super::train::{Job, Oracle, Scored, Trainer};
use super::*;
use crate::ctr::{CtrError, Epoch};
use crate::data::Table;
use crate::experiment::{Override, ResultRow, from_csv};
use crate::progress::Progress;
use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use std::sync::Mutex;

/// Predicts from a hash of the rows it is given, so that any difference of rows shows.
#[derive(Default)]
struct Pretend {
    trained: Mutex<Vec<Table>>,
    /// Fails after this many trainings.
    fails_after: Option<usize>,
}

impl Pretend {
    fn tables(&self) -> Vec<Table> {
        self.trained.lock().unwrap().clone()
    }
}

impl Trainer for Pretend {
    fn train(&self, job: &Job<'_>, _: &dyn Progress) -> Result<Scored, CtrError> {
        let mut trained = self.trained.lock().unwrap();
        if self.fails_after == Some(trained.len()) {
            return Err(CtrError::Setting("pretended failure".into()));
        }
        trained.push(job.rows.train.clone());
        let name =
            format!("{:?} {:?} {:?}", job.rows.train.columns(), job.rows.train.labels(), job.model);
        let noise = job.seed.counter(&name);
        let predict = move |table: &Table| -> Vec<f64> {
            let score = |(row, &label): (usize, &u8)| {
                let codes: u64 = table.row(row).map(u64::from).sum();
                let noise = noise.word((row as u64) << 32 | codes) as f64 / u64::MAX as f64;
                0.6 * noise + 0.3 * f64::from(label)
            };
            table.labels().iter().enumerate().map(score).collect()
        };
        let best = Epoch {
            epoch: 1,
            train_loss: 0.5,
            valid_auc: 0.75,
            valid_logloss: 0.5,
            valid_logloss_clicks: 0.7,
            valid_logloss_others: 0.4,
            test_auc: None,
            test_logloss: None,
            learning_rate: job.training.learning_rate,
            seconds: 0.0,
        };
        let valid_auc = best.valid_auc;
        Ok(Scored { history: vec![best], valid_auc, oracle: Oracle::Any(Box::new(predict)) })
    }
}

#[derive(Default)]
struct Ear(Mutex<Vec<String>>);

impl Ear {
    fn warnings(&self) -> String {
        self.0.lock().unwrap().join("\n")
    }
}

impl Listener for Ear {
    fn begin(&self, _: &Outlook) {}
    fn job(&self, _: &str) -> Box<dyn Progress + '_> {
        Box::new(())
    }
    fn fit_done(&self, _: &str, _: f64) {}
    fn measured(&self, _: &str, _: &QualityRecord, _: f64) {}
    fn cell_done(&self, _: &str, _: &CellRecord, _: f64) {}
    fn failed(&self, _: &str, _: f64) {}
    fn warn(&self, message: &str) {
        self.0.lock().unwrap().push(message.to_owned());
    }
}

/// Two generators, one of them in two ways, two seeds, all scenarios, two models: 64 cells.
const TINY: &str = r#"
name = "tiny"
seeds = [3, 8]
generators = ["resample", "gaussian-copula"]
models = ["dnn", "deepfm"]
device = "cpu"
[dataset]
name = "simulated"
simulator = { train_rows = 240, valid_rows = 60, test_rows = 90, users = 20, items = 30 }
"#;

const TINY_CELLS: usize = 2 * (2 + 3 * 5 * 2);

fn experiment(text: &str, changes: &[&str]) -> ExperimentConfig {
    let changes: Vec<_> = changes.iter().map(|c| Override::parse(c).unwrap()).collect();
    ExperimentConfig::parse("tiny.toml", text, &changes).unwrap()
}

fn options(out: &Path) -> RunOptions {
    RunOptions {
        data_dir: None,
        out: out.to_owned(),
        shard: Shard::WHOLE,
        order: Order::Planned,
        jobs: Some(1),
        measure_quality: false,
        save_scores: true,
        save_models: false,
        save_generators: false,
        only: None,
    }
}

fn runner(out: &Path, changes: &[&str]) -> Runner {
    Runner::new(experiment(TINY, changes), options(out)).unwrap()
}

fn shard(out: &Path, shard: &str) -> Runner {
    let options = RunOptions { shard: shard.parse().unwrap(), ..options(out) };
    Runner::new(experiment(TINY, &[]), options).unwrap()
}

/// Runs to the end; gives the results without what may differ between runs, and the number of
/// trainings.
fn run(runner: &Runner, ear: &Ear) -> (Vec<ResultRow>, usize) {
    let trainer = Pretend::default();
    let results = runner.run_with(&trainer, ear).unwrap();
    let trained = trainer.tables().len();
    (results.cells.into_iter().map(|cell| timeless(cell.row)).collect(), trained)
}

fn timeless(row: ResultRow) -> ResultRow {
    ResultRow {
        fit_seconds: 0.0,
        sample_seconds: 0.0,
        train_seconds: 0.0,
        peak_rss_mb: 0.0,
        fit_peak_mb: 0.0,
        sample_peak_mb: 0.0,
        train_peak_mb: 0.0,
        evaluate_seconds: 0.0,
        jobs: 1,
        ..row
    }
}

#[test]
fn what_needs_an_item_is_left_out_if_nobody_asked_for_it() {
    let folder = tempfile::tempdir().unwrap();
    let rows: String = (0..400).map(|i| format!("{},u{},i{}\n", i % 2, i % 9, i % 5)).collect();
    let log = folder.path().join("log.csv");
    std::fs::write(&log, format!("label,user,item\n{rows}")).unwrap();
    let of = |more: &str, dataset: &str| {
        let path = log.display();
        let text =
            format!("seeds = 1\ndevice = 'cpu'\n{more}[dataset]\npath = '{path}'\n{dataset}");
        Runner::new(experiment(&text, &[]), options(&folder.path().join("out")))
    };
    let names =
        |runner: &Runner| -> String { runner.tasks.iter().map(|t| t.cell.name() + " ").collect() };
    let runner = of("", "").unwrap();
    assert!(!names(&runner).contains("uniform-item") && names(&runner).contains("smoten"));
    assert!(
        runner.left_out.iter().any(|why| why.contains("dataset.item")),
        "{:?}",
        runner.left_out
    );
    assert!(names(&of("", "item = 'item'\n").unwrap()).contains("uniform-item"));
    let asked = of("generators = ['smoten', 'uniform-item']\n", "");
    assert!(matches!(asked, Err(RunError::NoItem)));
}

#[test]
fn everything_is_done_once_in_any_order() {
    let folders = [tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap()];
    let ear = Ear::default();
    let (rows, trained) = run(&runner(folders[0].path(), &[]), &ear);
    assert_eq!((rows.len(), trained), (TINY_CELLS, TINY_CELLS));
    let (again, trained) = run(&runner(folders[0].path(), &[]), &ear);
    assert_eq!(trained, 0, "all cells stand");
    assert_eq!(rows, again);
    let options =
        RunOptions { order: Order::Shuffled(5), jobs: Some(4), ..options(folders[1].path()) };
    let shuffled = Runner::new(experiment(TINY, &[]), options).unwrap();
    assert_eq!(run(&shuffled, &ear).0, rows, "another order, four at a time");
    assert_eq!(ear.warnings(), "");

    let csv = fs::read(folders[0].path().join("results.csv")).unwrap();
    let columns = "dataset,generator,conditioning,scenario,model,seed,device,test_auc,\
                   test_logloss,valid_auc,epochs,train_rows,synthetic_rows,identical_rows,\
                   fit_seconds,sample_seconds,train_seconds,peak_rss_mb,";
    assert!(csv.starts_with(columns.as_bytes()));
    let read: Vec<_> = from_csv(&csv).unwrap().into_iter().map(timeless).collect();
    assert_eq!(read, rows, "results.csv holds the same");
    let json = fs::read(folders[0].path().join("results.json")).unwrap();
    let read: Vec<ResultRow> = serde_json::from_slice(&json).unwrap();
    assert_eq!(read.into_iter().map(timeless).collect::<Vec<_>>(), rows, "and results.json");
}

#[test]
fn a_stopped_run_goes_on() {
    let folders = [tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap()];
    let ear = Ear::default();
    let whole = run(&runner(folders[0].path(), &[]), &ear).0;
    let stopped = runner(folders[1].path(), &[]);
    for stop in [0, 10, 5] {
        let trainer = Pretend { fails_after: Some(stop), ..Pretend::default() };
        let error = stopped.run_with(&trainer, &ear).unwrap_err();
        assert!(matches!(error, RunError::Training { .. }), "{error}");
    }
    let (rows, trained) = run(&stopped, &ear);
    assert_eq!(rows, whole);
    assert_eq!(trained, TINY_CELLS - 15, "finished cells are not done again");
}

#[test]
fn shards_in_one_folder_equal_the_whole() {
    let folders = [tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap()];
    let ear = Ear::default();
    let whole = run(&runner(folders[0].path(), &[]), &ear).0;
    let (second, trained) = run(&shard(folders[1].path(), "2/2"), &ear);
    assert_eq!((second.len(), trained), (TINY_CELLS / 2, TINY_CELLS / 2));
    let (both, trained) = run(&shard(folders[1].path(), "1/2"), &ear);
    assert_eq!(trained, TINY_CELLS / 2);
    assert_eq!(both, whole);
    assert_eq!(ear.warnings(), "");
}

#[test]
fn damaged_files_are_made_again() {
    let folder = tempfile::tempdir().unwrap();
    let ear = Ear::default();
    let whole = run(&runner(folder.path(), &[]), &ear).0;
    let halve = |name: &str| {
        let path = folder.path().join(name);
        let content = fs::read(&path).unwrap();
        fs::write(&path, &content[..content.len() / 2]).unwrap();
    };
    halve("cells/resample.per-class.neg25.dnn.seed3.json");
    fs::write(folder.path().join("cells/none.base.dnn.seed8.json"), "[1, 2]").unwrap();
    // The first sample is needed again for the first cell; the second is not.
    halve("synthetic/resample.per-class.seed3.label0.parquet");
    halve("synthetic/gaussian-copula.joint.seed3.label1.json");
    // A bit of a number.
    let flipped = folder.path().join("cells/gaussian-copula.joint.neg25.dnn.seed8.json");
    let mut text = fs::read(&flipped).unwrap();
    let key = b"\"test_auc\": 0.";
    let at = text.windows(key.len()).position(|window| window == key).unwrap() + key.len();
    text[at] ^= 1;
    fs::write(&flipped, text).unwrap();
    // The other cells of the third replicate are compared with these scores.
    halve("scores/none.base.dnn.seed3.parquet");
    let outlook = runner(folder.path(), &[]).outlook().unwrap();
    let damaged = outlook.cells.iter().filter(|(_, s)| *s == Standing::Damaged).count();
    assert_eq!(damaged, 4);
    let (rows, trained) = run(&runner(folder.path(), &[]), &ear);
    assert_eq!((rows, trained), (whole, 4));
    assert!(ear.warnings().contains("resample.per-class.neg25.dnn.seed3.json"));
    assert!(ear.warnings().contains("none.base.dnn.seed8.json"));
    assert!(ear.warnings().contains("none.base.dnn.seed3.parquet"));
}

/// If it were of other settings, the gate would be red whatever a change does.
#[test]
fn the_gates_baseline_is_of_these_settings() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/reports/gate/quick.json");
    let baseline: serde_json::Value = serde_json::from_slice(&fs::read(path).unwrap()).unwrap();
    let mut recorded = BTreeSet::new();
    for table in baseline["tables"].as_array().unwrap() {
        let kind = table["kind"].as_str().unwrap();
        for (name, row) in table["rows"].as_object().unwrap() {
            recorded.insert(format!("{kind} {name} {}", row[0].as_str().unwrap()));
        }
    }
    let folder = tempfile::tempdir().unwrap();
    let options = RunOptions { measure_quality: true, ..options(folder.path()) };
    let runner = Runner::new(ExperimentConfig::built_in("quick").unwrap(), options).unwrap();
    let cells = runner.tasks.iter().map(|t| format!("cell {} {}", t.cell.name(), t.fingerprint));
    let measured = runner.measurands(runner.tasks.iter()).into_iter();
    let measured = measured.map(|of| {
        format!("quality {} {}", runner.quality_name(&of), runner.quality_fingerprint(&of))
    });
    let now: BTreeSet<String> = cells.chain(measured).collect();
    assert_eq!(recorded, now, "make it anew: reports/gate/README.md says how");
}

#[test]
fn only_what_a_change_concerns_is_done_again() {
    let folder = tempfile::tempdir().unwrap();
    run(&runner(folder.path(), &[]), &Ear::default());
    for (change, again, warnings) in [
        // More cells: the others stay.
        (vec!["seeds=[3,8,9]"], TINY_CELLS / 2, 0),
        (vec!["generators=[\"resample\",\"gaussian-copula\",\"independent\"]"], 2 * 5 * 2, 1),
        // Another setting of one model: only that model's cells.
        (vec!["model.dnn.dropout=0.3"], TINY_CELLS / 2, 2),
        (vec!["model.dnn.dropout=0.3"], 0, 1),
        // Nothing of the kind.
        (vec!["model.dnn.dropout=0.3", "name=other"], 0, 1),
        (vec!["model.dnn.dropout=0.3", "training.epochs=7"], TINY_CELLS, 2),
        // What is measured of every cell is of another field.
        (vec!["dataset.item=city"], TINY_CELLS, 2),
        (vec!["dataset.item=city"], 0, 1),
        (vec!["dataset.item=city", "data_seed=2"], TINY_CELLS, 2),
    ] {
        let ear = Ear::default();
        let (_, trained) = run(&runner(folder.path(), &change), &ear);
        assert_eq!(trained, again, "{change:?}");
        assert_eq!(ear.0.lock().unwrap().len(), warnings, "{change:?}: {}", ear.warnings());
    }
}

#[test]
fn scenarios_nest_and_hold_what_they_say() {
    let folder = tempfile::tempdir().unwrap();
    let changes = ["seeds=1", "models=[\"dnn\"]", "generators=[\"resample\"]"];
    let trainer = Pretend::default();
    let results = runner(folder.path(), &changes).run_with(&trainer, &Ear::default()).unwrap();
    let tables = trainer.tables();
    assert_eq!(tables.len(), 6);
    let base = runner(folder.path(), &changes).dataset.split.train.clone();
    let with = |zeros: usize, ones: usize| {
        let wanted = |table: &&Table| (table.count(0), table.count(1)) == (zeros, ones);
        tables.iter().filter(wanted).collect::<Vec<_>>()
    };
    for (quarter, half) in [((160, 140), (160, 200)), ((220, 80), (280, 80))] {
        let (quarter, half) = (with(quarter.0, quarter.1)[0], with(half.0, half.1)[0]);
        assert!(quarter.head(240) == base);
        assert!(half.head(quarter.n_rows()) == *quarter);
    }
    // Real rows alone, and as many synthetic ones alone.
    let whole = with(160, 80);
    assert_eq!(whole.iter().filter(|table| ***table == base).count(), 1);
    assert_eq!(whole.len(), 2);
    for cell in &results.cells {
        // Copies of real rows stand in train, all of them.
        assert_eq!(cell.row.identical_rows, cell.row.synthetic_rows);
        let real = if cell.row.scenario == Scenario::SyntheticOnly { 0 } else { 240 };
        assert_eq!(cell.row.synthetic_rows + real, cell.row.train_rows);
    }
}

#[test]
fn foreign_folders_are_left_alone() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("thesis.txt"), "mine").unwrap();
    let refused = runner(folder.path(), &[]).run_with(&Pretend::default(), &Ear::default());
    assert!(refused.unwrap_err().to_string().contains("not a run folder"));
    assert!(runner(folder.path(), &[]).outlook().is_err());
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1, "nothing was written");
    let file = folder.path().join("thesis.txt");
    let refused = runner(&file, &[]).run_with(&Pretend::default(), &Ear::default());
    assert!(refused.unwrap_err().to_string().contains("is a file"));
}

#[test]
fn temporary_files_are_not_mistaken_for_results() {
    let folder = tempfile::tempdir().unwrap();
    // As a kill in the first write of all leaves it.
    fs::write(folder.path().join(".synthctr-abc"), "half").unwrap();
    assert_eq!(run(&runner(folder.path(), &["seeds=1"]), &Ear::default()).1, TINY_CELLS / 2);
    fs::write(folder.path().join("cells/.synthctr-def.json"), "half").unwrap();
    let ear = Ear::default();
    assert_eq!(run(&runner(folder.path(), &["seeds=1"]), &ear).1, 0);
    assert_eq!(ear.warnings(), "");
}
