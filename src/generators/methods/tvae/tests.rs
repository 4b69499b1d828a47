//! The loss of TVAE by hand, and its gradient.

use super::network::{Network, divergence};
use super::*;
use crate::generators::parts::neural::{code_tensor, float_tensor};
use crate::nn::blocks::{BlockKernels, Blocks};
use crate::nn::gradient_check::{self, Reference};
use burn::tensor::Tensor;
use burn_autodiff::Autodiff;
use burn_flex::Flex;
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
    Network::new(&settings(), 5, Seed::master(3), &B::Device::default())
}

/// Reconstruction and divergence of three rows.
fn losses<B: BlockKernels>(network: &Network<B>) -> [Tensor<B, 1>; 2] {
    let device = B::Device::default();
    let codes = code_tensor(vec![0, 3, 2, 4, 1, 4], 2, &device);
    let noise = float_tensor(vec![0.3, -1.2, 0.8, 0.1, -0.5, 1.5], 2, &device);
    network.losses(codes, noise, &blocks())
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
    let reference = one_step::<NdArray>();
    gradient_check::agree("cpu", &one_step::<Flex>(), &reference);
    crate::nn::with_cuda_in_tests(|| {
        #[cfg(feature = "cuda")]
        gradient_check::agree("cuda", &one_step::<burn_cuda::Cuda>(), &reference);
    });
}

#[test]
fn the_gradient_is_that_of_the_loss() {
    gradient_check::check(&network::<Reference>(), |network| {
        let [reconstruction, divergence] = losses(network);
        reconstruction * 2.0 + divergence
    });
}
