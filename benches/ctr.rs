//! One training step's work per click model, and the assembly of its batches.

use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use std::hint::black_box;
use synthctr::ctr::{ModelConfig, TrainingConfig, TrainingRows, train};
use synthctr::data::simulator::{SimulatorConfig, simulate};
use synthctr::device::Device;
use synthctr::seed::Seed;

/// Rows of one batch, as in the published settings.
const ROWS: usize = 4096;

/// An epoch of one step with the published settings, each device beside the other. It includes
/// building the network and scoring a few hundred validation rows.
fn training_step(criterion: &mut Criterion) {
    let config =
        SimulatorConfig { train_rows: ROWS, valid_rows: 300, test_rows: 300, ..Default::default() };
    let split = simulate(&config, Seed::master(1)).expect("the settings are valid").split;
    let rows = split.train.head(ROWS);
    let training = TrainingConfig { epochs: 1, ..TrainingConfig::default() };
    let models = [
        ModelConfig::Dnn(Default::default()),
        ModelConfig::DeepFm(Default::default()),
        ModelConfig::MaskNet(Default::default()),
    ];
    let mut group = criterion.benchmark_group("training step");
    group.sample_size(10).throughput(Throughput::Elements(rows.n_rows() as u64));
    for model in &models {
        for device in [Device::Cpu, Device::NdArray] {
            group.bench_function(BenchmarkId::new(model.kind().name(), device), |bencher| {
                bencher.iter(|| {
                    let seed = Seed::master(1);
                    let rows = TrainingRows::new(black_box(&rows), &split.valid);
                    train(device, model, &training, rows, seed, &())
                });
            });
        }
    }
    group.finish();
}

criterion_group!(benches, training_step);
criterion_main!(benches);
