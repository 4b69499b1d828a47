//! Jobs that wait for each other, several at once, the longest first.

use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};

/// A piece of work.
#[derive(Clone, Debug, PartialEq)]
pub struct Job {
    /// How long it is predicted to take, in any unit.
    pub cost: f64,
    /// Positions of the jobs that must have ended before it, all smaller than its own.
    pub after: Vec<usize>,
    /// Those of them without whose work it cannot be done.
    pub needs: Vec<usize>,
}

/// How a job ended that stops no other but those that wait for it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Outcome {
    /// Well.
    Done,
    /// Without what it was to make.
    Failed,
}

/// By job: its cost and that of the costliest chain of jobs that wait for it.
pub fn priorities(jobs: &[Job]) -> Vec<f64> {
    let mut priorities: Vec<f64> = jobs.iter().map(|job| job.cost).collect();
    for (at, job) in jobs.iter().enumerate().rev() {
        for &before in &job.after {
            priorities[before] = priorities[before].max(jobs[before].cost + priorities[at]);
        }
    }
    priorities
}

/// Where all workers stand.
struct State<E> {
    /// Not begun; those with no job to wait for any more may be.
    waiting: Vec<usize>,
    /// By job: how many it still waits for.
    before: Vec<usize>,
    running: usize,
    /// Never to be begun, since what they wait for failed.
    dropped: Vec<usize>,
    error: Option<E>,
}

/// Does all `jobs` with so many workers, counted from 0. Of the jobs that can be done the one with
/// the highest priority is begun first, the earliest of several.
///
/// The jobs that need one that failed are not begun; they are given. After an error no job is begun
/// at all; those that run are finished, and the first error is given.
pub fn run<E: Send>(
    jobs: &[Job],
    priorities: &[f64],
    workers: usize,
    work: impl Fn(usize, usize) -> Result<Outcome, E> + Sync,
) -> Result<Vec<usize>, E> {
    let state = Mutex::new(State {
        waiting: (0..jobs.len()).collect(),
        before: jobs.iter().map(|job| job.after.len()).collect(),
        running: 0,
        dropped: Vec::new(),
        error: None,
    });
    let changed = Condvar::new();
    let worker = |worker: usize| {
        while let Some(job) = next(&state, &changed, priorities) {
            // The others must not wait for ever for a worker that panicked.
            let finished = Finished { state: &state, changed: &changed, jobs, job };
            let result = work(worker, job);
            let mut state = lock(&state);
            match result {
                Ok(Outcome::Done) => {}
                Ok(Outcome::Failed) => state.drop_all_behind(jobs, job),
                Err(error) => {
                    state.error.get_or_insert(error);
                }
            }
            drop(state);
            drop(finished);
        }
    };
    match workers {
        0 | 1 => worker(0),
        _ => std::thread::scope(|scope| {
            let worker = &worker;
            (0..workers.min(jobs.len())).for_each(|at| {
                scope.spawn(move || worker(at));
            });
        }),
    }
    let mut state = lock(&state);
    match state.error.take() {
        Some(error) => Err(error),
        None => Ok(std::mem::take(&mut state.dropped)),
    }
}

impl<E> State<E> {
    /// Takes the jobs that need this one, and those that need them, from what is to be done; nobody waits for
    /// them any more.
    fn drop_all_behind(&mut self, jobs: &[Job], failed: usize) {
        let mut behind = vec![false; jobs.len()];
        behind[failed] = true;
        // Nobody waits for a later job.
        for (at, job) in jobs.iter().enumerate() {
            behind[at] |= job.needs.iter().any(|&before| behind[before]);
        }
        let (dropped, waiting): (Vec<usize>, Vec<usize>) =
            self.waiting.iter().partition(|job| behind[**job]);
        for (at, job) in jobs.iter().enumerate() {
            self.before[at] -= job.after.iter().filter(|before| dropped.contains(before)).count();
        }
        self.waiting = waiting;
        self.dropped.extend(dropped);
    }
}

fn lock<T>(state: &Mutex<T>) -> MutexGuard<'_, T> {
    state.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Waits for a job that can be done; none when there is nothing left to begin.
fn next<E>(state: &Mutex<State<E>>, changed: &Condvar, priorities: &[f64]) -> Option<usize> {
    let mut state = lock(state);
    loop {
        if state.error.is_some() || state.waiting.is_empty() {
            return None;
        }
        let ready = state.waiting.iter().copied().filter(|&job| state.before[job] == 0);
        let first = ready.reduce(|a, b| if priorities[b] > priorities[a] { b } else { a });
        match first {
            Some(job) => {
                state.waiting.retain(|&other| other != job);
                state.running += 1;
                return Some(job);
            }
            // A job that panicked lets nobody follow.
            None if state.running == 0 => return None,
            None => state = changed.wait(state).unwrap_or_else(PoisonError::into_inner),
        }
    }
}

/// Marks a job as done, however it ended.
struct Finished<'a, E> {
    state: &'a Mutex<State<E>>,
    changed: &'a Condvar,
    jobs: &'a [Job],
    job: usize,
}

impl<E> Drop for Finished<'_, E> {
    fn drop(&mut self) {
        let mut state = lock(self.state);
        state.running -= 1;
        if !std::thread::panicking() {
            for (at, job) in self.jobs.iter().enumerate() {
                state.before[at] -= job.after.iter().filter(|&&before| before == self.job).count();
            }
        }
        drop(state);
        self.changed.notify_all();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::sync::atomic::{AtomicUsize, Ordering};

    fn job(cost: f64, after: &[usize]) -> Job {
        Job { cost, after: after.to_vec(), needs: after.to_vec() }
    }

    #[test]
    fn a_job_counts_for_all_that_wait_for_it() {
        let jobs =
            [job(1.0, &[]), job(5.0, &[0]), job(2.0, &[0]), job(3.0, &[1, 2]), job(4.0, &[])];
        assert_eq!(priorities(&jobs), [9.0, 8.0, 5.0, 3.0, 4.0]);
        let order = Mutex::new(Vec::new());
        let done = run(&jobs, &priorities(&jobs), 1, |_, job| {
            order.lock().unwrap().push(job);
            Ok::<_, ()>(Outcome::Done)
        });
        assert_eq!((done, order.into_inner().unwrap()), (Ok(vec![]), vec![0, 1, 2, 4, 3]));
    }

    #[test]
    fn who_waits_for_a_failure_is_left_out_and_all_others_are_done() {
        let jobs =
            [job(1.0, &[]), job(1.0, &[0]), job(1.0, &[]), job(1.0, &[1, 2]), job(1.0, &[2])];
        for workers in [1, 3] {
            let done = Mutex::new(Vec::new());
            let dropped = run(&jobs, &priorities(&jobs), workers, |_, job| {
                done.lock().unwrap().push(job);
                Ok::<_, ()>(if job == 0 { Outcome::Failed } else { Outcome::Done })
            });
            let mut done = done.into_inner().unwrap();
            done.sort_unstable();
            assert_eq!((dropped, done), (Ok(vec![1, 3]), vec![0, 2, 4]));
        }
    }

    /// What is only to come first may fail.
    #[test]
    fn who_waits_for_a_failure_and_does_not_need_it_is_done() {
        let soft = |after: &[usize]| Job { needs: vec![], ..job(1.0, after) };
        let jobs = [job(1.0, &[]), soft(&[0]), job(1.0, &[0]), soft(&[2]), job(1.0, &[1])];
        let done = Mutex::new(Vec::new());
        let dropped = run(&jobs, &priorities(&jobs), 1, |_, job| {
            done.lock().unwrap().push(job);
            Ok::<_, ()>(if job == 0 { Outcome::Failed } else { Outcome::Done })
        });
        let mut done = done.into_inner().unwrap();
        done.sort_unstable();
        assert_eq!((dropped, done), (Ok(vec![2]), vec![0, 1, 3, 4]));
    }

    #[test]
    fn an_error_begins_nothing_more() {
        let jobs = vec![job(1.0, &[]); 20];
        let begun = AtomicUsize::new(0);
        let result = run(&jobs, &priorities(&jobs), 2, |_, job| {
            begun.fetch_add(1, Ordering::SeqCst);
            if job == 3 { Err("broken") } else { Ok(Outcome::Done) }
        });
        assert_eq!(result, Err("broken"));
        assert!(begun.load(Ordering::SeqCst) < 20);
    }

    #[test]
    fn a_panic_comes_through_and_holds_nobody_up() {
        let jobs = [job(1.0, &[]), job(1.0, &[0]), job(1.0, &[])];
        let result = std::panic::catch_unwind(|| {
            run(&jobs, &[3.0, 2.0, 1.0], 2, |_, job| {
                assert!(job != 0, "the planned panic");
                assert!(job != 1, "its successor began");
                Ok::<_, ()>(Outcome::Done)
            })
        });
        assert!(result.is_err());
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]

        #[test]
        fn every_job_is_done_once_after_those_it_waits_for(
            edges in prop::collection::vec(prop::collection::vec(any::<prop::sample::Index>(), 0..3), 0..40),
            workers in 1usize..5,
        ) {
            let after = |(at, edges): (usize, &Vec<prop::sample::Index>)| {
                if at == 0 { vec![] } else { edges.iter().map(|edge| edge.index(at)).collect() }
            };
            let jobs: Vec<Job> = edges
                .iter()
                .enumerate()
                .map(|edges| job((edges.0 * 7 % 5) as f64, &after(edges)))
                .collect();
            let done = Mutex::new(Vec::new());
            let (running, most) = (AtomicUsize::new(0), AtomicUsize::new(0));
            run(&jobs, &priorities(&jobs), workers, |worker, job| {
                assert!(worker < workers);
                most.fetch_max(running.fetch_add(1, Ordering::SeqCst) + 1, Ordering::SeqCst);
                let finished = done.lock().unwrap().clone();
                assert!(jobs[job].after.iter().all(|before| finished.contains(before)));
                running.fetch_sub(1, Ordering::SeqCst);
                done.lock().unwrap().push(job);
                Ok::<_, ()>(Outcome::Done)
            })
            .unwrap();
            let mut done = done.into_inner().unwrap();
            done.sort_unstable();
            prop_assert_eq!(done, (0..jobs.len()).collect::<Vec<_>>());
            prop_assert!(most.into_inner() <= workers);
        }
    }
}
