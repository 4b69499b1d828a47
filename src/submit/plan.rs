//! Which jobs go into which task of which array, and what waits for what.

use crate::experiment::{PlannedJob, PlannedKind};

/// Jobs that one task of an array works on, one after the other.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Task {
    /// Keys of the jobs, as `synthctr run --only` reads them.
    pub keys: Vec<String>,
    /// Predicted seconds of all.
    pub seconds: f64,
    /// Predicted bytes of the largest.
    pub memory: f64,
}

/// What the tasks of a batch do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part {
    /// Each fits a generator and draws.
    Fits,
    /// Each does what waits for nothing.
    Free,
    /// Each does what waits for one task of an earlier batch of fits.
    Behind {
        /// The batch.
        batch: usize,
        /// The task in it.
        task: usize,
    },
}

/// Tasks that become one array.
#[derive(Clone, Debug, PartialEq)]
pub struct Batch {
    /// What they do.
    pub part: Part,
    /// The tasks.
    pub tasks: Vec<Task>,
}

impl Task {
    fn add(&mut self, job: &PlannedJob, seconds: f64) {
        self.keys.push(job.key.clone());
        self.seconds += seconds;
        self.memory = self.memory.max(job.memory);
    }
}

/// Plans jobs into batches of at most `most` tasks, to be handed over in this order: fits first, those with
/// the longest chains of work behind them before the others; what waits for nothing; then what waits for each
/// fit, in tasks of about `target` seconds.
///
/// A task waits for the fit it needs and for no other, so nobody waits for the slowest fit but who needs it.
pub fn plan(
    jobs: &[PlannedJob],
    seconds: impl Fn(&PlannedJob) -> f64,
    target: f64,
    most: usize,
) -> Vec<Batch> {
    let is_fit = |at: &usize| jobs[*at].kind == PlannedKind::Fit;
    let mut fits: Vec<usize> = (0..jobs.len()).filter(is_fit).collect();
    let behind = |fit: usize| jobs.iter().filter(move |job| job.after.contains(&fit));
    let chain = |fit: usize| seconds(&jobs[fit]) + behind(fit).map(&seconds).sum::<f64>();
    fits.sort_by(|a, b| chain(*b).total_cmp(&chain(*a)));
    let free =
        jobs.iter().filter(|job| job.kind != PlannedKind::Fit && !job.after.iter().any(is_fit));
    let most = most.max(1);
    let mut batches: Vec<Batch> = Vec::new();
    for group in fits.chunks(most) {
        let task = |&fit: &usize| {
            let mut task = Task::default();
            task.add(&jobs[fit], seconds(&jobs[fit]));
            task
        };
        batches.push(Batch { part: Part::Fits, tasks: group.iter().map(task).collect() });
    }
    for tasks in packed(free, &seconds, target).chunks(most) {
        batches.push(Batch { part: Part::Free, tasks: tasks.to_vec() });
    }
    for (at, fit) in fits.iter().enumerate() {
        for tasks in packed(behind(*fit), &seconds, target).chunks(most) {
            let part = Part::Behind { batch: at / most, task: at % most };
            batches.push(Batch { part, tasks: tasks.to_vec() });
        }
    }
    batches
}

/// Jobs in tasks of about `target` seconds, the longest first; a job of more is a task by itself.
fn packed<'a>(
    jobs: impl Iterator<Item = &'a PlannedJob>,
    seconds: &impl Fn(&PlannedJob) -> f64,
    target: f64,
) -> Vec<Task> {
    let mut jobs: Vec<&PlannedJob> = jobs.collect();
    jobs.sort_by(|a, b| seconds(b).total_cmp(&seconds(a)));
    let mut tasks: Vec<Task> = Vec::new();
    for job in jobs {
        let takes = seconds(job);
        match tasks.last_mut().filter(|task| task.seconds + takes <= target) {
            Some(task) => task.add(job, takes),
            None => {
                let mut task = Task::default();
                task.add(job, takes);
                tasks.push(task);
            }
        }
    }
    tasks
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::collections::BTreeMap;

    fn job(key: &str, kind: PlannedKind, cost: f64, after: &[usize]) -> PlannedJob {
        PlannedJob { key: key.to_owned(), kind, cost, memory: 1.0, after: after.to_vec() }
    }

    /// When the last of all tasks ends on so many machines, which take the first task in the order of the
    /// batches whose fit is done: what a scheduler does that goes by the order of submission.
    fn makespan(batches: &[Batch], machines: usize) -> f64 {
        let all: Vec<(usize, usize)> = batches
            .iter()
            .enumerate()
            .flat_map(|(b, batch)| (0..batch.tasks.len()).map(move |t| (b, t)))
            .collect();
        let mut ends: BTreeMap<(usize, usize), f64> = BTreeMap::new();
        let mut free = vec![0.0f64; machines];
        let mut waiting = all;
        while !waiting.is_empty() {
            let machine = (0..machines).min_by(|a, b| free[*a].total_cmp(&free[*b])).unwrap();
            let now = free[machine];
            let before = |(b, _): &(usize, usize)| match batches[*b].part {
                Part::Behind { batch, task } => {
                    ends.get(&(batch, task)).copied().unwrap_or(f64::INFINITY)
                }
                _ => 0.0,
            };
            match waiting.iter().position(|task| before(task) <= now) {
                Some(at) => {
                    let (b, t) = waiting.remove(at);
                    free[machine] = now + batches[b].tasks[t].seconds;
                    ends.insert((b, t), free[machine]);
                }
                // Nothing is ready: look again when the next task ends.
                None => {
                    let next = ends.values().filter(|end| **end > now).copied();
                    free[machine] = next.fold(f64::INFINITY, f64::min);
                    assert!(free[machine].is_finite(), "nothing would ever be ready");
                }
            }
        }
        ends.into_values().fold(0.0, f64::max)
    }

    /// The paper's study: 27 fits, 3 · 3 base cells, 1,206 cells behind the fits.
    fn study(costs: &[f64]) -> Vec<PlannedJob> {
        let mut jobs: Vec<PlannedJob> = (0..27)
            .map(|fit| job(&format!("fit {fit}"), PlannedKind::Fit, 20.0 * costs[fit], &[]))
            .collect();
        for cell in 0..1215 {
            let after = if cell < 9 { vec![] } else { vec![cell % 27] };
            let cost = costs[cell % costs.len()];
            jobs.push(job(&format!("cell {cell}"), PlannedKind::Cell, cost, &after));
        }
        jobs
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(100))]

        #[test]
        fn a_study_takes_little_longer_than_it_must(
            costs in prop::collection::vec(20.0f64..200.0, 101),
            machines in 2usize..24,
            most in prop::sample::select(vec![10usize, 27, 1000]),
        ) {
            let jobs = study(&costs);
            let batches = plan(&jobs, |job| job.cost, 300.0, most);
            let total: f64 = jobs.iter().map(|job| job.cost).sum();
            // No plan ends before its fits and what waits for one of them, or before all is shared out.
            let longest = jobs.iter().map(|job| {
                job.cost + job.after.iter().map(|&fit| jobs[fit].cost).sum::<f64>()
            });
            let least = longest.fold(total / machines as f64, f64::max);
            let takes = makespan(&batches, machines);
            prop_assert!(takes <= 1.1 * least, "{takes} instead of {least} on {machines}");
        }

        #[test]
        fn every_job_is_in_one_task_that_waits_for_what_it_needs(
            costs in prop::collection::vec(1.0f64..100.0, 101), target in 1.0f64..500.0, most in 1usize..60,
        ) {
            let jobs = study(&costs);
            let batches = plan(&jobs, |job| job.cost, target, most);
            let mut seen: Vec<&String> = Vec::new();
            for (at, batch) in batches.iter().enumerate() {
                prop_assert!(batch.tasks.len() <= most);
                for task in &batch.tasks {
                    prop_assert!(task.keys.len() < 2 || task.seconds <= target);
                    for key in &task.keys {
                        let job = jobs.iter().find(|job| job.key == *key).unwrap();
                        if let Some(&fit) = job.after.first() {
                            let Part::Behind { batch, task } = batch.part else {
                                panic!("{key} waits for nothing")
                            };
                            prop_assert!(batch < at);
                            let fits = &batches[batch].tasks[task].keys;
                            prop_assert_eq!(fits, std::slice::from_ref(&jobs[fit].key));
                        }
                        seen.push(key);
                    }
                }
            }
            seen.sort();
            let mut all: Vec<&String> = jobs.iter().map(|job| &job.key).collect();
            all.sort();
            prop_assert_eq!(seen, all);
        }
    }

    #[test]
    fn small_jobs_share_a_task_and_rows_that_are_there_keep_nobody_waiting() {
        let jobs = [
            job("fit a", PlannedKind::Fit, 5.0, &[]),
            job("cell b", PlannedKind::Cell, 4.0, &[0]),
            job("cell c", PlannedKind::Cell, 4.0, &[]),
            job("measure d", PlannedKind::Measurement, 6.0, &[2]),
            job("cell e", PlannedKind::Cell, 7.0, &[0, 2]),
        ];
        let batches = plan(&jobs, |job| job.cost, 10.0, 1000);
        let keys: Vec<Vec<&[String]>> = batches
            .iter()
            .map(|batch| batch.tasks.iter().map(|task| task.keys.as_slice()).collect())
            .collect();
        let of = |keys: &[&str]| keys.iter().map(|key| key.to_string()).collect::<Vec<_>>();
        assert_eq!(keys[0], [&of(&["fit a"])[..]]);
        assert_eq!(keys[1], [&of(&["measure d", "cell c"])[..]]);
        assert_eq!(keys[2], [&of(&["cell e"])[..], &of(&["cell b"])[..]]);
        let parts: Vec<Part> = batches.iter().map(|batch| batch.part).collect();
        assert_eq!(parts, [Part::Fits, Part::Free, Part::Behind { batch: 0, task: 0 }]);
        assert_eq!((batches[1].tasks[0].seconds, batches[1].tasks[0].memory), (10.0, 1.0));
    }
}
