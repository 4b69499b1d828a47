//! `synthctr bench`: how fast everything is here.

use super::progress::{Terminal, count};
use anyhow::Context;
use clap::Args;
use clap::builder::PossibleValuesParser;
use std::path::PathBuf;
use synthctr::bench::{self, BenchConfig, BenchError};
use synthctr::ctr::ModelKind;
use synthctr::data::{self, DatasetConfig, SimulatorConfig};
use synthctr::device::{Device, DeviceChoice};
use synthctr::experiment::RunError;
use synthctr::generators::{GeneratorKind, Preset, Reading};
use synthctr::report;
use synthctr::seed::Seed;

/// Measure generators and click models: rows per second and memory, device by device
///
/// Trains every generator and model for a few epochs and draws and scores some rows. Results are
/// printed and written to a JSON file.
#[derive(Args, Debug)]
#[command(after_help = "\
Examples:
  synthctr bench
  synthctr bench --devices cpu,cuda --preset paper --dataset frappe_x1 --data-dir ~/data
  synthctr bench --generators ctgan --models deepfm --rows 20000 --epochs 5")]
pub struct BenchArgs {
    /// Devices to compare, the first of which is what the others are compared to
    #[arg(long, value_name = "LIST", value_delimiter = ',', default_value = "cpu")]
    #[arg(value_parser = PossibleValuesParser::new(["cpu", "ndarray", "cuda"]))]
    devices: Vec<String>,
    /// Data set: a built-in one, with or without a download, see `synthctr data list`
    #[arg(long, value_name = "NAME", default_value = "simulated")]
    dataset: String,
    /// Folder of the data sets [default: $SYNTHCTR_DATA_DIR or ./data]
    #[arg(long, value_name = "FOLDER")]
    data_dir: Option<PathBuf>,
    /// Most training rows used [default: all]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(2..))]
    rows: Option<u32>,
    /// Generators to measure, or `none` [default: all, but copula-gan with --reading numbers only,
    /// since it is ctgan where all fields are categories]
    #[arg(long, value_name = "LIST", value_delimiter = ',')]
    #[arg(value_parser = names(GeneratorKind::ALL.map(|g| g.name())))]
    generators: Option<Vec<String>>,
    /// Click models to measure, or `none` [default: all]
    #[arg(long, value_name = "LIST", value_delimiter = ',')]
    #[arg(value_parser = names(ModelKind::ALL.map(|m| m.name())))]
    models: Option<Vec<String>>,
    /// Whether generators read fields of numbers, identifiers among them, as categories or as
    /// numbers, those that can
    #[arg(long, value_name = "READING", default_value = "categories")]
    #[arg(value_parser = PossibleValuesParser::new(Reading::ALL.map(|r| r.name())))]
    reading: String,
    /// Settings of the generators that are trained
    #[arg(long, value_name = "PRESET", default_value = "quick")]
    #[arg(value_parser = PossibleValuesParser::new(Preset::ALL.map(|p| p.name())))]
    preset: String,
    /// Epochs of each training; the median counts, without the first if there are several
    #[arg(long, value_name = "N", default_value_t = 3)]
    #[arg(value_parser = clap::value_parser!(u32).range(1..))]
    epochs: u32,
    /// How often rows are drawn or scored; the median counts, without the first if there are
    /// several
    #[arg(long, value_name = "N", default_value_t = 3)]
    #[arg(value_parser = clap::value_parser!(u32).range(1..))]
    repeats: u32,
    /// File of the results, replaced if it is there
    #[arg(long, value_name = "FILE", default_value = "bench.json")]
    out: PathBuf,
}

/// The given names, and `none`.
fn names<const N: usize>(names: [&'static str; N]) -> PossibleValuesParser {
    PossibleValuesParser::new(names.into_iter().chain(["none"]))
}

/// Those of `all` that are named; all where no names are given.
fn chosen<T: Copy>(
    names: &Option<Vec<String>>,
    all: &[T],
    name: impl Fn(T) -> &'static str,
) -> Vec<T> {
    let wanted = |&each: &T| {
        names.as_ref().is_none_or(|names| names.iter().any(|wanted| wanted == name(each)))
    };
    all.iter().copied().filter(wanted).collect()
}

impl BenchArgs {
    /// Measures, prints the table and writes the file.
    pub fn run(self) -> anyhow::Result<()> {
        let mut devices: Vec<Device> = Vec::new();
        for name in &self.devices {
            let choice = DeviceChoice::ALL.into_iter().find(|choice| choice.name() == name);
            let device = choice.context("a device")?.resolve()?;
            if !devices.contains(&device) {
                devices.push(device);
            }
        }
        let preset = Preset::ALL.into_iter().find(|preset| preset.name() == self.preset);
        let reading: Reading = self.reading.parse()?;
        let generators = match &self.generators {
            Some(_) => chosen(&self.generators, &GeneratorKind::ALL, GeneratorKind::name),
            None => {
                let of_numbers_alone = |kind: &GeneratorKind| kind.readings() == [Reading::Numbers];
                let all = GeneratorKind::ALL.into_iter();
                all.filter(|k| reading == Reading::Numbers || !of_numbers_alone(k)).collect()
            }
        };
        let config = BenchConfig {
            devices,
            generators,
            reading,
            models: chosen(&self.models, &ModelKind::ALL, ModelKind::name),
            preset: preset.context("a preset")?,
            epochs: self.epochs as usize,
            repeats: self.repeats as usize,
            rows: self.rows.map_or(usize::MAX, |rows| rows as usize),
        };
        // Before the measurements, which take what they take.
        super::tables::check_outputs(&[], &[&self.out])?;
        let mut dataset = DatasetConfig::named(&self.dataset);
        if reading == Reading::Numbers && self.dataset == data::SIMULATED {
            let simulator = SimulatorConfig { integer_ids: true, ..SimulatorConfig::default() };
            dataset.simulator = Some(simulator);
        }
        let dataset = data::load(&dataset, self.data_dir.as_deref(), Seed::master(1))
            .map_err(RunError::Data)?;
        let terminal = Terminal::new();
        // Written as it goes: a later measurement may take hours, or all the memory.
        let report = bench::run(&config, &dataset, &terminal.bar(""), |report| {
            if let Some(measurement) = report.measurements.last() {
                terminal.say(&format!(
                    "{} on {}: {:.0} rows/s fitted, {:.0} rows/s drawn or scored, {:.0} MB",
                    measurement.name,
                    measurement.device,
                    measurement.fit_rows_per_second,
                    measurement.sample_rows_per_second,
                    measurement.host_peak_mb
                ));
            }
            bench::write(report, &self.out)
        });
        let cannot = || format!("cannot write {}", self.out.display());
        let report = match report {
            Err(BenchError::Io(error)) => Err(error).with_context(cannot)?,
            other => other?,
        };
        terminal.clear();
        print!("{}", report::bench_table(&report));
        bench::write(&report, &self.out).with_context(cannot)?;
        let measurements = count(report.measurements.len(), "measurement");
        println!("{measurements} in {}", self.out.display());
        Ok(())
    }
}
