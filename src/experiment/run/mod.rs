//! Working through an experiment's cells.

mod agenda;
mod cell;
mod cost;
mod error;
mod evaluate;
mod gather;
mod leak;
mod learner;
mod origin;
mod outlook;
mod quality;
mod sample;
mod schedule;
mod snapshot;
mod survey;
#[cfg(test)]
mod tests;
mod train;
mod work;

pub use agenda::{PlannedJob, PlannedKind};
pub use error::RunError;
pub use outlook::{Failure, Listener, Outlook, Standing};

use super::plan::{
    self, Cell, ExperimentConfig, Fingerprint, Order, SampleSeed, Scenario, Seeds, Shard, Source,
};
use super::store::environment::{DatasetSummary, Environment};
use super::store::{self, CellRecord, Found, QualityRecord, RunFolder};
use crate::ctr::AnyModel;
use crate::data::{self, Dataset};
use crate::device::Device;
use crate::external::{self, ExternalGenerator, ExternalModel};
use crate::generators::{AnyGenerator, FitOptions, GeneratorError, Reading};
use crate::seed::Seed;
use leak::Withheld;
use learner::Learner;
use origin::Origin;
use sample::SampleRequest;
use serde_json::json;
use snapshot::Snapshot;
use std::collections::HashSet;
use std::path::PathBuf;
use std::sync::OnceLock;
use train::{ClickModels, Trainer};

/// How an experiment is run, none of which changes its results.
#[derive(Clone, Debug)]
pub struct RunOptions {
    /// The folder of the data sets.
    pub data_dir: Option<PathBuf>,
    /// The run folder.
    pub out: PathBuf,
    /// Which of the cells are worked on.
    pub shard: Shard,
    /// In which order.
    pub order: Order,
    /// How many cells and fits are worked on at once; none: as many as there are threads and
    /// memory for, one on CUDA.
    pub jobs: Option<usize>,
    /// Whether the synthetic rows are measured: how good, how private.
    pub measure_quality: bool,
    /// Whether the scores of the test rows are kept.
    pub save_scores: bool,
    /// Whether trained models are kept.
    pub save_models: bool,
    /// Whether fitted generators that are trained are kept.
    pub save_generators: bool,
    /// Which jobs are worked on, by the keys of [`PlannedJob`]; none: all.
    pub only: Option<HashSet<String>>,
}

/// What a run folder holds of an experiment.
#[derive(Clone, Debug)]
pub struct RunResults {
    /// Name of the experiment.
    pub name: String,
    /// Program, machine and data.
    pub environment: Environment,
    /// All finished cells of the experiment in order, those of other shards included.
    pub cells: Vec<CellRecord>,
    /// How good and how private the rows of each source and replicate are, the yardsticks first.
    pub quality: Vec<QualityRecord>,
    /// Number of cells that are done or were to be done.
    pub planned: usize,
    /// What could not be made, in the order in which that came out.
    pub failures: Vec<Failure>,
}

/// An experiment whose data is loaded and whose device is found.
pub struct Runner {
    experiment: ExperimentConfig,
    options: RunOptions,
    device: Device,
    dataset: Dataset,
    summary: DatasetSummary,
    /// The fields read as numbers by the sources that do so.
    number_fields: Vec<String>,
    /// The generators that the user brings.
    external: Vec<Snapshot<ExternalGenerator>>,
    /// The click models that the user brings.
    learners: Vec<Snapshot<ExternalModel>>,
    /// The rows that nothing may be learned from, once somebody asks.
    withheld: OnceLock<Withheld>,
    /// The columns in which rows are alike that the split has kept together, once somebody asks.
    together: OnceLock<Option<Vec<String>>>,
    /// Why some generators are left out.
    left_out: Vec<String>,
    tasks: Vec<Task>,
    /// The cells to work on; none: all.
    chosen: Option<HashSet<Cell>>,
}

/// A cell and what determines its result.
#[derive(Clone, Debug)]
struct Task {
    cell: Cell,
    fingerprint: Fingerprint,
    /// What it shares with those of other seeds.
    settings: Fingerprint,
    /// What it shares with those of its model.
    training: Fingerprint,
    /// Predicted floating-point operations of its training.
    cost: f64,
    /// Predicted bytes at its peak.
    memory: f64,
}

impl Task {
    /// What stands for it in a run folder.
    fn find(&self, folder: &RunFolder) -> Result<Found, store::StoreError> {
        folder.find(&self.cell, &self.fingerprint, &self.settings)
    }
}

impl Runner {
    /// Loads the data and finds the device.
    pub fn new(experiment: ExperimentConfig, options: RunOptions) -> Result<Self, RunError> {
        let device = experiment.device.resolve()?;
        let seed = Seed::master(experiment.data_seed);
        let dataset = data::load(&experiment.dataset, options.data_dir.as_deref(), seed)?;
        let summary = DatasetSummary::of(&dataset);
        let mut runner = Self {
            experiment,
            options,
            device,
            dataset,
            summary,
            number_fields: Vec::new(),
            external: Vec::new(),
            learners: Vec::new(),
            withheld: OnceLock::new(),
            together: OnceLock::new(),
            left_out: Vec::new(),
            tasks: Vec::new(),
            chosen: None,
        };
        let mut cells = plan::cells(&runner.experiment);
        if let Some(settings) = &runner.experiment.until_decided {
            runner.chosen = Some(cells.into_iter().collect());
            let seeds = Seeds::Replicates(settings.seeds(&runner.experiment.seeds));
            cells = plan::cells(&ExperimentConfig { seeds, ..runner.experiment.clone() });
        }
        runner.read_numbers(&mut cells)?;
        runner.leave_out_items(&mut cells);
        let ExperimentConfig { generators, generator, models, model, .. } = &runner.experiment;
        let external = Snapshot::all(generators, &generator.external);
        let learners = Snapshot::all(models, &model.external);
        runner.external = external.map_err(RunError::External)?;
        runner.learners = learners.map_err(RunError::External)?;
        // Hours of work may come before this generator's turn.
        for source in cells.iter().filter_map(|cell| cell.source) {
            let origin = runner.origin(&source);
            if origin.lacks_item() {
                return Err(RunError::NoItem);
            }
            let named = |error| RunError::Generator { source: error, name: source.to_string() };
            if let Origin::Ours(config) = &origin {
                config.check().map_err(named)?;
            }
        }
        runner.tasks = cells.into_iter().map(|cell| runner.task(cell)).collect();
        Ok(runner)
    }

    /// Where nobody named generators, nor the field of the item, the one that needs it has no cells.
    fn leave_out_items(&mut self, cells: &mut Vec<Cell>) {
        if self.experiment.generators != ExperimentConfig::default().generators {
            return;
        }
        let lacks_item =
            |cell: &Cell| cell.source.is_some_and(|source| self.origin(&source).lacks_item());
        let Some(source) = cells.iter().find(|cell| lacks_item(cell)).and_then(|cell| cell.source)
        else {
            return;
        };
        let which: Vec<Cell> = cells.iter().copied().filter(|cell| !lacks_item(cell)).collect();
        *cells = which;
        self.left_out.push(format!(
            "{} is left out: it needs to know which field holds the item (dataset.item)",
            source.generator
        ));
    }

    /// Finds the fields of numbers, if some cells need them. Where there is no such field and nobody
    /// asked for numbers, the generators that know nothing else have no cells.
    fn read_numbers(&mut self, cells: &mut Vec<Cell>) -> Result<(), RunError> {
        let reads =
            |cell: &Cell| cell.source.is_some_and(|source| source.way.reading == Reading::Numbers);
        let Some(first) = cells.iter().find(|cell| reads(cell)).and_then(|cell| cell.source) else {
            return Ok(());
        };
        let reading = &self.experiment.reading;
        let options = FitOptions {
            way: first.way,
            numbers: reading.numbers.as_deref(),
            constraints: &self.dataset.constraints,
        };
        match options.number_fields(self.dataset.split.train.schema()) {
            Ok(fields) => self.number_fields = fields,
            Err(GeneratorError::NoNumbers) => {
                let asked_for = reading.which.contains(&Reading::Numbers);
                cells.retain(|cell| !reads(cell));
                if asked_for || cells.is_empty() {
                    return Err(match self.dataset.name == data::SIMULATED {
                        true => RunError::SimulatedNames,
                        false => RunError::Reading(GeneratorError::NoNumbers),
                    });
                }
                self.left_out.push(format!(
                    "{} is left out: it differs from CTGAN in fields of numbers alone, and {} has none \
                     (name some as `reading.numbers` if it does)",
                    first.generator, self.dataset.name
                ));
            }
            Err(error) => return Err(RunError::Reading(error)),
        }
        Ok(())
    }

    /// What there is to do, without doing or writing anything.
    pub fn outlook(&self) -> Result<Outlook, RunError> {
        let folder = RunFolder::look(&self.options.out)?;
        let survey = self.survey(&folder)?;
        let agenda = self.agenda(&survey, &folder);
        Ok(self.outlook_of(&survey, &agenda))
    }

    /// The jobs that are still to be done.
    pub fn planned_jobs(&self) -> Result<Vec<PlannedJob>, RunError> {
        let folder = RunFolder::look(&self.options.out)?;
        Ok(self.agenda(&self.survey(&folder)?, &folder).planned())
    }

    /// The finished cells, each with the predicted operations of its training.
    pub fn finished(&self) -> Result<Vec<(CellRecord, f64)>, RunError> {
        let folder = RunFolder::look(&self.options.out)?;
        let mut finished = Vec::new();
        for task in &self.tasks {
            if let Found::Standing(record) = task.find(&folder)? {
                finished.push((*record, task.cost));
            }
        }
        Ok(finished)
    }

    /// Makes the run folder, with the experiment in it, and does nothing else.
    pub fn prepare(&self) -> Result<RunFolder, RunError> {
        let toml = self.experiment.to_toml().map_err(std::io::Error::other)?;
        Ok(RunFolder::create(&self.options.out, &toml)?)
    }

    /// Works on the cells that are still to be done, and gathers the results.
    pub fn run(&self, listener: &dyn Listener) -> Result<RunResults, RunError> {
        self.run_with(&ClickModels, listener)
    }

    fn run_with(
        &self,
        trainer: &dyn Trainer,
        listener: &dyn Listener,
    ) -> Result<RunResults, RunError> {
        let folder = self.prepare()?;
        external::remove_interrupted(&folder.external());
        let mut environment = Environment::now(self.device, self.summary.clone());
        let models = Snapshot::files(&self.learners, "model");
        environment.external = Snapshot::files(&self.external, "generator").chain(models).collect();
        if let Some(settings) = &self.experiment.until_decided {
            folder.write_json(store::UNTIL_DECIDED, settings)?;
        }
        let survey = self.survey(&folder)?;
        self.warn(&survey, &folder, listener);
        let agenda = self.agenda(&survey, &folder);
        // Where nothing is done, what stands was made as it says; nobody started it.
        match Environment::read(&self.options.out) {
            Some(old) if agenda.jobs.is_empty() && old.is_like(&environment) => environment = old,
            _ => folder.write_json("environment.json", &environment)?,
        }
        listener.begin(&self.outlook_of(&survey, &agenda));
        let mut failures = Vec::new();
        if !agenda.jobs.is_empty() {
            failures = self.work_through(&agenda, &folder, trainer, listener)?;
        }
        self.warn_of_leaks(&folder, listener);
        Ok(RunResults { failures, ..self.gather(&folder, environment)? })
    }

    /// How many rows of each label are drawn from a generator: enough for every scenario of the
    /// experiment. The first rows are the same however many are drawn.
    fn sample_rows(&self) -> [usize; 2] {
        let train = &self.dataset.split.train;
        Scenario::most_rows(&self.experiment.scenarios, [train.count(0), train.count(1)])
    }

    /// Everything that determines a cell's result, in one hash.
    fn task(&self, cell: Cell) -> Task {
        let train = &self.dataset.split.train;
        let counts = cell.scenario.synthetic_rows([train.count(0), train.count(1)]);
        let real = if cell.scenario.keeps_real_rows() { train.n_rows() } else { 0 };
        let sample = self.request(&cell, 1).map(|request| request.fingerprint(counts));
        let (learner, training) = (self.learner(&cell), &self.experiment.training);
        let fingerprint = Fingerprint::of(&json!({
            "data": self.summary.fingerprint,
            "sample": sample,
            "scenario": cell.scenario,
            "model": learner.content(&self.dataset),
            "training": training,
            "seed": cell.seed,
            "device": self.device,
        }));
        let rows = real + counts.iter().sum::<usize>();
        let (cost, memory) = learner.cost(training, rows, train);
        let (settings, training) = (self.settings_of(&cell), self.training_of(&cell));
        Task { cell, fingerprint, settings, training, cost, memory }
    }

    /// What a cell shares with those of other seeds: all but data and seeds that determines its result, and the fields
    /// that measures are of. Rows that a user brings are not known here; they may be others under each seed.
    fn settings_of(&self, cell: &Cell) -> Fingerprint {
        let generator = cell.source.map(|source| match self.origin(&source) {
            Origin::Ours(config) => config.settings_of(source.way.reading),
            Origin::External(_) => serde_json::Value::Null,
        });
        let numbers = cell.source.is_some_and(|source| source.way.reading == Reading::Numbers);
        Fingerprint::of(&json!({
            "user": self.dataset.user,
            "item": self.dataset.item,
            "constraints": cell.source.map(|_| &self.dataset.constraints),
            "numbers": numbers.then_some(&self.number_fields),
            "generator": generator,
            "model": self.learner(cell).content(&self.dataset),
            "training": self.experiment.training,
            "device": self.device,
        }))
    }

    /// What it shares with those of the same model on other rows.
    fn training_of(&self, cell: &Cell) -> Fingerprint {
        Fingerprint::of(&json!({
            "model": self.learner(cell).content(&self.dataset),
            "training": self.experiment.training,
            "device": self.device,
        }))
    }

    /// Where a cell's synthetic rows come from; so many jobs are worked on at once.
    fn request(&self, cell: &Cell, jobs: usize) -> Option<SampleRequest<'_>> {
        Some(self.request_of(cell.source?, cell.sample, jobs))
    }

    fn request_of(&self, source: Source, seed: SampleSeed, jobs: usize) -> SampleRequest<'_> {
        SampleRequest {
            source,
            origin: self.origin(&source),
            asked: self.sample_rows(),
            dataset: &self.dataset,
            withheld: &self.withheld,
            constraints: &self.dataset.constraints,
            numbers: &self.number_fields,
            device: self.device,
            seed,
            data: &self.summary.fingerprint,
            // A fit serves several draws.
            save_generator: self.options.save_generators || self.experiment.seeds.are_crossed(),
            jobs,
        }
    }

    fn origin(&self, source: &Source) -> Origin<'_> {
        match source.generator {
            AnyGenerator::Ours(kind) => {
                let config = self.experiment.generator.of(kind);
                let (item, user) = (self.dataset.item.as_deref(), self.dataset.user.as_deref());
                Origin::Ours(config.with_fields(item, user))
            }
            AnyGenerator::External(name) => Origin::External(Snapshot::named(&self.external, name)),
        }
    }

    fn learner(&self, cell: &Cell) -> Learner<'_> {
        match cell.model {
            AnyModel::Ours(kind) => Learner::Ours(self.experiment.model.of(kind)),
            AnyModel::External(name) => Learner::External(Snapshot::named(&self.learners, name)),
        }
    }

    /// All cells there may be: with `until_decided` those of all its seeds.
    pub fn planned(&self) -> Vec<Cell> {
        self.tasks.iter().map(|task| task.cell).collect()
    }

    /// All that a cell's result hangs on, in one hash, if it is one of the experiment's.
    pub fn fingerprint(&self, cell: &Cell) -> Option<&Fingerprint> {
        self.tasks.iter().find(|task| task.cell == *cell).map(|task| &task.fingerprint)
    }

    /// Whether another run on this device gives the same bits.
    pub fn repeats_bit_for_bit(&self) -> bool {
        self.device != Device::Cuda
    }

    /// Works on these cells alone from now on; results are still gathered of all.
    pub fn choose(&mut self, cells: impl IntoIterator<Item = Cell>) {
        self.chosen = Some(cells.into_iter().collect());
    }

    /// The shard's cells that are to be worked on.
    fn chosen_tasks(&self) -> impl Iterator<Item = &Task> {
        self.options.shard.select(&self.tasks).iter().filter(|task| self.is_chosen(task))
    }

    fn is_chosen(&self, task: &Task) -> bool {
        self.chosen.as_ref().is_none_or(|chosen| chosen.contains(&task.cell))
    }
}
