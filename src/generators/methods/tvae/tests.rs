//! The loss of TVAE by hand, and its gradient.

mod numbers;

use super::network::{Network, Rows, divergence};
use super::*;
use crate::generators::parts::neural::fixtures::{assert_shrunk, repeating_rows};
use crate::generators::parts::neural::{code_tensor, float_tensor};
use crate::nn::blocks::{BlockKernels, Blocks};
use crate::nn::gradient_check::{self, Reference};
use burn::module::Param;
use burn::optim::GradientsParams;
use burn::tensor::{Tensor, TensorData};
use burn_autodiff::Autodiff;
use burn_ndarray::NdArray;

fn settings() -> Tvae {
    Tvae {
        embedding_dim: 2,
        compress_dims: vec![4, 3],
        decompress_dims: vec![3, 4],
        ..Tvae::default()
    }
}

fn blocks() -> Blocks {
    Blocks::new(vec![3, 2])
}

fn network<B: BlockKernels>() -> Network<B> {
    Network::new(&settings(), [5, 0], Seed::master(3), &B::Device::default())
}

/// Reconstruction and divergence of three rows.
fn losses<B: BlockKernels>(network: &Network<B>) -> [Tensor<B, 1>; 2] {
    let device = B::Device::default();
    let codes = code_tensor(vec![0, 3, 2, 4, 1, 4], 2, &device);
    let noise = float_tensor(vec![0.3, -1.2, 0.8, 0.1, -0.5, 1.5], 2, &device);
    network.losses(Rows { codes, numbers: None }, noise, &blocks())
}

#[test]
fn the_divergence_is_that_of_two_normal_distributions() {
    let device = Default::default();
    let tensor = |values: &[f32]| float_tensor::<NdArray>(values.to_vec(), 2, &device);
    let (mean, log_variance) = ([0.5f32, -1.0, 0.0, 2.0], [0.2f32, -0.4, 0.0, 1.0]);
    let deviation = log_variance.map(|l| (l / 2.0).exp());
    let found = divergence(tensor(&mean), tensor(&log_variance), tensor(&deviation));
    // (0.25 + e^0.2 − 1 − 0.2)/2 + (1 + e^−0.4 − 1 + 0.4)/2 + 0 + (4 + e − 1 − 1)/2
    let wanted = 0.135_701_4 + 0.535_16 + 2.359_140_9;
    assert!((gradient_check::on(found) - wanted).abs() < 1e-5);
}

#[test]
fn the_loss_is_the_sum_written_out() {
    // With every weight 0 the latent vectors are standard normal, and every softmax uniform.
    struct Zero;
    impl<B: burn::tensor::backend::Backend> burn::module::ModuleMapper<B> for Zero {
        fn map_float<const D: usize>(
            &mut self,
            parameter: burn::module::Param<Tensor<B, D>>,
        ) -> burn::module::Param<Tensor<B, D>> {
            parameter.map(|value| value.zeros_like())
        }
    }
    use burn::module::Module;
    let [reconstruction, divergence] = losses(&network::<NdArray>().map(&mut Zero));
    let wanted = (3.0f32 * 2.0).ln();
    assert!((gradient_check::on(reconstruction) - wanted).abs() < 1e-6);
    assert!(gradient_check::on(divergence).abs() < 1e-6);
}

/// Losses and gradients of a step.
fn one_step<B: BlockKernels>() -> Vec<f32> {
    let network = network::<Autodiff<B>>();
    let [reconstruction, divergence] = losses(&network);
    gradient_check::step(&network, reconstruction * 2.0 + divergence)
}

#[test]
fn a_step_is_the_same_on_every_device() {
    gradient_check::same_on_every_device!(one_step());
}

#[test]
fn the_gradient_is_that_of_the_loss() {
    gradient_check::check(&network::<Reference>(), |network| {
        let [reconstruction, divergence] = losses(network);
        reconstruction * 2.0 + divergence
    });
}

#[test]
fn rows_with_the_label_asked_for_are_kept() {
    let settings = Tvae {
        embedding_dim: 1,
        compress_dims: vec![1],
        decompress_dims: vec![2],
        ..Tvae::default()
    };
    let codec = codec(&repeating_rows().into());
    let mut network =
        Network::<NdArray>::new(&settings, [4, 0], Seed::master(1), &Default::default());
    let of = |values: Vec<f32>, shape: [usize; 2]| {
        let values = TensorData::new(values, shape);
        Param::from_tensor(Tensor::<NdArray, 2>::from_data(values, &Default::default()))
    };
    // Field and label are 1 where the latent number is above 0, and else 0.
    network.decompress[0].weight = of(vec![1.0, -1.0], [1, 2]);
    network.decompress[0].bias = network.decompress[0].bias.clone().map(|x| x.zeros_like());
    let above = [-1e3, 1e3, -1e3, 1e3];
    let output = [above, above.map(|x: f32| -x), [0.0; 4]].concat();
    network.output.weight = of(output, [3, 4]);
    let sampler = OnDevice::new(network, &settings, &codec);
    for label in [0, 1] {
        let drawn = sampler.draw(label, 5000, Seed::master(2), &()).expect("rows");
        let same = drawn.places[0].iter().filter(|&&place| place == u32::from(label)).count();
        assert!(same > 4950, "{same} of 5000 rows have the label {label}");
    }
}

#[test]
fn the_factor_is_on_the_reconstruction() {
    let train = Mixed::from(repeating_rows());
    let codec = codec(&train);
    let step = |loss_factor: f64| {
        let settings = Tvae { loss_factor, ..settings() };
        let training = Training::new(&settings, &codec, &train, Seed::master(1));
        let weights = Seed::master(2);
        let network =
            Network::<Autodiff<NdArray>>::new(&settings, [4, 0], weights, &Default::default());
        let step = training.step(&network, &[0, 1, 2], &mut Seed::master(3).stream("noise"));
        let of = |weights: &Param<Tensor<Autodiff<NdArray>, 2>>| -> Vec<f32> {
            let gradient = step.gradients.get::<NdArray, 2>(weights.id).expect("a gradient");
            gradient.into_data().to_vec().expect("f32")
        };
        let losses: Vec<f32> = step.losses.to_data().to_vec().expect("f32");
        (losses, of(&network.output.weight), of(&network.latent.weight))
    };
    let close = |a: f32, b: f32| (a - b).abs() < 1e-5 * (1.0 + b.abs());
    let [(losses, decoder, encoder), (losses_3, decoder_3, encoder_3), (_, _, encoder_5)] =
        [1.0, 3.0, 5.0].map(step);
    assert!(close(losses_3[0], 3.0 * losses[0]) && losses_3[1] == losses[1]);
    assert!(decoder.iter().any(|g| g.abs() > 1e-2));
    assert!(decoder.iter().zip(&decoder_3).all(|(&one, &three)| close(three, 3.0 * one)));
    // The encoder's gradient has the divergence's beside it.
    let encoders = encoder.iter().zip(&encoder_3).zip(&encoder_5);
    assert!(encoders.clone().all(|((&one, &three), &five)| close(five - three, three - one)));
    assert!(encoders.into_iter().any(|((&one, &three), _)| !close(three, 3.0 * one)));
}

#[test]
fn the_penalty_moves_weights_whose_gradient_is_0() {
    let train = Mixed::from(repeating_rows());
    let codec = codec(&train);
    for l2 in [0.0, 0.1] {
        let settings = Tvae { l2, ..settings() };
        let network = network::<Autodiff<NdArray>>();
        let training = Training::new(&settings, &codec, &train, Seed::master(1));
        let mut resting = GradientsParams::new();
        resting.register(network.table.id, network.table.val().inner().zeros_like());
        let moved = training.optimizer().step(network.clone(), resting, 1e-3);
        assert_shrunk(network.table.val(), moved.table.val(), l2);
    }
}
