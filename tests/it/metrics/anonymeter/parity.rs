//! The same numbers as the package anonymeter.

use super::{Attack, HALVES, Kind, others, recorded, successes};
use synthctr::data::{Frame, Values};
use synthctr::metrics::privacy::anonymeter::*;
use synthctr::seed::Seed;

#[track_caller]
fn assert_near(actual: f64, expected: f64) {
    assert!((actual - expected).abs() < 1e-9, "{actual} is not {expected}");
}

#[test]
fn success_rates_are_those_of_anonymeter() {
    let rates = recorded().rates;
    assert!(rates.len() > 100);
    for (attacks, successes, confidence, value, error) in rates {
        let estimate = Estimate::wilson(successes as f64, attacks, confidence);
        assert_near(estimate.value, value);
        assert_near(estimate.error, error);
        let rate = estimate.rate();
        assert_near(rate.value, value);
        assert_near(rate.interval[0], (value - error).max(0.0));
        assert_near(rate.interval[1], (value + error).min(1.0));
    }
}

#[test]
fn risks_are_those_of_anonymeter() {
    let risks = recorded().risks;
    assert!(risks.iter().any(|risk| risk.5 > 0.0 && risk.6 < 1.0), "some are not cut at 0 and 1");
    for (attacks, main, control, confidence, value, lower, upper) in risks {
        let wilson = |successes| Estimate::wilson(successes as f64, attacks, confidence);
        let risk = wilson(main).beyond(wilson(control)).rate();
        assert_near(risk.value, value);
        assert_near(risk.interval[0], lower);
        assert_near(risk.interval[1], upper);
    }
}

/// Targets and candidates, the first 20 of which are targets.
fn few() -> (Frame, Frame) {
    let (targets, mut candidates) = (Kind::Mixed.rows(11, 60), Kind::Mixed.rows(12, 200));
    candidates[..20].copy_from_slice(&targets[..20]);
    (Kind::Mixed.frame(&targets), Kind::Mixed.frame(&candidates))
}

#[test]
fn nearest_rows_are_those_of_anonymeter() {
    let (targets, candidates) = few();
    for (half, columns) in recorded().nearest.halves.iter().zip([HALVES.0, HALVES.1]) {
        // Each half holds a number, so no two candidates are at one distance.
        let gaps = half.distances.iter().flat_map(|d| d.windows(2).map(|two| two[1] - two[0]));
        assert!(gaps.fold(f64::INFINITY, f64::min) > 1e-9, "no ties");
        for seed in 0..3 {
            let found = nearest_rows(&targets, &candidates, columns, 5, Seed::master(seed));
            assert_eq!(found, half.rows);
        }
    }
}

#[test]
fn links_are_those_of_anonymeter() {
    let (targets, candidates) = few();
    let links = recorded().nearest.links;
    assert_eq!(links.len(), 3);
    for (neighbors, expected) in links {
        // As many attacks as rows, so that every row is a target.
        let options = Options { attacks: 60, neighbors, ..Options::default() };
        let seed = Seed::master(5);
        let linked = linkability(&targets, &candidates, None, HALVES, &options, seed);
        assert_eq!(successes(linked.expect("columns").main, 60), expected);
    }
}

#[test]
fn guesses_are_those_of_anonymeter() {
    let (targets, candidates) = few();
    let nearest = recorded().nearest;
    for (secret, expected) in [(3, nearest.right_d), (0, nearest.right_a)] {
        let seed = Seed::master(6);
        let found = nearest_rows(&targets, &candidates, &others(secret), 1, seed).concat();
        let right = |(target, row): (usize, usize)| match (
            &candidates.columns()[secret].values,
            &targets.columns()[secret].values,
        ) {
            (Values::Numbers(a), Values::Numbers(b)) => (a[row] - b[target]).abs() <= 0.05 * a[row],
            (Values::Categories { codes: a, .. }, Values::Categories { codes: b, .. }) => {
                a[row] == b[target]
            }
            _ => panic!("columns of one kind"),
        };
        let each: Vec<bool> = found.into_iter().enumerate().map(right).collect();
        assert_eq!(each, expected);
        let options = Options { attacks: 60, ..Options::default() };
        let aux = others(secret);
        let inferred = inference(&targets, &candidates, None, &aux, secret, &options, seed);
        let expected = expected.iter().filter(|&&right| right).count();
        assert_eq!(successes(inferred.expect("columns").main, 60), expected);
    }
}

/// Mean, and variance of the mean, of some counts.
fn mean(counts: &[usize]) -> (f64, f64) {
    let n = counts.len() as f64;
    let mean = counts.iter().sum::<usize>() as f64 / n;
    let squares = counts.iter().map(|&count| (count as f64 - mean).powi(2)).sum::<f64>();
    (mean, squares / (n - 1.0) / n)
}

/// Mean successes over 20 repeats on either side differ by at most four times the standard error
/// of their difference, estimated from the repeats, and half a success, for counts that hardly
/// ever differ from 0. Of 60 such comparisons of equal means one in 250 sets would fail.
#[test]
fn whole_attacks_succeed_as_often_as_those_of_anonymeter() {
    let recorded = recorded();
    let options = Options { attacks: recorded.attacks, ..Options::default() };
    assert_eq!(recorded.tables.len(), 20);
    for Attack { kind, leak, attack, successes: expected } in &recorded.tables {
        let kind = if kind == "mixed" { Kind::Mixed } else { Kind::Categories };
        let [real, synthetic, control] = kind.tables(*leak, recorded.rows);
        let run = |seed: u64| {
            let seed = Seed::master(seed);
            let single = |predicates| {
                singling_out(&real, &synthetic, Some(&control), predicates, &options, seed)
            };
            let guess = |secret| {
                let aux = others(secret);
                inference(&real, &synthetic, Some(&control), &aux, secret, &options, seed)
            };
            let attackers = match attack.as_str() {
                "univariate" => single(Predicates::Univariate),
                "multivariate" => single(Predicates::Multivariate),
                "linkability" => {
                    linkability(&real, &synthetic, Some(&control), HALVES, &options, seed)
                }
                "inference_d" => guess(3),
                _ => guess(0),
            };
            let attackers = attackers.expect("rows and columns");
            let control = attackers.control.expect("a control");
            [attackers.main, attackers.baseline, control]
                .map(|rate| successes(rate, recorded.attacks))
        };
        let ours: Vec<[usize; 3]> = (0..20).map(run).collect();
        for attacker in 0..3 {
            let of = |repeats: &[[usize; 3]]| -> Vec<usize> {
                repeats.iter().map(|counts| counts[attacker]).collect()
            };
            let ((mine, my_error), (theirs, their_error)) = (mean(&of(&ours)), mean(&of(expected)));
            let within = 4.0 * (my_error + their_error).sqrt() + 0.5;
            assert!(
                (mine - theirs).abs() <= within,
                "{kind:?}, leak {leak}, {attack}, attacker {attacker}: {mine} for {theirs} ± {within}"
            );
        }
    }
}
