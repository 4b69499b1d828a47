//! Time, memory and copied rows of every generator on a data set's training rows.
//!
//! ```sh
//! cargo run --release --example generators -- frappe_x1 DATA_DIR [PRESET [GENERATOR ROWS]]
//! ```
//!
//! `DATA_DIR` is what `synthctr run --data-dir` takes, `-` for none. Every generator, or the one
//! named, is fitted both ways where they differ, without constraints, to all training rows or to
//! the first `ROWS`, and draws rows of each label, half as many as it was fitted to. `PRESET`
//! (`paper`, `cpu`, `quick`) is that of the neural generators; default: `quick`.

use anyhow::{Context, Result};
use std::path::Path;
use std::time::Instant;
use synthctr::data::{self, DatasetConfig};
use synthctr::device::Device;
use synthctr::generators::{FitOptions, GeneratorConfig, GeneratorKind, Preset, Way, fit};
use synthctr::measure::PeakMemory;
use synthctr::metrics::identical_rows;
use synthctr::seed::Seed;

fn main() -> Result<()> {
    let mut arguments = std::env::args().skip(1);
    let name = arguments.next().context("usage: generators DATASET [DATA_DIR]")?;
    let data_dir = arguments.next().filter(|dir| dir != "-");
    let preset = match arguments.next().as_deref() {
        None | Some("quick") => Preset::Quick,
        Some("cpu") => Preset::Cpu,
        Some("paper") => Preset::Paper,
        Some(other) => {
            anyhow::bail!("there is no preset `{other}`; there are paper, cpu and quick")
        }
    };
    let kinds = match arguments.next() {
        Some(name) => vec![name.parse()?],
        None => GeneratorKind::ALL.to_vec(),
    };
    let most = arguments.next().map_or(Ok(usize::MAX), |rows| rows.parse())?;
    let config = DatasetConfig { name, ..DatasetConfig::default() };
    let seed = Seed::master(1);
    let dataset = data::load(&config, data_dir.as_deref().map(Path::new), seed)?;
    let train = &dataset.split.train.head(most);
    let n = train.n_rows() / 2;

    let valid = identical_rows(&dataset.split.valid, train);
    println!(
        "{} training rows; of {} validation rows {} also stand in train, {} with their label",
        train.n_rows(),
        dataset.split.valid.n_rows(),
        valid.without_label,
        valid.with_label,
    );

    println!(
        "{:<16} {:<10} {:>5} {:>7} {:>6} {:>8} {:>7} {:>9} {:>10}",
        "generator",
        "conditions",
        "label",
        "rows",
        "fit s",
        "sample s",
        "peak MB",
        "identical",
        "with label",
    );
    for kind in kinds {
        for &conditioning in kind.conditionings() {
            let config = GeneratorConfig::preset(kind, preset)
                .with_fields(dataset.item.as_deref(), dataset.user.as_deref());
            let (start, peak) = (Instant::now(), PeakMemory::start());
            let options = FitOptions::new(Way::categories(conditioning));
            let fitted = fit(&config, options, train, Device::Cpu, seed, &())?;
            let fit_seconds = start.elapsed().as_secs_f64();
            for label in [1, 0] {
                let start = Instant::now();
                let rows = fitted.sample(label, n, seed, &())?;
                let sample_seconds = start.elapsed().as_secs_f64();
                let peak_mb = peak.megabytes();
                let identical = identical_rows(&rows, train);
                println!(
                    "{:<16} {:<10} {label:>5} {n:>7} {fit_seconds:>6.3} {sample_seconds:>8.3} \
                     {peak_mb:>7.0} {:>9} {:>10}",
                    kind.name(),
                    conditioning.name(),
                    identical.without_label,
                    identical.with_label,
                );
            }
        }
    }
    Ok(())
}
