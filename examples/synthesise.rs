//! Fits one generator with any settings to a CSV file and writes as many synthetic rows.
//!
//! ```sh
//! cargo run --release --example synthesise -- REAL.csv 'generator = "tvae"' SEED SYNTHETIC.csv
//! ```
//!
//! `REAL.csv` has a column `label` of 0 and 1; the others are fields. The settings are a table in
//! TOML, with every setting left out at its published value. The generator is fitted `joint` and
//! draws as many rows of each label as it was fitted to. One line of JSON tells time and memory.

use anyhow::{Result, bail};
use std::path::Path;
use std::time::Instant;
use synthctr::data::{self, ReadOptions};
use synthctr::device::Device;
use synthctr::generators::{Conditioning, FitOptions, GeneratorConfig, Way, fit};
use synthctr::measure::PeakMemory;
use synthctr::seed::Seed;

fn main() -> Result<()> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [real, settings, seed, synthetic] = &arguments[..] else {
        bail!("usage: synthesise REAL.csv SETTINGS SEED SYNTHETIC.csv");
    };
    let train = data::load_table(Path::new(real), &ReadOptions::default())?;
    let config: GeneratorConfig = toml::from_str(settings)?;
    let seed = Seed::master(seed.parse()?);
    let (start, peak) = (Instant::now(), PeakMemory::start());
    let options = FitOptions::new(Way::categories(Conditioning::Joint));
    let fitted = fit(&config, options, &train, Device::Cpu, seed, &())?;
    let fit_seconds = start.elapsed().as_secs_f64();
    let start = Instant::now();
    let mut rows = fitted.sample(1, train.count(1), seed, &())?;
    rows.extend(&fitted.sample(0, train.count(0), seed, &())?);
    let sample_seconds = start.elapsed().as_secs_f64();
    let last = fitted.histories().last().and_then(|(_, history)| history.last().cloned());
    let told = serde_json::json!({
        "generator": config.kind(),
        "fit_seconds": fit_seconds,
        "sample_seconds": sample_seconds,
        "peak_mb": peak.megabytes(),
        "last_losses": last.map(|epoch| epoch.losses),
    });
    println!("{told}");
    data::write_csv(&rows, Path::new(synthetic))?;
    Ok(())
}
