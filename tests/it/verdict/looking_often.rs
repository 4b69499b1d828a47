//! What looking after every block of seeds costs and saves, by simulation.

use rand_distr::{Distribution, StandardNormal};
use statrs::distribution::{ContinuousCDF, StudentsT};
use std::fmt::Write as _;
use synthctr::seed::Seed;
use synthctr::statistics::{ConfidenceSequence, Finding, Interval, finding};

const RUNS: usize = 10_000;
const MARGIN: f64 = 0.035;
const FIRST_LOOK: usize = 3;
const MOST_SEEDS: usize = 60;
const SPREADS: [f64; 3] = [0.02, 0.04, 0.08];
const EFFECTS: [f64; 9] = [-0.02, 0.0, 0.02, 0.035, 0.05, 0.07, 0.1, 0.15, 0.3];

/// Mean and standard deviation of a run's first 1, 2, 3, … differences, of N(0, 1).
type Run = Vec<(f64, f64)>;

fn run(seed: u64) -> Run {
    let mut rng = Seed::master(seed).stream("looks");
    let (mut mean, mut squares) = (0.0, 0.0);
    let add = |n: usize| {
        let value: f64 = StandardNormal.sample(&mut rng);
        let from_mean = value - mean;
        mean += from_mean / n as f64;
        squares += from_mean * (value - mean);
        (mean, (squares / (n as f64 - 1.0)).sqrt())
    };
    (1..=MOST_SEEDS).map(add).collect()
}

/// A mean of differences and their spread, in points of AUC.
#[derive(Clone, Copy)]
struct Point {
    effect: f64,
    spread: f64,
}

impl Point {
    fn grid() -> impl Iterator<Item = Self> {
        let of_spread = |spread| EFFECTS.map(|effect| Self { effect, spread });
        SPREADS.into_iter().flat_map(of_spread)
    }

    /// What is found here of `n` differences whose interval is `width` standard deviations to
    /// either side, with whether it is wrong.
    fn finding(&self, run: &Run, n: usize, width: f64) -> (Finding, bool) {
        let (mean, sd) = run[n - 1];
        let centre = self.effect + self.spread * mean;
        let found = finding(Interval::around(centre, self.spread * sd * width), MARGIN);
        let wrong = match found {
            Finding::Above => self.effect <= 0.0,
            Finding::Below => self.effect >= 0.0,
            Finding::Within => self.effect.abs() >= MARGIN,
            Finding::Open => false,
        };
        (found, wrong)
    }
}

/// Shares of all runs, and how many seeds each took.
#[derive(Clone, Copy, Default)]
struct Outcome {
    wrong: f64,
    right: f64,
    mean_seeds: f64,
}

fn sequential(point: &Point, runs: &[Run], widths: &[f64], looks: &[usize]) -> Outcome {
    let (mut wrong, mut right, mut seeds) = (0, 0, 0);
    for run in runs {
        let looked = looks.iter().map(|&n| (n, point.finding(run, n, widths[n])));
        let decided = looked.filter(|(_, (found, _))| found.is_decided()).min_by_key(|look| look.0);
        seeds += decided.map_or(looks[looks.len() - 1], |(n, _)| n);
        match decided {
            Some((_, (_, true))) => wrong += 1,
            Some(_) => right += 1,
            None => {}
        }
    }
    let per_run = |count: usize| count as f64 / runs.len() as f64;
    Outcome { wrong: per_run(wrong), right: per_run(right), mean_seeds: per_run(seeds) }
}

/// By number of seeds, the share of right findings of the ordinary t interval of so many.
fn fixed(point: &Point, runs: &[Run]) -> Vec<f64> {
    let right = |n: usize| {
        let t = StudentsT::new(0.0, 1.0, n as f64 - 1.0).expect("a degree of freedom");
        let width = t.inverse_cdf(0.975) / (n as f64).sqrt();
        let found = runs.iter().map(|run| point.finding(run, n, width));
        found.filter(|&(found, wrong)| found.is_decided() && !wrong).count() as f64
    };
    (0..=MOST_SEEDS).map(|n| if n < 2 { 0.0 } else { right(n) / runs.len() as f64 }).collect()
}

/// The number of seeds, with fractions, from which on `share` of the findings are right.
fn seeds_of_equal_power(right: &[f64], share: f64) -> Option<f64> {
    let n = right.iter().position(|&right| right >= share)?;
    let before = right[n.saturating_sub(1)];
    Some(n as f64 - (right[n] - share) / (right[n] - before).max(f64::MIN_POSITIVE))
}

fn mean(values: impl Iterator<Item = f64> + Clone) -> f64 {
    values.clone().sum::<f64>() / values.count() as f64
}

#[test]
fn looking_often_errs_seldom_and_saves_trainings() {
    let runs: Vec<Run> = (0..RUNS as u64).map(run).collect();
    let grid: Vec<Point> = Point::grid().collect();
    let of_fixed: Vec<Vec<f64>> = grid.iter().map(|point| fixed(point, &runs)).collect();
    let fixed_mean: Vec<f64> =
        (0..=MOST_SEEDS).map(|n| mean(of_fixed.iter().map(|right| right[n]))).collect();
    let sequence = ConfidenceSequence::default();
    let widths: Vec<f64> = (0..=MOST_SEEDS).map(|n| sequence.half_width(1.0, n)).collect();

    let mut table = String::new();
    for (most, block) in [(60, 1), (60, 2), (60, 3), (30, 1), (30, 3)] {
        let looks: Vec<usize> = (FIRST_LOOK..=most).step_by(block).collect();
        let outcomes: Vec<Outcome> =
            grid.iter().map(|point| sequential(point, &runs, &widths, &looks)).collect();
        let right = mean(outcomes.iter().map(|outcome| outcome.right));
        let seeds = mean(outcomes.iter().map(|outcome| outcome.mean_seeds));
        let equal = seeds_of_equal_power(&fixed_mean, right).expect("fewer than the most");
        let saved = 1.0 - seeds / equal;
        let worst = outcomes.iter().map(|outcome| outcome.wrong).fold(0.0, f64::max);
        assert!(worst <= 0.05, "{worst} of the findings are wrong");
        if most == MOST_SEEDS {
            assert!(saved >= 0.3, "only {saved} of the trainings are saved");
        }
        writeln!(
            table,
            "| {most} | {block} | {:.1} | {:.1} | {seeds:.1} | {equal:.1} | {:.0} |",
            100.0 * worst,
            100.0 * right,
            100.0 * saved
        )
        .expect("to memory");
        if (most, block) != (60, 1) {
            continue;
        }
        let mut by_point = String::new();
        for ((point, outcome), right) in grid.iter().zip(&outcomes).zip(&of_fixed) {
            let equal = seeds_of_equal_power(right, outcome.right);
            writeln!(
                by_point,
                "| {} | {} | {:.1} | {:.1} | {:.1} | {} |",
                point.spread,
                point.effect,
                100.0 * outcome.wrong,
                100.0 * (outcome.right + outcome.wrong),
                outcome.mean_seeds,
                equal.map_or("–".into(), |equal| format!("{equal:.0}"))
            )
            .expect("to memory");
        }
        crate::snapshots().bind(|| insta::assert_snapshot!("looking_often_by_point", by_point));
    }
    crate::snapshots().bind(|| insta::assert_snapshot!("looking_often", table));
}
