//! Noise, steps back and the loss of TabDDPM.

mod fits;
mod numbers;

use super::network::{Denoiser, sines};
use super::noise::{Batch, noise};
use super::rows::Rows;
use super::sampling::OnDevice;
use super::schedule::Schedule;
use super::timesteps::Timesteps;
use super::training::{Learner, Objective, Training};
use super::*;
use crate::generators::parts::neural::fixtures::repeating_rows;
use crate::generators::parts::neural::{code_tensor, float_tensor};
use crate::nn::blocks::diffusion::{DiffusionKernels, RATES};
use crate::nn::blocks::{BlockKernels, Blocks};
use crate::nn::gradient_check::{self, Reference};
use crate::nn::kernels::primitive;
use crate::nn::layers::{Mode, Wide};
use burn::module::Param;
use burn::tensor::{Int, Tensor, TensorData};
use burn_autodiff::Autodiff;
use burn_flex::Flex;
use burn_ndarray::NdArray;

#[test]
fn the_schedule_is_the_cosine() {
    for steps in [1, 2, 10, 1000] {
        let schedule = Schedule::cosine(steps);
        assert_eq!(schedule.steps(), steps);
        let squared = |u: f64| ((u + 0.008) / 1.008 * std::f64::consts::FRAC_PI_2).cos().powi(2);
        let mut kept = 1.0;
        for t in 0..steps {
            let [keep, renew, before, renewed] = schedule.rates(t).map(f64::from);
            assert!((before - kept).abs() < 1e-6 && (keep + renew - 1.0).abs() < 1e-6);
            assert!((renewed - (1.0 - kept)).abs() < 1e-6 && renewed > 0.0);
            // The last step would replace everything; it is held at 0.999.
            let last = t + 1 == steps;
            let wanted = squared((t + 1) as f64 / steps as f64) / squared(0.0);
            let wanted = if last { kept * 0.001 } else { wanted };
            kept = schedule.kept(t);
            assert!((kept - wanted).abs() < 1e-6, "step {t} of {steps}: {kept}, not {wanted}");
        }
    }
}

#[test]
fn noise_has_the_shares_of_the_forward_process() {
    let (blocks, schedule) = (Blocks::new(vec![3, 2]), Schedule::cosine(4));
    let n = 40_000;
    let start = [1, 3].repeat(n);
    let draw = Timesteps::new(TimestepSampling::Uniform, 4).draw();
    let start = Rows { columns: start, numbers: Vec::new(), labels: vec![0; n] };
    let batch = Batch::new(start, &blocks, &schedule, &draw, Seed::master(1));
    for t in 0..4 {
        let of_step = |row: &(&[i32], &usize)| *row.1 == t;
        let rows: Vec<_> = batch.noisy.chunks(2).zip(&batch.steps).filter(of_step).collect();
        for (field, range) in blocks.ranges().enumerate() {
            let size = range.len() as f64;
            let kept = schedule.kept(t);
            for column in range {
                let mut wanted = (1.0 - kept) / size;
                if column as i32 == [1, 3][field] {
                    wanted += kept;
                }
                let found = rows.iter().filter(|row| row.0[field] == column as i32).count();
                let found = found as f64 / rows.len() as f64;
                // Four standard deviations.
                let margin = 4.0 * (wanted * (1.0 - wanted) / rows.len() as f64).sqrt();
                assert!((found - wanted).abs() < margin, "step {t}: {found}, not {wanted}");
            }
        }
    }
    for (t, rates) in batch.steps.iter().zip(batch.rates.chunks(RATES)) {
        assert_eq!(rates, schedule.rates(*t));
    }
}

/// The joint distribution of two fields of three and two categories.
const TRUTH: [[f64; 2]; 3] = [[0.4, 0.02], [0.05, 0.23], [0.1, 0.2]];

/// What a network should say of a field: its distribution given the other field's noisy category.
///
/// (Its own noisy category is reckoned with by the step back.)
fn perfect_logits(schedule: &Schedule, t: usize, codes: &[i32]) -> Vec<f32> {
    let kept = schedule.kept(t);
    let seen = |category: usize, noisy: usize, size: f64| {
        (1.0 - kept) / size + if category == noisy { kept } else { 0.0 }
    };
    let (first, second) = (codes[0] as usize, codes[1] as usize - 3);
    let of_first = (0..3).map(|a| (0..2).map(|b| TRUTH[a][b] * seen(b, second, 2.0)).sum::<f64>());
    let of_second = (0..2).map(|b| (0..3).map(|a| TRUTH[a][b] * seen(a, first, 3.0)).sum::<f64>());
    of_first.chain(of_second).map(|p| p.ln() as f32).collect()
}

#[test]
fn a_perfect_denoiser_gives_the_data_back() {
    let (blocks, schedule) = (Blocks::new(vec![3, 2]), Schedule::cosine(60));
    let n = 20_000;
    let device = Default::default();
    let mut codes = noise(n, &blocks, Seed::master(1).counter("start"));
    for t in (0..60).rev() {
        let logits = codes.chunks(2).flat_map(|row| perfect_logits(&schedule, t, row)).collect();
        let bits = Seed::master(2).counter(&t.to_string());
        let uniforms = (0..2 * n as u64).map(|i| (bits.word(i) >> 40) as f32 / 16_777_216.0);
        let drawn = Flex::draw_reverse(
            primitive(float_tensor::<Flex>(logits, 5, &device)),
            code_tensor::<Flex>(codes, 2, &device).into_primitive(),
            primitive(float_tensor::<Flex>(schedule.rates(t).repeat(n), RATES, &device)),
            primitive(float_tensor::<Flex>(uniforms.collect(), 2, &device)),
            &blocks,
        );
        let drawn = Tensor::<Flex, 2, Int>::from_primitive(drawn);
        codes = drawn.into_data().convert::<i32>().into_vec().unwrap();
    }
    for (a, row) in TRUTH.iter().enumerate() {
        for (b, &wanted) in row.iter().enumerate() {
            let same = |row: &&[i32]| row == &[a as i32, 3 + b as i32];
            let found = codes.chunks(2).filter(same).count() as f64 / n as f64;
            assert!((found - wanted).abs() < 0.015, "({a}, {b}): {found} instead of {wanted}");
        }
    }
}

fn settings() -> TabDdpm {
    TabDdpm { timesteps: 5, hidden_units: vec![4, 3], embedding_dim: 4, ..TabDdpm::default() }
}

/// Sizes of blocks, and numbers: categories alone, both, numbers alone.
const KINDS: [(&[usize], usize); 3] = [(&[3, 2], 0), (&[3, 2], 3), (&[], 3)];

fn denoiser<B: BlockKernels>((sizes, c): (&[usize], usize)) -> Denoiser<B> {
    let blocks = Blocks::new(sizes.to_vec());
    Denoiser::new(&settings(), &blocks, c, 2, Seed::master(3), &B::Device::default())
}

/// Four rows with noise, and their blocks.
fn batch((sizes, c): (&[usize], usize)) -> (Batch, Blocks) {
    let (blocks, settings) = (Blocks::new(sizes.to_vec()), settings());
    let draw = Timesteps::new(settings.timestep_sampling, 5).draw();
    let columns = if sizes.is_empty() { Vec::new() } else { vec![0, 3, 2, 4, 1, 4, 0, 4] };
    let numbers = (0..4 * c).map(|i| 1.5 * (0.7 * i as f32).sin()).collect();
    let start = Rows { columns, numbers, labels: vec![0, 1, 1, 0] };
    let batch = Batch::new(start, &blocks, &Schedule::cosine(5), &draw, Seed::master(2));
    (batch, blocks)
}

/// The loss of four rows.
fn loss<B: BlockKernels>(network: &Denoiser<B>, kind: (&[usize], usize)) -> Tensor<B, 1> {
    let ((batch, blocks), settings) = (batch(kind), settings());
    let objective = Objective::new(&settings, blocks, &B::Device::default());
    let per_row = objective.losses(network, &batch, Mode::Predict);
    objective.loss(per_row, vec![1.0, 0.5, 2.0, 1.5])
}

/// The loss and the gradients of a step.
fn one_step<B: BlockKernels>(kind: (&[usize], usize)) -> Vec<f32> {
    let network = denoiser::<Autodiff<B>>(kind);
    gradient_check::step(&network, loss(&network, kind))
}

#[test]
fn a_step_is_the_same_on_every_device() {
    for kind in KINDS {
        gradient_check::same_on_every_device!(one_step(kind));
    }
}

#[test]
fn the_gradient_is_that_of_the_loss() {
    for kind in KINDS {
        gradient_check::check(&denoiser::<Reference>(kind), |network| loss(network, kind));
    }
}

/// Weights of the given values.
fn weights<const D: usize>(values: Vec<f32>, shape: [usize; D]) -> Param<Tensor<NdArray, D>> {
    let values = TensorData::new(values, shape);
    Param::from_tensor(Tensor::from_data(values, &Default::default()))
}

fn zeros<const D: usize>(parameter: &Param<Tensor<NdArray, D>>) -> Param<Tensor<NdArray, D>> {
    parameter.clone().map(|x| x.zeros_like())
}

/// A network for which the step plays no part.
fn timeless(mut network: Denoiser<NdArray>) -> Denoiser<NdArray> {
    for layer in &mut network.time {
        (layer.weight, layer.bias) = (zeros(&layer.weight), zeros(&layer.bias));
    }
    network
}

#[test]
fn steps_are_embedded_in_waves() {
    let found: Vec<f32> = sines::<NdArray>(3, 4, &Default::default()).into_data().to_vec().unwrap();
    let slow = 0.01f32;
    let row = |t: f32| [t.cos(), (t * slow).cos(), t.sin(), (t * slow).sin()];
    let wanted = [row(0.0), row(1.0), row(2.0)].concat();
    for (found, wanted) in found.iter().zip(wanted) {
        assert!((found - wanted).abs() < 1e-6);
    }
}

#[test]
fn rows_are_drawn_with_the_label_asked_for() {
    let settings =
        TabDdpm { timesteps: 3, hidden_units: vec![2], embedding_dim: 2, ..TabDdpm::default() };
    let codec = Codec::new(&repeating_rows().into(), QuantileNormal::fit);
    let fresh = Denoiser::of_rows(&settings, &codec, Seed::master(1), &Default::default());
    // Nothing but the label counts, and it says the category of the same number.
    let mut network = timeless(fresh);
    network.projection = network.projection.as_ref().map(zeros);
    network.labels = weights(vec![9.0, 0.0, 0.0, 9.0], [2, 2]);
    network.hidden[0].weight = weights(vec![1.0, 0.0, 0.0, 1.0], [2, 2]);
    network.hidden[0].bias = zeros(&network.hidden[0].bias);
    let output = weights(vec![9.0, -9.0, -9.0, 9.0, 0.0, 0.0], [3, 2]);
    network.output = Some(Wide { weight: output });
    let sampler = OnDevice::new(network, &settings, &codec);
    for label in [0, 1] {
        let drawn = sampler.draw(label, 700, Seed::master(2), &()).expect("rows");
        assert_eq!(drawn.places, [vec![u32::from(label); 700]]);
    }
}

#[test]
fn the_learning_rate_falls_to_0_on_a_straight_line() {
    let settings = TabDdpm { steps: 4, learning_rate: 0.8, ..settings() };
    for (step, wanted) in [0.8, 0.6, 0.4, 0.2].into_iter().enumerate() {
        assert!((settings.rate(step) - wanted).abs() < 1e-12);
    }
    // And steps go by it: none is left at the end.
    let (train, device) = (Mixed::from(repeating_rows()), Default::default());
    let codec = Codec::new(&train, QuantileNormal::fit);
    let training = Training::new(&settings, &codec, &train, Seed::master(1));
    let objective = Objective::new(&settings, codec.encoder.field_blocks(), &device);
    let schedule = Schedule::cosine(settings.timesteps);
    let way = |step: usize| {
        let learner = training.learner::<NdArray>(&device);
        let weight = |learner: &Learner<NdArray>| match &learner.network.output {
            Some(output) => output.weight.val(),
            None => panic!("there is a block"),
        };
        let before = weight(&learner);
        let (learner, _) = training.step(learner, &objective, &schedule, &[0, 1, 2], step);
        (weight(&learner) - before).abs().max().into_scalar()
    };
    // The first step of Adam is as long as the rate.
    assert!((way(0) - 0.8).abs() < 1e-3 && (way(3) - 0.2).abs() < 1e-3);
    assert_eq!(way(4), 0.0);
}
