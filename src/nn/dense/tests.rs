//! Layers on `flex` against the default bodies, and their backward passes against slopes.

use super::*;
use crate::seed::Seed;
use burn::tensor::backend::Backend;
use burn::tensor::{TensorData, TensorMetadata};
use burn_flex::Flex;
use burn_ndarray::NdArray;
use proptest::prelude::*;

/// Values between -1 and 1 that differ from call to call.
fn noise(seed: u64, len: usize) -> Vec<f32> {
    let bits = Seed::master(seed).counter("noise");
    (0..len as u64).map(|i| (bits.word(i) >> 40) as f32 / (1u64 << 23) as f32 - 1.0).collect()
}

fn on<B: Backend, const D: usize>(values: &[f32], shape: [usize; D]) -> FloatTensor<B> {
    let data = TensorData::new(values.to_vec(), shape);
    primitive(Tensor::<B, D>::from_data(data, &B::Device::default()))
}

fn values<B: Backend>(x: FloatTensor<B>) -> Vec<f32> {
    let n = x.shape().num_elements();
    let flat: Tensor<B, 1> = tensor(B::float_reshape(x, [n].into()));
    flat.into_data().convert::<f32>().to_vec().unwrap()
}

/// Sizes, and where a layer's numbers come from.
#[derive(Clone, Copy, Debug)]
struct Case {
    seed: u64,
    n: usize,
    k: usize,
    m: usize,
    q: usize,
    rate: f64,
}

impl Case {
    fn dropout(&self, name: &str) -> Dropout {
        Dropout { rate: self.rate, bits: Seed::master(self.seed).counter(name) }
    }

    fn noise<B: Backend, const D: usize>(&self, what: u64, shape: [usize; D]) -> FloatTensor<B> {
        on::<B, D>(&noise(8 * self.seed + what, shape.iter().product()), shape)
    }

    fn upstream<B: Backend>(&self, units: usize) -> Upstream<FloatTensor<B>> {
        let (grad, weight) = ([self.n, self.q], [units, self.q]);
        Upstream { grad: self.noise::<B, 2>(6, grad), weight: self.noise::<B, 2>(7, weight) }
    }

    /// `Σ grad ⊙ (output·weight)`, whose slopes the backward passes give.
    fn loss<B: DenseKernels>(&self, output: FloatTensor<B>) -> f64 {
        let output: Tensor<B, 2> = tensor(output);
        let Upstream { grad, weight } = self.upstream::<B>(output.dims()[1]);
        let terms = output.matmul(tensor(weight)) * tensor(grad);
        values::<B>(primitive(terms)).into_iter().map(f64::from).sum()
    }
}

/// A layer's loss, and its gradients in weight, vectors and all else, by name.
type Gradients = Vec<(&'static str, Vec<f32>)>;

fn dense_relu<B: DenseKernels>(case: &Case, weight: &[f32]) -> (f64, Gradients) {
    let Case { n, k, m, .. } = *case;
    let (x, dropout) = (case.noise::<B, 2>(1, [n, k]), case.dropout("dense"));
    let (weight, bias) = (on::<B, 2>(weight, [k, m]), case.noise::<B, 1>(3, [m]));
    let output = B::dense_relu(x.clone(), weight, bias, &dropout);
    let [grad, bias] =
        B::dense_relu_backward(case.upstream::<B>(m), output.clone(), dropout.scale());
    let grads = vec![
        ("weight", values::<B>(B::dense_weight(x, grad))),
        ("bias", values::<B>(bias)),
        ("output", values::<B>(output.clone())),
    ];
    (case.loss::<B>(output), grads)
}

fn dense_norm_relu<B: DenseKernels>(case: &Case, weight: &[f32]) -> (f64, Gradients) {
    let Case { n, k, m, .. } = *case;
    let (x, dropout) = (case.noise::<B, 2>(1, [n, k]), case.dropout("dense"));
    let weight = on::<B, 2>(weight, [k, m]);
    let (gamma, beta) = (case.noise::<B, 1>(3, [m]), case.noise::<B, 1>(4, [m]));
    let pass = B::dense_norm_relu(x.clone(), weight, gamma.clone(), beta, &dropout);
    let (upstream, scale) = (case.upstream::<B>(m), dropout.scale());
    let [grad, of_gamma, of_beta] =
        B::dense_norm_relu_backward(upstream, pass.clone(), gamma, scale);
    let grads = vec![
        ("weight", values::<B>(B::dense_weight(x, grad))),
        ("gamma", values::<B>(of_gamma)),
        ("beta", values::<B>(of_beta)),
        ("mean", values::<B>(pass.mean)),
        ("variance", values::<B>(pass.variance)),
        ("output", values::<B>(pass.output.clone())),
    ];
    (case.loss::<B>(pass.output), grads)
}

const MASKS: usize = 2;

/// The parameters of mask blocks in one slice: for each block `[k, h]`, `[h]`, `[h, k]`, `[k]`,
/// `[k, m]`, `[m]` and `[m]`, with `h = 2k`.
fn mask_parameters<B: Backend>(case: &Case, numbers: &[f32]) -> Vec<MaskLayer<FloatTensor<B>>> {
    let (k, h, m) = (case.k, 2 * case.k, case.m);
    let layer = |mut numbers: &[f32]| {
        let mut take = |n: usize| numbers.split_off(..n).unwrap();
        MaskLayer {
            mask_in: on::<B, 2>(take(k * h), [k, h]),
            mask_in_bias: on::<B, 1>(take(h), [h]),
            mask_out: on::<B, 2>(take(h * k), [h, k]),
            mask_out_bias: on::<B, 1>(take(k), [k]),
            weight: on::<B, 2>(take(k * m), [k, m]),
            gamma: on::<B, 1>(take(m), [m]),
            beta: on::<B, 1>(take(m), [m]),
        }
    };
    numbers.chunks(numbers.len() / MASKS).map(layer).collect()
}

fn n_mask_parameters(case: &Case) -> usize {
    let (k, h, m) = (case.k, 2 * case.k, case.m);
    MASKS * (2 * k * h + h + k + k * m + 2 * m)
}

fn masks<B: DenseKernels>(case: &Case, parameters: &[f32], e: &[f32]) -> (f64, Gradients) {
    let layers = mask_parameters::<B>(case, parameters);
    let embeddings = || on::<B, 2>(e, [case.n, case.k]);
    let dropouts = [case.dropout("one"), case.dropout("two")];
    let pass = B::mask_layers(embeddings(), &layers, &dropouts);
    let output = pass.output.clone();
    let (upstream, scale) = (case.upstream::<B>(MASKS * case.m), dropouts[0].scale());
    let (of_e, grads) = B::mask_layers_backward(upstream, embeddings(), &layers, pass, scale);
    let of_parameters = grads.into_iter().flat_map(|l| {
        let parts = [l.mask_in, l.mask_in_bias, l.mask_out, l.mask_out_bias, l.weight, l.gamma];
        parts.into_iter().chain([l.beta]).flat_map(values::<B>)
    });
    let grads = vec![
        ("parameters", of_parameters.collect()),
        ("embeddings", values::<B>(of_e)),
        ("output", values::<B>(output.clone())),
    ];
    (case.loss::<B>(output), grads)
}

fn agree((loss, found): (f64, Gradients), (wanted_loss, wanted): (f64, Gradients), n: usize) {
    assert!((loss - wanted_loss).abs() < 1e-3 * n as f64, "loss {loss} instead of {wanted_loss}");
    for ((name, found), (_, wanted)) in found.iter().zip(&wanted) {
        assert_eq!(found.len(), wanted.len(), "{name}");
        // Gradients are sums over the rows.
        let size = wanted.iter().fold(1.0f32, |size, x| size.max(x.abs()));
        for (i, (a, b)) in found.iter().zip(wanted).enumerate() {
            assert!((a - b).abs() <= 3e-4 * size, "{name}[{i}]: {a} instead of {b}");
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn flex_agrees_with_the_operations_of_burn(
        seed in 0u64..1000,
        n in prop_oneof![3usize..20, 200usize..600],
        k in 1usize..20,
        m in 2usize..40,
        q in 1usize..9,
        rate in prop_oneof![Just(0.0), 0.05f64..0.9],
    ) {
        let case = Case { seed, n, k, m, q, rate };
        let weight = noise(8 * seed + 2, k * m);
        agree(dense_relu::<Flex>(&case, &weight), dense_relu::<NdArray>(&case, &weight), n);
        agree(dense_norm_relu::<Flex>(&case, &weight), dense_norm_relu::<NdArray>(&case, &weight), n);
        let parameters = noise(8 * seed + 2, n_mask_parameters(&case));
        let e = noise(8 * seed + 1, n * k);
        agree(masks::<Flex>(&case, &parameters, &e), masks::<NdArray>(&case, &parameters, &e), n);
    }
}

/// Compares a gradient with finite differences of the loss.
fn check_slopes(what: &str, x: &[f32], gradient: &[f32], loss: impl Fn(&[f32]) -> f64) {
    const DISTANCE: f32 = 1e-3;
    assert_eq!(x.len(), gradient.len(), "{what}");
    let mut off = 0;
    for i in 0..x.len() {
        let moved = |by: f32| {
            let mut x = x.to_vec();
            x[i] += by;
            loss(&x)
        };
        let difference = (moved(DISTANCE) - moved(-DISTANCE)) / f64::from(2.0 * DISTANCE);
        let found = f64::from(gradient[i]);
        off += usize::from((found - difference).abs() > 0.02 * (1.0 + difference.abs()));
    }
    // Where a unit is within the distance of ReLU's kink, the difference is no slope.
    assert!(off <= x.len() / 20, "{what}: {off} of {} slopes are others", x.len());
}

fn check_backward<B: DenseKernels>() {
    let case = Case { seed: 4, n: 9, k: 5, m: 6, q: 3, rate: 0.3 };
    let of = |gradients: &Gradients, name: &str| {
        gradients.iter().find(|(found, _)| *found == name).unwrap().1.clone()
    };
    let weight = noise(34, case.k * case.m);
    let (_, grads) = dense_relu::<B>(&case, &weight);
    check_slopes("relu", &weight, &of(&grads, "weight"), |w| dense_relu::<B>(&case, w).0);
    let (_, grads) = dense_norm_relu::<B>(&case, &weight);
    check_slopes("norm", &weight, &of(&grads, "weight"), |w| dense_norm_relu::<B>(&case, w).0);

    let parameters = noise(35, n_mask_parameters(&case));
    let e = noise(36, case.n * case.k);
    let (_, grads) = masks::<B>(&case, &parameters, &e);
    let loss = |parameters: &[f32]| masks::<B>(&case, parameters, &e).0;
    check_slopes("masks", &parameters, &of(&grads, "parameters"), loss);
    let loss = |e: &[f32]| masks::<B>(&case, &parameters, e).0;
    check_slopes("embeddings", &e, &of(&grads, "embeddings"), loss);
}

#[test]
fn backward_passes_are_the_slopes() {
    check_backward::<Flex>();
    check_backward::<NdArray>();
}

#[test]
fn the_number_of_threads_does_not_show() {
    let case = Case { seed: 9, n: 1100, k: 30, m: 150, q: 7, rate: 0.2 };
    let weight = noise(2, case.k * case.m);
    let parameters = noise(3, n_mask_parameters(&case));
    let e = noise(4, case.n * case.k);
    let all = |threads: usize| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        pool.install(|| {
            [
                dense_relu::<Flex>(&case, &weight).1,
                dense_norm_relu::<Flex>(&case, &weight).1,
                masks::<Flex>(&case, &parameters, &e).1,
            ]
        })
    };
    let one = all(1);
    for threads in [2, 3] {
        assert!(all(threads) == one, "{threads} threads");
    }
}
