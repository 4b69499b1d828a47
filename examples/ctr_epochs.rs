//! Seconds per training epoch of a click model, several trainings side by side in one process.
//!
//! ```sh
//! cargo run --release --example ctr_epochs -- DATA_DIR MODEL EPOCHS JOBS THREADS
//! ```
//!
//! Trains `MODEL` (`dnn`, `deepfm`, `masknet`, or several with commas, dealt to the jobs in turn)
//! on Frappe with the published settings for `EPOCHS` epochs, `JOBS` times at once, each on a pool
//! of `THREADS` threads of its own. `DATA_DIR` is what `synthctr run --data-dir` takes. Prints one
//! line of JSON: the epochs' seconds of every job.

use anyhow::{Context, Result, bail};
use std::path::Path;
use synthctr::ctr::{self, ModelConfig, TrainingConfig};
use synthctr::data::{self, DatasetConfig};
use synthctr::device::Device;
use synthctr::measure::keep_freed_memory;
use synthctr::seed::Seed;

fn model(name: &str) -> Result<ModelConfig> {
    Ok(match name {
        "dnn" => ModelConfig::Dnn(Default::default()),
        "deepfm" => ModelConfig::DeepFm(Default::default()),
        "masknet" => ModelConfig::MaskNet(Default::default()),
        other => bail!("there is no model `{other}`; there are dnn, deepfm and masknet"),
    })
}

fn main() -> Result<()> {
    keep_freed_memory();
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [data_dir, models, epochs, jobs, threads] = &arguments[..] else {
        bail!("usage: ctr_epochs DATA_DIR MODEL EPOCHS JOBS THREADS");
    };
    let models = models.split(',').map(model).collect::<Result<Vec<_>>>()?;
    let [epochs, jobs, threads] = [epochs, jobs, threads].map(|number| number.parse::<usize>());
    let (epochs, jobs, threads) = (epochs?, jobs?, threads?);
    let config = DatasetConfig { name: "frappe_x1".into(), ..DatasetConfig::default() };
    let split = data::load(&config, Some(Path::new(data_dir)), Seed::master(1))?.split;
    let training = TrainingConfig { epochs, patience: epochs, ..TrainingConfig::default() };

    let train = |job: usize| -> Result<Vec<f64>> {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build()?;
        let model = &models[job % models.len()];
        let seed = Seed::master(1 + job as u64);
        let trained = pool.install(|| {
            ctr::train(Device::Cpu, model, &training, &split.train, &split.valid, seed, &())
        })?;
        Ok(trained.history().iter().map(|epoch| epoch.seconds).collect())
    };
    let seconds = std::thread::scope(|scope| {
        let running: Vec<_> = (0..jobs)
            .map(|job| {
                let train = &train;
                scope.spawn(move || train(job))
            })
            .collect();
        running
            .into_iter()
            .map(|job| job.join().ok().context("a training panicked")?)
            .collect::<Result<Vec<_>>>()
    })?;
    println!("{}", serde_json::json!({ "threads": threads, "seconds": seconds }));
    Ok(())
}
