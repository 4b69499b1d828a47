//! What a run folder keeps is what it says it is.

use super::*;
use crate::experiment::plan::Source;
use crate::experiment::store::Scores;
use crate::generators::{Conditioning, GeneratorKind};
use std::sync::atomic::{AtomicUsize, Ordering};

/// Hears how often rows are drawn.
#[derive(Default)]
struct Draws(AtomicUsize);

struct Draw<'a>(&'a Draws);

impl Progress for Draw<'_> {
    fn start(&self, what: &str, _: u64) {
        self.0.0.fetch_add(usize::from(what == "sample"), Ordering::SeqCst);
    }
    fn advance(&self, _: u64) {}
    fn note(&self, _: &str) {}
    fn finish(&self) {}
}

impl Listener for Draws {
    fn begin(&self, _: &Outlook) {}
    fn job(&self, _: &str) -> Box<dyn Progress + '_> {
        Box::new(Draw(self))
    }
    fn fit_done(&self, _: &str, _: f64) {}
    fn measured(&self, _: &str, _: &QualityRecord, _: f64) {}
    fn cell_done(&self, _: &str, _: &CellRecord, _: f64) {}
    fn failed(&self, _: &str, _: f64) {}
    fn warn(&self, _: &str) {}
}

const RESAMPLE: [&str; 3] = ["seeds=1", "models=[\"dnn\"]", "generators=[\"resample\"]"];

fn with(more: &[&'static str]) -> Vec<&'static str> {
    RESAMPLE.iter().copied().chain(more.iter().copied()).collect()
}

fn cells(runner: &Runner) -> Vec<CellRecord> {
    runner.run_with(&Pretend::default(), &Ear::default()).unwrap().cells
}

#[test]
fn a_cell_says_which_rows_and_which_program_made_it() {
    let folder = tempfile::tempdir().unwrap();
    let runner = runner(folder.path(), &with(&["scenarios=[\"base\",\"pos7+neg30\"]"]));
    let records = cells(&runner);
    let [base, added] = records.as_slice() else { panic!("two cells") };
    assert!(base.samples.is_empty());
    let found: Vec<_> = added.samples.iter().map(|used| (used.label, used.rows)).collect();
    assert_eq!(found, [(0, 72), (1, 16)]);
    let schema = runner.dataset.split.train.schema();
    for used in &added.samples {
        let name = format!("synthetic/resample.per-class.seed1.label{}.parquet", used.label);
        let rows = data::read_table(&folder.path().join(name), schema).unwrap();
        let mut bytes = rows.labels()[..used.rows].to_vec();
        for column in rows.columns() {
            bytes.extend(column[..used.rows].iter().flat_map(|code| code.to_le_bytes()));
        }
        assert_eq!(used.sha256, crate::files::sha256(&bytes));
    }
    for record in &records {
        assert_eq!(record.revision, crate::experiment::ALGORITHM_REVISION);
        assert!(record.program.starts_with("synthctr "), "{}", record.program);
        assert!(["avx512", "avx2", "baseline"].contains(&record.instruction_set.as_str()));
        let path = format!("scores/{}.parquet", runner.tasks[0].cell.name());
        let scores = Scores::read(&folder.path().join(path)).unwrap();
        assert_eq!(scores.sha256() == record.scores_sha256, record.samples.is_empty());
        assert_eq!(scores.labels, runner.dataset.split.test.labels());
    }
}

#[test]
fn a_sample_is_extended_and_never_depends_on_what_else_was_asked_for() {
    let folders = [tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap()];
    let small = with(&["scenarios=[\"neg25\"]"]);
    let large = with(&["scenarios=[\"neg25\",\"neg300\"]"]);
    let first = cells(&runner(folders[0].path(), &small));
    let info =
        || fs::read(folders[0].path().join("synthetic/resample.per-class.seed1.label0.json"));
    let before = info().unwrap();
    let (_, trained) = run(&runner(folders[0].path(), &large), &Ear::default());
    assert_eq!(trained, 1, "the smaller scenario's cell stands");
    assert_ne!(info().unwrap(), before);
    // The other way round, the sample that is there is large enough.
    let again = cells(&runner(folders[1].path(), &large));
    assert_eq!(again[0].samples, first[0].samples);
    assert_eq!(again[0].fingerprint, first[0].fingerprint);
    let draws = Draws::default();
    fs::remove_file(folders[1].path().join("cells/resample.per-class.neg25.dnn.seed1.json"))
        .unwrap();
    runner(folders[1].path(), &small).run_with(&Pretend::default(), &draws).unwrap();
    assert_eq!(draws.0.into_inner(), 0, "nothing was drawn again");
    assert!(!folders[1].path().join("synthetic/resample.per-class.seed1.label1.parquet").exists());
}

#[test]
fn a_generator_that_is_kept_is_foreseen_to_cost_its_draws_alone() {
    let folder = tempfile::tempdir().unwrap();
    let changes = [
        "seeds=1",
        "models=[\"dnn\"]",
        "generators=[\"tvae\"]",
        "conditioning=[\"joint\"]",
        "scenarios=[\"neg25\"]",
        "generator.tvae.epochs=20",
    ];
    let options = RunOptions { save_generators: true, ..options(folder.path()) };
    let runner = Runner::new(experiment(TINY, &changes), options).unwrap();
    let cost = || {
        let jobs = runner.planned_jobs().unwrap();
        jobs.iter().find(|job| job.kind == PlannedKind::Fit).map(|job| job.cost)
    };
    let fit = cost().unwrap();
    cells(&runner);
    assert_eq!(cost(), None, "its rows are there");
    fs::remove_dir_all(folder.path().join("synthetic")).unwrap();
    let draws = cost().unwrap();
    assert!(0.0 < draws && draws < 0.1 * fit, "{draws} after {fit}");
}

#[test]
fn a_sample_with_another_number_of_rows_is_not_taken() {
    let folder = tempfile::tempdir().unwrap();
    let runner = runner(folder.path(), &with(&["scenarios=[\"neg25\"]"]));
    let whole = run(&runner, &Ear::default()).0;
    // A file that agrees with its description, but both with fewer rows than were drawn.
    let path = folder.path().join("synthetic/resample.per-class.seed1.label0.parquet");
    let rows = data::read_table(&path, runner.dataset.split.train.schema()).unwrap().head(59);
    data::write_parquet(&rows, &path).unwrap();
    let text = fs::read_to_string(path.with_extension("json")).unwrap();
    let mut info: serde_json::Value = serde_json::from_str(&text).unwrap();
    info["rows"] = 59.into();
    info["sha256"] = crate::files::sha256(&fs::read(&path).unwrap()).into();
    fs::write(path.with_extension("json"), info.to_string()).unwrap();
    fs::remove_dir_all(folder.path().join("cells")).unwrap();
    assert_eq!(run(&runner, &Ear::default()).0, whole);
}

#[test]
fn rows_of_one_label_are_measured_beside_those_of_both() {
    let folder = tempfile::tempdir().unwrap();
    let options = RunOptions { measure_quality: true, ..options(folder.path()) };
    let runner = |scenarios: &'static str| {
        Runner::new(experiment(TINY, &with(&[scenarios])), options.clone()).unwrap()
    };
    let both = runner("scenarios=[\"neg25\",\"pos25\"]");
    run(&both, &Ear::default());
    run(&runner("scenarios=[\"neg25\"]"), &Ear::default());
    assert_eq!(both.planned_jobs().unwrap(), [], "those of both stand");
    let mut names: Vec<_> = fs::read_dir(folder.path().join("quality"))
        .unwrap()
        .map(|file| file.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort_unstable();
    let wanted = ["resample.per-class.seed1", "yardstick.copies", "yardstick.real"];
    let wanted = wanted.map(|name| [format!("{name}.json"), format!("{name}.label0.json")]);
    assert_eq!(names, wanted.concat());
    // Who measures nothing more still gathers what is measured.
    fs::remove_file(folder.path().join("fidelity.json")).unwrap();
    let options = RunOptions { measure_quality: false, ..options };
    let scenarios = with(&["scenarios=[\"neg25\",\"pos25\"]"]);
    run(&Runner::new(experiment(TINY, &scenarios), options).unwrap(), &Ear::default());
    let gathered = fs::read(folder.path().join("fidelity.json")).unwrap();
    let gathered: serde_json::Value = serde_json::from_slice(&gathered).unwrap();
    assert_eq!(gathered.as_array().unwrap().len(), 3);
}

#[test]
fn constraints_determine_a_sample() {
    let folder = tempfile::tempdir().unwrap();
    run(&runner(folder.path(), &[]), &Ear::default());
    let (_, trained) = run(&runner(folder.path(), &["dataset.constraints=[]"]), &Ear::default());
    assert_eq!(trained, TINY_CELLS - 4, "all cells but those without synthetic rows");
}

#[test]
fn two_runs_in_one_folder_draw_once() {
    let folders = [tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap()];
    let alone = Draws::default();
    let whole = runner(folders[0].path(), &[]).run_with(&Pretend::default(), &alone).unwrap();
    let together = Draws::default();
    std::thread::scope(|scope| {
        for jobs in [1, 3] {
            let options = RunOptions { jobs: Some(jobs), ..options(folders[1].path()) };
            let runner = Runner::new(experiment(TINY, &[]), options).unwrap();
            let together = &together;
            scope.spawn(move || runner.run_with(&Pretend::default(), together).unwrap());
        }
    });
    assert_eq!(together.0.into_inner(), alone.0.into_inner());
    let rows = |cells: Vec<CellRecord>| -> Vec<ResultRow> {
        cells.into_iter().map(|cell| timeless(cell.row)).collect()
    };
    assert_eq!(rows(cells(&runner(folders[1].path(), &[]))), rows(whole.cells));
}

#[test]
fn a_lock_keeps_others_out_until_it_is_dropped() {
    let folder = tempfile::tempdir().unwrap();
    let folder = RunFolder::create(folder.path(), "").unwrap();
    let source = Source::categories(GeneratorKind::Resample, Conditioning::PerClass);
    let waited = AtomicUsize::new(0);
    let lock = |shared| {
        folder.lock(&source, 1, shared, || {
            waited.fetch_add(1, Ordering::SeqCst);
        })
    };
    let readers = [lock(true).unwrap(), lock(true).unwrap()];
    assert_eq!(waited.load(Ordering::SeqCst), 0, "readers share");
    let order = Mutex::new(Vec::new());
    std::thread::scope(|scope| {
        let writer = scope.spawn(|| {
            let held = lock(false).unwrap();
            order.lock().unwrap().push("writer");
            held
        });
        while waited.load(Ordering::SeqCst) == 0 {
            std::thread::yield_now();
        }
        order.lock().unwrap().push("readers leave");
        drop(readers);
        drop(writer.join().unwrap());
    });
    assert_eq!(order.into_inner().unwrap(), ["readers leave", "writer"]);
    lock(false).unwrap();
    assert_eq!(waited.into_inner(), 1);
}

#[test]
fn base_has_no_reading_even_where_its_file_names_none() {
    let folder = tempfile::tempdir().unwrap();
    let (rows, _) = run(&runner(folder.path(), &["seeds=1"]), &Ear::default());
    let cells = folder.path().join("cells");
    // As versions wrote them that knew no reading and no seal.
    for name in ["none.base.dnn.seed1", "resample.per-class.neg25.dnn.seed1"] {
        let path = cells.join(format!("{name}.json"));
        let text = fs::read(&path).unwrap();
        let mut cell: serde_json::Value = serde_json::from_slice(&text).unwrap();
        let keys = cell.as_object_mut().unwrap();
        assert!(keys.remove("reading").is_some() && keys.remove("seal").is_some());
        fs::write(&path, serde_json::to_vec(&cell).unwrap()).unwrap();
    }
    assert_eq!(run(&runner(folder.path(), &["seeds=1"]), &Ear::default()), (rows.clone(), 0));
    let readings = |base| rows.iter().filter(move |row| (row.generator == "none") == base);
    assert!(readings(true).all(|row| row.reading == "none"));
    assert!(readings(false).all(|row| row.reading == "categories"));
}

#[test]
fn a_renamed_data_set_has_its_new_name_in_the_results() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("log.csv");
    let split = runner(&folder.path().join("none"), &[]).dataset.split.clone();
    data::write_csv(&split.train, &file).unwrap();
    let text = |name: &str| {
        format!(
            "generators = [\"resample\"]\nmodels = [\"dnn\"]\n[dataset]\nname = \"{name}\"\n\
             path = {:?}\n",
            file.display().to_string()
        )
    };
    let of = |name: &str| {
        let options = options(&folder.path().join("run"));
        run(&Runner::new(experiment(&text(name), &[]), options).unwrap(), &Ear::default())
    };
    assert_eq!(of("mine").1, 6);
    let (rows, trained) = of("yours");
    assert_eq!(trained, 0);
    assert!(rows.iter().all(|row| row.dataset == "yours"), "{rows:?}");
    // It names no user and no item, and says so.
    assert!(rows.iter().all(|row| row.group_auc.is_none() && row.ndcg_10.is_none()));
    let record = cells(
        &Runner::new(experiment(&text("mine"), &[]), options(&folder.path().join("run"))).unwrap(),
    );
    assert!(
        record[0].notes.iter().any(|note| note.contains("dataset.user")),
        "{:?}",
        record[0].notes
    );
    assert!(record[0].notes.iter().any(|note| note.contains("dataset.item")));
}

#[test]
fn a_base_that_comes_later_still_gives_its_covariance() {
    let folders = [tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap()];
    let ear = Ear::default();
    let whole = run(&runner(folders[0].path(), &[]), &ear).0;
    let lacking =
        |rows: &[ResultRow]| rows.iter().filter(|row| row.auc_covariance_base.is_none()).count();
    assert_eq!(lacking(&whole), 0);
    for row in whole.iter().filter(|row| row.generator == "none") {
        assert_eq!(row.auc_covariance_base, row.auc_variance);
    }
    // The third shard of four has cells of the second seed, the fourth none of its `base` either.
    assert!(lacking(&run(&shard(folders[1].path(), "4/4"), &ear).0) > 0);
    for part in ["1/4", "3/4", "2/4"] {
        run(&shard(folders[1].path(), part), &ear);
    }
    assert_eq!(run(&runner(folders[1].path(), &[]), &ear), (whole, 0));
    let complete = cells(&runner(folders[1].path(), &[]));
    let lacking = |cell: &CellRecord| cell.notes.iter().any(|n| n.contains("auc_covariance_base"));
    assert!(!complete.iter().any(lacking), "nothing is missing any more");
}

/// How alike a cell and its `base` are hangs on the settings of both.
#[test]
fn a_base_of_other_settings_gives_no_covariance() {
    let [mixed, fresh] = [tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap()];
    let changed = with(&["model.dnn.hidden_units=[7]"]);
    let negatives = with(&["model.dnn.hidden_units=[7]", "scenarios=[\"neg25\"]"]);
    let covariance = |records: Vec<CellRecord>| -> Vec<Option<f64>> {
        records.iter().map(|record| record.row.auc_covariance_base).collect()
    };
    cells(&runner(mixed.path(), &with(&[])));
    assert_eq!(covariance(cells(&runner(mixed.path(), &negatives))), [None]);
    let wanted = covariance(cells(&runner(fresh.path(), &changed)));
    assert!(wanted.iter().all(Option::is_some));
    assert_eq!(covariance(cells(&runner(mixed.path(), &changed))), wanted);
}

#[test]
fn scores_are_left_out_where_they_are_not_wanted() {
    let folder = tempfile::tempdir().unwrap();
    let options = RunOptions { save_scores: false, ..options(folder.path()) };
    let runner = Runner::new(experiment(TINY, &with(&[])), options).unwrap();
    let rows = run(&runner, &Ear::default()).0;
    assert_eq!(fs::read_dir(folder.path().join("scores")).unwrap().count(), 0);
    assert!(rows.iter().all(|row| row.auc_variance.is_some()));
    // What is missing for that is explained, and that they are missing is said.
    let record = cells(&runner).pop().unwrap();
    assert!(record.row.auc_covariance_base.is_none());
    assert!(record.notes.iter().any(|note| note.contains("auc_covariance_base")));
    let ear = Ear::default();
    run(&self::runner(folder.path(), &with(&[])), &ear);
    assert!(ear.warnings().contains("6 results"), "{}", ear.warnings());
}
