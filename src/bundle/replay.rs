//! Redoing some of a bundle's cells and comparing them.

use super::error::BundleError;
use super::file::Bundle;
use crate::compare::{Kind, LeafChange, Recorded, differences};
use crate::experiment::{Cell, ExperimentConfig, Listener, Order, RunOptions, Runner, Shard};
use crate::files::FileError;
use crate::seed::Seed;
use rand::seq::SliceRandom;
use std::collections::BTreeMap;
use std::path::PathBuf;

/// How cells are chosen and redone.
#[derive(Clone, Debug)]
pub struct ReplayOptions {
    /// How many cells.
    pub sample: usize,
    /// With which seed they are drawn.
    pub seed: u64,
    /// By how many points the AUC may differ where bits cannot be equal, on another instruction set; none:
    /// nothing is compared there.
    pub tolerance: Option<f64>,
    /// Whether programs that the bundle's experiment names may be run: they are whoever's made it.
    pub allow_programs: bool,
    /// The folder of the data sets.
    pub data_dir: Option<PathBuf>,
    /// How many cells are worked on at once.
    pub jobs: Option<usize>,
}

/// A replay that can be begun: the data are those of the bundle, and the cells are chosen.
pub struct Replay {
    runner: Runner,
    chosen: Vec<Cell>,
    recorded: Recorded,
    /// How many cells of the bundle can be redone here.
    pub of: usize,
    /// How many others it has.
    pub others: usize,
    /// By how many points the AUC may differ; none: every bit is to be equal.
    pub tolerance: Option<f64>,
    _old: tempfile::TempDir,
    new: tempfile::TempDir,
}

/// What became of a cell.
#[derive(Clone, Debug, PartialEq)]
pub struct Replayed {
    /// The cell's name.
    pub name: String,
    /// How its result compares.
    pub judgement: Judgement,
}

/// How a cell that was redone compares with what the bundle says.
#[derive(Clone, Debug, PartialEq)]
pub enum Judgement {
    /// Every bit is equal.
    Equal,
    /// Made on another instruction set, the AUC differs by so many points, within the tolerance.
    Near(f64),
    /// These numbers and texts differ.
    Differs(Vec<LeafChange>),
    /// It could not be redone.
    Failed(String),
}

/// What hangs on other cells, or says that it does.
const OF_OTHERS: [&str; 2] = ["auc_covariance_base", "notes"];

/// What must be equal on any machine, and what must be near.
const NAMED: [&str; 12] = [
    "dataset",
    "generator",
    "conditioning",
    "reading",
    "scenario",
    "model",
    "seed",
    "fit_seed",
    "draw_seed",
    "device",
    "train_rows",
    "synthetic_rows",
];
const NEAR: [&str; 3] = ["test_auc", "valid_auc", "group_auc"];

/// Chooses cells and makes sure that they can be redone here.
pub fn replay(bundle: &Bundle, options: &ReplayOptions) -> Result<Replay, BundleError> {
    let temporary = || {
        let folder = std::env::temp_dir();
        let made = tempfile::Builder::new().prefix("synthctr-replay-").tempdir();
        made.map_err(FileError::when("create a folder in", &folder))
    };
    let (old, new) = (temporary()?, temporary()?);
    bundle.unpack_into(old.path())?;
    let recorded = Recorded::open(old.path())?;
    let path = old.path().join("experiment.toml");
    let experiment = ExperimentConfig::open(&path.to_string_lossy(), &[])?;
    let programs: Vec<String> =
        experiment.programs().map(|command| format!("`{}`", command.join(" "))).collect();
    if !options.allow_programs && !programs.is_empty() {
        return Err(BundleError::Refused(format!(
            "the bundle's experiment runs programs of whoever made it: {}; look at them, then say \
             --allow-programs",
            programs.join("; ")
        )));
    }
    let run_options = RunOptions {
        data_dir: options.data_dir.clone(),
        out: new.path().join("run"),
        shard: Shard::WHOLE,
        order: Order::Planned,
        jobs: options.jobs,
        measure_quality: false,
        save_scores: true,
        save_models: false,
        save_generators: false,
        only: None,
    };
    let mut runner = Runner::new(experiment, run_options)?;
    let fits = |cell: &Cell| {
        let entry = recorded.entries.get(&(Kind::Cell, cell.name()));
        let here = runner.fingerprint(cell).map(|fingerprint| fingerprint.to_string());
        entry.is_some_and(|entry| here.as_deref() == Some(entry.fingerprint.as_str()))
    };
    let mut there: Vec<Cell> = runner.planned().into_iter().filter(fits).collect();
    let cells = recorded.entries.keys().filter(|(kind, _)| *kind == Kind::Cell).count();
    if there.is_empty() {
        return Err(BundleError::Refused(format!(
            "{}: no cell of it can be redone here: all were made with other settings or other data, on another \
             device, or by another revision of the program; experiment.toml and environment.json in it say \
             which",
            bundle.path.display()
        )));
    }
    let of = there.len();
    there.shuffle(&mut Seed::master(options.seed).stream("replay"));
    there.truncate(options.sample.max(1));
    let elsewhere = there.iter().any(|cell| {
        let made_with = &recorded.entries[&(Kind::Cell, cell.name())].made_with;
        made_with.instruction_set != crate::experiment::environment::instruction_set()
    });
    let bits = runner.repeats_bit_for_bit() && !elsewhere;
    if !bits && options.tolerance.is_none() {
        return Err(BundleError::Refused(
            "bits cannot be equal here: the cells were made on another instruction set, or on a device whose \
             reruns differ; say with --tolerance by how many points of AUC a rerun may differ"
                .to_owned(),
        ));
    }
    runner.choose(there.iter().copied());
    let tolerance = options.tolerance.filter(|_| !bits);
    Ok(Replay {
        runner,
        chosen: there,
        recorded,
        of,
        others: cells - of,
        tolerance,
        _old: old,
        new,
    })
}

impl Replay {
    /// Redoes the cells and compares them.
    pub fn run(&self, listener: &dyn Listener) -> Result<Vec<Replayed>, BundleError> {
        let results = self.runner.run(listener)?;
        let why: BTreeMap<&str, &str> =
            results.failures.iter().map(|f| (f.name.as_str(), f.reason.as_str())).collect();
        let redone = match results.cells.is_empty() {
            true => None,
            false => Some(Recorded::open(&self.new.path().join("run"))?),
        };
        let judge = |cell: &Cell| {
            let name = cell.name();
            let key = (Kind::Cell, name.clone());
            let new = redone.as_ref().and_then(|redone| redone.entries.get(&key));
            let judgement = match new {
                None => Judgement::Failed(
                    why.get(name.as_str()).unwrap_or(&"it was not made").to_string(),
                ),
                Some(new) => {
                    let mut changes = differences(&self.recorded.entries[&key].leaves, &new.leaves);
                    changes
                        .retain(|change| !OF_OTHERS.iter().any(|own| change.path.starts_with(own)));
                    self.judge(changes)
                }
            };
            Replayed { name, judgement }
        };
        Ok(self.chosen.iter().map(judge).collect())
    }

    fn judge(&self, mut changes: Vec<LeafChange>) -> Judgement {
        if changes.is_empty() {
            return Judgement::Equal;
        }
        let Some(tolerance) = self.tolerance else { return Judgement::Differs(changes) };
        let points = |change: &LeafChange| change.difference.map(|auc| 100.0 * auc);
        let too_far = |change: &LeafChange| {
            let path = change.path.as_str();
            NAMED.contains(&path)
                || NEAR.contains(&path) && points(change).is_none_or(|far| far.abs() > tolerance)
        };
        if changes.iter().any(too_far) {
            changes.retain(too_far);
            return Judgement::Differs(changes);
        }
        let auc = changes.iter().find(|change| change.path == "test_auc").and_then(points);
        Judgement::Near(auc.unwrap_or(0.0))
    }

    /// Names of the cells that are redone.
    pub fn names(&self) -> Vec<String> {
        self.chosen.iter().map(Cell::name).collect()
    }
}
