//! CTGAN's parts against their definitions, and its step on every device.

use super::critic::{Contest, Critic, Made};
use super::network::Network;
use super::rows::Rows;
use super::sampler::Sampler;
use super::settings::Ctgan;
use super::training::Training;
use crate::nn::blocks::{BlockKernels, Blocks};
use crate::nn::kernels::Dropout;
use crate::seed::Seed;
use burn::module::{AutodiffModule, Param};
use burn::optim::GradientsParams;
use burn::tensor::backend::Backend;
use burn::tensor::{Tensor, TensorData};
use burn_flex::Flex;
use burn_ndarray::NdArray;
use rand::RngExt;

/// Two fields of 3 and 4 categories and a label, which hang together, and `n_numbers` numbers.
fn rows(n: usize, n_numbers: usize) -> Rows {
    let mut rng = Seed::master(1).stream("rows");
    let (mut codes, mut numbers) = (Vec::new(), Vec::new());
    for _ in 0..n {
        let label: i32 = rng.random_range(0..2);
        let a = rng.random_range(0..3i32).min(label + 1);
        codes.extend([a, 3 + rng.random_range(0..2) + a, 7 + label]);
        numbers.extend((0..n_numbers).map(|_| rng.random_range(-0.9..0.9f32)));
    }
    Rows::new(codes, Blocks::new(vec![3, 4, 2]), numbers, n_numbers)
}

fn settings() -> Ctgan {
    Ctgan {
        batch_size: 8,
        pac: 2,
        noise_dim: 3,
        generator_units: vec![5, 4],
        discriminator_units: vec![6, 5],
        ..Ctgan::default()
    }
}

fn training<'a, B: BlockKernels>(
    settings: &'a Ctgan,
    rows: &'a Rows,
    sampler: &'a Sampler,
) -> Training<'a, B> {
    let (device, seed) = (B::Device::default(), Seed::master(5));
    Training { method: "ctgan", settings, rows, sampler, device, seed }
}

fn values<B: Backend, const D: usize>(x: Tensor<B, D>) -> Vec<f64> {
    x.into_data().convert::<f64>().to_vec().unwrap()
}

fn gradient<B: BlockKernels, const D: usize>(
    gradients: &GradientsParams,
    parameter: &Param<Tensor<B, D>>,
) -> Vec<f64> {
    values(gradients.get::<B, D>(parameter.id).expect("a gradient"))
}

/// Every gradient of the discriminator, in the order of [`Plain`]'s parameters.
fn critic_gradients<B: BlockKernels>(critic: &Critic<B>, gradients: &GradientsParams) -> Vec<f64> {
    let first = [&critic.blocks, &critic.conditions, &critic.numbers];
    let mut all: Vec<f64> =
        first.into_iter().flatten().flat_map(|weight| gradient(gradients, weight)).collect();
    all.extend(gradient(gradients, &critic.bias));
    for layer in &critic.dense {
        all.extend(gradient(gradients, &layer.weight));
        all.extend(gradient(gradients, &layer.bias));
    }
    all
}

fn generator_gradients<B: BlockKernels>(
    network: &Network<B>,
    gradients: &GradientsParams,
) -> Vec<f64> {
    let mut all = Vec::new();
    for layer in &network.layers {
        all.extend(gradient(gradients, &layer.norm.gamma));
        all.extend(gradient(gradients, &layer.norm.beta));
    }
    let maps = network.layers.iter().map(|layer| &layer.map).chain([&network.output]);
    for map in maps {
        all.extend(gradient(gradients, &map.dense));
        all.extend(gradient(gradients, map.condition.as_ref().expect("a condition")));
    }
    all.extend(gradient(gradients, &network.bias));
    all
}

/// The discriminator in double precision on dense rows, written without regard to speed.
struct Plain {
    /// `[inputs, units]` of blocks, conditions and numbers together, in that order.
    parameters: Vec<f64>,
    /// Inputs, units of each layer, 1.
    widths: Vec<usize>,
}

impl Plain {
    fn of(critic: &Critic<NdArray>) -> Self {
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
    fn score(&self, x: &[f64], keep: &[Vec<f64>]) -> f64 {
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
struct Keep(Vec<(usize, Vec<f64>)>);

impl Keep {
    fn of(&self, row: usize) -> Vec<Vec<f64>> {
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
    let ints = |x: Option<Tensor<NdArray, 2, burn::tensor::Int>>| -> Vec<i64> {
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
    let keep = settings.discriminator_units.iter().enumerate().map(|(i, &units)| {
        let bits = Seed::master(8).derive("dropout").counter(&format!("layer/{i}"));
        let mask = Dropout { rate: 0.5, bits }.mask::<NdArray>(3 * b, units, &Default::default());
        (units, values(mask.unwrap()))
    });
    let keep = Keep(keep.collect());

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

/// Losses and gradients of a step of each network, from equal weights and random numbers.
fn one_step<B: BlockKernels>(rows: &Rows) -> Vec<(&'static str, Vec<f64>)> {
    let settings = settings();
    let sampler = Sampler::new(rows);
    let training = training::<B>(&settings, rows, &sampler);
    let players = training.players();
    let critic = players.critic.valid();
    let contest = training.contest(&players.generator.valid(), Seed::master(2));
    let first = critic.step(&contest);
    let second = training.generate(&players.generator, &critic, Seed::master(3));
    vec![
        ("discriminator losses", values(first.losses)),
        ("discriminator gradients", critic_gradients(&critic, &first.gradients)),
        ("generator losses", values(second.losses)),
        ("generator gradients", generator_gradients(&players.generator.valid(), &second.gradients)),
    ]
}

#[test]
fn a_step_is_the_same_on_every_device() {
    for n_numbers in [0, 2] {
        let rows = rows(40, n_numbers);
        let reference = one_step::<NdArray>(&rows);
        #[cfg_attr(not(feature = "cuda"), expect(unused_mut))]
        let mut others = vec![("cpu", one_step::<Flex>(&rows))];
        crate::nn::with_cuda_in_tests(|| {
            #[cfg(feature = "cuda")]
            others.push(("cuda", one_step::<burn_cuda::Cuda>(&rows)));
        });
        for (device, results) in others {
            for ((what, found), (_, wanted)) in results.iter().zip(&reference) {
                assert_eq!(found.len(), wanted.len());
                for (found, wanted) in found.iter().zip(wanted) {
                    let close = (found - wanted).abs() < 2e-4 * (1.0 + wanted.abs());
                    assert!(close, "{what} on {device}: {found}, not {wanted}");
                }
            }
        }
    }
}

#[test]
fn conditions_and_rows_are_drawn_as_defined() {
    let rows = rows(60, 0);
    let sampler = Sampler::new(&rows);
    let (width, f) = (rows.blocks.width(), rows.blocks.len());
    let mut counts = vec![0.0; width];
    (0..rows.len).for_each(|row| rows.codes(row).iter().for_each(|&c| counts[c as usize] += 1.0));
    let mut condition = vec![0.0; width];
    for range in rows.blocks.ranges() {
        let logarithms = counts[range.clone()].iter().map(|&count: &f64| (1.0 + count).ln());
        let total: f64 = logarithms.clone().sum();
        range.zip(logarithms).for_each(|(c, log)| condition[c] = log / total / f as f64);
    }
    // A row is drawn through any of its categories.
    let row_probability: Vec<f64> = (0..rows.len)
        .map(|row| {
            let through = |&code: &i32| condition[code as usize] / counts[code as usize];
            rows.codes(row).iter().map(through).sum()
        })
        .collect();

    let mut rng = Seed::master(4).stream("draws");
    let n = 200_000;
    let (mut conditions, mut drawn) = (vec![0.0; width], vec![0.0; rows.len]);
    for _ in 0..n {
        let code = sampler.condition(&mut rng).expect("a condition");
        let row = sampler.row_with(code, &mut rng);
        assert!(rows.codes(row as usize).contains(&code));
        conditions[code as usize] += 1.0;
        drawn[row as usize] += 1.0;
    }
    let chi_squared = |counts: &[f64], p: &[f64]| -> f64 {
        counts.iter().zip(p).map(|(c, p)| (c - n as f64 * p).powi(2) / (n as f64 * p)).sum()
    };
    // The 0.9999 quantiles of χ² with at most 8 and 59 degrees of freedom.
    assert!(chi_squared(&conditions, &condition) < 31.9);
    assert!(chi_squared(&drawn, &row_probability) < 107.0);
}

#[test]
fn packing_puts_rows_side_by_side() {
    let rows = rows(6, 2);
    let packed = rows.pack::<NdArray>(&[4, 1, 0, 5], 2, &Default::default());
    let codes: Vec<i32> = packed.codes.unwrap().into_data().convert::<i32>().to_vec().unwrap();
    let second = |row: usize| rows.codes(row).iter().map(|code| code + 9).collect::<Vec<_>>();
    let wanted = [rows.codes(4), &second(1), rows.codes(0), &second(5)].concat();
    assert_eq!(codes, wanted);
    assert_eq!(packed.numbers.unwrap().dims(), [2, 4]);
    let condition = super::rows::pack_codes::<NdArray>(&[2, 0], 9, 2, &Default::default());
    let wanted: Tensor<NdArray, 2, burn::tensor::Int> =
        Tensor::from_data(TensorData::from([[2, 9]]), &Default::default());
    assert_eq!(condition.into_data(), wanted.into_data());
}
