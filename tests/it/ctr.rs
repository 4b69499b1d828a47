//! Training click models through the public interface.

use std::sync::OnceLock;
use synthctr::ctr::{
    CtrError, MaskNetConfig, ModelConfig, TowerConfig, Trained, TrainingConfig, TrainingRows, train,
};
use synthctr::data::simulator::{SimulatorConfig, simulate};
use synthctr::data::{Split, Table};
use synthctr::device::Device;
use synthctr::metrics::{auc, logloss};
use synthctr::seed::Seed;

/// A small click log with enough in it to learn from.
fn split() -> &'static Split {
    static SPLIT: OnceLock<Split> = OnceLock::new();
    SPLIT.get_or_init(|| {
        let config = SimulatorConfig {
            train_rows: 6000,
            valid_rows: 1500,
            test_rows: 3000,
            ..SimulatorConfig::default()
        };
        simulate(&config, Seed::master(5)).unwrap().split
    })
}

fn tower() -> TowerConfig {
    TowerConfig {
        hidden_units: vec![32, 16],
        embedding_regularizer: 0.01,
        ..TowerConfig::default()
    }
}

fn models() -> [ModelConfig; 3] {
    let masknet = MaskNetConfig {
        hidden_units: vec![32, 16],
        blocks: 2,
        block_width: 8,
        embedding_regularizer: 0.01,
        ..MaskNetConfig::default()
    };
    [ModelConfig::Dnn(tower()), ModelConfig::DeepFm(tower()), ModelConfig::MaskNet(masknet)]
}

fn settings(epochs: usize) -> TrainingConfig {
    TrainingConfig { epochs, batch_size: 256, learning_rate: 5e-3, ..TrainingConfig::default() }
}

fn fit(device: Device, model: &ModelConfig, training: &TrainingConfig, seed: u64) -> Trained {
    let split = split();
    let rows = TrainingRows::new(&split.train, &split.valid);
    train(device, model, training, rows, Seed::master(seed), &()).unwrap()
}

fn test_auc(model: &Trained) -> f64 {
    auc(split().test.labels(), &model.predict(&split().test)).unwrap()
}

#[test]
fn every_model_learns_and_keeps_its_best_epoch() {
    for model in models() {
        let trained = fit(Device::Cpu, &model, &settings(8), 1);
        let auc = test_auc(&trained);
        assert!(auc > 0.7, "{}: {auc}", model.kind());
        let highest = trained.history().iter().map(|epoch| epoch.valid_auc).fold(0.0, f64::max);
        let best = trained.best().valid_auc;
        assert!(highest - best < 1e-6, "{highest} and {best}");
        let valid =
            synthctr::metrics::auc(split().valid.labels(), &trained.predict(&split().valid));
        assert_eq!(valid, Some(best), "the best epoch's weights were restored");
    }
}

#[test]
fn the_learning_rate_falls_after_each_epoch_without_gain_and_the_second_in_a_row_is_the_last() {
    let training = TrainingConfig { learning_rate: 2e-2, ..settings(60) };
    for seed in 1..=3 {
        let history = fit(Device::Cpu, &models()[0], &training, seed).history().to_vec();
        assert!(history.len() < 60, "it stops early");
        let (mut best, mut rate, mut without_gain) = (f64::MIN, 2e-2, 0);
        for (i, epoch) in history.iter().enumerate() {
            assert_eq!(epoch.epoch, i + 1);
            assert!((epoch.learning_rate / rate - 1.0).abs() < 1e-9, "epoch {}", i + 1);
            // Less is no gain in FuxiCTR either.
            if epoch.valid_auc >= best + 1e-6 {
                (best, without_gain) = (epoch.valid_auc, 0);
            } else {
                without_gain += 1;
                rate = f64::max(rate * 0.1, 1e-6);
            }
            assert_eq!(without_gain == 2, i + 1 == history.len());
        }
    }
}

#[test]
fn the_same_seed_gives_the_same_bits_whatever_the_threads() {
    // Wide enough that matrix products are shared out among threads.
    let wide = TowerConfig { hidden_units: vec![200, 100], ..tower() };
    let mask = MaskNetConfig { hidden_units: vec![200, 100], ..MaskNetConfig::default() };
    let models = [ModelConfig::DeepFm(wide), ModelConfig::MaskNet(mask)];
    let training = TrainingConfig { batch_size: 1024, ..settings(2) };
    for device in [Device::Cpu, Device::NdArray] {
        for model in &models {
            let scores = |threads| {
                let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
                pool.install(|| fit(device, model, &training, 3).predict(&split().test))
            };
            let one = scores(1);
            for threads in [2, 5] {
                let same = one == scores(threads);
                assert!(same, "{device}, {}: {threads} threads", model.kind());
            }
        }
    }
}

#[test]
fn different_seeds_give_different_models() {
    let model = &models()[1];
    let scores = |seed| fit(Device::Cpu, model, &settings(1), seed).predict(&split().test);
    assert!(scores(1) != scores(2));
}

#[test]
fn the_fast_backend_trains_like_the_reference() {
    // Few and short steps: rounding grows from step to step.
    let training = TrainingConfig { learning_rate: 1e-3, ..settings(1) };
    for model in models() {
        let [fast, reference] =
            [Device::Cpu, Device::NdArray].map(|device| fit(device, &model, &training, 4));
        for (a, b) in fast.history().iter().zip(reference.history()) {
            assert!(
                (a.train_loss - b.train_loss).abs() < 2e-3,
                "{}: {a:?} and {b:?}",
                model.kind()
            );
            assert!((a.valid_auc - b.valid_auc).abs() < 1e-2, "{}: {a:?} and {b:?}", model.kind());
        }
    }
}

#[test]
fn a_saved_model_predicts_the_same_after_loading() {
    let folder = tempfile::tempdir().unwrap();
    for model in models() {
        let dir = folder.path().join(model.kind().name());
        let trained = fit(Device::Cpu, &model, &settings(2), 1);
        trained.save(&dir).unwrap();
        let loaded = Trained::load(&dir, Device::Cpu).unwrap();
        assert!(trained.predict(&split().test) == loaded.predict(&split().test));
        assert_eq!(trained.history(), loaded.history());
        let elsewhere = Trained::load(&dir, Device::NdArray).unwrap().predict(&split().test);
        for (here, there) in trained.predict(&split().test).iter().zip(elsewhere) {
            assert!((here - there).abs() < 1e-5);
        }
    }
}

#[test]
fn broken_files_are_told_apart() {
    let folder = tempfile::tempdir().unwrap();
    let message = |dir: &std::path::Path| match Trained::load(dir, Device::Cpu) {
        Err(error) => error.to_string(),
        Ok(_) => panic!("loaded"),
    };
    assert!(message(folder.path()).contains("model.json"));
    fit(Device::Cpu, &models()[0], &settings(1), 1).save(folder.path()).unwrap();
    let weights = folder.path().join("weights.mpk");
    let bytes = std::fs::read(&weights).unwrap();
    std::fs::write(&weights, &bytes[..bytes.len() / 2]).unwrap();
    assert!(message(folder.path()).contains("weights.mpk"));
    assert!(!Trained::is_whole(folder.path()));
    // The last bytes are numbers of which any would do.
    let mut other = bytes.clone();
    *other.last_mut().unwrap() ^= 1;
    std::fs::write(&weights, &other).unwrap();
    assert!(message(folder.path()).contains("checksum"));
    std::fs::write(&weights, &bytes).unwrap();
    assert!(Trained::is_whole(folder.path()));
    let card = folder.path().join("model.json");
    let json = std::fs::read_to_string(&card).unwrap();
    std::fs::write(&card, json.replacen("\"epoch\": 1", "\"epoch\": 2", 1)).unwrap();
    assert!(message(folder.path()).contains("model.json: its content does not have the checksum"));
    std::fs::write(&card, "{").unwrap();
    assert!(message(folder.path()).contains("model.json"));
}

#[test]
fn bad_settings_and_rows_are_refused() {
    let split = split();
    let (dnn, seed) = (&models()[0], Seed::master(1));
    let refuse = |model: &ModelConfig, training: &TrainingConfig, rows: &Table| match train(
        Device::Cpu,
        model,
        training,
        TrainingRows::new(rows, &split.valid),
        seed,
        &(),
    ) {
        Err(error) => error,
        Ok(_) => panic!("trained"),
    };
    let clicks = split.train.select(&split.train.rows_with(1));
    assert!(matches!(refuse(dnn, &settings(1), &clicks), CtrError::OneLabel { label: 1, .. }));
    assert!(matches!(refuse(dnn, &settings(0), &split.train), CtrError::Setting(_)));
    let wrong = ModelConfig::Dnn(TowerConfig { dropout: 1.0, ..tower() });
    assert!(refuse(&wrong, &settings(1), &split.train).to_string().contains("dropout"));
    // Such a step throws the embeddings so far that their products overflow.
    let steep = TrainingConfig { learning_rate: 1e30, ..settings(3) };
    let error = refuse(&models()[1], &steep, &split.train);
    assert!(matches!(error, CtrError::Diverged { .. }), "{error}");
    let endless = refuse(dnn, &settings(9_000_000_000_000_000_000), &split.train);
    assert!(endless.to_string().contains("it must be at most 1000000"), "{endless}");
}

/// One step, whose loss is a number: the scores of the validation rows tell what it left.
#[test]
fn a_training_that_its_last_step_breaks_has_diverged() {
    let split = split();
    let one_step = TrainingConfig { learning_rate: 1e30, batch_size: 6000, ..settings(1) };
    let rows = TrainingRows::new(&split.train, &split.valid);
    let deepfm = &models()[1];
    let trained = train(Device::Cpu, deepfm, &one_step, rows, Seed::master(1), &());
    let error = trained.err().expect("an error");
    assert!(matches!(error, CtrError::Diverged { epoch: 1, step: 1, .. }), "{error}");
}

#[test]
fn watched_rows_are_scored_after_every_epoch_and_change_nothing() {
    let split = split();
    for model in models() {
        let fitted = |watch| {
            let rows = TrainingRows { train: &split.train, valid: &split.valid, watch };
            train(Device::Cpu, &model, &settings(3), rows, Seed::master(4), &()).unwrap()
        };
        let (watched, alone) = (fitted(Some(&split.test)), fitted(None));
        assert_eq!(watched.predict(&split.test), alone.predict(&split.test));
        assert!(alone.history().iter().all(|epoch| epoch.test_auc.is_none()));
        // The kept weights are those of the best epoch.
        let best = watched.best();
        assert_eq!(best.test_auc, Some(test_auc(&watched)));
        let scores = watched.predict(&split.test);
        assert_eq!(best.test_logloss, Some(logloss(split.test.labels(), &scores)));
        assert!(watched.history().iter().all(|epoch| epoch.test_auc.is_some()));
    }
}
