//! Intervals by drawing runs again.

use super::{assert_close, recorded};
use serde::Deserialize;
use synthctr::seed::Seed;
use synthctr::statistics::{
    Bootstrap, Interval, Task, interquartile_mean, probability_of_improvement,
};

#[derive(Deserialize)]
pub struct Case {
    x: Vec<Vec<f64>>,
    y: Vec<Vec<f64>>,
    interquartile_mean: f64,
    interval: [f64; 2],
    improvement: f64,
    improvement_interval: [f64; 2],
}

fn borrowed(tasks: &[Vec<f64>]) -> Vec<&[f64]> {
    tasks.iter().map(Vec::as_slice).collect()
}

const SEEDS: [u64; 16] = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16];

/// Tasks that are each drawn by itself, from a group on.
fn apart<'a>(first: usize, tasks: &[&'a [f64]]) -> Vec<Task<'a>> {
    let task = |(at, &runs): (usize, &&'a [f64])| Task {
        group: first + at,
        seeds: &SEEDS[..runs.len()],
        runs,
    };
    tasks.iter().enumerate().map(task).collect()
}

fn bootstrap(resamples: usize) -> Bootstrap {
    Bootstrap { resamples, confidence: 0.95, seed: Seed::master(1) }
}

/// Ends of two bootstrap intervals differ by chance: by a few hundredths of their width.
#[track_caller]
fn assert_near(found: Interval, [low, high]: [f64; 2]) {
    let tolerance = 0.03 * (high - low);
    assert!((found.low - low).abs() < tolerance, "{found:?}, {low}, {high}");
    assert!((found.high - high).abs() < tolerance, "{found:?}, {low}, {high}");
}

#[test]
fn intervals_are_those_of_rliable() {
    let recorded = recorded().bootstrap;
    assert_eq!(recorded.len(), 3);
    for case in recorded {
        let (x, y) = (borrowed(&case.x), borrowed(&case.y));
        assert_close(interquartile_mean(&x.concat()).expect("a mean"), case.interquartile_mean);
        let improvement = probability_of_improvement(&x, &y).expect("a probability");
        assert_close(improvement, case.improvement);
        let interval = bootstrap(10_000).interquartile_mean(&apart(0, &x)).expect("an interval");
        assert_near(interval, case.interval);
        let (x, y) = (apart(0, &x), apart(100, &y));
        let interval = bootstrap(10_000).probability_of_improvement(&x, &y).expect("an interval");
        assert_near(interval, case.improvement_interval);
    }
}

#[test]
fn the_number_of_threads_changes_nothing() {
    let roots: Vec<f64> = (0..20).map(|i| f64::from(i).sqrt()).collect();
    let tasks = apart(0, &[&roots[..13], &roots[13..]]);
    let with = |threads: usize| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().expect("a pool");
        pool.install(|| bootstrap(500).interquartile_mean(&tasks))
    };
    assert_eq!(with(1), with(5));
    let other = Bootstrap { seed: Seed::master(2), ..bootstrap(500) };
    assert_ne!(with(1), other.interquartile_mean(&tasks));
}

#[test]
fn a_task_never_lends_runs_to_another() {
    // All runs of a task are equal, so nothing varies.
    let tasks: [&[f64]; 4] = [&[1.0; 3], &[2.0; 3], &[4.0; 3], &[9.0; 3]];
    let found = bootstrap(200).interquartile_mean(&apart(0, &tasks));
    assert_eq!(found, Some(Interval { low: 3.0, high: 3.0 }));
    let less: [&[f64]; 4] = [&[0.0; 2], &[2.0; 2], &[5.0; 2], &[0.0; 2]];
    let found = bootstrap(200).probability_of_improvement(&apart(0, &tasks), &apart(4, &less));
    assert_eq!(found, Some(Interval { low: 0.625, high: 0.625 }));
}

#[test]
fn impossible_intervals_are_none() {
    let of = |tasks: &[&[f64]]| bootstrap(10).interquartile_mean(&apart(0, tasks));
    assert_eq!(of(&[]), None);
    assert_eq!(of(&[&[1.0], &[]]), None);
    assert_eq!(bootstrap(10).probability_of_improvement(&apart(0, &[&[1.0]]), &[]), None);
    let one = apart(0, &[&[1.0]]);
    let certain = Bootstrap { confidence: f64::NAN, ..bootstrap(10) };
    assert_eq!(certain.interquartile_mean(&one), None);
    let short = Task { seeds: &[], ..one[0] };
    assert_eq!(bootstrap(10).interquartile_mean(&[short]), None);
    let interval = Interval { low: 1.0, high: 1.0 };
    assert_eq!(bootstrap(0).interquartile_mean(&one), Some(interval));
}

/// Differences to one and the same base are as uncertain together as the base is, however many they are.
#[test]
fn what_shares_its_base_is_drawn_together() {
    let base = [0.3, -1.2, 0.8, 0.1, -0.4, 1.9, -0.7, 0.5];
    let differences: Vec<f64> = base.iter().map(|base| 2.0 - base).collect();
    let task = |group| Task { group, seeds: &SEEDS[..8], runs: &differences };
    let alone = bootstrap(4000).interquartile_mean(&[task(0)]).expect("an interval");
    let together = bootstrap(4000).interquartile_mean(&[task(0); 20]).expect("an interval");
    // Of so few values a quarter is rounded.
    assert!(together.half_width() > 0.8 * alone.half_width(), "{together:?}, {alone:?}");
    let each: Vec<Task<'_>> = (0..20).map(task).collect();
    let each = bootstrap(4000).interquartile_mean(&each).expect("an interval");
    assert!(each.half_width() < 0.4 * alone.half_width(), "{each:?}, {alone:?}");

    // Of a group, a task may have some of the seeds alone.
    let few = Task { group: 0, seeds: &[2, 5], runs: &[1.0, 1.0] };
    let found = bootstrap(500).interquartile_mean(&[task(0), few]).expect("an interval");
    assert!(found.low < found.high);
    // A run is better than itself in half of all pairs, whatever is drawn; of another seed it need not be.
    let x = [Task { group: 0, seeds: &[1, 2], runs: &[1.0, 2.0] }];
    let found = bootstrap(500).probability_of_improvement(&x, &x);
    assert_eq!(found, Some(Interval { low: 0.5, high: 0.5 }));
}
