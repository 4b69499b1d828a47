//! The confidence sequence beside its definition.

use rand_distr::{Distribution, StandardNormal};
use serde::Deserialize;
use synthctr::seed::Seed;
use synthctr::statistics::{ConfidenceSequence, Interval};

/// One case of `scripts/peers/verdict_sequential.py`.
#[derive(Deserialize)]
struct Recorded {
    mean: f64,
    sd: f64,
    n: usize,
    confidence: f64,
    mixing: f64,
    ratio: f64,
    half_width: Option<f64>,
}

/// The likelihood ratio of effects drawn from N(0, 1/mixing) to none.
fn ratio(mean: f64, sd: f64, n: usize, mixing: f64) -> f64 {
    let n = n as f64;
    let (v, s) = ((n - 1.0) * sd * sd + n * mean * mean, n * mean);
    let one_less_share = 1.0 - s * s / (n + mixing) / v;
    (mixing / (n + mixing)).sqrt() * one_less_share.powf(-n / 2.0)
}

/// Means and standard deviations of the first 1, 2, 3, … values from N(0, 1).
fn walk(seed: &Seed, n: usize) -> Vec<(f64, f64)> {
    let mut rng = seed.stream("walk");
    let (mut mean, mut squares) = (0.0, 0.0);
    let step = |n: usize| {
        let value: f64 = StandardNormal.sample(&mut rng);
        let from_mean = value - mean;
        mean += from_mean / n as f64;
        squares += from_mean * (value - mean);
        (mean, (squares / (n as f64 - 1.0)).sqrt())
    };
    (1..=n).map(step).collect()
}

#[test]
fn intervals_are_those_of_the_integrated_likelihood_ratio() {
    let recorded = include_str!("../../fixtures/verdict_sequential.json");
    let recorded: Vec<Recorded> = serde_json::from_str(recorded).expect("the fixture");
    assert_eq!(recorded.len(), 6);
    for case in recorded {
        let Recorded { mean, sd, n, confidence, mixing, .. } = case;
        let sequence = ConfidenceSequence { confidence, mixing };
        let interval = sequence.interval(mean, sd, n);
        match case.half_width {
            Some(half_width) => {
                assert!((interval.half_width() / half_width - 1.0).abs() < 1e-12, "{n} values");
                assert!((interval.low - mean + half_width).abs() < 1e-12, "{n} values");
            }
            None => assert_eq!(interval, Interval::EVERYTHING),
        }
        assert!((ratio(mean, sd, n, mixing) / case.ratio - 1.0).abs() < 1e-12, "{n} values");
    }
}

#[test]
fn likelihood_ratio_is_a_martingale() {
    // A narrow mixture: the ratios of a wide one have tails that no simulation sees.
    let mixing = 4.0;
    let runs = 20_000;
    let (mut all, mut those_ahead) = (Vec::new(), Vec::new());
    for run in 0..runs {
        let walk = walk(&Seed::master(run), 10);
        let at = |n: usize| ratio(walk[n - 1].0, walk[n - 1].1, n, mixing);
        all.push(at(10) - 1.0);
        if at(4) > 1.0 {
            those_ahead.push(at(10) - at(4));
        }
    }
    for gains in [all, those_ahead] {
        let n = gains.len() as f64;
        let mean = gains.iter().sum::<f64>() / n;
        let variance = gains.iter().map(|gain| (gain - mean).powi(2)).sum::<f64>() / (n - 1.0);
        assert!(n > 3000.0 && mean.abs() < 3.0 * (variance / n).sqrt(), "{mean} of {n}");
        assert!((variance / n).sqrt() < 0.05, "the simulation is blind");
    }
}

#[test]
fn all_intervals_together_hold_the_mean() {
    let runs = 4000;
    for (confidence, mixing) in [(0.95, 1.0), (0.8, 0.1)] {
        let sequence = ConfidenceSequence { confidence, mixing };
        let widths: Vec<f64> = (1..=200).map(|n| sequence.half_width(1.0, n)).collect();
        let misses = (0..runs).filter(|&run| {
            let walk = walk(&Seed::master(run), widths.len());
            walk.iter().zip(&widths).skip(1).any(|((mean, sd), width)| mean.abs() >= sd * width)
        });
        let share = misses.count() as f64 / runs as f64;
        // Steps are overshot and 200 are not all: the bound is not reached, but nearly.
        let bound = 1.0 - confidence;
        assert!((0.4 * bound..bound).contains(&share), "{share} at {confidence}");
    }
}

#[test]
fn intervals_shrink_once_they_are_finite() {
    for mixing in [0.001, 0.1, 1.0, 30.0] {
        let sequence = ConfidenceSequence { mixing, ..Default::default() };
        let widths: Vec<f64> = (0..3000).map(|n| sequence.half_width(1.0, n)).collect();
        let first = widths.iter().position(|width| width.is_finite()).expect("one is finite");
        assert!(first >= 2 && widths[..first].iter().all(|&width| width == f64::INFINITY));
        assert!(widths[first..].windows(2).all(|pair| pair[1] < pair[0]), "mixing {mixing}");
    }
    let default = ConfidenceSequence::default();
    assert_eq!(default.interval(0.1, 0.02, 5), Interval::EVERYTHING);
    assert!(default.interval(0.1, 0.02, 6).half_width() < 0.1);
    // Equal differences: nothing is known of them while they are few, then all.
    assert_eq!(default.interval(0.1, 0.0, 5), Interval::EVERYTHING);
    assert_eq!(default.interval(0.1, 0.0, 6), Interval { low: 0.1, high: 0.1 });
}
