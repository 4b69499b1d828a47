//! What a run found, by cell and seed.

use super::VerdictError;
use super::claims::Measure;
use crate::ctr::AnyModel;
use crate::experiment::environment::Environment;
use crate::experiment::{
    CellRecord, ExperimentConfig, Fingerprint, ResultRow, RunResults, Scenario, Source, store,
};
use crate::files::{self, unsealed};
use crate::generators::Way;
use crate::progress::Progress;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::path::{Path, PathBuf};

/// A cell without its seed: what is repeated under every seed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Arm {
    /// Where the synthetic rows come from; nothing in the scenario `base`.
    pub source: Option<Source>,
    /// What the model was trained on.
    pub scenario: Scenario,
    /// The model; none where only rows are measured, which are the same for all.
    pub model: Option<AnyModel>,
}

impl fmt::Display for Arm {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.source {
            Some(source) => write!(f, "{source}.{}", self.scenario)?,
            None => write!(f, "none.{}", self.scenario)?,
        }
        self.model.map_or(Ok(()), |model| write!(f, ".{model}"))
    }
}

/// Most names in a note.
const NAMED: usize = 3;

/// A measure by seed.
pub type BySeed = BTreeMap<u64, f64>;

/// The finished cells of a run folder.
#[derive(Debug)]
pub struct Run {
    /// The folder.
    pub root: PathBuf,
    /// The experiment that was run last.
    pub experiment: ExperimentConfig,
    /// The cells, those of the newest revision alone.
    pub cells: Vec<CellRecord>,
    /// Whether seeds were ever added to it because answers were open.
    pub sequential: bool,
    /// Files of cells that could not be read or believed, and why.
    pub faults: Vec<String>,
    /// What else whoever reads a verdict must know.
    pub notes: Vec<String>,
}

impl Run {
    /// Reads a run folder.
    pub fn open(root: &Path, progress: &dyn Progress) -> Result<Self, VerdictError> {
        let config = root.join("experiment.toml");
        if !config.is_file() {
            return Err(VerdictError::NoRun(root.display().to_string()));
        }
        let experiment = ExperimentConfig::open(&config.to_string_lossy(), &[])?;
        let sequential =
            experiment.until_decided.is_some() || root.join(store::UNTIL_DECIDED).is_file();
        let mut run = Self {
            root: root.to_owned(),
            experiment,
            cells: Vec::new(),
            sequential,
            faults: Vec::new(),
            notes: Vec::new(),
        };
        run.read_cells(progress)?;
        Ok(run)
    }

    /// The results of a run that has just been made.
    pub fn of_results(root: &Path, experiment: &ExperimentConfig, results: &RunResults) -> Self {
        Self {
            root: root.to_owned(),
            experiment: experiment.clone(),
            cells: results.cells.clone(),
            sequential: experiment.until_decided.is_some(),
            faults: Vec::new(),
            notes: Vec::new(),
        }
    }

    fn read_cells(&mut self, progress: &dyn Progress) -> Result<(), VerdictError> {
        let folder = self.root.join("cells");
        let failed = |e| VerdictError::Read(folder.display().to_string(), e);
        if !folder.is_dir() {
            return Err(VerdictError::NoCells(self.root.display().to_string()));
        }
        let paths = files::json_files(&folder).map_err(failed)?;
        progress.start("read cells", paths.len() as u64);
        for path in paths {
            progress.advance(1);
            let text = std::fs::read(&path)
                .map_err(|e| VerdictError::Read(path.display().to_string(), e))?;
            match unsealed::<CellRecord>(&text) {
                Ok(record) => match fault(&record, &path) {
                    None => self.cells.push(record),
                    Some(fault) => {
                        self.faults.push(format!("{} is left out: {fault}", path.display()));
                    }
                },
                Err(e) => self.faults.push(format!("{} is left out: {e}", path.display())),
            }
        }
        progress.finish();
        self.keep_one_revision();
        self.keep_one_data();
        self.keep_one_setting();
        if self.cells.is_empty() {
            return Err(VerdictError::NoCells(self.root.display().to_string()));
        }
        for (what, values) in [
            ("data sets", self.distinct(|cell| cell.row.dataset.clone())),
            ("devices", self.distinct(|cell| cell.row.device.to_string())),
            ("instruction sets", self.distinct(|cell| cell.instruction_set.clone())),
        ] {
            if values.len() > 1 {
                let values = values.into_iter().collect::<Vec<_>>().join(", ");
                self.notes.push(format!("the cells are of several {what}: {values}"));
            }
        }
        Ok(())
    }

    /// Results of other revisions are not results of the same experiment.
    fn keep_one_revision(&mut self) {
        let newest = self.cells.iter().map(|cell| cell.revision).max();
        let all = self.cells.len();
        self.cells.retain(|cell| Some(cell.revision) == newest);
        let older = all - self.cells.len();
        if older > 0 {
            self.notes
                .push(format!("{older} cells of older revisions of the program are left out"));
        }
    }

    /// Results of other data are not results of the same experiment: those count that the latest run was of.
    fn keep_one_data(&mut self) {
        let Some(environment) = Environment::read(&self.root) else { return };
        self.notes.extend(environment.dataset.few());
        let wanted = environment.dataset.fingerprint;
        let is_other = |cell: &CellRecord| cell.data.as_ref().is_some_and(|data| *data != wanted);
        let others = self.cells.iter().filter(|cell| is_other(cell)).count();
        if others > 0 && others < self.cells.len() {
            self.cells.retain(|cell| !is_other(cell));
            self.notes.push(format!(
                "{others} cells of other data than the latest run's are left out; to be rid of this, remove them or \
                 give that run a folder of its own"
            ));
        }
    }

    /// Nor can what a model learned with other settings of training be compared, or seeds of other settings be seeds of
    /// one cell. Of each model, and of each kind of cells, those count that are in `results.csv`, which the latest run
    /// wrote, else those that are most.
    fn keep_one_setting(&mut self) {
        let of_models = self.keep_most(|cell| Some((cell.row.model, cell.training.clone()?)));
        if let Some((others, models)) = of_models {
            self.notes.push(format!(
                "{others} cells are left out whose models were trained with other settings than the others of the model \
                 ({models}): run them again with the same settings, or give these a folder of their own"
            ));
        }
        let of_cells = self.keep_most(|cell| Some((arm_of(cell)?, cell.settings.clone()?)));
        if let Some((others, arms)) = of_cells {
            self.notes.push(format!(
                "{others} cells of other settings than further seeds of the same are left out ({arms})"
            ));
        }
    }

    /// Leaves out cells of other settings than the others of their kind; how many, and the names of these kinds.
    fn keep_most<K: Ord + Clone + fmt::Display>(
        &mut self,
        kind_and_settings: impl Fn(&CellRecord) -> Option<(K, Fingerprint)>,
    ) -> Option<(usize, String)> {
        let listed: BTreeSet<(Arm, u64)> = self.listed().into_iter().collect();
        let mut known: BTreeMap<K, BTreeMap<Fingerprint, (usize, usize)>> = BTreeMap::new();
        for cell in &self.cells {
            if let Some((kind, settings)) = kind_and_settings(cell) {
                let (in_list, all) = known.entry(kind).or_default().entry(settings).or_default();
                let named = arm_of(cell).map(|arm| (arm, cell.row.seed));
                *in_list += usize::from(named.is_some_and(|named| listed.contains(&named)));
                *all += 1;
            }
        }
        known.retain(|_, of| of.len() > 1);
        let wanted: BTreeMap<K, Fingerprint> = known
            .into_iter()
            .filter_map(|(kind, of)| {
                let (settings, _) = of.into_iter().max_by_key(|(_, counts)| *counts)?;
                Some((kind, settings))
            })
            .collect();
        let before = self.cells.len();
        self.cells.retain(|cell| {
            kind_and_settings(cell)
                .is_none_or(|(kind, own)| wanted.get(&kind).is_none_or(|wanted| *wanted == own))
        });
        let kinds: Vec<String> = wanted.keys().map(K::to_string).collect();
        let more = if kinds.len() > NAMED { ", …" } else { "" };
        let names = kinds[..kinds.len().min(NAMED)].join(", ");
        (before > self.cells.len()).then(|| (before - self.cells.len(), format!("{names}{more}")))
    }

    /// The cells that the latest run gathered.
    fn listed(&self) -> Vec<(Arm, u64)> {
        let text = std::fs::read(self.root.join("results.csv")).unwrap_or_default();
        let rows = store::from_csv(&text).unwrap_or_default();
        rows.iter().filter_map(|row| Some((arm_of_row(row)?, row.seed))).collect()
    }

    fn distinct(&self, get: impl Fn(&CellRecord) -> String) -> BTreeSet<String> {
        self.cells.iter().map(get).collect()
    }

    /// A measure of every arm by seed, of the cells whose fit, draws and training share theirs.
    pub fn values(&self, measure: Measure) -> BTreeMap<Arm, BySeed> {
        match measure {
            Measure::Auc => self.values_of(|cell| Some(100.0 * cell.row.test_auc)),
            Measure::IdenticalRows => {
                let share = |cell: &CellRecord| {
                    let (rows, of) = (cell.row.identical_rows, cell.row.synthetic_rows);
                    (of > 0).then(|| 100.0 * rows as f64 / of as f64)
                };
                let of_cells = self.values_of(share).into_iter();
                of_cells.map(|(arm, by_seed)| (Arm { model: None, ..arm }, by_seed)).fold(
                    BTreeMap::new(),
                    |mut all: BTreeMap<Arm, BySeed>, (arm, by_seed)| {
                        all.entry(arm).or_default().extend(by_seed);
                        all
                    },
                )
            }
        }
    }

    /// Any number of every arm by seed.
    pub fn values_of(&self, get: impl Fn(&CellRecord) -> Option<f64>) -> BTreeMap<Arm, BySeed> {
        let mut values: BTreeMap<Arm, BySeed> = BTreeMap::new();
        for cell in self.cells.iter().filter(|cell| has_one_seed(cell)) {
            if let (Some(arm), Some(value)) = (arm_of(cell), get(cell)) {
                values.entry(arm).or_default().insert(cell.row.seed, value);
            }
        }
        values
    }
}

/// What makes a whole record one that cannot be believed.
fn fault(record: &CellRecord, path: &Path) -> Option<String> {
    if !(0.0..=1.0).contains(&record.row.test_auc) {
        return Some(format!("test_auc is {}, which is no AUC", record.row.test_auc));
    }
    let name = path.file_stem()?.to_string_lossy();
    let own = arm_of(record).map(|arm| format!("{arm}.seed{}", record.row.seed));
    let same =
        own.as_ref().is_none_or(|own| name == *own || name.starts_with(&format!("{own}.fit")));
    (!same).then(|| format!("it is a result of {}", own.unwrap_or_default()))
}

/// Whether fit, draws and training hang on the same master seed.
pub fn has_one_seed(cell: &CellRecord) -> bool {
    let same = |seed: Option<u64>| seed.is_none_or(|seed| seed == cell.row.seed);
    same(cell.row.fit_seed) && same(cell.row.draw_seed)
}

/// The arm of a cell; none of a generator that this program does not know.
pub fn arm_of(cell: &CellRecord) -> Option<Arm> {
    arm_of_row(&cell.row)
}

fn arm_of_row(row: &ResultRow) -> Option<Arm> {
    let source = match row.scenario {
        Scenario::Base => None,
        _ => Some(Source {
            generator: row.generator.parse().ok()?,
            way: Way {
                conditioning: row.conditioning.parse().ok()?,
                reading: row.reading.parse().ok()?,
            },
        }),
    };
    Some(Arm { source, scenario: row.scenario, model: Some(row.model) })
}
