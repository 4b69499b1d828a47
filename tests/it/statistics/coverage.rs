//! How often intervals hold the truth, and tests are wrong.

use rand_distr::{Distribution, StandardNormal};
use synthctr::seed::{Rng, Seed};
use synthctr::statistics::{
    Estimate, ManyToOne, SignedRank, UsualVariance, equivalence_p, hodges_lehmann_interval,
};

const TIMES: usize = 10_000;

fn normal(rng: &mut Rng, n: usize, mean: f64, sd: f64) -> Vec<f64> {
    (0..n).map(|_| mean + sd * Distribution::<f64>::sample(&StandardNormal, rng)).collect()
}

/// How often of [`TIMES`], as a share.
fn share(name: &str, mut happens: impl FnMut(&mut Rng) -> bool) -> f64 {
    let mut rng = Seed::master(11).stream(name);
    (0..TIMES).filter(|_| happens(&mut rng)).count() as f64 / TIMES as f64
}

/// Four binomial standard deviations of 5 %.
fn chance() -> f64 {
    4.0 * (0.05 * 0.95 / TIMES as f64).sqrt()
}

#[test]
fn intervals_of_means_hold_the_truth() {
    for n in [2, 5, 20] {
        let held = share("paired", |rng| {
            let values = normal(rng, n, 1.5, 2.0);
            Estimate::of_mean(&values).expect("a mean").interval(0.95).holds(1.5)
        });
        assert!((held - 0.95).abs() < chance(), "{n}: {held}");
    }
    // Welch's interval is an approximation, a good one with this many runs.
    for (n, m, sd) in [(10, 10, 1.0), (8, 30, 3.0), (40, 12, 0.3)] {
        let held = share("welch", |rng| {
            let (a, b) = (normal(rng, n, 1.5, sd), normal(rng, m, 1.0, 1.0));
            Estimate::welch(&a, &b).expect("a difference").interval(0.95).holds(0.5)
        });
        assert!((held - 0.95).abs() < chance() + 0.002, "{n}, {m}: {held}");
    }
}

/// How often Welch's intervals around differences of arms to ten other runs hold the truth, those of the arm whose runs
/// agree most and of the first one: as they are, and with at least the usual variance.
fn held(name: &str, spreads: &[f64], runs: usize, level: f64) -> [[f64; 2]; 2] {
    let mut counts = [[0u32; 2]; 2];
    let mut rng = Seed::master(11).stream(name);
    for _ in 0..TIMES {
        let arms: Vec<Estimate> = spreads
            .iter()
            .map(|sd| Estimate::of_mean(&normal(&mut rng, runs, 1.5, *sd)).expect("a mean"))
            .collect();
        let other = Estimate::of_mean(&normal(&mut rng, 10, 1.0, 1.0)).expect("a mean");
        let variances: Vec<(f64, f64)> =
            arms.iter().map(|arm| (arm.variance_of_one(runs), arm.degrees_of_freedom)).collect();
        let usual = UsualVariance::new(&variances).expect("a spread");
        let agrees = |a: &&Estimate, b: &&Estimate| a.standard_error.total_cmp(&b.standard_error);
        let most = arms.iter().min_by(agrees).expect("arms");
        for (at, arm) in [most, &arms[0]].into_iter().enumerate() {
            for (how, arm) in [*arm, arm.with_at_least(&usual, runs)].into_iter().enumerate() {
                let interval = arm.less(&other).expect("a difference").interval(level);
                counts[how][at] += u32::from(interval.holds(0.5));
            }
        }
    }
    counts.map(|of| of.map(|count| f64::from(count) / TIMES as f64))
}

#[test]
fn intervals_of_few_runs_hold_the_truth_with_at_least_the_usual_variance() {
    // Twelve arms that are alike.
    for runs in [2, 3] {
        let [[most, first], [most_usual, first_usual]] = held("alike", &[1.0; 12], runs, 0.95);
        assert!(most < 0.8 && first < 0.945, "{runs}: {most}, {first}");
        assert!(most_usual > 0.94 && first_usual > 0.95, "{runs}: {most_usual}, {first_usual}");
    }
    // As Holm asks of the first of twelve comparisons.
    let [[most, _], [most_usual, _]] = held("many", &[1.0; 12], 2, 1.0 - 0.05 / 12.0);
    assert!(most < 0.9 && most_usual > 1.0 - 0.05 / 12.0, "{most}, {most_usual}");
    // The first scatters four times as much as the others: never worse than without.
    let mut spreads = [1.0; 12];
    spreads[0] = 4.0;
    let [[most, first], [most_usual, first_usual]] = held("one", &spreads, 2, 0.95);
    assert!(first_usual >= first && most < 0.8, "{first_usual}, {first}, {most}");
    assert!(most_usual > 0.95 && first_usual > 0.88, "{most_usual}, {first_usual}");
}

#[test]
fn a_published_mean_of_the_same_runs_is_held() {
    let held = share("published", |rng| {
        let published = normal(rng, 5, 3.0, 2.0).iter().sum::<f64>() / 5.0;
        let values = normal(rng, 4, 3.5, 2.0);
        let against = Estimate::against_published(&values, published, 5).expect("a difference");
        against.interval(0.95).holds(0.5)
    });
    assert!((held - 0.95).abs() < chance(), "{held}");
}

#[test]
fn all_intervals_of_a_family_hold_their_truths() {
    // One critical value for all times: the groups are of the same sizes.
    let sizes = [4, 4, 4, 4, 9];
    let zeros = |n: usize| vec![0.0; n];
    let shape: Vec<Vec<f64>> = sizes.iter().map(|&n| zeros(n)).collect();
    let shape: Vec<&[f64]> = shape.iter().map(Vec::as_slice).collect();
    let mut control = zeros(8);
    control[0] = 1.0;
    let unit = ManyToOne::new(&shape, &control).expect("possible");
    let critical = unit.intervals(0.95)[0].half_width() / unit.estimates()[0].standard_error;
    let held = share("family", |rng| {
        let groups: Vec<Vec<f64>> = sizes.iter().map(|&n| normal(rng, n, 0.0, 1.0)).collect();
        let groups: Vec<&[f64]> = groups.iter().map(Vec::as_slice).collect();
        let control = normal(rng, 8, 0.0, 1.0);
        let found = ManyToOne::new(&groups, &control).expect("possible");
        found.estimates().iter().all(|of| of.mean.abs() <= critical * of.standard_error)
    });
    assert!((held - 0.95).abs() < chance(), "{held}");
}

#[test]
fn differences_that_matter_are_rarely_called_small() {
    for n in [5, 20] {
        for sd in [0.1, 1.0] {
            let wrong = share("equivalence", |rng| {
                let values = normal(rng, n, 0.5, sd);
                equivalence_p(&Estimate::of_mean(&values).expect("a mean"), 0.5) <= 0.05
            });
            assert!(wrong < 0.05 + chance(), "{n}, {sd}: {wrong}");
            // Where the margin is wide for the spread the test uses its whole level.
            assert!(sd > 0.5 || wrong > 0.05 - chance(), "{n}, {sd}: {wrong}");
        }
    }
}

#[test]
fn ranks_hold_whatever_the_distribution() {
    // Two values far apart, each as likely, and some noise: nothing like a normal distribution.
    let draw = |rng: &mut Rng, n| -> Vec<f64> {
        normal(rng, n, 0.0, 1.0).iter().map(|z| 2.0 + z.signum() * 5.0 + 0.1 * z).collect()
    };
    let held = share("middle", |rng| {
        hodges_lehmann_interval(&draw(rng, 9), 0.95).expect("an interval").holds(2.0)
    });
    // The exact level of nine values is 1 - 2 * 10 / 512.
    assert!((held - (1.0 - 20.0 / 512.0)).abs() < chance(), "{held}");
    let wrong = share("signs", |rng| {
        let differences: Vec<f64> = draw(rng, 9).iter().map(|value| value - 2.0).collect();
        SignedRank::new(&differences).expect("a test").p_two_sided <= 0.05
    });
    assert!((wrong - 20.0 / 512.0).abs() < chance(), "{wrong}");
}
