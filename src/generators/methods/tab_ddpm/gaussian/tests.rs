//! The Gaussian diffusion beside integrals, recursions and closed forms.

use super::*;
use crate::seed::Seed;
use rand_distr::{Distribution, StandardNormal};

/// The share of noise that each step of the cosine schedule adds.
fn betas(steps: usize) -> Vec<f64> {
    let squared = |u: f64| ((u + 0.008) / 1.008 * std::f64::consts::FRAC_PI_2).cos().powi(2);
    let at = |t: usize| squared(t as f64 / steps as f64);
    (0..steps).map(|t| (1.0 - at(t + 1) / at(t)).min(0.999)).collect()
}

#[test]
fn single_steps_add_up_to_the_whole_way() {
    for steps in [1, 2, 10, 100, 1000] {
        let schedule = Schedule::cosine(steps);
        // x_t = √(1 − β) x_{t−1} + √β ε.
        let (mut factor, mut variance) = (1.0, 0.0);
        for (t, beta) in betas(steps).into_iter().enumerate() {
            factor *= (1.0 - beta).sqrt();
            variance = (1.0 - beta) * variance + beta;
            let rates = schedule.gaussian(t);
            let found = [rates.noisy(1.0, 0.0), rates.noisy(0.0, 1.0)];
            for (found, wanted) in found.iter().zip([factor, variance.sqrt()]) {
                assert!((found - wanted).abs() < 1e-12, "step {t} of {steps}: {found}, {wanted}");
            }
            // Who knows the noise knows the number.
            let start = rates.start(rates.noisy(0.7, -1.3), -1.3);
            assert!((start - 0.7).abs() < 1e-9, "step {t} of {steps}: {start}");
        }
    }
}

/// Mean and variance of `x_{t−1}` given `x_t` and `x_0`, by Bayes' rule on a grid: `x_{t−1}` is
/// normal given `x_0`, and `x_t` given `x_{t−1}`.
fn posterior(start: f64, noisy: f64, kept_before: f64, beta: f64) -> (f64, f64) {
    const POINTS: i32 = 4000;
    let deviation = (1.0 - kept_before).sqrt();
    let mut sums = [0.0; 3];
    for i in -POINTS / 2..=POINTS / 2 {
        let score = 12.0 * f64::from(2 * i) / f64::from(POINTS);
        let x = kept_before.sqrt() * start + deviation * score;
        let miss = noisy - (1.0 - beta).sqrt() * x;
        let density = (-score * score / 2.0 - miss * miss / (2.0 * beta)).exp();
        for (sum, power) in sums.iter_mut().zip([1.0, x, x * x]) {
            *sum += density * power;
        }
    }
    let mean = sums[1] / sums[0];
    (mean, sums[2] / sums[0] - mean * mean)
}

#[test]
fn the_step_back_is_bayes_rule() {
    for steps in [2, 10, 100] {
        let (schedule, betas) = (Schedule::cosine(steps), betas(steps));
        let mut kept = 1.0 - betas[0];
        for (t, &beta) in betas.iter().enumerate().skip(1) {
            let rates = schedule.gaussian(t);
            for (start, noise) in [(0.7, -0.3), (-1.5, 1.2)] {
                let noisy = rates.noisy(start, noise);
                let (mean, variance) = posterior(start, noisy, kept, beta);
                let found = rates.back(noisy, noise, 0.0);
                assert!((found - mean).abs() < 1e-9, "step {t} of {steps}: {found}, not {mean}");
                let closed = beta * (1.0 - kept) / (1.0 - kept * (1.0 - beta));
                assert!((variance - closed).abs() < 1e-9, "{variance}, not {closed}");
                // The noise added is that of the step forward, which is more.
                let added = rates.back(noisy, noise, 1.0) - found;
                assert!((added * added - beta).abs() < 1e-12 && added * added > variance);
            }
            kept *= 1.0 - beta;
        }
        // The last step back gives the number itself, without noise.
        let rates = schedule.gaussian(0);
        assert!((rates.back(rates.noisy(0.7, -0.3), -0.3, 5.0) - 0.7).abs() < 1e-12);
    }
}

/// What a perfect network says of numbers that are normal with the given mean and deviation: the
/// mean of the noise given the noisy number.
fn said(rates: &GaussianRates, noisy: f64, mean: f64, deviation: f64) -> f64 {
    let variance = (rates.signal * deviation).powi(2) + rates.noise.powi(2);
    rates.noise * (noisy - rates.signal * mean) / variance
}

/// Mean and variance of what is drawn with a perfect network: each step back is linear.
fn drawn(schedule: &Schedule, mean: f64, deviation: f64) -> (f64, f64) {
    (0..schedule.steps()).rev().fold((0.0, 1.0), |(centre, variance), t| {
        let rates = schedule.gaussian(t);
        let back = |noisy, fresh| rates.back(noisy, said(&rates, noisy, mean, deviation), fresh);
        let (offset, slope) = (back(0.0, 0.0), back(1.0, 0.0) - back(0.0, 0.0));
        let added = back(0.0, 1.0) - offset;
        (offset + slope * centre, slope * slope * variance + added * added)
    })
}

#[test]
fn a_perfect_network_draws_normal_numbers() {
    // Mean and deviation, and by how much the drawn deviation is off after 20, 100 and 1000
    // steps.
    let cases = [
        (0.4, 1.0, [-4.004e-3, -3.157e-4, -2.064e-5]),
        (-1.0, 0.5, [3.164e-2, 7.984e-3, 8.368e-4]),
        (0.0, 0.1, [1.980e-2, 3.384e-2, 4.151e-3]),
        (2.0, 2.0, [-4.558e-2, -9.210e-3, -9.227e-4]),
    ];
    for (mean, deviation, off) in cases {
        for (steps, off) in [20, 100, 1000].into_iter().zip(off) {
            let (centre, variance) = drawn(&Schedule::cosine(steps), mean, deviation);
            assert!((centre - mean).abs() < 1e-4, "mean {centre}, not {mean}");
            let found = variance.sqrt() / deviation - 1.0;
            assert!((found / off - 1.0).abs() < 1e-3, "{deviation} is off by {found}, not {off}");
            // The same by a sum: what is added at step t shrinks by √ᾱ_{t−1} s²/V_{t−1} on the way
            // to the end, where V_t is the variance after step t.
            let (mut kept, mut wanted) = (1.0, 0.0);
            let shrinks = |kept: f64| {
                let after = kept * deviation.powi(2) + 1.0 - kept;
                kept * (deviation.powi(2) / after).powi(2)
            };
            for (t, beta) in betas(steps).into_iter().enumerate() {
                wanted += if t == 0 { 0.0 } else { beta * shrinks(kept) };
                kept *= 1.0 - beta;
            }
            wanted += shrinks(kept);
            assert!((variance - wanted).abs() < 1e-10, "{variance}, not {wanted}");
        }
    }
}

#[test]
fn a_perfect_network_draws_a_single_number() {
    for steps in [1, 2, 20, 100] {
        let schedule = Schedule::cosine(steps);
        let (centre, variance) = drawn(&schedule, -1.7, 0.0);
        assert!((centre + 1.7).abs() < 1e-12 && variance < 1e-24, "{centre}, {variance}");
        let mut rng = Seed::master(1).stream("noise");
        let mut normal = || -> f64 { StandardNormal.sample(&mut rng) };
        let first = normal();
        let last = (0..steps).rev().fold(first, |noisy, t| {
            let rates = schedule.gaussian(t);
            rates.back(noisy, said(&rates, noisy, -1.7, 0.0), normal())
        });
        assert!((last + 1.7).abs() < 1e-12, "{last}");
    }
}
