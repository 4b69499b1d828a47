//! Working through an experiment's cells.

use super::environment::{self, DatasetSummary, Environment};
use super::outlook::{Listener, Outlook, Standing};
use super::sample::{Sample, SampleInfo, SampleRequest};
use super::store::{Found, RunFolder};
use super::train::{ClickModels, Job, Trainer};
use super::{
    Cell, CellRecord, ExperimentConfig, Fingerprint, Order, ResultRow, RunError, Shard, Source,
    plan, record,
};
use crate::ctr::ModelConfig;
use crate::data::{self, Dataset, Table};
use crate::device::Device;
use crate::generators::GeneratorConfig;
use crate::measure::{self, PeakMemory};
use crate::metrics;
use crate::seed::Seed;
use serde_json::json;
use std::path::PathBuf;
use std::time::Instant;

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
    /// Whether trained models are kept.
    pub save_models: bool,
    /// Whether fitted generators that are trained are kept.
    pub save_generators: bool,
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
    /// Number of cells of the experiment.
    pub planned: usize,
}

/// An experiment whose data is loaded and whose device is found.
pub struct Runner {
    experiment: ExperimentConfig,
    options: RunOptions,
    device: Device,
    dataset: Dataset,
    summary: DatasetSummary,
    tasks: Vec<Task>,
}

/// A cell and what determines its result.
#[derive(Clone, Debug)]
struct Task {
    cell: Cell,
    fingerprint: Fingerprint,
    /// Rows its model is trained on.
    cost: u64,
}

impl Runner {
    /// Loads the data and finds the device.
    pub fn new(experiment: ExperimentConfig, options: RunOptions) -> Result<Self, RunError> {
        let device = experiment.device.resolve()?;
        let seed = Seed::master(experiment.data_seed);
        let dataset = data::load(&experiment.dataset, options.data_dir.as_deref(), seed)?;
        let summary = DatasetSummary::of(&dataset);
        let mut runner = Self { experiment, options, device, dataset, summary, tasks: Vec::new() };
        let cells = plan::cells(&runner.experiment);
        // Hours of work may come before this generator's turn.
        for source in cells.iter().filter_map(|cell| cell.source) {
            let config = runner.generator(&source);
            if let GeneratorConfig::UniformItem(settings) = &config
                && settings.item.is_empty()
            {
                return Err(RunError::NoItem);
            }
            let named = |error| RunError::Generator { source: error, name: source.to_string() };
            config.check().map_err(named)?;
        }
        runner.tasks = cells.into_iter().map(|cell| runner.task(cell)).collect();
        Ok(runner)
    }

    /// What there is to do, without doing or writing anything.
    pub fn outlook(&self) -> Result<Outlook, RunError> {
        let folder = RunFolder::look(&self.options.out)?;
        Ok(self.outlook_of(&self.survey(&folder)?))
    }

    /// Works on the cells that are still to be done, and gathers the results.
    pub fn run(&self, listener: &dyn Listener) -> Result<RunResults, RunError> {
        self.run_with(&ClickModels, listener)
    }

    pub(super) fn run_with(
        &self,
        trainer: &dyn Trainer,
        listener: &dyn Listener,
    ) -> Result<RunResults, RunError> {
        let toml = self.experiment.to_toml().map_err(std::io::Error::other)?;
        let folder = RunFolder::create(&self.options.out, &toml)?;
        let environment = Environment::now(self.device, self.summary.clone());
        folder.write_json("environment.json", &environment)?;
        let mut survey = self.survey(&folder)?;
        self.warn(&survey, &folder, listener);
        listener.begin(&self.outlook_of(&survey));
        self.options.order.arrange(&mut survey.pending);
        let mut at_hand = AtHand::default();
        for task in survey.pending {
            let record = self.work_on(task, &folder, &mut at_hand, trainer, listener)?;
            folder.write_cell(&task.cell, &record)?;
            listener.cell_done(&task.cell.name(), &record, task.cost);
        }
        if self.options.save_generators {
            self.save_generators(&folder, listener)?;
        }
        self.gather(&folder, environment)
    }

    /// Everything that determines a cell's result, in one hash.
    fn task(&self, cell: Cell) -> Task {
        let train = &self.dataset.split.train;
        let counts = [train.count(0), train.count(1)];
        let synthetic: usize = cell.scenario.synthetic_rows(counts).iter().sum();
        let real = if cell.scenario.keeps_real_rows() { train.n_rows() } else { 0 };
        let sample = self.request(&cell).map(|request| request.fingerprint());
        let fingerprint = Fingerprint::of(&json!({
            "data": self.summary.fingerprint,
            "sample": sample,
            "scenario": cell.scenario,
            "model": self.model(&cell),
            "training": self.experiment.training,
            "seed": cell.seed,
            "device": self.device,
        }));
        Task { cell, fingerprint, cost: (real + synthetic) as u64 }
    }

    /// Where a cell's synthetic rows come from.
    fn request(&self, cell: &Cell) -> Option<SampleRequest<'_>> {
        let source = cell.source?;
        Some(SampleRequest {
            source,
            config: self.generator(&source),
            constraints: &self.dataset.constraints,
            device: self.device,
            seed: cell.seed,
            data: &self.summary.fingerprint,
            save_generator: self.options.save_generators,
        })
    }

    fn generator(&self, source: &Source) -> GeneratorConfig {
        let config = self.experiment.generator.of(source.generator);
        config.with_fields(self.dataset.item.as_deref(), self.dataset.user.as_deref())
    }

    fn model(&self, cell: &Cell) -> ModelConfig {
        self.experiment.model.of(cell.model)
    }

    /// What stands of the shard's cells, and which are still to be done.
    fn survey(&self, folder: &RunFolder) -> Result<Survey<'_>, RunError> {
        let mut survey = Survey::default();
        for task in self.options.shard.select(&self.tasks) {
            let standing = match folder.find(&task.cell, &task.fingerprint)? {
                Found::Standing(_) if self.lacks_model(folder, &task.cell) => Standing::Missing,
                Found::Standing(_) => Standing::Done,
                Found::Nothing => Standing::Missing,
                Found::Outdated => Standing::Outdated,
                Found::Damaged(how) => {
                    survey.damage.push(how);
                    Standing::Damaged
                }
            };
            survey.cells.push((task.cell, standing));
            if standing != Standing::Done {
                survey.pending.push(task);
            }
        }
        Ok(survey)
    }

    /// Whether a cell's trained model is wanted and not there.
    fn lacks_model(&self, folder: &RunFolder, cell: &Cell) -> bool {
        self.options.save_models && !folder.model_path(cell).is_dir()
    }

    /// Fits the generators that are wanted and not there although their cells are done.
    fn save_generators(&self, folder: &RunFolder, listener: &dyn Listener) -> Result<(), RunError> {
        for task in self.options.shard.select(&self.tasks) {
            let trained = task.cell.source.filter(|source| source.generator.is_trained());
            let lacking =
                trained.is_some_and(|s| !folder.generator_path(&s, task.cell.seed).is_dir());
            if let (true, Some(request)) = (lacking, self.request(&task.cell)) {
                request.obtain(folder, &self.dataset.split.train, listener)?;
            }
        }
        Ok(())
    }

    fn outlook_of(&self, survey: &Survey<'_>) -> Outlook {
        Outlook {
            cells: survey.cells.clone(),
            experiment_cells: self.tasks.len(),
            cost: survey.pending.iter().map(|task| task.cost).sum(),
            device: self.device,
            dataset: self.summary.clone(),
        }
    }

    /// Tells what in the run folder may surprise.
    fn warn(&self, survey: &Survey<'_>, folder: &RunFolder, listener: &dyn Listener) {
        for damage in &survey.damage {
            listener.warn(&format!("{damage}; this result is damaged and will be done again"));
        }
        let outdated =
            survey.cells.iter().filter(|(_, standing)| *standing == Standing::Outdated).count();
        if outdated > 0 {
            listener.warn(&format!(
                "{outdated} of {} results in {} were made with other settings or other data; \
                 they will be done again",
                survey.cells.len(),
                folder.root().display()
            ));
        }
        let planned = self.tasks.iter().filter(|task| folder.cell_path(&task.cell).exists());
        let strangers = folder.n_cell_files().saturating_sub(planned.count());
        if strangers > 0 {
            listener.warn(&format!(
                "{strangers} more results in {} are not part of this experiment; they are left \
                 as they are and not reported",
                folder.root().display()
            ));
        }
    }

    /// Makes one cell's result.
    fn work_on(
        &self,
        task: &Task,
        folder: &RunFolder,
        at_hand: &mut AtHand,
        trainer: &dyn Trainer,
        listener: &dyn Listener,
    ) -> Result<CellRecord, RunError> {
        let split = &self.dataset.split;
        let samples = match self.request(&task.cell) {
            Some(request) => Some(at_hand.take(request, folder, &split.train, listener)?),
            None => None,
        };
        let (peak, start) = (PeakMemory::start(), Instant::now());
        let rows = self.rows(&task.cell, samples);
        let model = self.model(&task.cell);
        // A model of other settings must not stand beside this result.
        folder.remove_folder(&folder.model_path(&task.cell))?;
        let save_to = self.options.save_models.then(|| folder.model_path(&task.cell));
        let job = Job {
            device: self.device,
            model: &model,
            training: &self.experiment.training,
            train: &rows.all,
            valid: &split.valid,
            test: &split.test,
            // The same first weights, order of rows and dropout in every scenario of a replicate:
            // differences between scenarios are then differences of the data alone.
            seed: Seed::master(task.cell.seed).derive(&format!("train/{}", task.cell.model)),
            save_to,
        };
        let training = trainer
            .train(&job, listener)
            .map_err(|source| RunError::Training { cell: task.cell.name(), source })?;
        let train_seconds = measure::seconds(start);
        let train_peak_mb = peak.megabytes();
        let test_auc = metrics::auc(split.test.labels(), &training.scores)
            .ok_or_else(|| RunError::NoAuc(task.cell.name()))?;
        let used = |get: fn(&SampleInfo) -> f64| rows.used.iter().map(move |info| get(info));
        let most = |values: &mut dyn Iterator<Item = f64>| values.fold(0.0, f64::max);
        let fit_peak_mb = most(&mut used(|info| info.fit_peak_mb));
        let sample_peak_mb = most(&mut used(|info| info.sample_peak_mb));
        let row = ResultRow {
            dataset: self.dataset.name.clone(),
            generator: task.cell.generator_name().to_owned(),
            conditioning: task.cell.conditioning_name().to_owned(),
            scenario: task.cell.scenario,
            model: task.cell.model,
            seed: task.cell.seed,
            device: self.device,
            test_auc,
            test_logloss: metrics::logloss(split.test.labels(), &training.scores),
            valid_auc: training.best.valid_auc,
            epochs: training.history.len(),
            train_rows: rows.all.n_rows(),
            synthetic_rows: rows.synthetic,
            identical_rows: rows.identical,
            fit_seconds: most(&mut used(|info| info.fit_seconds)),
            // From 0.0, since an empty sum is -0.0.
            sample_seconds: used(|info| info.sample_seconds).fold(0.0, |sum, s| sum + s),
            train_seconds,
            peak_rss_mb: fit_peak_mb.max(sample_peak_mb).max(train_peak_mb),
            identical_rows_without_label: rows.identical_without_label,
            fit_peak_mb,
            sample_peak_mb,
            train_peak_mb,
        };
        Ok(CellRecord {
            row,
            machine: environment::machine(),
            fingerprint: task.fingerprint.clone(),
            history: training.history,
        })
    }

    /// The rows a cell's model is trained on: the real ones, then the synthetic ones.
    fn rows<'a>(&self, cell: &Cell, samples: Option<&'a [Sample; 2]>) -> TrainingRows<'a> {
        let train = &self.dataset.split.train;
        let counts = cell.scenario.synthetic_rows([train.count(0), train.count(1)]);
        let mut synthetic = Table::empty(train.schema().clone());
        let mut used = Vec::new();
        for (sample, n) in samples.into_iter().flatten().zip(counts) {
            if n > 0 {
                synthetic.extend(&sample.rows.head(n));
                used.push(&sample.info);
            }
        }
        let identical = metrics::identical_rows(&synthetic, train);
        let mut all = match cell.scenario.keeps_real_rows() {
            true => train.clone(),
            false => Table::empty(train.schema().clone()),
        };
        all.extend(&synthetic);
        TrainingRows {
            all,
            synthetic: synthetic.n_rows(),
            identical: identical.with_label,
            identical_without_label: identical.without_label,
            used,
        }
    }

    /// Reads all finished cells of the experiment and writes the results.
    fn gather(&self, folder: &RunFolder, environment: Environment) -> Result<RunResults, RunError> {
        let mut cells = Vec::new();
        for task in &self.tasks {
            if let Found::Standing(record) = folder.find(&task.cell, &task.fingerprint)? {
                cells.push(*record);
            }
        }
        let rows: Vec<_> = cells.iter().map(|cell| &cell.row).collect();
        folder.write("results.csv", &record::to_csv(&rows).map_err(std::io::Error::other)?)?;
        folder.write_json("results.json", &rows)?;
        let name = self.experiment.name.clone();
        Ok(RunResults { name, environment, cells, planned: self.tasks.len() })
    }
}

/// What stands in a run folder of a shard's cells.
#[derive(Default)]
struct Survey<'a> {
    cells: Vec<(Cell, Standing)>,
    pending: Vec<&'a Task>,
    damage: Vec<String>,
}

/// What a cell's model is trained on.
struct TrainingRows<'a> {
    all: Table,
    synthetic: usize,
    identical: usize,
    identical_without_label: usize,
    /// Of the samples the synthetic rows are from.
    used: Vec<&'a SampleInfo>,
}

/// The samples used last: the next cell mostly needs the same.
#[derive(Default)]
struct AtHand(Option<(Fingerprint, [Sample; 2])>);

impl AtHand {
    fn take(
        &mut self,
        request: SampleRequest<'_>,
        folder: &RunFolder,
        train: &Table,
        listener: &dyn Listener,
    ) -> Result<&[Sample; 2], RunError> {
        let wanted = request.fingerprint();
        let samples = match self.0.take() {
            Some((fingerprint, samples)) if fingerprint == wanted => samples,
            _ => request.obtain(folder, train, listener)?,
        };
        let (_, samples) = self.0.insert((wanted, samples));
        Ok(samples)
    }
}
