//! Doing the jobs of a run, several at once.

use super::agenda::{Agenda, Work};
use super::cell::{AtHand, Bench};
use super::evaluate::Judge;
use super::quality::QualityBench;
use super::schedule::{self, Outcome};
use super::train::Trainer;
use super::{Failure, Listener, RunError, Runner};
use crate::experiment::plan::Order;
use crate::experiment::store::RunFolder;
use crate::seed::Seed;
use std::sync::{Mutex, PoisonError};

impl Runner {
    /// Does all jobs, several at once, each on its own threads; gives what failed.
    pub(super) fn work_through(
        &self,
        agenda: &Agenda<'_>,
        folder: &RunFolder,
        trainer: &dyn Trainer,
        listener: &dyn Listener,
    ) -> Result<Vec<Failure>, RunError> {
        let workers = self.workers(agenda);
        let threads = (rayon::current_num_threads() / workers).max(1);
        let pool = |_| rayon::ThreadPoolBuilder::new().num_threads(threads).build();
        let pools: Vec<_> = match workers {
            // The threads that are there already.
            1 => Vec::new(),
            _ => (0..workers)
                .map(pool)
                .collect::<Result<_, _>>()
                .map_err(|e| RunError::Threads(e.to_string()))?,
        };
        // Of the data alone: every cell on the same rows is measured alike.
        let seed = Seed::master(0).derive(&format!("evaluate/{}", self.summary.fingerprint));
        let bench = Bench {
            runner: self,
            folder,
            trainer,
            judge: Judge::new(&self.dataset, seed),
            jobs: workers,
        };
        let quality = QualityBench::default();
        let at_hand: Vec<_> = (0..workers).map(|_| Mutex::new(AtHand::default())).collect();
        let mut priorities = schedule::priorities(&agenda.jobs);
        if let Order::Shuffled(_) = self.options.order {
            self.options.order.arrange(&mut priorities);
        }
        // Results first; whoever stops a run has most of them then.
        for (priority, work) in priorities.iter_mut().zip(&agenda.work) {
            if let Work::Quality(_) = work {
                *priority = f64::NEG_INFINITY;
            }
        }
        let failures = Mutex::new(Vec::new());
        let dropped = schedule::run(&agenda.jobs, &priorities, workers, |worker, job| {
            let cost = agenda.jobs[job].cost;
            let work = || match &agenda.work[job] {
                Work::Fit(source, seed) => {
                    let request = self.request_of(*source, *seed, workers);
                    let train = &self.dataset.split.train;
                    let progress = listener.job(&request.name());
                    request.make(folder, train, self.sample_rows(), &*progress)?;
                    listener.fit_done(&request.name(), cost);
                    Ok(())
                }
                Work::Quality(of) => {
                    let progress = listener.job(&of.name());
                    let record = self.measure(folder, of, &quality, workers, &*progress)?;
                    listener.measured(&of.name(), &record, cost);
                    Ok(())
                }
                Work::Cell(task) => {
                    let mut at_hand =
                        at_hand[worker].lock().unwrap_or_else(PoisonError::into_inner);
                    let name = task.cell.name();
                    let record = bench.work_on(task, &mut at_hand, &*listener.job(&name))?;
                    listener.cell_done(&name, &record, cost);
                    Ok(())
                }
            };
            let worked: Result<(), RunError> = match pools.get(worker) {
                Some(pool) => pool.install(work),
                None => work(),
            };
            match worked {
                Ok(()) => Ok(Outcome::Done),
                Err(error) if error.is_of_one_job() => {
                    let failure =
                        Failure { name: agenda.work[job].name(), reason: error.in_full() };
                    listener.failed(&failure.reason, cost);
                    failures.lock().unwrap_or_else(PoisonError::into_inner).push(failure);
                    Ok(Outcome::Failed)
                }
                Err(error) => Err(error),
            }
        })?;
        let mut failures = failures.into_inner().unwrap_or_else(PoisonError::into_inner);
        let reason = "what it needs could not be made";
        let left_out =
            |at: usize| Failure { name: agenda.work[at].name(), reason: reason.to_owned() };
        failures.extend(dropped.into_iter().map(left_out));
        Ok(failures)
    }
}
