//! Intervals of statistics that no formula gives one for.

use super::{Interval, improvement, interquartile_mean, probability_of_improvement};
use crate::seed::{Rng, Seed};
use rand::RngExt;
use rayon::prelude::*;

/// The stratified bootstrap (Agarwal et al. 2021): the runs of every task are drawn again, with
/// replacement and apart from those of the other tasks, and the statistic is computed anew. The
/// interval has as many of the results below it as above it (percentiles, interpolated).
///
/// A task is what runs are repeated for, such as a model and a scenario; its runs are the values
/// under each seed. The result depends on the seed alone, not on the number of threads. With a
/// handful of runs by task these intervals are too short: they take these runs for all there are.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Bootstrap {
    /// How many times runs are drawn; 0 counts as 1.
    pub resamples: usize,
    /// The share of results within the interval, from 0 to 1.
    pub confidence: f64,
    /// Where draws come from.
    pub seed: Seed,
}

impl Bootstrap {
    /// The interval of the [`interquartile_mean`] of all runs of all tasks.
    ///
    /// None if there are no tasks, a task has no runs or a value is not a finite number.
    pub fn interquartile_mean(&self, tasks: &[&[f64]]) -> Option<Interval> {
        if tasks.iter().any(|runs| runs.is_empty()) {
            return None;
        }
        interquartile_mean(&tasks.concat())?;
        self.interval(|rng| {
            let mut drawn = Vec::new();
            tasks.iter().for_each(|runs| draw(runs, rng, &mut drawn));
            interquartile_mean::of_middle(&mut drawn)
        })
    }

    /// The interval of the [`probability_of_improvement`] of `x` over `y`, whose runs are drawn
    /// apart from each other.
    ///
    /// None where the probability is None.
    pub fn probability_of_improvement(&self, x: &[&[f64]], y: &[&[f64]]) -> Option<Interval> {
        probability_of_improvement(x, y)?;
        self.interval(|rng| {
            let (mut of_x, mut of_y) = (Vec::new(), Vec::new());
            let mut sum = 0.0;
            for (x, y) in x.iter().zip(y) {
                of_x.clear();
                of_y.clear();
                draw(x, rng, &mut of_x);
                draw(y, rng, &mut of_y);
                sum += improvement::of_task(&of_x, &of_y);
            }
            sum / x.len() as f64
        })
    }

    /// None if the confidence is not from 0 to 1.
    fn interval(&self, statistic: impl Fn(&mut Rng) -> f64 + Sync) -> Option<Interval> {
        if !(0.0..=1.0).contains(&self.confidence) {
            return None;
        }
        let resamples = 0..self.resamples.max(1);
        // A stream for each, so it does not matter which thread computes it.
        let result = |number| statistic(&mut self.seed.stream(&format!("resample/{number}")));
        let mut results: Vec<f64> = resamples.into_par_iter().map(result).collect();
        results.par_sort_unstable_by(f64::total_cmp);
        let each_side = (1.0 - self.confidence) / 2.0;
        Some(Interval {
            low: percentile(&results, each_side),
            high: percentile(&results, 1.0 - each_side),
        })
    }
}

/// Appends as many of the runs as there are, with replacement.
fn draw(runs: &[f64], rng: &mut Rng, drawn: &mut Vec<f64>) {
    drawn.extend(runs.iter().map(|_| runs[rng.random_range(0..runs.len())]));
}

/// The value below which the given share of the sorted values lies, interpolated linearly.
fn percentile(sorted: &[f64], share: f64) -> f64 {
    let place = share * (sorted.len() - 1) as f64;
    let (below, above) = (sorted[place.floor() as usize], sorted[place.ceil() as usize]);
    below + (above - below) * place.fract()
}
