//! Fits one generator with any settings to a CSV file and writes as many synthetic rows.
//!
//! ```sh
//! cargo run --release --example synthesise -- REAL.csv 'generator = "tvae"' SEED SYNTHETIC.csv
//! ```
//!
//! The first column of `REAL.csv` is the label, the others are fields. The settings are a table in
//! TOML, with every setting left out at its published value. The generator is fitted `joint` and
//! draws as many rows of each label as it was fitted to. One line of JSON tells time and memory.

use anyhow::{Context, Result, bail};
use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Instant;
use synthctr::data::{Field, Schema, Table};
use synthctr::device::Device;
use synthctr::generators::{Conditioning, GeneratorConfig, fit};
use synthctr::measure::PeakMemory;
use synthctr::seed::Seed;

fn read(path: &str) -> Result<Table> {
    let mut reader = csv::Reader::from_path(path)?;
    let names: Vec<String> = reader.headers()?.iter().map(str::to_owned).collect();
    let mut cells = vec![Vec::new(); names.len()];
    for record in reader.records() {
        for (column, cell) in cells.iter_mut().zip(&record?) {
            column.push(cell.to_owned());
        }
    }
    let labels = cells[0].iter().map(|label| label.parse()).collect::<Result<_, _>>()?;
    let (mut fields, mut columns) = (Vec::new(), Vec::new());
    for (name, column) in names.iter().zip(&cells).skip(1) {
        let values: Vec<String> =
            column.iter().collect::<BTreeSet<_>>().into_iter().cloned().collect();
        let code = |cell: &String| values.partition_point(|value| value < cell) as u32;
        columns.push(column.iter().map(code).collect());
        fields.push(Field::categorical(name, values));
    }
    Ok(Table::new(Arc::new(Schema { label: names[0].clone(), fields }), columns, labels))
}

fn main() -> Result<()> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [real, settings, seed, synthetic] = &arguments[..] else {
        bail!("usage: synthesise REAL.csv SETTINGS SEED SYNTHETIC.csv");
    };
    let train = read(real).with_context(|| real.clone())?;
    let config: GeneratorConfig = toml::from_str(settings)?;
    let seed = Seed::master(seed.parse()?);
    let (start, peak) = (Instant::now(), PeakMemory::start());
    let fitted = fit(&config, Conditioning::Joint, &[], &train, Device::Cpu, seed, &())?;
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
    let mut writer = csv::Writer::from_path(synthetic)?;
    let names = rows.schema().fields.iter().map(|field| field.name.as_str());
    writer.write_record(std::iter::once(rows.schema().label.as_str()).chain(names))?;
    for row in 0..rows.n_rows() {
        let cells = rows.schema().fields.iter().zip(rows.columns());
        let cells = cells.map(|(field, column)| field.text(column[row]).into_owned());
        writer.write_record(std::iter::once(rows.labels()[row].to_string()).chain(cells))?;
    }
    writer.flush()?;
    Ok(())
}
