//! The `flex` kernels against the same operations in burn's own, and against PyTorch.

use super::*;
use crate::seed::Seed;
use burn::tensor::backend::AutodiffBackend;
use burn_autodiff::Autodiff;
use burn_flex::Flex;
use burn_ndarray::NdArray;
use proptest::prelude::*;

/// Values between -2 and 2 that differ from call to call.
fn noise(seed: u64, len: usize) -> Vec<f32> {
    let bits = Seed::master(seed).counter("noise");
    (0..len as u64).map(|i| (bits.word(i) >> 40) as f32 / (1u64 << 22) as f32 - 2.0).collect()
}

fn on<B: Backend, const D: usize>(values: &[f32], shape: [usize; D]) -> FloatTensor<B> {
    let data = TensorData::new(values.to_vec(), shape);
    primitive(Tensor::<B, D>::from_data(data, &B::Device::default()))
}

fn values<B: Backend>(x: FloatTensor<B>) -> Vec<f32> {
    let n = burn::tensor::TensorMetadata::shape(&x).num_elements();
    let flat: Tensor<B, 1> = tensor(B::float_reshape(x, [n].into()));
    flat.into_data().convert::<f32>().to_vec().unwrap()
}

fn close(found: &[f32], wanted: &[f32], what: &str) {
    assert_eq!(found.len(), wanted.len(), "{what}");
    for (i, (a, b)) in found.iter().zip(wanted).enumerate() {
        assert!((a - b).abs() <= 2e-4 * (1.0 + b.abs()), "{what}[{i}]: {a} instead of {b}");
    }
}

/// Everything the kernels give on backend `B` for one set of inputs.
fn all<B: Kernels>(seed: u64, n: usize, m: usize, rate: f64) -> Vec<(&'static str, Vec<f32>)> {
    let dropout = Dropout { rate, bits: Seed::master(seed).counter("dropout") };
    let (x, grad) = (noise(seed, n * m), noise(seed + 1, n * m));
    let (gamma, beta) = (noise(seed + 2, m), noise(seed + 3, m));
    let x = || on::<B, 2>(&x, [n, m]);
    let grad = || on::<B, 2>(&grad, [n, m]);
    let (gamma, beta) = (|| on::<B, 1>(&gamma, [m]), || on::<B, 1>(&beta, [m]));
    let mut results = Vec::new();
    for over in [Over::Batch, Over::Units] {
        let forward = B::norm_relu(x(), gamma(), beta(), over, &dropout);
        results.push(("output", values::<B>(forward.output.clone())));
        results.push(("mean", values::<B>(forward.mean.clone())));
        results.push(("variance", values::<B>(forward.variance.clone())));
        let back = B::norm_relu_backward(grad(), x(), gamma(), forward, over, dropout.scale());
        for (name, grad) in ["grad x", "grad gamma", "grad beta"].into_iter().zip(back) {
            results.push((name, values::<B>(grad)));
        }
    }
    let [factors, output] = B::leaky_dropout(x(), 0.2, &dropout);
    results.push(("leaky factors", values::<B>(factors)));
    results.push(("leaky output", values::<B>(output)));
    let squares = B::matmul(B::float_transpose(x()), grad());
    results.push(("product of columns", values::<B>(squares)));
    results.push(("product of rows", values::<B>(B::matmul(x(), B::float_transpose(grad())))));
    let output = B::bias_relu(x(), beta(), &dropout);
    results.push(("bias output", values::<B>(output.clone())));
    let (grad_x, grad_bias) = B::bias_relu_backward(grad(), output, dropout.scale());
    results.push(("bias grad x", values::<B>(grad_x)));
    results.push(("grad bias", values::<B>(grad_bias)));

    let codes: Vec<i32> = (0..n * 3).map(|i| (i * i % 7) as i32).collect();
    let codes = || {
        let data = TensorData::new(codes.clone(), [n, 3]);
        Tensor::<B, 2, Int>::from_data(data, &B::Device::default()).into_primitive()
    };
    let embeddings = B::gather(on::<B, 2>(&noise(seed, 7 * m), [7, m]), codes());
    results.push(("gather", values::<B>(embeddings.clone())));
    let wide = on::<B, 2>(&noise(seed + 4, n * 3 * m), [n, 3 * m]);
    results.push(("gather grad", values::<B>(B::gather_backward(wide, codes(), 7))));
    results.push(("pairwise", values::<B>(B::pairwise(embeddings.clone(), 3))));
    let column = on::<B, 2>(&noise(seed + 5, n), [n, 1]);
    results.push(("pairwise grad", values::<B>(B::pairwise_backward(column, embeddings, 3))));

    results.push(("squares", values::<B>(B::sum_of_squares(x()))));
    let positive: Vec<f32> = noise(seed + 6, n * m).iter().map(|x| x * x).collect();
    let state = AdamState { parameter: x(), first: grad(), second: on::<B, 2>(&positive, [n, m]) };
    let step = AdamStep {
        beta_1: 0.9,
        beta_2: 0.99,
        epsilon: 1e-2,
        rate: 0.1,
        root_correction: 1.5,
        decay: 0.25,
    };
    let moved = B::adam(state, grad(), on::<B, 1>(&[0.5], [1]), &step);
    results.push(("parameter", values::<B>(moved.parameter)));
    results.push(("first", values::<B>(moved.first)));
    results.push(("second", values::<B>(moved.second)));
    results
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn flex_agrees_with_the_reference(
        seed in 0u64..1000,
        n in 2usize..200,
        m in 1usize..40,
        rate in prop_oneof![Just(0.0), 0.05f64..0.9],
    ) {
        for ((name, fast), (_, reference)) in
            all::<Flex>(seed, n, m, rate).into_iter().zip(all::<NdArray>(seed, n, m, rate))
        {
            close(&fast, &reference, name);
        }
    }
}

/// Finite differences of `Σ weight·f(x)` in every element of `x`, against its gradient.
fn check_slopes(x: &[f32], grad: &[f32], loss: impl Fn(&[f32]) -> f32) {
    assert_eq!(x.len(), grad.len());
    let h = 1e-2;
    for i in 0..x.len() {
        let shifted = |by: f32| {
            let mut x = x.to_vec();
            x[i] += by;
            loss(&x)
        };
        let difference = (shifted(h) - shifted(-h)) / (2.0 * h);
        let allowed = 0.02 * (1.0 + difference.abs());
        assert!(
            (difference - grad[i]).abs() < allowed,
            "[{i}]: {} instead of {difference}",
            grad[i]
        );
    }
}

/// The weights of the sums whose slopes are compared.
fn weights(n: usize) -> Vec<f32> {
    noise(99, n)
}

/// As [`check_slopes`], of an operation that burn differentiates.
fn check_gradient(
    x: &[f32],
    shape: [usize; 2],
    f: impl Fn(FloatTensor<Autodiff<Flex>>) -> FloatTensor<Autodiff<Flex>>,
) {
    type A = Autodiff<Flex>;
    let loss = |x: Tensor<A, 2>| {
        let output: Tensor<A, 2> = tensor(f(primitive(x)));
        let [rows, width] = output.dims();
        let weights: Tensor<A, 2> = tensor(on::<A, 2>(&weights(rows * width), [rows, width]));
        (output * weights).sum()
    };
    let leaf = |x: &[f32]| tensor::<A, 2>(on::<A, 2>(x, shape)).require_grad();
    let variable = leaf(x);
    let grads = loss(variable.clone()).backward();
    let inner = <A as AutodiffBackend>::grad(&primitive(variable), &grads).unwrap();
    check_slopes(x, &values::<Flex>(inner), |x| values::<A>(primitive(loss(leaf(x))))[0]);
}

#[test]
fn gradients_are_the_slopes() {
    type A = Autodiff<Flex>;
    let (n, m) = (6, 4);
    let x = noise(3, n * m);
    let one = |seed| on::<A, 1>(&noise(seed, m), [m]);
    // Offsets far from 0 keep the differences away from ReLU's kink.
    let far = || on::<A, 1>(&[9.0, -9.0, 9.0, 9.0], [m]);
    let dropout = Dropout { rate: 0.3, bits: Seed::master(5).counter("dropout") };
    for over in [Over::Batch, Over::Units] {
        check_gradient(&x, [n, m], |x| A::norm_relu(x, one(7), far(), over, &dropout).output);
    }
    check_gradient(&x, [n, m], |x| A::bias_relu(x, far(), &dropout));
    let other = || on::<A, 2>(&noise(8, n * m), [m, n]);
    check_gradient(&x, [n, m], |x| A::matmul(x, other()));
    check_gradient(&x, [n, m], |x| A::matmul(other(), x));
}

#[test]
fn leaky_relu_has_its_slope_up_to_0() {
    fn check<B: Kernels>() {
        let nothing = Dropout { rate: 0.0, bits: Seed::master(0).counter("dropout") };
        let x = on::<B, 2>(&[-2.0, -0.0, 0.0, 3.0], [2, 2]);
        let [factors, output] = B::leaky_dropout(x, 0.25, &nothing).map(values::<B>);
        assert_eq!(factors, [0.25, 0.25, 0.25, 1.0]);
        assert_eq!(output, [-0.5, 0.0, 0.0, 3.0]);
    }
    check::<Flex>();
    check::<NdArray>();
}

/// Small and large, whole and cut out of a larger one, as it lies and turned.
#[test]
fn products_are_those_of_burn_bit_for_bit() {
    use burn::tensor::ops::FloatTensorOps;
    for [n, k, m] in [[1, 1, 1], [7, 5, 3], [500, 65, 256], [256, 500, 257]] {
        let cut = |seed, [rows, columns]: [usize; 2]| {
            let around = noise(seed, (rows + 3) * (columns + 2));
            let around = tensor::<Flex, 2>(on::<Flex, 2>(&around, [rows + 3, columns + 2]));
            primitive(around.slice([2..2 + rows, 1..1 + columns]))
        };
        let pairs = [
            (on::<Flex, 2>(&noise(1, n * k), [n, k]), on::<Flex, 2>(&noise(2, k * m), [k, m])),
            (cut(3, [n, k]), cut(4, [k, m])),
            (Flex::float_transpose(cut(5, [k, n])), Flex::float_transpose(cut(6, [m, k]))),
        ];
        for (a, b) in pairs {
            let found = Flex::matmul(a.clone(), b.clone());
            assert_eq!(values::<Flex>(found), values::<Flex>(Flex::float_matmul(a, b)));
        }
    }
    let backwards = tensor::<Flex, 2>(on::<Flex, 2>(&[1.0, 2.0, 3.0], [1, 3])).flip([1]);
    let product = Flex::matmul(primitive(backwards), on::<Flex, 2>(&[1.0, 10.0, 100.0], [3, 1]));
    assert_eq!(values::<Flex>(product), [123.0]);
}

/// `Σ weight·output`.
fn weighted(output: FloatTensor<Flex>) -> f32 {
    let output = values::<Flex>(output);
    output.iter().zip(weights(output.len())).map(|(output, weight)| output * weight).sum()
}

#[test]
fn gradients_of_embeddings_are_the_slopes() {
    let (n, m) = (6, 4);
    let x = noise(3, n * m);
    let on_flex = |x: &[f32]| on::<Flex, 2>(x, [n, m]);
    let grad = on::<Flex, 2>(&weights(n), [n, 1]);
    let grad = values::<Flex>(Flex::pairwise_backward(grad, on_flex(&x), 2));
    check_slopes(&x, &grad, |x| weighted(Flex::pairwise(on_flex(x), 2)));

    let codes = || {
        let codes = [[0, 1], [1, 1], [5, 0]];
        Tensor::<Flex, 2, Int>::from_data(codes, &Default::default()).into_primitive()
    };
    let grad = on::<Flex, 2>(&weights(3 * 2 * m), [3, 2 * m]);
    let grad = values::<Flex>(Flex::gather_backward(grad, codes(), n));
    check_slopes(&x, &grad, |x| weighted(Flex::gather(on_flex(x), codes())));
}

#[test]
fn dropout_keeps_its_share() {
    let n = 1 << 16;
    for rate in [0.1, 0.2, 0.5] {
        let dropout = Dropout { rate, bits: Seed::master(1).counter("dropout") };
        let mask = dropout.mask::<NdArray>(2, n, &Default::default()).unwrap();
        let keep = &values::<NdArray>(primitive(mask))[n..];
        let dropped = keep.iter().filter(|&&keep| keep == 0.0).count() as f64 / n as f64;
        // Five standard deviations.
        assert!(
            (dropped - rate).abs() < 5.0 * (rate * (1.0 - rate) / n as f64).sqrt(),
            "{dropped}"
        );
        assert!(keep.iter().all(|&keep| keep == 0.0 || keep == dropout.scale()));
    }
}

fn recorded(value: &serde_json::Value) -> Vec<f32> {
    match value {
        serde_json::Value::Array(items) => items.iter().flat_map(recorded).collect(),
        number => vec![number.as_f64().unwrap() as f32],
    }
}

/// The backward passes with a given dropout mask, as PyTorch makes them.
fn check_recorded_layers<B: Kernels>() {
    let json = include_str!("../../../tests/fixtures/torch_ctr.json");
    let json: serde_json::Value = serde_json::from_str(json).unwrap();
    for (name, over) in
        [("batch_norm_relu_dropout", Over::Batch), ("mask_block_hidden", Over::Units)]
    {
        let layer = &json["layers"][name];
        let get = |key: &str| recorded(&layer[key]);
        let (n, m) = (8, 4);
        let weight = get("weight");
        let k = weight.len() / m;
        let input = match over {
            Over::Batch => get("input"),
            Over::Units => get("embedding").iter().zip(get("mask")).map(|(e, m)| e * m).collect(),
        };
        let input: Tensor<B, 2> = tensor(on::<B, 2>(&input, [n, k]));
        let weight: Tensor<B, 2> = tensor(on::<B, 2>(&weight, [k, m]));
        let x = input.clone().matmul(weight.clone());
        let (gamma, beta) = (|| on::<B, 1>(&get("gamma"), [m]), on::<B, 1>(&get("beta"), [m]));
        let nothing = Dropout { rate: 0.0, bits: Seed::master(0).counter("dropout") };
        let forward = B::norm_relu(primitive(x.clone()), gamma(), beta, over, &nothing);
        let scale = (1.0 / (1.0 - layer["dropout"].as_f64().unwrap())) as f32;
        let keep: Tensor<B, 2> = tensor(on::<B, 2>(&get("keep"), [n, m]));
        let output = primitive(tensor::<B, 2>(forward.output) * keep * scale);
        close(&values::<B>(output.clone()), &get("output"), name);
        let forward = Normalised { output, ..forward };
        let grad = on::<B, 2>(&get("d_output"), [n, m]);
        let [grad_x, grad_gamma, grad_beta] =
            B::norm_relu_backward(grad, primitive(x), gamma(), forward, over, scale);
        let grads = &layer["gradients"];
        close(&values::<B>(grad_gamma), &recorded(&grads["gamma"]), "gamma");
        close(&values::<B>(grad_beta), &recorded(&grads["beta"]), "beta");
        let grad_weight = input.transpose().matmul(tensor(grad_x));
        close(&values::<B>(primitive(grad_weight)), &recorded(&grads["weight"]), "weight");
    }
}

#[test]
fn layers_pass_as_in_pytorch() {
    check_recorded_layers::<Flex>();
    check_recorded_layers::<NdArray>();
}
