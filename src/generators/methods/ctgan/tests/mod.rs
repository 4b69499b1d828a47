//! CTGAN's parts against their definitions, and its step on every device.

mod critic;
mod generator;

use super::critic::Critic;
use super::network::Network;
use super::rows::Rows;
use super::sampler::Sampler;
use super::settings::Ctgan;
use super::training::Training;
use crate::generators::parts::neural::fixtures::assert_shrunk;
use crate::nn::blocks::{BlockKernels, Blocks};
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
    let blocks = Blocks::new(vec![3, 4, 2]);
    Rows::new(codes, blocks.clone(), blocks, numbers, n_numbers)
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

#[test]
fn real_rows_hold_conditions_of_their_own() {
    let (rows, settings) = (rows(60, 0), Ctgan { batch_size: 400, ..settings() });
    let sampler = Sampler::new(&rows);
    let training = training::<NdArray>(&settings, &rows, &sampler);
    let contest = training.contest(&training.players().generator.valid(), Seed::master(8));
    let ints = |x: Option<Tensor<NdArray, 2, burn::tensor::Int>>| -> Vec<i32> {
        x.unwrap().into_data().convert::<i32>().to_vec().unwrap()
    };
    // Two rows side by side, each of three codes.
    let (of_real, of_made) = (ints(contest.real_conditions), ints(contest.made.conditions));
    for (row, condition) in ints(contest.real.codes).chunks(3).zip(&of_real) {
        assert!(row.contains(condition), "{row:?} does not hold {condition}");
    }
    // The same conditions in an order of their own, so a row's neighbour tells nothing of its own.
    let [of_real, of_made] = [of_real, of_made].map(|conditions| {
        let columns = conditions.into_iter().map(|condition| condition % 9);
        columns.collect::<Vec<_>>()
    });
    let sorted = |conditions: &[i32]| {
        let mut conditions = conditions.to_vec();
        conditions.sort_unstable();
        conditions
    };
    assert_eq!(sorted(&of_real), sorted(&of_made));
    let same = of_real.iter().zip(&of_made).filter(|(a, b)| a == b).count();
    assert!(same < 200, "{same} of 400 conditions are in the same place");
}

#[test]
fn decay_moves_weights_whose_gradient_is_0() {
    let rows = rows(40, 0);
    for decay in [0.0, 0.1] {
        let settings = Ctgan { decay, ..settings() };
        let sampler = Sampler::new(&rows);
        let mut players = training::<NdArray>(&settings, &rows, &sampler).players();
        let (generator, critic) = (players.generator.clone(), players.critic.clone());
        let mut resting = GradientsParams::new();
        resting.register(generator.bias.id, generator.bias.val().inner().zeros_like());
        let moved = players.generator_adam.step(generator.clone(), resting, 1e-3);
        assert_shrunk(generator.bias.val(), moved.bias.val(), decay);
        let mut resting = GradientsParams::new();
        resting.register(critic.bias.id, critic.bias.val().inner().zeros_like());
        let moved = players.critic_adam.step(critic.clone(), resting, 1e-3);
        assert_shrunk(critic.bias.val(), moved.bias.val(), decay);
    }
}
