//! Redoing some of a bundle's cells and comparing them.

use super::error::BundleError;
use super::file::Bundle;
use crate::compare::{Kind, LeafChange, Recorded, differences};
use crate::experiment::{Cell, ExperimentConfig, Listener, Order, RunOptions, Runner, Shard};
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
    /// How many cells of the bundle the experiment in it speaks of.
    pub of: usize,
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

impl Judgement {
    /// Whether the bundle is right about the cell, as far as that can be told here.
    pub fn is_good(&self) -> bool {
        matches!(self, Self::Equal | Self::Near(_))
    }
}

/// What hangs on other cells, or says that it does.
const OF_OTHERS: [&str; 2] = ["auc_covariance_base", "notes/"];

/// Chooses cells and makes sure that they can be redone here.
pub fn replay(bundle: &Bundle, options: &ReplayOptions) -> Result<Replay, BundleError> {
    let temporary = || {
        let folder = std::env::temp_dir();
        let made = tempfile::Builder::new().prefix("synthctr-replay-").tempdir();
        made.map_err(BundleError::io("create a folder in", &folder))
    };
    let (old, new) = (temporary()?, temporary()?);
    bundle.unpack_into(old.path())?;
    let recorded = Recorded::open(old.path())?;
    let experiment =
        ExperimentConfig::open(&old.path().join("experiment.toml").to_string_lossy(), &[])?;
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
    let mut there: Vec<Cell> = runner
        .planned()
        .into_iter()
        .filter(|cell| recorded.entries.contains_key(&(Kind::Cell, cell.name())))
        .collect();
    if there.is_empty() {
        return Err(BundleError::Refused(format!(
            "{}: no cell in it is one of the experiment in it",
            bundle.path.display()
        )));
    }
    let of = there.len();
    there.shuffle(&mut Seed::master(options.seed).stream("replay"));
    there.truncate(options.sample.max(1));
    for cell in &there {
        let entry = &recorded.entries[&(Kind::Cell, cell.name())];
        let here = runner.fingerprint(cell).map(|fingerprint| fingerprint.to_string());
        if here.as_deref() != Some(entry.fingerprint.as_str()) {
            return Err(BundleError::Refused(format!(
                "{} cannot be redone here: it was made with other data, on another device, or by another \
                 revision of the program ({}); environment.json in the bundle says which",
                cell.name(),
                entry.made_with.program
            )));
        }
    }
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
    Ok(Replay { runner, chosen: there, recorded, of, tolerance, _old: old, new })
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

    fn judge(&self, changes: Vec<LeafChange>) -> Judgement {
        if changes.is_empty() {
            return Judgement::Equal;
        }
        let auc = changes.iter().find(|change| change.path == "test_auc");
        let points = auc.map_or(Some(0.0), |change| change.difference).map(|auc| 100.0 * auc);
        match (points, self.tolerance) {
            (Some(points), Some(tolerance)) if points.abs() <= tolerance => Judgement::Near(points),
            _ => Judgement::Differs(changes),
        }
    }

    /// Names of the cells that are redone.
    pub fn names(&self) -> Vec<String> {
        self.chosen.iter().map(Cell::name).collect()
    }
}
