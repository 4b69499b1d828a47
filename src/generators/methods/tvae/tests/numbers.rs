//! Rows with numbers: the loss by hand, its gradient, and what is learned and drawn.

use super::super::network::DEVIATIONS;
use super::*;
use crate::data::{Field, Schema, Table};
use crate::generators::parts::modes::Mode;
use crate::seed::Rng;
use burn::module::Module;
use burn::tensor::activation::relu;
use rand::RngExt;
use rand_distr::{Distribution, StandardNormal};
use std::sync::Arc;

/// Three rows' codes, in blocks of 3 and 2 columns, and two numbers.
const CODES: [i32; 6] = [0, 3, 2, 4, 1, 4];
const NUMBERS: [f32; 6] = [0.5, -0.2, 0.9, 0.1, -0.99, 0.3];

fn batch<B: BlockKernels>() -> Rows<B> {
    let device = B::Device::default();
    let numbers = Some(float_tensor(NUMBERS.to_vec(), 2, &device));
    Rows { codes: code_tensor(CODES.to_vec(), 2, &device), numbers }
}

/// A vector of parameters.
fn vector<B: BlockKernels>(values: &[f32]) -> Param<Tensor<B, 1>> {
    Param::from_tensor(Tensor::from_data(values, &B::Device::default()))
}

/// A network for [`batch`], with deviations of its own for the numbers.
fn with_numbers<B: BlockKernels>() -> Network<B> {
    let mut network =
        Network::<B>::new(&settings(), [5, 2], Seed::master(3), &B::Device::default());
    network.numbers.as_mut().expect("numbers").deviations = vector(&[0.6, 0.9]);
    network
}

/// The sum of both losses of [`batch`].
fn loss<B: BlockKernels>(network: &Network<B>) -> Tensor<B, 1> {
    let noise = float_tensor(vec![0.3, -1.2, 0.8, 0.1, -0.5, 1.5], 2, &B::Device::default());
    let [reconstruction, divergence] = network.losses(batch(), noise, &blocks());
    reconstruction * 2.0 + divergence
}

#[test]
fn the_loss_of_numbers_is_the_sum_written_out() {
    let mut network = with_numbers::<NdArray>();
    let (sigmas, outputs) = ([0.1f32, 0.5], [0.3f32, -0.4]);
    let numbers = network.numbers.as_mut().expect("numbers");
    numbers.deviations = vector(&sigmas);
    // Only the bias, the last row, says anything.
    let weights = [[0.0; 8].as_slice(), &outputs].concat();
    let weights = Tensor::from_data(TensorData::new(weights, [5, 2]), &Default::default());
    numbers.output.weight = Param::from_tensor(weights);
    network.output.weight = network.output.weight.map(|weights| weights.zeros_like());
    let noise = float_tensor(vec![0.0; 6], 2, &Default::default());
    let [reconstruction, _] = network.losses(batch(), noise, &blocks());
    let mut wanted = 3.0 * (3.0f32 * 2.0).ln();
    for row in NUMBERS.chunks(2) {
        for ((x, sigma), output) in row.iter().zip(sigmas).zip(outputs) {
            wanted += (x - output.tanh()).powi(2) / (2.0 * sigma * sigma) + sigma.ln();
        }
    }
    let found = gradient_check::on(reconstruction);
    assert!((found - wanted / 3.0).abs() < 1e-4, "{found} instead of {}", wanted / 3.0);
}

#[test]
fn the_first_layer_is_that_of_one_matrix() {
    let network = with_numbers::<NdArray>();
    let mut dense = vec![0.0f32; 3 * 7];
    for row in 0..3 {
        CODES[2 * row..][..2].iter().for_each(|&code| dense[7 * row + code as usize] = 1.0);
        dense[7 * row + 5..][..2].copy_from_slice(&NUMBERS[2 * row..][..2]);
    }
    let of_numbers = network.numbers.as_ref().expect("numbers").table.val();
    let weights = Tensor::cat(vec![network.table.val(), of_numbers], 0);
    let limit = 1.0 / 7f32.sqrt();
    let largest = weights.clone().abs().max().into_scalar();
    assert!(largest <= limit && largest > 0.8 * limit, "{largest}");
    let dense = float_tensor::<NdArray>(dense, 7, &Default::default());
    let first = relu(dense.matmul(weights) + network.table_bias.val().unsqueeze());
    let second = relu(network.compress[0].forward(first));
    let latent = network.latent.forward(second);
    let (mean, log_variance) = network.encode(&batch());
    let found = Tensor::cat(vec![mean, log_variance], 1);
    assert!((found - latent).abs().max().into_scalar() < 1e-6);
}

#[test]
fn a_step_with_numbers_is_the_same_on_every_device() {
    fn one_step<B: BlockKernels>() -> Vec<f32> {
        let network = with_numbers::<Autodiff<B>>();
        gradient_check::step(&network, loss(&network))
    }
    gradient_check::same_on_every_device!(one_step());
}

#[test]
fn the_gradient_with_numbers_is_that_of_the_loss() {
    gradient_check::check(&with_numbers::<Reference>(), loss);
}

#[test]
fn deviations_are_brought_back() {
    let mut network = with_numbers::<Autodiff<NdArray>>();
    network.numbers.as_mut().expect("numbers").deviations = vector(&[-3.0, 4.0]);
    let before = network.numbers.as_ref().expect("numbers").deviations.id;
    network.numbers = network.numbers.map(|numbers| numbers.bounded());
    let numbers = network.numbers.as_ref().expect("numbers");
    assert_eq!(numbers.deviations.id, before);
    let found: Vec<f32> = numbers.deviations.val().into_data().to_vec().expect("f32");
    assert_eq!(found, [0.01, 1.0]);
    // And they are still learned.
    let gradients = GradientsParams::from_grads(loss(&network).backward(), &network);
    assert!(gradients.get::<NdArray, 1>(before).is_some());
}

/// A schema of a field of the categories `a` and `b`, if any.
fn schema(with_field: bool) -> Arc<Schema> {
    let field = Field::categorical("kind", vec!["a".into(), "b".into()]);
    Arc::new(Schema {
        label: "label".into(),
        fields: with_field.then_some(field).into_iter().collect(),
    })
}

/// Rows of category `a` and a number about −5, three of ten, and of `b` and a number about 5.
fn two_modes(n: usize, label: impl Fn(usize) -> u8) -> Mixed<'static> {
    let mut rng = Seed::master(7).stream("rows");
    let mut kinds = Vec::new();
    let mut number = |rng: &mut Rng| -> f64 {
        let b = rng.random_bool(0.7);
        kinds.push(u32::from(b));
        let noise: f64 = StandardNormal.sample(rng);
        if b { 5.0 + noise } else { -5.0 + 0.5 * noise }
    };
    let numbers = (0..n).map(|_| number(&mut rng)).collect();
    let labels = (0..n).map(label).collect();
    Mixed::new(Table::new(schema(true), vec![kinds], labels), vec![numbers])
}

/// Short trainings.
fn short() -> Tvae {
    Tvae {
        embedding_dim: 4,
        compress_dims: vec![16],
        decompress_dims: vec![16],
        learning_rate: 1e-2,
        batch_size: 100,
        epochs: 30,
        ..Tvae::default()
    }
}

fn mean_and_deviation(values: &[f64]) -> [f64; 2] {
    let n = values.len() as f64;
    let mean = values.iter().sum::<f64>() / n;
    [mean, (values.iter().map(|x| (x - mean).powi(2)).sum::<f64>() / n).sqrt()]
}

#[test]
fn a_category_that_a_number_decides_is_learned() {
    let train = two_modes(1000, |_| 1);
    let settings = Tvae { epochs: 100, ..short() };
    let fitted = settings.fit(&train, Device::Cpu, Seed::master(1), &()).expect("a fit");
    let drawn = fitted.sample(1, 5000, Seed::master(2), &()).expect("rows");
    assert_eq!([drawn.n_rows(), drawn.numbers.len(), drawn.numbers[0].len()], [5000, 1, 5000]);
    let kinds = drawn.categories.columns()[0].iter();
    let rows: Vec<(u32, f64)> = kinds.copied().zip(drawn.numbers[0].iter().copied()).collect();
    let agree = rows.iter().filter(|&&(kind, x)| (x > 0.0) == (kind == 1)).count();
    // Without the dependence 2,900 would.
    assert!(agree > 4600, "{agree} of 5000");
    for (kind, share, wanted) in [(0, 0.3, [-5.0, 0.5]), (1, 0.7, [5.0, 1.0])] {
        let values: Vec<f64> =
            rows.iter().filter(|row| (row.1 > 0.0) == (kind == 1)).map(|row| row.1).collect();
        let found = values.len() as f64 / 5000.0;
        assert!((found - share).abs() < 0.08, "{found} of kind {kind}");
        let [mean, deviation] = mean_and_deviation(&values);
        assert!((mean - wanted[0]).abs() < 0.2, "mean {mean}");
        assert!((deviation / wanted[1] - 1.0).abs() < 0.35, "deviation {deviation}");
    }
}

#[test]
fn a_saved_fit_draws_the_same_rows() {
    let (settings, train) = (Tvae { epochs: 2, ..short() }, two_modes(300, |row| row as u8 % 2));
    let fitted = settings.fit(&train, Device::Cpu, Seed::master(1), &()).expect("a fit");
    let saved = || fitted.save().expect("a saved fit");
    let load = |saved, shape| settings.load(saved, shape, Device::Cpu);
    let loaded = load(saved(), train.shape()).expect("a loaded fit");
    for label in [0, 1] {
        let rows = fitted.sample(label, 3000, Seed::master(2), &()).expect("rows");
        assert_eq!(loaded.sample(label, 3000, Seed::master(2), &()).expect("rows"), rows);
        // A sample's first rows are a shorter sample.
        let few = fitted.sample(label, 700, Seed::master(2), &()).expect("rows");
        assert_eq!(few.numbers[0], rows.numbers[0][..700]);
        assert_eq!(few.categories.columns()[0], rows.categories.columns()[0][..700]);
    }
    let shape = Shape { numbers: 0, ..train.shape() };
    assert!(load(saved(), shape).is_err());
    // The weights of a fit without numbers.
    let of_categories = Mixed::from(&*train.categories);
    let plain = settings.fit(&of_categories, Device::Cpu, Seed::master(1), &()).expect("a fit");
    let weights = plain.save().expect("a saved fit").weights;
    assert!(load(Saved { weights, ..saved() }, train.shape()).is_err());
}

#[test]
fn weights_saved_before_there_were_numbers_are_loaded() {
    /// A network that knows categories only.
    #[derive(Module, Debug)]
    struct Before<B: BlockKernels> {
        table: Param<Tensor<B, 2>>,
        table_bias: Param<Tensor<B, 1>>,
        compress: Vec<crate::nn::layers::Affine<B>>,
        latent: crate::nn::layers::Affine<B>,
        decompress: Vec<crate::nn::layers::Affine<B>>,
        output: crate::nn::layers::Wide<B>,
    }
    let Network { table, table_bias, compress, latent, decompress, output, .. } =
        network::<NdArray>();
    let before = Before { table, table_bias, compress, latent, decompress, output };
    let weights = crate::generators::parts::neural::save_weights(&before).expect("weights");
    let device = Default::default();
    let fresh = Network::<NdArray>::new(&settings(), [5, 0], Seed::master(4), &device);
    let loaded = load_weights(fresh, weights, &device, |_| true).expect("a network");
    assert_eq!(loaded.table.val().into_data(), before.table.val().into_data());
}

#[test]
fn deviations_stay_within_their_bounds() {
    let mut train = two_modes(200, |_| 0);
    train.numbers.push(vec![3.0; 200]);
    // Adam's first step is as long as the learning rate, whatever the gradient: far past a bound.
    let settings = Tvae { learning_rate: 5.0, batch_size: 200, epochs: 1, ..short() };
    let codec = codec(&train);
    let training = Training::new(&settings, &codec, &train, Seed::master(1));
    let (network, _) = training.run::<NdArray>(&()).expect("a network");
    let deviations = network.numbers.expect("numbers").deviations.val();
    let found: Vec<f32> = deviations.into_data().to_vec().expect("f32");
    let bounds = DEVIATIONS.map(|bound| bound as f32);
    assert!(found.len() == 2 && found.iter().all(|found| bounds.contains(found)), "{found:?}");
}

#[test]
fn rows_of_numbers_alone_are_learned() {
    let Mixed { numbers, .. } = two_modes(300, |_| 0);
    let categories = Table::new(schema(false), Vec::new(), vec![0; 300]);
    let train = Mixed::new(categories, numbers);
    for device in [Device::Cpu, Device::NdArray] {
        let fitted = short().fit(&train, device, Seed::master(1), &()).expect("a fit");
        let drawn = fitted.sample(0, 5000, Seed::master(2), &()).expect("rows");
        assert_eq!([drawn.n_rows(), drawn.categories.n_fields()], [5000, 0]);
        let above = drawn.numbers[0].iter().filter(|&&x| x > 0.0).count();
        assert!((3000..4000).contains(&above), "{above} of 5000");
        assert!(drawn.numbers[0].iter().all(|x| x.abs() > 1.0 && x.abs() < 10.0));
    }
}

#[test]
fn rows_are_what_the_network_says() {
    // Rows of both labels whose number has modes at −10 and 10, of deviation 0.5.
    let kinds = vec![0, 1, 0, 1];
    let categories = Table::new(schema(true), vec![kinds], vec![0, 1, 1, 0]);
    let mode = |mean| Mode { weight: 0.5, mean, deviation: 0.5 };
    let modes = Modes::try_from(vec![mode(-10.0), mode(10.0)]).expect("modes");
    let train = Mixed::new(categories, vec![vec![0.0; 4]; 2]);
    let codec = Codec::new(&train, |_| modes.clone());
    let settings = Tvae {
        embedding_dim: 1,
        compress_dims: vec![1],
        decompress_dims: vec![2],
        ..Tvae::default()
    };
    let device = Default::default();
    let mut network = Network::<NdArray>::new(&settings, [8, 2], Seed::master(1), &device);
    let of = |values: Vec<f32>, shape: [usize; 2]| {
        Param::from_tensor(Tensor::from_data(TensorData::new(values, shape), &device))
    };
    network.decompress[0].weight = of(vec![1.0, -1.0], [1, 2]);
    network.decompress[0].bias = network.decompress[0].bias.clone().map(|x| x.zeros_like());
    // Where the latent number is above 0: category 1, label 1, the first number's mode 1 and the
    // second's 0. Else the other way round.
    let above = [-1e3, 1e3, -1e3, 1e3, -1e3, 1e3, 1e3, -1e3];
    network.output.weight = of([above, above.map(|x: f32| -x), [0.0; 8]].concat(), [3, 8]);
    let numbers = network.numbers.as_mut().expect("numbers");
    // The first number is about 0.5 in its mode, the second above 0.999 or below −0.999.
    let second = [[0.0, 1e3], [0.0, -1e3], [0.5f32.atanh(), 0.0]].concat();
    numbers.output.weight = of(second, [3, 2]);
    numbers.deviations = vector(&[0.1, 0.2]);
    let sampler = OnDevice::new(network, &settings, &codec);
    for (label, sign) in [(0, -1.0), (1, 1.0)] {
        let drawn = sampler.draw(label, 5000, Seed::master(2), &()).expect("rows");
        let rows = drawn.places[0].iter().zip(&drawn.numbers[0]).zip(&drawn.numbers[1]);
        let alike = rows.filter(|&((&place, first), second)| {
            place == u32::from(label) && first * sign > 0.0 && second * sign < 0.0
        });
        let alike = alike.count();
        assert!(alike > 4950, "{alike} of 5000 rows are those of label {label}");
        let in_mode: Vec<f64> =
            drawn.numbers[0].iter().filter(|&x| x * sign > 0.0).map(|x| x - 10.0 * sign).collect();
        // Four deviations of the mode, 2, are a number of 1.
        let [mean, deviation] = mean_and_deviation(&in_mode);
        assert!((mean - 1.0).abs() < 0.02 && (deviation - 0.2).abs() < 0.01, "{mean} {deviation}");
        // The second is clipped half of the time, to 2 from its mode.
        let second = drawn.numbers[1].iter().map(|x| x + 10.0 * sign);
        let clipped = second.filter(|x| (x - 2.0 * sign).abs() < 1e-5).count();
        assert!((2300..2700).contains(&clipped), "{clipped} of 5000 are clipped");
        // The noise of two fields is not the same.
        let [a, b] = [&drawn.numbers[0], &drawn.numbers[1]];
        let both = a.iter().zip(b).filter(|&(a, b)| {
            ((a - 10.0 * sign - 1.0) * sign > 0.0) == ((b + 10.0 * sign) * sign > 1.999)
        });
        let both = both.count();
        assert!((2300..2700).contains(&both), "{both} of 5000 are on the same side");
    }
}

#[test]
fn modes_are_drawn_once_from_streams_of_their_own() {
    let mut train = two_modes(50, |row| row as u8 % 2);
    train.numbers.push(train.numbers[0].clone());
    let codec = codec(&train);
    let (blocks, seed) = (codec.blocks(), Seed::master(5));
    let rows = codec.rows(&train, seed);
    let f = blocks.len();
    assert_eq!([f, rows.codes.len(), rows.numbers.len()], [4, 200, 100]);
    for field in 0..2 {
        let mut rng = seed.stream(&format!("modes/{field}"));
        let start = blocks.ranges().nth(2 + field).expect("a block").start;
        for (row, &x) in train.numbers[field].iter().enumerate() {
            let (mode, value) = codec.numbers[field].encode(x, &mut rng);
            assert_eq!(rows.codes[row * f + 2 + field], (start + mode) as i32);
            assert_eq!(rows.numbers[row * 2 + field], value);
        }
    }
    // The blocks before them are those of the rows without numbers.
    let given = codec.encoder.columns(&train.categories);
    assert!(rows.codes.chunks(f).zip(given.chunks(2)).all(|(all, given)| all[..2] == *given));
}
