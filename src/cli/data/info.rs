//! `synthctr data info`: what a click log holds.

use super::{PlaceArgs, aligned, parts, percent};
use crate::cli::output::printable;
use anyhow::bail;
use clap::Args;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use synthctr::data::built::{self, Built};
use synthctr::data::{self, Binning, Dataset, DatasetConfig, Encoding, NAMES, Numeric, Table};
use synthctr::experiment::ExperimentConfig;
use synthctr::report::whole;
use synthctr::seed::Seed;

#[derive(Args, Debug)]
#[command(after_help = "Examples:\n  synthctr data info simulated\n  \
    synthctr data info frappe_x1 --data-dir ~/datasets\n  \
    synthctr data info clicks.csv --label click\n  \
    synthctr data info clicks.parquet --numeric price=quantiles:10 --numeric visits=log2\n  \
    synthctr data info train.csv --valid valid.csv --test test.csv\n  \
    synthctr data info my-study.toml          the data of an experiment, read and split as there")]
pub(super) struct InfoArgs {
    /// The name of a data set (see `synthctr data list`), a table (.csv, .tsv, also .gz or .zst, or .parquet), or an
    /// experiment's .toml file.
    #[arg(value_name = "NAME|FILE")]
    what: String,
    /// The file's label column (0 or 1, 1 = click).
    #[arg(long, value_name = "COLUMN")]
    label: Option<String>,
    /// The columns to use as fields, separated by commas [default: all but the label].
    #[arg(long, value_name = "COLUMNS", value_delimiter = ',')]
    fields: Option<Vec<String>>,
    /// A column of numbers and its bins: COLUMN=quantiles:N or COLUMN=log2. May be repeated.
    #[arg(long, value_name = "COLUMN=BINS", value_parser = numeric)]
    numeric: Vec<Numeric>,
    /// The file of validation rows, where FILE holds the training rows.
    #[arg(long, value_name = "FILE", requires = "test")]
    valid: Option<PathBuf>,
    /// The file of test rows, where FILE holds the training rows.
    #[arg(long, value_name = "FILE", requires = "valid")]
    test: Option<PathBuf>,
    /// The seed of `simulated`.
    #[arg(long, default_value_t = 1)]
    seed: u64,
    #[command(flatten)]
    place: PlaceArgs,
}

/// Runs `synthctr data info`.
pub(super) fn info(args: InfoArgs) -> anyhow::Result<()> {
    if Path::new(&args.what).extension().is_some_and(|extension| extension == "toml") {
        if args.label.is_some()
            || args.fields.is_some()
            || !args.numeric.is_empty()
            || args.valid.is_some()
        {
            bail!("{} says itself how its data are read; change it there", args.what);
        }
        let experiment = ExperimentConfig::open(&args.what, &[])?;
        let seed = Seed::master(experiment.data_seed);
        let dataset = data::load(&experiment.dataset, args.place.data_dir.as_deref(), seed)?;
        print!("{}{}", describe(&dataset), notes(&dataset.split.train));
        return Ok(());
    }
    let mut config = DatasetConfig::named(&args.what);
    config.label = args.label;
    config.fields = args.fields;
    config.numeric = args.numeric;
    let named = NAMES.contains(&args.what.as_str());
    if named || args.valid.is_some() {
        if !named {
            config.train = Some(args.what.into());
        }
        (config.valid, config.test) = (args.valid, args.test);
        let seed = Seed::master(args.seed);
        let dataset = data::load(&config, args.place.data_dir.as_deref(), seed)?;
        print!("{}{}", describe(&dataset), notes(&dataset.split.train));
        return Ok(());
    }
    let mut path = PathBuf::from(&args.what);
    if let Some(built) = Built::named(&args.what).filter(|_| !path.is_file()) {
        path = built.path(&data::data_dir(args.place.data_dir.as_deref()));
        if !path.is_file() {
            bail!("{}", built.remedy());
        }
        config.label.get_or_insert_with(|| built::LABEL.to_owned());
    }
    if path.extension().is_none() && !path.exists() {
        bail!(
            "there is no data set and no file `{}`; the data sets are {}",
            args.what,
            NAMES
                .into_iter()
                .chain(built::ALL.map(|built| built.name))
                .collect::<Vec<_>>()
                .join(", ")
        );
    }
    let table = data::load_table(&path, &config.read_options())?;
    let md5 = data::file_checksum(&path)?;
    print!("{}\n{}", parts(&[("all", &table, md5)]), fields(&table, None));
    print!("{}", notes(&table));
    Ok(())
}

/// What stands in the way of an experiment on this table, a line each.
fn notes(table: &Table) -> String {
    remarks(table).iter().map(|remark| format!("note: {remark}\n")).collect()
}

fn remarks(table: &Table) -> Vec<String> {
    let (rows, clicks) = (table.n_rows(), table.count(1));
    let mut remarks = Vec::new();
    if clicks == 0 || clicks == rows {
        let label = u8::from(clicks > 0);
        remarks.push(format!(
            "all rows have the label {label}; nothing can be learned from one label"
        ));
    }
    for (position, field) in data::summarise(table).iter().enumerate() {
        if decimals(table, position) {
            remarks.push(format!(
                "`{}` holds decimals, of which each is a category of its own: dataset.numeric cuts them into bins",
                printable(&field.name, usize::MAX)
            ));
        } else if data::names_rows(field.categories, rows) {
            remarks.push(format!(
                "`{0}` has {1} different values in {2} rows: leave it out (dataset.ignore), or cut it into bins if it is \
                 a number (dataset.numeric)",
                printable(&field.name, usize::MAX),
                whole(field.categories),
                whole(rows)
            ));
        } else if field.categories <= 1 {
            let name = printable(&field.name, usize::MAX);
            remarks.push(format!("`{name}` has one value in all rows, and so says nothing"));
        }
    }
    remarks
}

/// Whether a field's categories are numbers, more than ten and not all whole.
fn decimals(table: &Table, field: usize) -> bool {
    let field = &table.schema().fields[field];
    let Encoding::Categories { values } = &field.encoding else { return false };
    let mut numbers = values.iter().filter(|value| !value.is_empty());
    let finite = |value: &String| value.parse::<f64>().is_ok_and(f64::is_finite);
    let whole = |value: &String| value.parse::<i128>().is_ok();
    values.len() > 10 && numbers.clone().all(finite) && numbers.any(|value| !whole(value))
}

/// Everything worth knowing about a data set.
fn describe(dataset: &Dataset) -> String {
    let split = &dataset.split;
    let none = String::new();
    let md5 = |part: &str, sums: &BTreeMap<String, String>| sums.get(part).unwrap_or(&none).clone();
    let rows = [("train", &split.train), ("valid", &split.valid), ("test", &split.test)]
        .map(|(part, table)| (part, table, md5(part, &dataset.checksums)));
    let mut text = format!("{}\n{}", parts(&rows), fields(&split.train, Some(dataset)));
    let constraints: Vec<String> = dataset.constraints.iter().map(|g| g.join(" + ")).collect();
    let mut facts =
        vec![("constraints", constraints.join(", ")), ("note", dataset.notes.join("; "))];
    if let Some(auc) = dataset.bayes_auc {
        facts.push(("Bayes-optimal test AUC", format!("{:.3} %", 100.0 * auc)));
    }
    facts.retain(|(_, fact)| !fact.is_empty());
    if !facts.is_empty() {
        text.push('\n');
    }
    for (name, fact) in facts {
        text += &format!("{name}: {fact}\n");
    }
    text
}

/// A line per field of train.
fn fields(train: &Table, dataset: Option<&Dataset>) -> String {
    let mut header = vec!["field", "categories", "top share"];
    if dataset.is_some() {
        header.extend(["unseen in valid", "unseen in test"]);
    }
    header.push("most frequent");
    let mut rows: Vec<Vec<String>> = vec![header.into_iter().map(String::from).collect()];
    let unseen = dataset.map(|dataset| data::unseen_shares(&dataset.split));
    let summaries = data::summarise(train);
    for (position, field) in summaries.iter().enumerate() {
        let top = if field.top.is_empty() { "(missing)" } else { &field.top };
        let short = printable(top, 24);
        let name = printable(&field.name, usize::MAX);
        let mut row = vec![name, whole(field.categories), percent(field.top_share)];
        row.extend(unseen.iter().flat_map(|unseen| unseen[position].map(percent)));
        row.push(short);
        rows.push(row);
    }
    let total = summaries.iter().map(|field| field.categories).sum();
    let mut sum = vec![String::new(); rows[0].len()];
    (sum[0], sum[1]) = ("all".into(), whole(total));
    rows.push(sum);
    let numbers = 1..rows[0].len() - 1;
    aligned(&rows, numbers)
}

/// Parses `price=quantiles:10` or `visits=log2`.
fn numeric(text: &str) -> Result<Numeric, String> {
    let wanted = || "it must be COLUMN=quantiles:N or COLUMN=log2".to_string();
    let (name, bins) = text.rsplit_once('=').ok_or_else(wanted)?;
    let bins = match (bins, bins.strip_prefix("quantiles:")) {
        ("log2", _) => Binning::Log2,
        (_, Some(n)) => Binning::Quantiles(n.parse().map_err(|_| wanted())?),
        _ => return Err(wanted()),
    };
    Ok(Numeric { name: name.into(), bins })
}
