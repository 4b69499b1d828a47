//! The operations of diffusion against Bayes' rule, written with the steps' matrices.

use super::*;
use crate::seed::Seed;
use burn::tensor::TensorData;
use burn::tensor::backend::Backend;
use burn_autodiff::Autodiff;
use burn_flex::Flex;
use burn_ndarray::NdArray;
use proptest::prelude::*;

/// Values between -2 and 2 that differ from call to call.
fn noise(seed: u64, len: usize) -> Vec<f32> {
    let bits = Seed::master(seed).counter("noise");
    (0..len as u64).map(|i| (bits.word(i) >> 40) as f32 / (1u64 << 22) as f32 - 2.0).collect()
}

fn on<B: Backend>(values: &[f32], width: usize) -> Tensor<B, 2> {
    let data = TensorData::new(values.to_vec(), [values.len() / width, width]);
    Tensor::from_data(data, &B::Device::default())
}

fn ints<B: Backend>(values: &[i32], width: usize) -> IntTensor<B> {
    let data = TensorData::new(values.to_vec(), [values.len() / width, width]);
    Tensor::<B, 2, Int>::from_data(data, &B::Device::default()).into_primitive()
}

fn floats<B: Backend>(x: FloatTensor<B>) -> Vec<f32> {
    tensor::<B, 2>(x).into_data().convert::<f32>().to_vec().unwrap()
}

fn codes_of<B: Backend>(x: IntTensor<B>) -> Vec<i32> {
    Tensor::<B, 2, Int>::from_primitive(x).into_data().convert::<i32>().to_vec().unwrap()
}

/// A diffusion of one field: what its steps keep.
struct Chain {
    keep: Vec<f64>,
    size: usize,
}

impl Chain {
    /// The probabilities of step `t`, `[from][to]`.
    fn matrix(&self, t: usize) -> Vec<Vec<f64>> {
        let (size, keep) = (self.size, self.keep[t]);
        let entry = |from, to| (1.0 - keep) / size as f64 + if from == to { keep } else { 0.0 };
        (0..size).map(|from| (0..size).map(|to| entry(from, to)).collect()).collect()
    }

    /// The probabilities of the first `steps` steps together, by multiplying their matrices.
    fn product(&self, steps: usize) -> Vec<Vec<f64>> {
        let size = self.size;
        let mut product: Vec<Vec<f64>> =
            (0..size).map(|i| (0..size).map(|j| f64::from(u8::from(i == j))).collect()).collect();
        for t in 0..steps {
            let step = self.matrix(t);
            let entry = |row: &Vec<f64>, to: usize| (0..size).map(|k| row[k] * step[k][to]).sum();
            product =
                product.iter().map(|row| (0..size).map(|to| entry(row, to)).collect()).collect();
        }
        product
    }

    /// The distribution of the state before step `t` given the one after it, by Bayes' rule, the
    /// first state drawn from `first`.
    fn reverse(&self, t: usize, first: &[f64], after: usize) -> Vec<f64> {
        let (product, step) = (self.product(t), self.matrix(t));
        let joint = |k: usize| {
            let before: f64 = (0..self.size).map(|i| first[i] * product[i][k]).sum();
            before * step[k][after]
        };
        let total: f64 = (0..self.size).map(joint).sum();
        (0..self.size).map(|k| joint(k) / total).collect()
    }

    /// The divergence of the model with these logits from the truth.
    fn divergence(&self, t: usize, x: &[f64], start: usize, noisy: usize) -> f64 {
        let total: f64 = x.iter().map(|x| x.exp()).sum();
        let p: Vec<f64> = x.iter().map(|x| x.exp() / total).collect();
        let mut certain = vec![0.0; self.size];
        certain[start] = 1.0;
        let (truth, model) = (self.reverse(t, &certain, noisy), self.reverse(t, &p, noisy));
        let terms = truth.iter().zip(&model).filter(|(truth, _)| **truth > 0.0);
        terms.map(|(truth, model)| truth * (truth / model).ln()).sum()
    }

    fn rates(&self, t: usize) -> [f32; RATES] {
        let before: f64 = self.keep[..t].iter().product();
        let rates = [self.keep[t], 1.0 - self.keep[t], before, (1.0 - before).max(1e-30)];
        rates.map(|rate| rate as f32)
    }
}

fn chain(size: usize) -> Chain {
    Chain { keep: vec![0.99, 0.9, 0.6, 0.2, 0.001], size }
}

fn divergence_of<B: DiffusionKernels>(
    x: &[f32],
    start: usize,
    noisy: usize,
    rates: [f32; RATES],
) -> (f32, Vec<f32>) {
    let code = |code: usize| ints::<B>(&[code as i32], 1);
    let Divergence { divergence, slope } = B::multinomial_kl(
        primitive(on::<B>(x, x.len())),
        code(start),
        code(noisy),
        primitive(on::<B>(&rates, RATES)),
        &Blocks::new(vec![x.len()]),
    );
    (floats::<B>(divergence)[0], floats::<B>(slope))
}

/// Every step, start and noisy category of small blocks.
fn cases() -> impl Iterator<Item = (Chain, usize, usize, usize)> {
    let of_size = |size: usize| {
        let places = (0..5).flat_map(move |t| (0..size * size).map(move |i| (t, i)));
        places.map(move |(t, i)| (chain(size), t, i / size, i % size))
    };
    [1, 2, 3, 5].into_iter().flat_map(of_size)
}

fn divergences_are_those_of_bayes_rule<B: DiffusionKernels>() {
    for (i, (chain, t, start, noisy)) in cases().enumerate() {
        let x = noise(i as u64, chain.size);
        let exact: Vec<f64> = x.iter().map(|&x| x.into()).collect();
        let (found, slope) = divergence_of::<B>(&x, start, noisy, chain.rates(t));
        let wanted = chain.divergence(t, &exact, start, noisy);
        let what = format!("step {t} of {} categories, {start} to {noisy}", chain.size);
        assert!((f64::from(found) - wanted).abs() < 1e-5, "{what}: {found} instead of {wanted}");
        for j in 0..chain.size {
            let moved = |by: f64| {
                let mut x = exact.clone();
                x[j] += by;
                chain.divergence(t, &x, start, noisy)
            };
            let wanted = (moved(1e-4) - moved(-1e-4)) / 2e-4;
            let found = f64::from(slope[j]);
            assert!((found - wanted).abs() < 1e-5, "{what}, slope {j}: {found}, not {wanted}");
        }
    }
}

#[test]
fn divergence_and_slope_are_those_of_bayes_rule() {
    divergences_are_those_of_bayes_rule::<Flex>();
    divergences_are_those_of_bayes_rule::<NdArray>();
}

/// Several blocks and rows at random steps.
struct Rows {
    blocks: Blocks,
    x: Vec<f32>,
    start: Vec<i32>,
    noisy: Vec<i32>,
    rates: Vec<f32>,
    uniforms: Vec<f32>,
}

impl Rows {
    fn new(seed: u64, n: usize, sizes: Vec<usize>) -> Self {
        let blocks = Blocks::new(sizes);
        let (bits, f) = (Seed::master(seed).counter("codes"), blocks.len());
        let codes = |from: u64| -> Vec<i32> {
            let ranges: Vec<_> = blocks.ranges().collect();
            let draw = |i: usize| {
                let range = &ranges[i % f];
                range.start as i32 + (bits.word(from + i as u64) % range.len() as u64) as i32
            };
            (0..n * f).map(draw).collect()
        };
        let rate = |row: usize| chain(1).rates((bits.word(row as u64) % 5) as usize);
        let uniforms = noise(seed ^ 1, n * f).iter().map(|u| u / 4.0 + 0.5).collect();
        Self {
            x: noise(seed, n * blocks.width()),
            start: codes(1 << 20),
            noisy: codes(1 << 30),
            rates: (0..n).flat_map(rate).collect(),
            uniforms,
            blocks,
        }
    }

    fn divergence<B: DiffusionKernels>(&self, x: Tensor<B, 2>) -> Divergence<FloatTensor<B>> {
        let f = self.blocks.len();
        let (start, noisy) = (ints::<B>(&self.start, f), ints::<B>(&self.noisy, f));
        let rates = primitive(on::<B>(&self.rates, RATES));
        B::multinomial_kl(primitive(x), start, noisy, rates, &self.blocks)
    }

    fn x<B: DiffusionKernels>(&self) -> Tensor<B, 2> {
        on(&self.x, self.blocks.width())
    }

    fn drawn<B: DiffusionKernels>(&self) -> Vec<i32> {
        let f = self.blocks.len();
        let codes = B::draw_reverse(
            primitive(self.x::<B>()),
            ints::<B>(&self.noisy, f),
            primitive(on::<B>(&self.rates, RATES)),
            primitive(on::<B>(&self.uniforms, f)),
            &self.blocks,
        );
        codes_of::<B>(codes)
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn flex_agrees_with_the_operations_of_burn(
        seed in any::<u32>(),
        n in 1usize..60,
        sizes in proptest::collection::vec(1usize..40, 1..5),
    ) {
        let rows = Rows::new(seed.into(), n, sizes);
        let flex = rows.divergence::<Flex>(rows.x());
        let reference = rows.divergence::<NdArray>(rows.x());
        let pairs = [
            (floats::<Flex>(flex.divergence), floats::<NdArray>(reference.divergence)),
            (floats::<Flex>(flex.slope), floats::<NdArray>(reference.slope)),
        ];
        for (found, wanted) in pairs {
            for (found, wanted) in found.iter().zip(wanted) {
                prop_assert!((found - wanted).abs() < 1e-4 * (1.0 + wanted.abs()));
            }
        }
        let (flex, reference) = (rows.drawn::<Flex>(), rows.drawn::<NdArray>());
        let ranges: Vec<_> = rows.blocks.ranges().collect();
        for (i, &code) in flex.iter().enumerate() {
            prop_assert!(ranges[i % ranges.len()].contains(&(code as usize)));
        }
        // A uniform number may fall on the border between two categories.
        let differ = flex.iter().zip(&reference).filter(|(a, b)| a != b).count();
        prop_assert!(differ <= 1 + flex.len() / 100, "{differ} of {} draws differ", flex.len());
    }
}

#[test]
fn the_backward_pass_is_the_slope_times_the_gradient() {
    let rows = Rows::new(5, 7, vec![3, 1, 6]);
    let weights = noise(9, 7);
    let slope = floats::<NdArray>(rows.divergence::<NdArray>(rows.x()).slope);
    let wanted: Vec<f32> =
        slope.chunks(10).zip(&weights).flat_map(|(s, w)| s.iter().map(move |s| s * w)).collect();
    let x = rows.x::<Autodiff<Flex>>().require_grad();
    let divergence = rows.divergence::<Autodiff<Flex>>(x.clone()).divergence;
    let loss = (tensor::<Autodiff<Flex>, 2>(divergence) * on(&weights, 1)).sum();
    let found: Vec<f32> = x.grad(&loss.backward()).unwrap().into_data().to_vec().unwrap();
    for (found, wanted) in found.iter().zip(wanted) {
        assert!((found - wanted).abs() < 1e-5, "{found} instead of {wanted}");
    }
}

fn draws_have_the_frequencies_of_bayes_rule<B: DiffusionKernels>() {
    let n = 10_000;
    for (t, noisy) in [(0, 1), (1, 2), (2, 0), (4, 3)] {
        let chain = chain(4);
        let x = [0.5f32, -1.0, 1.3, 0.2];
        let exact = x.map(|x| f64::from(x).exp());
        let total: f64 = exact.iter().sum();
        let wanted = chain.reverse(t, &exact.map(|e| e / total), noisy);
        let codes = B::draw_reverse(
            primitive(on::<B>(&x.repeat(n), 4)),
            ints::<B>(&vec![noisy as i32; n], 1),
            primitive(on::<B>(&chain.rates(t).repeat(n), RATES)),
            primitive(on::<B>(
                &noise(t as u64, n).iter().map(|u| u / 4.0 + 0.5).collect::<Vec<_>>(),
                1,
            )),
            &Blocks::new(vec![4]),
        );
        let mut counts = [0.0; 4];
        codes_of::<B>(codes).iter().for_each(|&code| counts[code as usize] += 1.0);
        let n = n as f64;
        let chi_squared: f64 =
            counts.iter().zip(&wanted).map(|(count, p)| (count - n * p).powi(2) / (n * p)).sum();
        // The 0.9999 quantile with three degrees of freedom.
        assert!(chi_squared < 21.1, "step {t}: {counts:?} of {n}, wanted {wanted:?}");
    }
}

#[test]
fn reverse_draws_have_the_frequencies_of_bayes_rule() {
    draws_have_the_frequencies_of_bayes_rule::<Flex>();
    draws_have_the_frequencies_of_bayes_rule::<NdArray>();
}

#[test]
fn what_is_not_a_number_stays_none() {
    let mut x = noise(3, 40);
    x[17] = f32::NAN;
    let (divergence, slope) = divergence_of::<Flex>(&x, 2, 5, chain(40).rates(2));
    assert!(divergence.is_nan() && slope.iter().all(|slope| slope.is_nan()));
}
