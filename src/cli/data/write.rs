//! `synthctr data write`: the rows of an experiment, as files for any tool.

use super::{PlaceArgs, parts};
use anyhow::{Context, anyhow, bail};
use clap::Args;
use std::path::{Path, PathBuf};
use synthctr::data::{self, Encoding, NAMES, Table, built};
use synthctr::experiment::{ExperimentConfig, Override};
use synthctr::files::TEMPORARY;
use synthctr::report::whole;
use synthctr::seed::Seed;

/// Write the rows of a data set, or of an experiment, as files for any tool.
///
/// Rows are written as experiments see them: the label first, then the fields that are used; numbers that
/// are cut into bins as what stands for their bin, and values that train does not hold as <unseen>. Files that are
/// there already are never replaced.
#[derive(Args, Debug)]
#[command(after_help = "Examples:\n  synthctr data write quick --out data/quick\n  \
    synthctr data write simulated --out big --set dataset.simulator.train_rows=10000000\n  \
    synthctr data write my-study.toml --out my-split --format csv")]
pub(super) struct WriteArgs {
    /// A data set (see `synthctr data list`), or an experiment, built in or a TOML file, whose data are
    /// meant.
    #[arg(value_name = "NAME|EXPERIMENT")]
    what: String,
    /// The folder for train, valid and test, made if need be.
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
    let experiment = experiment(&args.what, &args.changes)?;
    let seed = Seed::master(experiment.data_seed);
    let dataset = data::load(&experiment.dataset, args.place.data_dir.as_deref(), seed)?;
    let (out, format) = (&args.out, &args.format);
    if out.exists() && !out.is_dir() {
        bail!("{} is a file; --out names a folder", out.display());
    }
    let names = ["train", "valid", "test"].map(|part| format!("{part}.{format}"));
    if let Some(there) = names.iter().map(|name| out.join(name)).find(|path| path.exists()) {
        bail!("{} is there already; name another folder, or remove it", there.display());
    }
    let split = &dataset.split;
    std::fs::create_dir_all(out).with_context(|| format!("cannot make {}", out.display()))?;
    // All three or none, but for a kill between renames: one alone would stand in the way of another try.
    let unfinished = tempfile::Builder::new().prefix(TEMPORARY).tempdir_in(out);
    let unfinished = unfinished.with_context(|| format!("cannot write in {}", out.display()))?;
    let mut written = Vec::new();
    let tables = [("train", &split.train), ("valid", &split.valid), ("test", &split.test)];
    for ((part, table), name) in tables.into_iter().zip(&names) {
        let path = unfinished.path().join(name);
        data::write_table(table, &path)?;
        written.push((part, table, data::file_checksum(&path)?));
    }
    for name in &names {
        let path = out.join(name);
        std::fs::rename(unfinished.path().join(name), &path)
            .with_context(|| format!("cannot write {}", path.display()))?;
    }
    print!("{}", parts(&written));
    let rows = written.iter().map(|(_, table, _)| table.n_rows()).sum();
    println!("{} rows of {} in {}", whole(rows), dataset.name, out.display());
    let changed = changed(&[&split.valid, &split.test]);
    if !changed.is_empty() {
        println!("Not as they were: {}", changed.join("; "));
    }
    Ok(())
}

/// The experiment called `what`, or one on the data set of that name.
fn experiment(what: &str, changes: &[Override]) -> anyhow::Result<ExperimentConfig> {
    if NAMES.contains(&what) {
        let text = format!("name = \"{what}\"\ndataset = \"{what}\"");
        return Ok(ExperimentConfig::parse("", &text, changes)?);
    }
    if built::ALL.iter().any(|built| built.name == what) {
        bail!("the experiment on {what} is a file: experiments/{what}.toml");
    }
    let path = Path::new(what);
    if path.is_file() && path.extension().is_none_or(|extension| extension != "toml") {
        bail!("{what} is no experiment; write one whose [dataset] has `path = \"{what}\"`");
    }
    let opened = ExperimentConfig::open(what, changes);
    if path.extension().is_none() && !path.exists() {
        let sets = NAMES.join(", ");
        return opened.map_err(|e| anyhow!("{e}; the data sets are {sets}"));
    }
    Ok(opened?)
}

/// What is written otherwise than it was read, given the parts other than train.
fn changed(others: &[&Table]) -> Vec<String> {
    let fields = &others[0].schema().fields;
    let binned = |field: &&data::Field| matches!(field.encoding, Encoding::Bins { .. });
    let names: Vec<&str> = fields.iter().filter(binned).map(|field| field.name.as_str()).collect();
    let mut said = Vec::new();
    if !names.is_empty() {
        said.push(format!(
            "what stands for its bin is written for each number of {}",
            names.join(", ")
        ));
    }
    let columns = others.iter().flat_map(|table| table.columns().iter().zip(fields));
    let unseen = columns
        .map(|(codes, field)| codes.iter().filter(|&&code| code == field.unseen()).count())
        .sum::<usize>();
    if unseen > 0 {
        said.push(format!("{} values that train does not hold are <unseen>", whole(unseen)));
    }
    said
}
