//! `synthctr data write`: the rows of an experiment, as files for any tool.

use super::{PlaceArgs, parts, thousands};
use anyhow::Context;
use clap::Args;
use std::path::PathBuf;
use synthctr::data::{self, NAMES, built};
use synthctr::experiment::{ExperimentConfig, Override};
use synthctr::seed::Seed;

#[derive(Args, Debug)]
#[command(after_help = "Examples:\n  synthctr data write quick --out data/quick\n  \
    synthctr data write simulated --out big --set dataset.simulator.train_rows=10000000\n  \
    synthctr data write my-study.toml --out my-split --format csv")]
pub(super) struct WriteArgs {
    /// A data set (see `synthctr data list`), or an experiment, built in or a TOML file, whose data are
    /// meant.
    #[arg(value_name = "NAME|EXPERIMENT")]
    what: String,
    /// The folder for train, valid and test.
    #[arg(long, value_name = "DIR")]
    out: PathBuf,
    /// The form of the files.
    #[arg(long, value_name = "FORMAT", default_value = "parquet", value_parser = ["parquet", "csv"])]
    format: String,
    /// Sets any key of the experiment; may be given several times.
    #[arg(long = "set", value_name = "KEY=VALUE", value_parser = Override::parse)]
    changes: Vec<Override>,
    #[command(flatten)]
    place: PlaceArgs,
}

/// Runs `synthctr data write`.
pub(super) fn write(args: WriteArgs) -> anyhow::Result<()> {
    let is_data = NAMES.contains(&args.what.as_str())
        || built::ALL.iter().any(|built| built.name == args.what);
    let experiment = match is_data {
        true => {
            let text = format!("name = \"{0}\"\ndataset = \"{0}\"", args.what);
            ExperimentConfig::parse("", &text, &args.changes)?
        }
        false => ExperimentConfig::open(&args.what, &args.changes)?,
    };
    let seed = Seed::master(experiment.data_seed);
    let dataset = data::load(&experiment.dataset, args.place.data_dir.as_deref(), seed)?;
    let out = &args.out;
    std::fs::create_dir_all(out).with_context(|| format!("cannot make {}", out.display()))?;
    let split = &dataset.split;
    let mut written = Vec::new();
    for (part, table) in [("train", &split.train), ("valid", &split.valid), ("test", &split.test)] {
        let path = out.join(format!("{part}.{}", args.format));
        data::write_table(table, &path)?;
        written.push((part, table, data::file_checksum(&path)?));
    }
    print!("{}", parts(&written));
    let rows = written.iter().map(|(_, table, _)| table.n_rows()).sum();
    println!("{} rows of {} in {}", thousands(rows), dataset.name, out.display());
    Ok(())
}
