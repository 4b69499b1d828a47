//! Seconds per training epoch of a click model on Frappe, and of its matrix products alone.
//!
//! ```sh
//! cargo run --release --example ctr_speed -- epochs DATA_DIR MODEL EPOCHS JOBS THREADS
//! cargo run --release --example ctr_speed -- products MODEL EPOCHS JOBS THREADS
//! ```
//!
//! `epochs` trains `MODEL` (`dnn`, `deepfm`, `masknet`, or several with commas, dealt to the jobs in
//! turn) with the published settings, `JOBS` times at once in this process, each on a pool of
//! `THREADS` threads of its own. `DATA_DIR` is what `synthctr run --data-dir` takes. `products` does
//! nothing but the products of such epochs. Both print one line of JSON with the seconds of every
//! epoch of every job. `scripts/peers/ctr_side_by_side.py` sets them beside PyTorch's.

mod products;

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

/// The widest vectors that the products are made with here.
fn instruction_set() -> &'static str {
    #[cfg(target_arch = "x86_64")]
    {
        if is_x86_feature_detected!("avx512f") {
            return "avx512";
        }
        if is_x86_feature_detected!("avx2") && is_x86_feature_detected!("fma") {
            return "avx2";
        }
    }
    "baseline"
}

/// What is done at once, and on how many threads.
struct Jobs {
    models: Vec<ModelConfig>,
    jobs: usize,
    threads: usize,
}

impl Jobs {
    fn parse(models: &str, jobs: &str, threads: &str) -> Result<Self> {
        let models = models.split(',').map(model).collect::<Result<_>>()?;
        Ok(Self { models, jobs: jobs.parse()?, threads: threads.parse()? })
    }

    /// Does `work` for every job at once and prints the seconds it gives.
    fn run(&self, work: impl Fn(usize, &ModelConfig) -> Result<Vec<f64>> + Sync) -> Result<()> {
        let job = |i: usize| {
            let pool = rayon::ThreadPoolBuilder::new().num_threads(self.threads).build()?;
            pool.install(|| work(i, &self.models[i % self.models.len()]))
        };
        let seconds = std::thread::scope(|scope| {
            let start = |i| scope.spawn(move || job(i));
            let running: Vec<_> = (0..self.jobs).map(start).collect();
            let done = running.into_iter().map(|job| job.join().ok().context("a job panicked")?);
            done.collect::<Result<Vec<_>>>()
        })?;
        let told = serde_json::json!({
            "instruction_set": instruction_set(),
            "threads": self.threads,
            "seconds": seconds,
        });
        println!("{told}");
        Ok(())
    }
}

fn main() -> Result<()> {
    keep_freed_memory();
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    match arguments[..] {
        ["epochs", data_dir, models, epochs, jobs, threads] => {
            let epochs = epochs.parse()?;
            let config = DatasetConfig { name: "frappe_x1".into(), ..DatasetConfig::default() };
            let split = data::load(&config, Some(Path::new(data_dir)), Seed::master(1))?.split;
            let training = TrainingConfig { epochs, patience: epochs, ..Default::default() };
            Jobs::parse(models, jobs, threads)?.run(|i, model| {
                let (seed, device) = (Seed::master(1 + i as u64), Device::Cpu);
                let rows = ctr::TrainingRows::new(&split.train, &split.valid);
                let trained = ctr::train(device, model, &training, rows, seed, &())?;
                Ok(trained.history().iter().map(|epoch| epoch.seconds).collect())
            })
        }
        ["products", models, epochs, jobs, threads] => {
            let epochs = epochs.parse()?;
            Jobs::parse(models, jobs, threads)?.run(|_, model| Ok(products::epochs(model, epochs)))
        }
        _ => bail!("usage: ctr_speed epochs DATA_DIR MODEL EPOCHS JOBS THREADS, or products …"),
    }
}
