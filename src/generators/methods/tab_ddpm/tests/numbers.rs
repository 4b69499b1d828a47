//! Numbers: their noise, their part of the loss, and what a known network draws.

use super::*;
use crate::data::{Field, Schema, Table};
use crate::generators::parts::normal_scores::score;
use crate::nn::layers::Affine;
use std::sync::Arc;

/// The share of noise that each step of the cosine schedule adds.
fn betas(steps: usize) -> Vec<f64> {
    let squared = |u: f64| ((u + 0.008) / 1.008 * std::f64::consts::FRAC_PI_2).cos().powi(2);
    let at = |t: usize| squared(t as f64 / steps as f64);
    (0..steps).map(|t| (1.0 - at(t + 1) / at(t)).min(0.999)).collect()
}

fn below(z: f64) -> f64 {
    libm::erfc(-z / std::f64::consts::SQRT_2) / 2.0
}

/// Largest distance of the share of `values` below a point from that of a standard normal
/// variable, times the root of their number (Kolmogorov's statistic).
fn distance(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    let n = values.len() as f64;
    let off = |(i, &z): (usize, &f64)| ((i as f64 + 0.5) / n - below(z)).abs() + 0.5 / n;
    n.sqrt() * values.iter().enumerate().map(off).fold(0.0, f64::max)
}

#[test]
fn numbers_are_noisy_as_the_forward_process_says() {
    let (n, c, steps) = (30_000, 2, 4);
    let (blocks, schedule) = (Blocks::new(vec![2]), Schedule::cosine(steps));
    let numbers = [0.7f32, -1.2].repeat(n);
    let start = Rows { columns: vec![0; n], numbers, labels: vec![0; n] };
    let draw = Timesteps::new(TimestepSampling::Uniform, steps).draw();
    let batch = Batch::new(start, &blocks, &schedule, &draw, Seed::master(1));
    for (t, beta) in betas(steps).into_iter().enumerate() {
        let kept: f64 = betas(steps)[..=t].iter().map(|beta| 1.0 - beta).product();
        let rows: Vec<usize> = (0..n).filter(|&row| batch.steps[row] == t).collect();
        assert!((batch.rates[rows[0] * RATES + 1] as f64 - beta).abs() < 1e-6);
        let scores = |field: usize, start: f64| {
            let noisy = rows.iter().map(|row| f64::from(batch.noisy_numbers[row * c + field]));
            noisy.map(move |x| (x - kept.sqrt() * start) / (1.0 - kept).sqrt()).collect::<Vec<_>>()
        };
        let fields = [scores(0, 0.7), scores(1, -1.2)];
        for (field, scores) in fields.iter().enumerate() {
            // The 0.9999 quantile of Kolmogorov's distribution.
            assert!(distance(scores.clone()) < 2.23, "step {t}, number {field}");
            // The noise that the network is to say is the one that was added.
            for (row, score) in rows.iter().zip(scores) {
                let told = f64::from(batch.noise[row * c + field]);
                assert!((told - score).abs() < 1e-5, "step {t}: {score}, told {told}");
            }
        }
        // Numbers of a row, and of neighbouring rows, have nothing to do with each other.
        for later in [0, 1] {
            let pairs = fields[0].iter().zip(&fields[1][later..]);
            let mean = pairs.map(|(a, b)| a * b).sum::<f64>() / rows.len() as f64;
            assert!(mean.abs() < 4.0 / (rows.len() as f64).sqrt(), "step {t}: {mean}");
        }
    }
}

#[test]
fn numbers_change_nothing_of_the_categories_noise() {
    let (with, without) = (batch(KINDS[1]).0, batch(KINDS[0]).0);
    assert_eq!((with.noisy, with.steps, with.rates), (without.noisy, without.steps, without.rates));
}

/// The divergence between the true distribution of a category one step earlier and the one that
/// follows from `said`; at step 0, minus the logarithm of what is said of the category itself.
fn divergence(t: usize, start: usize, noisy: usize, said: &[f64]) -> f64 {
    let (betas, k) = (betas(5), said.len() as f64);
    let before: f64 = betas[..t].iter().map(|beta| 1.0 - beta).product();
    let earlier = |of_start: &dyn Fn(usize) -> f64| {
        let is = |i: usize| if i == noisy { 1.0 } else { 0.0 };
        let weight = |i: usize| {
            ((1.0 - betas[t]) * is(i) + betas[t] / k) * (before * of_start(i) + (1.0 - before) / k)
        };
        let total: f64 = (0..said.len()).map(weight).sum();
        (0..said.len()).map(|i| weight(i) / total).collect::<Vec<_>>()
    };
    let truth = earlier(&|i| if i == start { 1.0 } else { 0.0 });
    let model = earlier(&|i| said[i]);
    let parts = truth.iter().zip(&model).filter(|(q, _)| **q > 0.0);
    parts.map(|(q, p)| q * (q / p).ln()).sum()
}

#[test]
fn the_loss_has_two_parts() {
    let logits = [0.5f32, -0.3, 0.1, 1.0, -1.0];
    let said = [0.4f32, -0.9, 0.2];
    for kind @ (sizes, c) in KINDS {
        // A network that always says the same.
        let mut network = denoiser::<NdArray>(kind);
        if network.output.is_some() {
            let values = [vec![0.0; 15], logits.to_vec()].concat();
            network.output = Some(Wide { weight: weights(values, [4, 5]) });
        }
        if network.noise.is_some() {
            let (weight, bias) = (weights(vec![0.0; 9], [3, 3]), weights(said.to_vec(), [3]));
            network.noise = Some(Affine { weight, bias });
        }
        let (batch, blocks) = batch(kind);
        let starts: Vec<usize> = blocks.ranges().map(|range| range.start).collect();
        let (f, factors) = (sizes.len(), [1.0, 0.5, 2.0, 1.5]);
        let wanted = (0..4).map(|row| {
            let (mut divergences, mut squares) = (0.0, 0.0);
            for (field, range) in blocks.ranges().enumerate() {
                let odds: Vec<f64> = logits[range].iter().map(|&x| f64::from(x).exp()).collect();
                let total: f64 = odds.iter().sum();
                let said: Vec<f64> = odds.iter().map(|odds| odds / total).collect();
                let place = |codes: &[i32]| codes[row * f + field] as usize - starts[field];
                let (start, noisy) = (place(&batch.start.columns), place(&batch.noisy));
                divergences += divergence(batch.steps[row], start, noisy, &said);
            }
            for (field, said) in said.iter().enumerate().take(c) {
                squares += f64::from(batch.noise[row * c + field] - said).powi(2);
            }
            let divergences = if f > 0 { 5.0 * divergences / f as f64 } else { 0.0 };
            divergences + if c > 0 { squares / c as f64 } else { 0.0 }
        });
        let wanted: Vec<f64> = wanted.collect();
        let settings = settings();
        let objective = Objective::new(&settings, blocks, &Default::default());
        let per_row = objective.losses(&network, &batch, Mode::Predict);
        let found: Vec<f32> = per_row.clone().into_data().to_vec().unwrap();
        for (found, wanted) in found.iter().zip(&wanted) {
            let found = f64::from(*found) * objective.scale();
            assert!((found - wanted).abs() < 1e-4 * (1.0 + wanted), "{found}, not {wanted}");
        }
        // A row's factor counts for both parts.
        let wanted = wanted.iter().zip(factors).map(|(loss, factor)| loss * factor).sum::<f64>();
        let found = objective.loss(per_row, factors.map(|x| x as f32).to_vec()).into_scalar();
        assert!((f64::from(found) - wanted / 4.0).abs() < 1e-4 * (1.0 + wanted));
    }
}

/// Rows of both labels with the numbers 0 to 999 and 2000 to 1001, and a field of categories if that
/// is wanted.
fn even_rows(fields: usize) -> Mixed<'static> {
    let field = |i: usize| Field::categorical(i.to_string(), vec!["x".into(), "y".into()]);
    let fields: Vec<Field> = (0..fields).map(field).collect();
    let schema = Arc::new(Schema { label: "label".into(), fields: fields.clone() });
    let column = [0, 1, 1, 0].repeat(250);
    let categories = Table::new(schema, vec![column; fields.len()], [0, 1].repeat(500));
    let numbers =
        [(0..1000).map(f64::from).collect(), (0..1000).map(|i| f64::from(2000 - i)).collect()];
    Mixed::new(categories, numbers.to_vec())
}

/// A network that says `slope·x + offset + shift·label` of each number's noise.
fn straight(
    settings: &TabDdpm,
    codec: &Codec<QuantileNormal>,
    lines: [[f64; 3]; 2],
) -> Denoiser<NdArray> {
    let fresh = Denoiser::of_rows(settings, codec, Seed::master(1), &Default::default());
    let mut network = timeless(fresh);
    network.projection = network.projection.as_ref().map(zeros);
    // Each number and its opposite pass a ReLU; so does SiLU(9), if the label is 1.
    let first = [[1.0, -1.0, 0.0, 0.0, 0.0, 0.0], [0.0, 0.0, 1.0, -1.0, 0.0, 0.0]].concat();
    network.numbers = Some(weights(first, [2, 6]));
    let mut labels = vec![0.0; 12];
    labels[10] = 9.0;
    network.labels = weights(labels, [2, 6]);
    let one = |i: usize| if i / 6 == i % 6 { 1.0 } else { 0.0 };
    network.hidden[0].weight = weights((0..36).map(one).collect(), [6, 6]);
    network.hidden[0].bias = zeros(&network.hidden[0].bias);
    let [[a, b, s], [a2, b2, s2]] = lines.map(|line| line.map(|x| x as f32));
    let label = 9.0 / (1.0 + (-9.0f32).exp());
    let last = vec![a, 0.0, -a, 0.0, 0.0, a2, 0.0, -a2, s / label, s2 / label, 0.0, 0.0];
    network.noise = Some(Affine { weight: weights(last, [6, 2]), bias: weights(vec![b, b2], [2]) });
    network
}

#[test]
fn numbers_are_drawn_as_the_network_says() {
    let settings =
        TabDdpm { timesteps: 4, hidden_units: vec![6], embedding_dim: 6, ..TabDdpm::default() };
    let lines = [[0.97, 0.05, -0.1], [0.9, -0.05, 0.08]];
    for fields in [0, 1] {
        let codec = Codec::new(&even_rows(fields), QuantileNormal::fit);
        let sampler = OnDevice::new(straight(&settings, &codec, lines), &settings, &codec);
        for label in [0, 1] {
            let n = 5_000;
            let drawn = sampler.draw(label, n, Seed::master(4), &()).expect("rows");
            assert_eq!((drawn.places.len(), drawn.numbers.len()), (fields, 2));
            for (field, [slope, offset, shift]) in lines.into_iter().enumerate() {
                // x_{t−1} = (x_t − β/√(1 − ᾱ) ε̂)/√α + √β z, the last without noise (Ho, Jain and
                // Abbeel 2020, algorithm 2).
                let said = offset + shift * f64::from(label);
                let (mut mean, mut variance) = (0.0, 1.0f64);
                for (t, beta) in betas(4).into_iter().enumerate().rev() {
                    let kept: f64 = betas(4)[..=t].iter().map(|beta| 1.0 - beta).product();
                    let strength = beta / (1.0 - kept).sqrt();
                    let by = (1.0 - strength * slope) / (1.0 - beta).sqrt();
                    mean = by * mean - strength * said / (1.0 - beta).sqrt();
                    variance = by * by * variance + if t > 0 { beta } else { 0.0 };
                }
                let deviation = variance.sqrt();
                assert!(mean.abs() < 3.0 && (0.2..2.0).contains(&deviation), "{mean}, {deviation}");
                // Ascending or not, the numbers are evenly spread over 999.
                let least = [0.0, 1001.0][field];
                for level in [0.05, 0.3, 0.5, 0.8, 0.95] {
                    let wanted = below((score(level) - mean) / deviation);
                    let number = least + 999.0 * level;
                    let found = drawn.numbers[field].iter().filter(|x| **x < number).count();
                    let found = found as f64 / n as f64;
                    let margin = 4.0 * (wanted * (1.0 - wanted) / n as f64).sqrt() + 1e-4;
                    assert!((found - wanted).abs() < margin, "{level}: {found}, not {wanted}");
                }
            }
        }
    }
}

#[test]
fn a_network_gone_astray_is_an_error() {
    let settings =
        TabDdpm { timesteps: 2, hidden_units: vec![6], embedding_dim: 6, ..TabDdpm::default() };
    let codec = Codec::new(&even_rows(1), QuantileNormal::fit);
    let network = straight(&settings, &codec, [[f64::NAN, 0.0, 0.0]; 2]);
    let drawn = OnDevice::new(network, &settings, &codec).draw(0, 5, Seed::master(1), &());
    assert!(matches!(drawn, Err(GeneratorError::Failed { .. })));
}
