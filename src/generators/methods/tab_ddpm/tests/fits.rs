//! Whole fits of rows with numbers.

use super::*;
use crate::data::{Field, Schema, Table};
use crate::nn::layers::{Affine, Wide};
use burn::module::Module;
use rand::RngExt;
use std::sync::Arc;

/// Rows of two numbers, one five times the other, which lie near 10 or near 50, and of a category
/// that says where, if it is wanted. Four in five rows of label 1 lie near 50, and one in five of
/// label 0.
fn two_modes(n: usize, with_category: bool) -> Mixed<'static> {
    let mut rng = Seed::master(6).stream("rows");
    let (mut labels, mut column, mut numbers) = (Vec::new(), Vec::new(), [Vec::new(), Vec::new()]);
    for row in 0..n {
        let label = row % 2;
        let high = u32::from(rng.random_bool([0.2, 0.8][label]));
        let number = f64::from(10 + 40 * high + rng.random_range(0..5));
        labels.push(label as u8);
        column.push(high);
        numbers[0].push(number);
        numbers[1].push(5.0 * number);
    }
    let field = Field::categorical("a", vec!["low".into(), "high".into()]);
    let fields = if with_category { vec![field] } else { Vec::new() };
    let columns = if with_category { vec![column] } else { Vec::new() };
    let schema = Arc::new(Schema { label: "label".into(), fields });
    Mixed::new(Table::new(schema, columns, labels), numbers.to_vec())
}

fn short() -> TabDdpm {
    TabDdpm {
        timesteps: 10,
        hidden_units: vec![32],
        embedding_dim: 16,
        batch_size: 128,
        steps: 500,
        learning_rate: 1e-2,
        ..TabDdpm::default()
    }
}

#[test]
fn what_numbers_decide_is_learned() {
    for with_category in [false, true] {
        let train = two_modes(600, with_category);
        let fitted = short().fit(&train, Device::Cpu, Seed::master(1), &()).expect("a fit");
        for (label, share) in [(0, 0.2), (1, 0.8)] {
            let n = 500;
            let drawn = fitted.sample(label, n, Seed::master(2), &()).expect("rows");
            assert_eq!((drawn.n_rows(), drawn.numbers.len()), (n, 2));
            let high = |row: usize| drawn.numbers[0][row] > 30.0;
            let count = |holds: &dyn Fn(usize) -> bool| {
                (0..n).filter(|&row| holds(row)).count() as f64 / n as f64
            };
            let found = count(&high);
            assert!((found - share).abs() < 0.1, "label {label}: {found} are high");
            let together = count(&|row| high(row) == (drawn.numbers[1][row] > 150.0));
            assert!(together > 0.95, "label {label}: {together} of the numbers agree");
            for column in drawn.categories.columns() {
                let right = count(&|row| high(row) == (column[row] == 1));
                assert!(right > 0.95, "label {label}: {right} of the categories are right");
            }
            let between = count(&|row| (14.5..49.5).contains(&drawn.numbers[0][row]));
            assert!(between < 0.1, "label {label}: {between} lie between the modes");
        }
    }
}

#[test]
fn a_fit_comes_back_from_what_it_saved() {
    let sampling = [TimestepSampling::Uniform, TimestepSampling::Importance];
    let without = Mixed { numbers: Vec::new(), ..two_modes(40, true) };
    for (train, timestep_sampling) in
        [without, two_modes(40, true), two_modes(40, false)].iter().zip(sampling.iter().cycle())
    {
        let settings = TabDdpm {
            steps: 3,
            timesteps: 3,
            ema_decay: 0.5,
            timestep_sampling: *timestep_sampling,
            ..short()
        };
        let fitted = settings.fit(train, Device::NdArray, Seed::master(1), &()).expect("a fit");
        let draw =
            |fitted: &dyn Fitted, n| fitted.sample(1, n, Seed::master(2), &()).expect("rows");
        let rows = draw(fitted.as_ref(), 600);
        let saved = || fitted.save().expect("a saved fit");
        let loaded = settings.load(saved(), train.shape(), Device::NdArray).expect("a fit");
        assert_eq!(draw(loaded.as_ref(), 600), rows);
        // The first rows are those of a shorter draw.
        let few = draw(loaded.as_ref(), 7);
        for (few, all) in few.numbers.iter().zip(&rows.numbers) {
            assert_eq!(few, &all[..7]);
        }
        // What belongs to other rows is none.
        let other = Shape { numbers: train.numbers.len() + 1, ..train.shape() };
        assert!(settings.load(saved(), other, Device::NdArray).is_err());
        for kind in KINDS {
            let weights = denoiser::<NdArray>(kind);
            let weights = crate::generators::parts::neural::save_weights(&weights).expect("bytes");
            let swapped = Saved { weights, ..saved() };
            assert!(settings.load(swapped, train.shape(), Device::NdArray).is_err());
        }
    }
}

/// The network as it was before there were numbers.
#[derive(Module, Debug)]
struct OfCategories<B: BlockKernels> {
    projection: Param<Tensor<B, 2>>,
    time: [Affine<B>; 2],
    labels: Param<Tensor<B, 2>>,
    hidden: Vec<Affine<B>>,
    output: Wide<B>,
}

#[test]
fn weights_saved_before_there_were_numbers_still_load() {
    let train = Mixed::from(repeating_rows());
    let settings = TabDdpm { steps: 1, ..settings() };
    let fitted = settings.fit(&train, Device::NdArray, Seed::master(1), &()).expect("a fit");
    let Saved { card, weights } = fitted.save().expect("a saved fit");
    assert!(card.get("numbers").is_none());
    let device = Default::default();
    let fresh =
        Denoiser::<NdArray>::new(&settings, &Blocks::new(vec![2]), 0, 2, Seed::master(9), &device);
    let load = |weights| {
        crate::generators::parts::neural::load_weights(fresh.clone(), weights, &device, |_| true)
    };
    let network = load(weights).expect("weights");
    let old = OfCategories {
        projection: network.projection.clone().expect("a block"),
        time: network.time.clone(),
        labels: network.labels.clone(),
        hidden: network.hidden.clone(),
        output: network.output.clone().expect("a block"),
    };
    let weights = crate::generators::parts::neural::save_weights(&old).expect("bytes");
    let loaded = settings.load(Saved { card, weights }, train.shape(), Device::NdArray);
    let draw = |fitted: &dyn Fitted| fitted.sample(0, 20, Seed::master(2), &()).expect("rows");
    assert_eq!(draw(loaded.expect("a fit").as_ref()), draw(fitted.as_ref()));
}
