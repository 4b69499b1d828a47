//! The discriminator's step against finite differences of one in double precision.

use super::super::critic::{Contest, Made};
use super::*;
use crate::nn::kernels::Dropout;
use burn::tensor::Int;

/// The discriminator in double precision on dense rows, written without regard to speed.
pub struct Plain {
    /// `[inputs, units]` of blocks, conditions and numbers together, in that order.
    parameters: Vec<f64>,
    /// Inputs, units of each layer, 1.
    widths: Vec<usize>,
}

impl Plain {
    pub fn of(critic: &Critic<NdArray>) -> Self {
        let first = [&critic.blocks, &critic.conditions, &critic.numbers];
        let weights = first.into_iter().flatten();
        let inputs = weights.clone().map(|weight| weight.val().dims()[0]).sum();
        let mut parameters: Vec<f64> = weights.flat_map(|weight| values(weight.val())).collect();
        parameters.extend(values(critic.bias.val()));
        let mut widths = vec![inputs, critic.bias.val().dims()[0]];
        for layer in &critic.dense {
            parameters.extend(values(layer.weight.val()));
            parameters.extend(values(layer.bias.val()));
            widths.push(layer.bias.val().dims()[0]);
        }
        Self { parameters, widths }
    }

    /// The score of one input; `keep` are the dropout's factors of each hidden layer.
    pub fn score(&self, x: &[f64], keep: &[Vec<f64>]) -> f64 {
        let mut rest = self.parameters.as_slice();
        let mut x = x.to_vec();
        for (layer, pair) in self.widths.windows(2).enumerate() {
            let (weights, after) = rest.split_at(pair[0] * pair[1]);
            let (bias, after) = after.split_at(pair[1]);
            rest = after;
            x = (0..pair[1])
                .map(|j| {
                    let a = bias[j]
                        + x.iter()
                            .enumerate()
                            .map(|(i, x)| x * weights[i * pair[1] + j])
                            .sum::<f64>();
                    match keep.get(layer) {
                        Some(keep) => (if a > 0.0 { a } else { 0.2 * a }) * keep[j],
                        None => a,
                    }
                })
                .collect();
        }
        x[0]
    }

    /// The discriminator's loss and the penalty of a batch. Inputs and factors by row.
    fn losses(&self, real: &[Vec<f64>], made: &[Vec<f64>], mix: &[f64], keep: &Keep) -> [f64; 2] {
        let b = real.len();
        let mut losses = [0.0; 2];
        for row in 0..b {
            let score = |x: &[f64], at: usize| self.score(x, &keep.of(at));
            losses[0] += (score(&made[row], b + row) - score(&real[row], row)) / b as f64;
            let mixed = |step: Option<(usize, f64)>| {
                let mut x: Vec<f64> = real[row]
                    .iter()
                    .zip(&made[row])
                    .map(|(r, m)| mix[row] * r + (1.0 - mix[row]) * m)
                    .collect();
                if let Some((at, step)) = step {
                    x[at] += step;
                }
                score(&x, 2 * b + row)
            };
            // The score is piecewise linear, so the differences are exact between its edges.
            let slope = |at| (mixed(Some((at, 1e-6))) - mixed(Some((at, -1e-6)))) / 2e-6;
            let norm: f64 = (0..real[row].len()).map(|at| slope(at).powi(2)).sum::<f64>().sqrt();
            losses[1] += 10.0 * (norm - 1.0).powi(2) / b as f64;
        }
        losses
    }
}

/// The dropout's factors, by hidden layer `[3·b rows, units]`.
pub struct Keep(Vec<(usize, Vec<f64>)>);

impl Keep {
    /// Those of a pass of `rows` rows.
    pub fn new(settings: &Ctgan, rows: usize, seed: Seed) -> Self {
        let of_layer = |(i, &units): (usize, &usize)| {
            let bits = seed.counter(&format!("layer/{i}"));
            let dropout = Dropout { rate: settings.dropout, bits };
            let mask = dropout.mask::<NdArray>(rows, units, &Default::default());
            (units, values(mask.expect("dropout")))
        };
        Self(settings.discriminator_units.iter().enumerate().map(of_layer).collect())
    }

    pub fn of(&self, row: usize) -> Vec<Vec<f64>> {
        self.0.iter().map(|(units, keep)| keep[row * units..][..*units].to_vec()).collect()
    }
}

/// Codes `[b, t]` as dense multi-hot rows.
fn dense(codes: &[i64], b: usize, width: usize) -> Vec<Vec<f64>> {
    let mut rows = vec![vec![0.0; width]; b];
    for (row, codes) in rows.iter_mut().zip(codes.chunks(codes.len() / b)) {
        codes.iter().for_each(|&code| row[code as usize] += 1.0);
    }
    rows
}

fn side_by_side(parts: &[Vec<Vec<f64>>], row: usize) -> Vec<f64> {
    parts.iter().flat_map(|part| part[row].clone()).collect()
}

#[test]
fn losses_and_gradients_are_those_of_finite_differences() {
    let (rows, settings) = (rows(40, 1), settings());
    let sampler = Sampler::new(&rows);
    let training = training::<NdArray>(&settings, &rows, &sampler);
    let players = training.players();
    let (generator, critic) = (players.generator.valid(), players.critic.valid());
    let contest = training.contest(&generator, Seed::master(8));
    let step = critic.step(&contest);

    let (b, width) = (4, 2 * rows.blocks.width());
    let ints = |x: Option<Tensor<NdArray, 2, Int>>| -> Vec<i64> {
        x.unwrap().into_data().convert::<i64>().to_vec().unwrap()
    };
    let floats = |x: Option<Tensor<NdArray, 2>>| -> Vec<Vec<f64>> {
        let x = values(x.unwrap());
        x.chunks(x.len() / b).map(<[f64]>::to_vec).collect()
    };
    let Contest { real, real_conditions, made, mix, .. } = contest;
    let real = [
        dense(&ints(real.codes), b, width),
        dense(&ints(real_conditions), b, width),
        floats(real.numbers),
    ];
    let Made { blocks, numbers, conditions } = made;
    let made = [floats(blocks), dense(&ints(conditions), b, width), floats(numbers)];
    let [real, made] =
        [real, made].map(|parts| (0..b).map(|row| side_by_side(&parts, row)).collect::<Vec<_>>());
    let mix = values(mix);
    let keep = Keep::new(&settings, 3 * b, Seed::master(8).derive("dropout"));

    let mut plain = Plain::of(&critic);
    let wanted = plain.losses(&real, &made, &mix, &keep);
    for (found, wanted) in values(step.losses).iter().zip(wanted) {
        assert!((found - wanted).abs() < 1e-5 * (1.0 + wanted.abs()), "{found}, not {wanted}");
    }
    let found = critic_gradients(&critic, &step.gradients);
    assert_eq!(found.len(), plain.parameters.len());
    let mut largest: f64 = 0.0;
    for (i, &found) in found.iter().enumerate() {
        let mut total = |step: f64| {
            plain.parameters[i] += step;
            let losses = plain.losses(&real, &made, &mix, &keep);
            plain.parameters[i] -= step;
            losses[0] + losses[1]
        };
        let wanted = (total(1e-5) - total(-1e-5)) / 2e-5;
        assert!((found - wanted).abs() < 1e-4 * (1.0 + wanted.abs()), "{i}: {found}, not {wanted}");
        largest = largest.max(wanted.abs());
    }
    assert!(largest > 1e-2, "the gradients are all about 0");
}

#[test]
fn a_score_that_does_not_depend_on_its_input_has_finite_gradients() {
    let (rows, settings) = (rows(40, 0), settings());
    let sampler = Sampler::new(&rows);
    let training = training::<NdArray>(&settings, &rows, &sampler);
    let players = training.players();
    let mut critic = players.critic.valid();
    let output = critic.dense.last_mut().expect("an output");
    output.weight = Param::from_tensor(output.weight.val().zeros_like());
    let step = critic.step(&training.contest(&players.generator.valid(), Seed::master(8)));
    let losses = values(step.losses);
    assert!((losses[1] - 10.0).abs() < 1e-6, "a norm of 0 costs 10·(0 − 1)²: {losses:?}");
    assert!(critic_gradients(&critic, &step.gradients).iter().all(|g| g.is_finite()));
}
