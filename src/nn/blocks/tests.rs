//! The operations of `flex` against burn's own, and against their definitions.

use super::*;
use crate::seed::Seed;
use burn::tensor::TensorMetadata;
use burn_autodiff::Autodiff;
use burn_flex::Flex;
use burn_ndarray::NdArray;
use proptest::prelude::*;

/// Values between -2 and 2 that differ from call to call.
fn noise(seed: u64, len: usize) -> Vec<f32> {
    let bits = Seed::master(seed).counter("noise");
    (0..len as u64).map(|i| (bits.word(i) >> 40) as f32 / (1u64 << 22) as f32 - 2.0).collect()
}

fn on<B: Backend, const D: usize>(values: &[f32], shape: [usize; D]) -> Tensor<B, D> {
    Tensor::from_data(TensorData::new(values.to_vec(), shape), &B::Device::default())
}

fn ints<B: Backend>(values: &[i32], shape: [usize; 2]) -> IntTensor<B> {
    let data = TensorData::new(values.to_vec(), shape);
    Tensor::<B, 2, Int>::from_data(data, &B::Device::default()).into_primitive()
}

fn values<B: Backend>(x: FloatTensor<B>) -> Vec<f32> {
    let n = x.shape().num_elements();
    let flat: Tensor<B, 1> = tensor(B::float_reshape(x, [n].into()));
    flat.into_data().convert::<f32>().to_vec().unwrap()
}

fn codes_of<B: Backend>(x: IntTensor<B>) -> Vec<i32> {
    Tensor::<B, 2, Int>::from_primitive(x).into_data().convert::<i32>().to_vec().unwrap()
}

fn close(found: &[f32], wanted: &[f32], what: &str) {
    assert_eq!(found.len(), wanted.len(), "{what}");
    for (i, (a, b)) in found.iter().zip(wanted).enumerate() {
        assert!((a - b).abs() <= 1e-4 * (1.0 + b.abs()), "{what}[{i}]: {a} instead of {b}");
    }
}

/// One code of every block, drawn from `seed`.
fn targets(seed: u64, n: usize, blocks: &Blocks) -> Vec<i32> {
    let bits = Seed::master(seed).counter("codes");
    let rows = (0..n as u64).flat_map(|row| {
        blocks.ranges().enumerate().map(move |(f, range)| {
            (range.start + bits.word(100 * row + f as u64) as usize % range.len()) as i32
        })
    });
    rows.collect()
}

const TEMPERATURE: f32 = 0.5;

/// Everything the operations give on backend `B` for one set of inputs.
fn all<B: BlockKernels>(
    seed: u64,
    n: usize,
    blocks: &Blocks,
    rest: usize,
) -> Vec<(&'static str, Vec<f32>)> {
    let (f, width) = (blocks.len(), blocks.width() + rest);
    let x = || primitive(on::<B, 2>(&noise(seed, n * width), [n, width]));
    let grad = || primitive(on::<B, 2>(&noise(seed + 1, n * width), [n, width]));
    let target = targets(seed, n, blocks);
    let codes = || ints::<B>(&target, [n, f]);
    let some: Vec<i32> = target.chunks(f).enumerate().map(|(row, codes)| codes[row % f]).collect();
    let one = || ints::<B>(&some, [n, 1]);
    let mut results = Vec::new();

    let table = || primitive(on::<B, 2>(&noise(seed + 2, width * 3), [width, 3]));
    results.push(("embed", values::<B>(B::embed_sum(table(), codes()))));
    let small = primitive(on::<B, 2>(&noise(seed + 3, n * 3), [n, 3]));
    results.push(("scatter", values::<B>(B::scatter_rows(table(), codes(), small))));

    let gumbel = Gumbel(Seed::master(seed).counter("gumbel"));
    let soft = B::gumbel_softmax(x(), blocks, TEMPERATURE, gumbel);
    results.push(("gumbel", values::<B>(soft.clone())));
    let back = B::gumbel_softmax_backward(grad(), soft, blocks, TEMPERATURE);
    results.push(("gumbel grad", values::<B>(back)));

    for codes in [codes(), one()] {
        let forward = B::block_cross_entropy(x(), codes.clone(), blocks);
        results.push(("loss", values::<B>(forward.loss)));
        results.push(("softmax", values::<B>(forward.softmax.clone())));
        let grad = primitive(on::<B, 2>(&noise(seed + 4, n), [n, 1]));
        let back = B::block_cross_entropy_backward(grad, forward.softmax, codes);
        results.push(("loss grad", values::<B>(back)));
    }

    let uniforms: Vec<f32> = noise(seed + 5, n * f).iter().map(|u| u / 4.0 + 0.5).collect();
    let drawn = B::draw_codes(x(), primitive(on::<B, 2>(&uniforms, [n, f])), blocks);
    results.push(("drawn", codes_of::<B>(drawn).into_iter().map(|code| code as f32).collect()));
    results
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn flex_agrees_with_the_operations_of_burn(
        seed in any::<u64>(),
        n in 1usize..70,
        sizes in proptest::collection::vec(1usize..40, 1..5),
        rest in 0usize..3,
    ) {
        let seed = seed >> 4;
        let blocks = Blocks::new(sizes);
        let (flex, reference) =
            (all::<Flex>(seed, n, &blocks, rest), all::<NdArray>(seed, n, &blocks, rest));
        for ((name, found), (_, wanted)) in flex.iter().zip(&reference) {
            close(found, wanted, name);
        }
    }
}

/// The gradient of the weighted sum of an operation's output, by automatic differentiation
/// through its default body on the reference backend.
fn differentiated(
    x: &[f32],
    shape: [usize; 2],
    weights: &[f32],
    f: impl Fn(Tensor<Reference, 2>) -> Tensor<Reference, 2>,
) -> Vec<f32> {
    let x = on::<Reference, 2>(x, shape).require_grad();
    let output = f(x.clone());
    let weights = on::<Reference, 2>(weights, output.dims());
    let grads = (output * weights).sum().backward();
    x.grad(&grads).unwrap().into_data().to_vec().unwrap()
}

type Reference = Autodiff<NdArray>;

#[test]
fn backward_passes_are_the_derivatives() {
    let blocks = Blocks::new(vec![3, 1, 6]);
    let (n, width) = (5, 12);
    let (x, weights) = (noise(1, n * width), noise(2, n * width));
    let gumbel = Gumbel(Seed::master(4).counter("gumbel"));
    let wanted = differentiated(&x, [n, width], &weights, |x| {
        // `Autodiff` has no Gumbel-softmax of its own, so this is the default body.
        tensor(Reference::gumbel_softmax(primitive(x), &blocks, TEMPERATURE, gumbel))
    });
    let on_flex = |values: &[f32]| primitive(on::<Flex, 2>(values, [n, width]));
    let soft = Flex::gumbel_softmax(on_flex(&x), &blocks, TEMPERATURE, gumbel);
    let found = Flex::gumbel_softmax_backward(on_flex(&weights), soft, &blocks, TEMPERATURE);
    close(&values::<Flex>(found), &wanted, "gumbel softmax");

    let codes = targets(3, n, &blocks);
    let wanted = differentiated(&x, [n, width], &weights[..n], |x| {
        let logs = each_block(&x, &blocks, |x| log_softmax(x, 1), |x| x);
        let codes = Tensor::from_primitive(ints::<Reference>(&codes, [n, 3]));
        logs.gather(1, codes).sum_dim(1).neg()
    });
    let x = on::<Autodiff<Flex>, 2>(&x, [n, width]).require_grad();
    let codes = ints::<Autodiff<Flex>>(&codes, [n, 3]);
    let forward = Autodiff::<Flex>::block_cross_entropy(primitive(x.clone()), codes, &blocks);
    let loss: Tensor<Autodiff<Flex>, 2> = tensor(forward.loss);
    let grads = (loss * on(&weights[..n], [n, 1])).sum().backward();
    let found: Vec<f32> = x.grad(&grads).unwrap().into_data().to_vec().unwrap();
    close(&found, &wanted, "cross-entropy");
}

#[test]
fn looking_rows_up_is_the_product_with_a_dense_multi_hot_matrix() {
    let blocks = Blocks::new(vec![4, 7, 2]);
    let (n, m, width) = (9, 5, blocks.width());
    let codes = targets(8, n, &blocks);
    let mut dense = vec![0.0; n * width];
    for (row, codes) in codes.chunks(3).enumerate() {
        codes.iter().for_each(|&code| dense[row * width + code as usize] += 1.0);
    }
    let table = noise(5, width * m);
    let weights = noise(6, n * m);
    let wanted = on::<NdArray, 2>(&dense, [n, width]).matmul(on(&table, [width, m]));
    let wanted_grad = on::<NdArray, 2>(&dense, [n, width]).transpose().matmul(on(&weights, [n, m]));

    let table = on::<Autodiff<Flex>, 2>(&table, [width, m]).require_grad();
    let found = Autodiff::<Flex>::embed_sum(
        primitive(table.clone()),
        ints::<Autodiff<Flex>>(&codes, [n, 3]),
    );
    let found: Tensor<Autodiff<Flex>, 2> = tensor(found);
    close(&found.to_data().to_vec().unwrap(), &wanted.into_data().to_vec().unwrap(), "product");
    let grads = (found * on(&weights, [n, m])).sum().backward();
    let grad = table.grad(&grads).unwrap().into_data();
    close(&grad.to_vec().unwrap(), &wanted_grad.into_data().to_vec().unwrap(), "gradient");
}

/// Pearson's statistic of counts against probabilities.
fn chi_squared(counts: &[f64], p: &[f64]) -> f64 {
    let n: f64 = counts.iter().sum();
    counts.iter().zip(p).map(|(count, p)| (count - n * p).powi(2) / (n * p)).sum()
}

/// The 0.9999 quantiles of χ² with 1 to 4 degrees of freedom.
const LIMITS: [f64; 4] = [15.1, 18.4, 21.1, 23.5];

#[test]
fn draws_have_the_frequencies_of_the_softmax() {
    let blocks = Blocks::new(vec![5, 2]);
    let x = [0.3, -1.2, 1.5, 0.0, 0.7, 0.4, -0.4];
    let p: Vec<f64> = blocks
        .ranges()
        .flat_map(|range| {
            let total: f64 = x[range.clone()].iter().map(|&x| f64::from(x).exp()).sum();
            x[range].iter().map(move |&x| f64::from(x).exp() / total)
        })
        .collect();
    let n = 20_000;
    let rows: Vec<f32> = (0..n).flat_map(|_| x).collect();
    let rows = || primitive(on::<Flex, 2>(&rows, [n, 7]));
    let check = |counts: &[f64], how: &str| {
        for range in blocks.ranges() {
            let found = chi_squared(&counts[range.clone()], &p[range.clone()]);
            assert!(found < LIMITS[range.len() - 2], "{how}: χ² {found}");
        }
    };

    // The largest of a Gumbel-softmax is a draw from the softmax, at any temperature.
    for temperature in [0.2, 5.0] {
        let gumbel = Gumbel(Seed::master(6).counter("gumbel"));
        let soft = values::<Flex>(Flex::gumbel_softmax(rows(), &blocks, temperature, gumbel));
        let mut counts = [0.0; 7];
        for row in soft.chunks(7) {
            for range in blocks.ranges() {
                let largest = range.max_by(|&a, &b| row[a].total_cmp(&row[b])).unwrap();
                counts[largest] += 1.0;
            }
        }
        check(&counts, "gumbel");
    }

    let uniforms: Vec<f32> = noise(9, n * 2).iter().map(|u| u / 4.0 + 0.5).collect();
    let uniforms = primitive(on::<Flex, 2>(&uniforms, [n, 2]));
    let mut counts = [0.0; 7];
    for code in codes_of::<Flex>(Flex::draw_codes(rows(), uniforms, &blocks)) {
        counts[code as usize] += 1.0;
    }
    check(&counts, "draw");
}

#[test]
fn what_is_not_a_number_stays_none() {
    let blocks = Blocks::new(vec![40]);
    let mut x = noise(3, 40);
    x[17] = f32::NAN;
    let x = primitive(on::<Flex, 2>(&x, [1, 40]));
    let forward = Flex::block_cross_entropy(x, ints::<Flex>(&[2], [1, 1]), &blocks);
    assert!(values::<Flex>(forward.loss)[0].is_nan());
}
