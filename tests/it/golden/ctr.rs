//! Golden runs of the click models.

use super::{Numbers, Run, assert_rounding_is_small, assert_visible};
use rand::RngExt;
use serde_json::json;
use std::sync::Arc;
use synthctr::ctr::{MaskNetConfig, ModelConfig, TowerConfig, TrainingConfig, TrainingRows, train};
use synthctr::data::{Field, Schema, Table};
use synthctr::device::Device;
use synthctr::seed::Seed;

/// Rows of three fields of 4, 5 and 6 categories, the labels a noisy function of the first two.
/// `against` turns the labels round.
fn rows(n: usize, name: &str, against: bool) -> Table {
    let mut rng = Seed::master(7).stream(name);
    let sizes = [4, 5, 6];
    let field = |(i, &size): (usize, &u32)| {
        Field::categorical(format!("f{i}"), (0..size).map(|code| code.to_string()).collect())
    };
    let fields = sizes.iter().enumerate().map(field).collect();
    let (mut columns, mut labels) = (vec![Vec::new(); 3], Vec::new());
    for _ in 0..n {
        let codes = sizes.map(|size| rng.random_range(0..size));
        let often = (codes[0] + codes[1]) % 3 == 0;
        let click = rng.random_bool(if often { 0.95 } else { 0.05 });
        labels.push(u8::from(click != against));
        columns.iter_mut().zip(codes).for_each(|(column, code)| column.push(code));
    }
    Table::new(Arc::new(Schema { label: "label".into(), fields }), columns, labels)
}

/// Every setting off its default.
///
/// The labels of the validation rows are turned round, so that no epoch is better than the first:
/// the learning rate falls twice, the second time to its least, and the run ends by its number of
/// epochs, one before patience would end it.
fn training() -> TrainingConfig {
    TrainingConfig {
        epochs: 4,
        batch_size: 24,
        learning_rate: 1.2e-2,
        min_learning_rate: 2.4e-3,
        learning_rate_decay: 0.4,
        patience: 4,
        max_gradient_norm: 0.02,
        test_every_epoch: false,
    }
}

/// Every setting off its default.
fn tower() -> TowerConfig {
    TowerConfig {
        embedding_dim: 4,
        embedding_regularizer: 0.01,
        hidden_units: vec![8, 6],
        batch_norm: false,
        dropout: 0.4,
    }
}

/// Every setting off its default.
fn masknet() -> MaskNetConfig {
    MaskNetConfig {
        embedding_dim: 4,
        embedding_regularizer: 0.01,
        hidden_units: vec![8, 6],
        blocks: 2,
        block_width: 5,
        reduction_ratio: 1.5,
        dropout: 0.3,
    }
}

fn models() -> Vec<(&'static str, ModelConfig)> {
    let normalised = TowerConfig { batch_norm: true, ..tower() };
    vec![
        ("dnn", ModelConfig::Dnn(tower())),
        ("dnn, batch-normalised", ModelConfig::Dnn(normalised)),
        ("deepfm", ModelConfig::DeepFm(tower())),
        ("masknet", ModelConfig::MaskNet(masknet())),
    ]
}

fn run(device: Device, model: &ModelConfig, training: &TrainingConfig) -> Numbers {
    let (learned, valid, test) =
        (rows(240, "train", false), rows(120, "valid", true), rows(20, "test", false));
    let seed = Seed::master(1);
    let rows = TrainingRows {
        train: &learned,
        valid: &valid,
        watch: training.test_every_epoch.then_some(&test),
    };
    let trained = train(device, model, training, rows, seed, &()).expect("a model");
    let mut numbers = Numbers::default();
    for epoch in trained.history() {
        numbers.smooth("train loss", [epoch.train_loss]);
        numbers.smooth("valid loss", [epoch.valid_logloss]);
        numbers.smooth("logarithm of the learning rate", [epoch.learning_rate.ln()]);
        numbers.shares("valid auc", [epoch.valid_auc]);
    }
    numbers.smooth("best epoch", [trained.best().epoch as f64]);
    numbers.smooth("test scores", trained.predict(&test));
    numbers
}

/// All golden runs.
pub fn golden_runs() -> Vec<(String, Run)> {
    let golden = |(name, model): (&str, ModelConfig)| {
        let settings = json!({ "model": model, "training": training() });
        (name.to_owned(), Run { settings, numbers: run(Device::Cpu, &model, &training()) })
    };
    models().into_iter().map(golden).collect()
}

/// The golden settings with each in turn at its default.
fn training_variants() -> Vec<(&'static str, TrainingConfig)> {
    // No `..`: a new setting has to be added here, and to the golden run.
    let TrainingConfig {
        epochs,
        batch_size,
        learning_rate,
        min_learning_rate,
        learning_rate_decay,
        patience,
        max_gradient_norm,
        // Changes no weight: tests/it/ctr.rs.
        test_every_epoch: _,
    } = TrainingConfig::default();
    vec![
        ("epochs", TrainingConfig { epochs, ..training() }),
        ("batch_size", TrainingConfig { batch_size, ..training() }),
        ("learning_rate", TrainingConfig { learning_rate, ..training() }),
        ("min_learning_rate", TrainingConfig { min_learning_rate, ..training() }),
        ("learning_rate_decay", TrainingConfig { learning_rate_decay, ..training() }),
        ("patience", TrainingConfig { patience, ..training() }),
        ("max_gradient_norm", TrainingConfig { max_gradient_norm, ..training() }),
    ]
}

/// The golden settings with each in turn at its default.
fn tower_variants() -> Vec<(&'static str, TowerConfig)> {
    let TowerConfig { embedding_dim, embedding_regularizer, hidden_units, batch_norm, dropout } =
        TowerConfig::default();
    vec![
        ("embedding_dim", TowerConfig { embedding_dim, ..tower() }),
        ("embedding_regularizer", TowerConfig { embedding_regularizer, ..tower() }),
        ("hidden_units", TowerConfig { hidden_units, ..tower() }),
        ("batch_norm", TowerConfig { batch_norm, ..tower() }),
        ("dropout", TowerConfig { dropout, ..tower() }),
    ]
}

/// The golden settings with each in turn at its default.
fn masknet_variants() -> Vec<(&'static str, MaskNetConfig)> {
    let MaskNetConfig {
        embedding_dim,
        embedding_regularizer,
        hidden_units,
        blocks,
        block_width,
        reduction_ratio,
        dropout,
    } = MaskNetConfig::default();
    vec![
        ("embedding_dim", MaskNetConfig { embedding_dim, ..masknet() }),
        ("embedding_regularizer", MaskNetConfig { embedding_regularizer, ..masknet() }),
        ("hidden_units", MaskNetConfig { hidden_units, ..masknet() }),
        ("blocks", MaskNetConfig { blocks, ..masknet() }),
        ("block_width", MaskNetConfig { block_width, ..masknet() }),
        ("reduction_ratio", MaskNetConfig { reduction_ratio, ..masknet() }),
        ("dropout", MaskNetConfig { dropout, ..masknet() }),
    ]
}

#[test]
fn every_setting_of_the_training_shows() {
    for (name, model) in models() {
        let golden = run(Device::Cpu, &model, &training());
        assert_visible(name, &golden, training_variants(), |training| {
            run(Device::Cpu, &model, &training)
        });
    }
}

#[test]
fn every_setting_of_the_models_shows() {
    let shows = |name, golden: ModelConfig, variants| {
        let golden = run(Device::Cpu, &golden, &training());
        assert_visible(name, &golden, variants, |model| run(Device::Cpu, &model, &training()));
    };
    for (name, model) in
        [("dnn", ModelConfig::Dnn as fn(_) -> _), ("deepfm", ModelConfig::DeepFm as fn(_) -> _)]
    {
        let variants = tower_variants().into_iter().map(|(name, c)| (name, model(c)));
        shows(name, model(tower()), variants.collect());
    }
    let variants = masknet_variants().into_iter().map(|(name, c)| (name, ModelConfig::MaskNet(c)));
    shows("masknet", ModelConfig::MaskNet(masknet()), variants.collect());
}

#[test]
fn rounding_stays_far_below_what_is_tolerated() {
    for (name, model) in models() {
        let [cpu, reference] =
            [Device::Cpu, Device::NdArray].map(|device| run(device, &model, &training()));
        assert_rounding_is_small(name, &cpu, &reference);
    }
}

/// Whether an epoch counts as better must not hang on the last bits.
#[test]
fn no_epoch_is_nearly_as_good_as_the_best() {
    for (name, model) in models() {
        let numbers = run(Device::Cpu, &model, &training());
        let aucs = &numbers.shares["valid auc"];
        let second = aucs[1..].iter().fold(0.0, |a: f64, &b| a.max(b));
        assert!(aucs[0] > second + 0.01, "{name}: {aucs:?}");
    }
}
