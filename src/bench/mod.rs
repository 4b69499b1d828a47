//! How fast generators and click models are on the devices of a machine, and what memory they take.
//!
//! The numbers are throughputs: real training rows per second of an epoch, rows drawn or scored per
//! second. Quality is not looked at, so a few epochs suffice. The first epoch and the first draw
//! are left out where there are several, since they include building kernels on a GPU.

mod subject;

use crate::ctr::{CtrError, ModelKind};
use crate::data::Dataset;
use crate::device::{self, Device};
use crate::experiment::environment::{self, DatasetSummary};
use crate::files;
use crate::generators::{GeneratorError, GeneratorKind, Preset, Reading};
use crate::measure::PeakMemory;
use crate::nn;
use crate::progress::Progress;
use serde::{Deserialize, Serialize};
use std::io;
use std::path::Path;
use subject::Timed;

/// What is measured, and how often.
#[derive(Clone, Debug)]
pub struct BenchConfig {
    /// The devices, each once.
    pub devices: Vec<Device>,
    /// The generators. Those that are not trained are measured once, on the CPU.
    pub generators: Vec<GeneratorKind>,
    /// What generators that know both readings take fields of numbers for.
    pub reading: Reading,
    /// The click models, with their published settings.
    pub models: Vec<ModelKind>,
    /// Settings of the generators that are trained, the number of epochs apart.
    pub preset: Preset,
    /// Epochs of each training, from 1.
    pub epochs: usize,
    /// Draws, scorings, and fits of generators that are not trained, from 1; medians are reported.
    pub repeats: usize,
    /// Most training rows used.
    pub rows: usize,
}

/// Generator or click model.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Subject {
    /// Fitted, then drawn from.
    Generator,
    /// Trained, then asked for scores.
    Model,
}

/// The measurements of one subject on one device.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Measurement {
    /// Generator or click model.
    pub subject: Subject,
    /// Its name.
    pub name: String,
    /// What a generator took fields of numbers for.
    #[serde(default, skip_serializing_if = "Reading::is_categories")]
    pub reading: Reading,
    /// Where it ran.
    pub device: Device,
    /// Rows it was fitted to.
    pub train_rows: usize,
    /// Epochs of the training; none of generators that are not trained.
    pub epochs: Option<usize>,
    /// Median seconds of an epoch, or of a fit where there are no epochs.
    pub fit_seconds: f64,
    /// Training rows per second of it.
    pub fit_rows_per_second: f64,
    /// Rows drawn or scored at once.
    pub sample_rows: usize,
    /// Median seconds of drawing or scoring them.
    pub sample_seconds: f64,
    /// Rows per second of it.
    pub sample_rows_per_second: f64,
    /// Largest resident memory of the host, in 10⁶ bytes.
    pub host_peak_mb: f64,
    /// Memory held on the GPU after the measurement beyond that before it, in 10⁶ bytes: what its
    /// tensors took at most, since freed memory is kept for the next.
    pub device_peak_mb: Option<f64>,
}

/// The content of `bench.json`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct BenchReport {
    /// Name and version of this program.
    pub program: String,
    /// The processor and its number of threads.
    pub machine: String,
    /// The widest vector instructions used.
    pub instruction_set: String,
    /// The GPU, if one was used.
    pub gpu: Option<String>,
    /// The data.
    pub dataset: DatasetSummary,
    /// Settings of the generators that are trained.
    pub preset: String,
    /// How often rows were drawn or scored; medians are reported, without the first.
    pub repeats: usize,
    /// Threads of the CPU that were used.
    pub threads: usize,
    /// Every measurement.
    pub measurements: Vec<Measurement>,
}

/// Why something could not be measured.
#[derive(Debug, thiserror::Error)]
pub enum BenchError {
    /// A generator failed.
    #[error(transparent)]
    Generator(#[from] GeneratorError),
    /// A click model failed.
    #[error(transparent)]
    Model(#[from] CtrError),
    /// The results cannot be kept.
    #[error("cannot write the results")]
    Io(#[from] io::Error),
}

/// Measures everything in `config` on the rows of `dataset`; `done` is given all results so far
/// after each measurement.
pub fn run(
    config: &BenchConfig,
    dataset: &Dataset,
    progress: &dyn Progress,
    mut done: impl FnMut(&BenchReport) -> io::Result<()>,
) -> Result<BenchReport, BenchError> {
    let bench = subject::Bench { config, dataset, train: dataset.split.train.head(config.rows) };
    let mut report = BenchReport {
        program: environment::PROGRAM.to_owned(),
        machine: environment::machine(),
        instruction_set: environment::instruction_set().to_owned(),
        gpu: config.devices.contains(&Device::Cuda).then(device::gpu_name).flatten(),
        dataset: DatasetSummary::of(dataset),
        preset: config.preset.name().to_owned(),
        repeats: config.repeats,
        threads: rayon::current_num_threads(),
        measurements: Vec::new(),
    };
    let mut measure =
        |subject, name: &str, device, timed: &dyn Fn() -> Result<Timed, BenchError>| {
            let before = gpu_memory(device);
            let peak = PeakMemory::start();
            let timed = timed()?;
            let host_peak_mb = peak.megabytes();
            let used = gpu_memory(device).zip(before);
            give_back(device);
            let rate = |rows: usize, seconds: f64| rows as f64 / seconds.max(1e-9);
            report.measurements.push(Measurement {
                subject,
                name: name.to_owned(),
                reading: timed.reading,
                device,
                train_rows: bench.train.n_rows(),
                epochs: timed.epochs,
                fit_seconds: timed.fit_seconds,
                fit_rows_per_second: rate(bench.train.n_rows(), timed.fit_seconds),
                sample_rows: timed.sample_rows,
                sample_seconds: timed.sample_seconds,
                sample_rows_per_second: rate(timed.sample_rows, timed.sample_seconds),
                host_peak_mb,
                device_peak_mb: used.map(|(after, before)| (after - before).max(0.0)),
            });
            Ok::<_, BenchError>(done(&report)?)
        };
    for &kind in &config.generators {
        let cpu = [Device::Cpu];
        let devices = if kind.is_trained() { &config.devices[..] } else { &cpu };
        for &device in devices {
            measure(Subject::Generator, kind.name(), device, &|| {
                bench.generator(kind, device, progress)
            })?;
        }
    }
    for &kind in &config.models {
        for &device in &config.devices {
            measure(Subject::Model, kind.name(), device, &|| bench.model(kind, device, progress))?;
        }
    }
    Ok(report)
}

/// The memory in use on a GPU; none on other devices.
fn gpu_memory(device: Device) -> Option<f64> {
    (device == Device::Cuda).then(device::gpu_memory_mb).flatten()
}

/// Gives the memory that a device keeps for its next tensors back to the system.
fn give_back(device: Device) {
    // The only failure is a device that is not there, which has no memory to give back.
    let _ = nn::on_device(device, nn::GiveBack);
}

/// Writes a report as JSON; the file appears whole or not at all.
pub fn write(report: &BenchReport, path: &Path) -> io::Result<()> {
    let json = serde_json::to_vec_pretty(report).map_err(io::Error::other)?;
    files::write_whole(path, |out| {
        out.write_all(&json)?;
        out.write_all(b"\n")
    })
}
