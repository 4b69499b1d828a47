//! What a run has to do, as jobs that wait for each other.

use super::quality::Measured;
use super::schedule::Job;
use super::survey::Survey;
use super::{Runner, Task};
use crate::device::Device;
use crate::experiment::plan::{SampleSeed, Source};
use crate::experiment::store::RunFolder;
use crate::generators::{Reading, RowsSize};
use crate::measure;
use std::collections::HashSet;

/// What a job does.
pub(super) enum Work<'a> {
    /// Fits a source in a replicate, and draws.
    Fit(Source, SampleSeed),
    /// Measures how good and how private a table is.
    Quality(Measured),
    Cell(&'a Task),
}

/// A job of a run, as others plan it.
#[derive(Clone, Debug, PartialEq)]
pub struct PlannedJob {
    /// What it is called where jobs are chosen: `fit`, `cell` or `measure` and a name.
    pub key: String,
    /// What it does.
    pub kind: PlannedKind,
    /// Predicted floating-point operations, or as many as take as long.
    pub cost: f64,
    /// Predicted bytes at its peak.
    pub memory: f64,
    /// Positions of the jobs that it needs, or that should be done before.
    pub after: Vec<usize>,
}

/// What a job does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PlannedKind {
    /// Fits a generator and draws.
    Fit,
    /// Trains and tests a click model.
    Cell,
    /// Measures how good and how private rows are.
    Measurement,
}

impl Work<'_> {
    /// What it is called where jobs are chosen.
    pub fn key(&self) -> String {
        let kind = match self {
            Work::Fit(..) => "fit",
            Work::Quality(_) => "measure",
            Work::Cell(_) => "cell",
        };
        format!("{kind} {}", self.name())
    }

    /// What is made.
    pub fn name(&self) -> String {
        match self {
            Work::Fit(source, seed) => format!("{source}.{seed}"),
            Work::Quality(of) => of.name(),
            Work::Cell(task) => task.cell.name(),
        }
    }
}

/// The jobs of a run: what each does, when it may begin, what memory it needs.
#[derive(Default)]
pub(super) struct Agenda<'a> {
    pub work: Vec<Work<'a>>,
    pub jobs: Vec<Job>,
    /// Predicted bytes at the peak of each.
    memory: Vec<f64>,
}

/// Generators do this many times fewer operations in a second than click models, whose matrix
/// products are all that takes time.
const GENERATOR_FACTOR: f64 = 2.5;

/// Operations that would take as long as comparing a value of two rows, and as measuring a row.
const PAIR_COST: f64 = 3.0;
const ROW_COST: f64 = 4e6;

/// Bytes at the peak of measuring, for each value of train.
const BYTES_PER_VALUE: f64 = 150.0;

/// A part of the memory is left to others.
const MEMORY_SHARE: f64 = 0.8;

impl<'a> Agenda<'a> {
    /// Adds a job of the given cost and memory; gives its position.
    fn push(&mut self, work: Work<'a>, (cost, memory): (f64, f64), needs: Vec<usize>) -> usize {
        self.work.push(work);
        self.jobs.push(Job { cost, after: needs.clone(), needs });
        self.memory.push(memory);
        self.jobs.len() - 1
    }

    /// Those of these keys alone.
    fn only(self, keys: &HashSet<String>) -> Self {
        let mut places = vec![None; self.jobs.len()];
        let mut some = Agenda::default();
        for ((at, work), job) in self.work.into_iter().enumerate().zip(&self.jobs) {
            if keys.contains(&work.key()) {
                let here = |all: &[usize]| all.iter().filter_map(|&at| places[at]).collect();
                let (after, needs) = (here(&job.after), here(&job.needs));
                let place = some.push(work, (job.cost, self.memory[at]), needs);
                some.jobs[place].after = after;
                places[at] = Some(place);
            }
        }
        some
    }

    /// The jobs as others plan them.
    pub fn planned(&self) -> Vec<PlannedJob> {
        let of = |((work, job), memory): ((&Work<'_>, &Job), &f64)| PlannedJob {
            key: work.key(),
            kind: match work {
                Work::Fit(..) => PlannedKind::Fit,
                Work::Quality(_) => PlannedKind::Measurement,
                Work::Cell(_) => PlannedKind::Cell,
            },
            cost: job.cost,
            memory: *memory,
            after: job.after.clone(),
        };
        self.work.iter().zip(&self.jobs).zip(&self.memory).map(of).collect()
    }
}

impl Runner {
    /// How many jobs are worked on at once.
    pub(super) fn workers(&self, agenda: &Agenda<'_>) -> usize {
        let most = agenda.jobs.len().max(1);
        if let Some(asked) = self.options.jobs {
            return asked.clamp(1, most);
        }
        if self.device == Device::Cuda {
            return 1;
        }
        let available = MEMORY_SHARE * measure::available_memory().unwrap_or(f64::INFINITY);
        side_by_side(&agenda.memory, available, rayon::current_num_threads().min(most))
    }

    /// What is to be done, in jobs.
    pub(super) fn agenda<'a>(&'a self, survey: &Survey<'a>, folder: &RunFolder) -> Agenda<'a> {
        let mut agenda = Agenda::default();
        let mut fits: Vec<((Source, SampleSeed), usize)> = Vec::new();
        let wanted = self.chosen_tasks().filter(|_| self.options.measure_quality);
        let mut unmeasured = self.measurands(wanted);
        unmeasured.retain(|of| self.quality(folder, of).is_none());
        // Generators that are wanted are made although their cells are done.
        let keeps = self.options.save_generators;
        let kept = self.chosen_tasks().filter(|_| keeps);
        let of_cell = |task: &Task| Some((task.cell.source?, task.cell.sample));
        let of_table = unmeasured.iter().filter_map(|of| match of {
            Measured::Source(source, seed) => Some((*source, *seed)),
            _ => None,
        });
        let cells = survey.pending.iter().copied().chain(kept).filter_map(of_cell);
        let train = &self.dataset.split.train;
        for key in cells.chain(of_table) {
            let request = self.request_of(key.0, key.1, 1);
            let known = fits.iter().any(|(fit, _)| *fit == key);
            if known || request.stands(folder, train, self.sample_rows()) {
                continue;
            }
            // Draws of the same fit share it.
            let shared = |((source, seed), _): &((Source, SampleSeed), usize)| {
                *source == key.0 && seed.fit == key.1.fit && request.save_generator
            };
            let fitted =
                request.has_fit(folder) || key.0.generator.is_trained() && fits.iter().any(shared);
            let fit = self.fit_cost(&key.0, fitted);
            fits.push((key, agenda.push(Work::Fit(key.0, key.1), fit, Vec::new())));
        }
        for of in unmeasured {
            let fit = fits.iter().filter(|(key, _)| Measured::Source(key.0, key.1) == of);
            let after = fit.map(|(_, at)| *at).collect();
            agenda.push(Work::Quality(of), self.quality_cost(), after);
        }
        // Every other cell is compared with its replicate's `base`.
        let (base, others): (Vec<&Task>, Vec<&Task>) =
            survey.pending.iter().partition(|task| task.cell.source.is_none());
        let mut bases = Vec::new();
        for task in base {
            let at = agenda.push(Work::Cell(task), (task.cost, task.memory), Vec::new());
            bases.push(((task.cell.model, task.cell.seed), at));
        }
        for task in others {
            let fit = task.cell.source.map(|source| (source, task.cell.sample));
            let fit = fits.iter().filter(|(key, _)| Some(*key) == fit).map(|(_, at)| *at);
            let key = (task.cell.model, task.cell.seed);
            let base = bases.iter().filter(|(base, _)| *base == key).map(|(_, at)| *at);
            let at = agenda.push(Work::Cell(task), (task.cost, task.memory), fit.collect());
            agenda.jobs[at].after.extend(base);
        }
        match &self.options.only {
            Some(keys) => agenda.only(keys),
            None => agenda,
        }
    }

    /// Predicted operations and bytes of measuring a table: distances between all pairs of rows take
    /// most of it.
    fn quality_cost(&self) -> (f64, f64) {
        let split = &self.dataset.split;
        let (train, held) =
            (split.train.n_rows() as f64, split.valid.n_rows() + split.test.n_rows());
        let fields = split.train.n_fields() as f64;
        let pairs = (train + held as f64) * held as f64;
        (PAIR_COST * fields * pairs + ROW_COST * train, BYTES_PER_VALUE * fields * train)
    }

    /// Predicted operations and bytes of a source: fitting it, if it is not `fitted`, and drawing from it.
    fn fit_cost(&self, source: &Source, fitted: bool) -> (f64, f64) {
        let train = &self.dataset.split.train;
        let numbers = match source.way.reading {
            Reading::Categories => &[],
            Reading::Numbers => self.number_fields.as_slice(),
        };
        let categories = train.schema().fields.iter().filter(|f| !numbers.contains(&f.name));
        let size = RowsSize {
            rows: train.n_rows(),
            columns: categories.map(|field| field.n_categories()).sum(),
            fields: train.n_fields(),
            numbers: numbers.len(),
        };
        let drawn: usize = self.sample_rows().iter().sum();
        let (cost, memory) = self.origin(source).cost(size, drawn, fitted);
        (GENERATOR_FACTOR * cost, memory)
    }
}

/// How many of some jobs, at most `threads` and at least 1, always find room in `available` bytes,
/// whichever of them meet.
fn side_by_side(memory: &[f64], available: f64, threads: usize) -> usize {
    let mut memory = memory.to_vec();
    memory.sort_unstable_by(|a, b| b.total_cmp(a));
    let fit = |n: &usize| memory.iter().take(*n).sum::<f64>() <= available;
    (1..=threads).rev().find(fit).unwrap_or(1)
}

#[cfg(test)]
mod tests {
    use super::side_by_side;

    #[test]
    fn the_largest_jobs_must_find_room_together() {
        let memory = [1.0, 5.0, 2.0, 4.0];
        let wanted = [(100.0, 4), (11.9, 3), (11.0, 3), (10.9, 2), (9.0, 2), (8.9, 1), (0.0, 1)];
        for (available, n) in wanted {
            assert_eq!(side_by_side(&memory, available, 4), n, "{available}");
        }
        assert_eq!(side_by_side(&memory, 100.0, 2), 2);
        assert_eq!(side_by_side(&memory, f64::INFINITY, 16), 16);
    }
}
