//! `synthctr data`: which click logs there are, what is in them, where to get them.

use anyhow::{Context, bail};
use clap::{Args, Subcommand};
use indicatif::{ProgressBar, ProgressStyle};
use std::collections::BTreeMap;
use std::io::{IsTerminal, Write};
use std::path::{Path, PathBuf};
use synthctr::data::built::{self, Built};
use synthctr::data::fetch::{self, Remote};
use synthctr::data::{
    self, Binning, Dataset, DatasetConfig, NAMES, Numeric, Published, Table, simulator,
};
use synthctr::progress::Progress;
use synthctr::report;
use synthctr::seed::Seed;

/// Click logs: list them, look into them, fetch them.
#[derive(Args, Debug)]
pub struct DataArgs {
    #[command(subcommand)]
    command: DataCommand,
}

#[derive(Subcommand, Debug)]
enum DataCommand {
    /// List the data sets and whether they are there.
    List(ListArgs),
    /// Show a data set's parts, fields and checksums.
    Info(InfoArgs),
    /// Download a data set, after consent to its licence, or say how to build it.
    Fetch(FetchArgs),
}

#[derive(Args, Debug)]
#[command(after_help = "Examples:\n  synthctr data list\n  \
    synthctr data list --data-dir ~/datasets")]
struct ListArgs {
    #[command(flatten)]
    place: PlaceArgs,
}

#[derive(Args, Debug)]
#[command(after_help = "Examples:\n  synthctr data info simulated\n  \
    synthctr data info frappe_x1 --data-dir ~/datasets\n  \
    synthctr data info clicks.csv --label click\n  \
    synthctr data info clicks.parquet --numeric price=quantiles:10 --numeric visits=log2\n  \
    synthctr data info train.csv --valid valid.csv --test test.csv")]
struct InfoArgs {
    /// The name of a data set (see `synthctr data list`), or a .csv or .parquet file.
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

#[derive(Args, Debug)]
#[command(after_help = "Examples:\n  synthctr data fetch frappe_x1\n  \
    synthctr data fetch frappe_x1 --data-dir ~/datasets --accept-license\n\n\
    A download that broke off continues where it was when the command is run again.")]
struct FetchArgs {
    /// The data set's name, see `synthctr data list`.
    name: String,
    /// Accept the data set's licence without being asked.
    #[arg(long)]
    accept_license: bool,
    /// A mirror: the address of a folder with the same files as the publisher's.
    #[arg(long, value_name = "URL")]
    base_url: Option<String>,
    #[command(flatten)]
    place: PlaceArgs,
}

#[derive(Args, Debug)]
struct PlaceArgs {
    /// The folder of the data sets [default: $SYNTHCTR_DATA_DIR, else ./data].
    #[arg(long, value_name = "DIR")]
    data_dir: Option<PathBuf>,
}

/// Runs `synthctr data …`.
pub fn run(args: DataArgs) -> anyhow::Result<()> {
    match args.command {
        DataCommand::List(args) => list(&args),
        DataCommand::Info(args) => info(args),
        DataCommand::Fetch(args) => fetch(&args),
    }
}

fn list(args: &ListArgs) -> anyhow::Result<()> {
    let dir = data::data_dir(args.place.data_dir.as_deref());
    let mut rows = vec![
        ["name", "what", "where"].map(String::from),
        [
            simulator::NAME.into(),
            "simulated click log, its best possible AUC known".into(),
            "embedded".into(),
        ],
    ];
    for Published { what, remote, .. } in NAMES.iter().filter_map(|name| data::published(name)) {
        let folder = dir.join(&remote.name);
        let state = match remote.files.iter().all(|file| folder.join(&file.name).is_file()) {
            true => format!("in {}", folder.display()),
            false => format!("not in {}: synthctr data fetch {}", dir.display(), remote.name),
        };
        rows.push([remote.name, what.into(), state]);
    }
    for built in built::ALL {
        let state = match built.path(&dir).is_file() {
            true => format!("in {}", dir.join(built.name).display()),
            false => format!("to be built: synthctr data fetch {} says how", built.name),
        };
        rows.push([built.name, built.what, &state].map(String::from));
    }
    print!("{}", aligned(&rows, 0..0));
    Ok(())
}

fn info(args: InfoArgs) -> anyhow::Result<()> {
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
        print!("{}", describe(&dataset));
        return Ok(());
    }
    let path = Path::new(&args.what);
    if path.extension().is_none() && !path.exists() {
        bail!(
            "there is no data set and no file `{}`; the data sets are {}",
            args.what,
            NAMES.join(", ")
        );
    }
    let table = data::load_table(path, &config.read_options())?;
    let md5 = data::file_checksum(path)?;
    print!("{}\n{}", parts(&[("all", &table, md5)]), fields(&table, None));
    Ok(())
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

/// A line per part.
fn parts(parts: &[(&str, &Table, String)]) -> String {
    let mut rows = vec![["part", "rows", "clicks", "click rate", "md5"].map(String::from)];
    for (part, table, md5) in parts {
        let (n, clicks) = (table.n_rows(), table.count(1));
        let rate = percent(clicks as f64 / n.max(1) as f64);
        rows.push([part.to_string(), thousands(n), thousands(clicks), rate, md5.clone()]);
    }
    aligned(&rows, 1..4)
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
        let printable = |c: char| if c.is_control() { ' ' } else { c };
        let short: String = top.chars().take(24).map(printable).collect();
        let mut row =
            vec![field.name.clone(), thousands(field.categories), percent(field.top_share)];
        row.extend(unseen.iter().flat_map(|unseen| unseen[position].map(percent)));
        row.push(short);
        rows.push(row);
    }
    let total = summaries.iter().map(|field| field.categories).sum();
    let mut sum = vec![String::new(); rows[0].len()];
    (sum[0], sum[1]) = ("all".into(), thousands(total));
    rows.push(sum);
    let numbers = 1..rows[0].len() - 1;
    aligned(&rows, numbers)
}

fn fetch(args: &FetchArgs) -> anyhow::Result<()> {
    if args.name == simulator::NAME {
        println!("`{}` is embedded; there is nothing to fetch.", args.name);
        return Ok(());
    }
    if let Some(built) = Built::named(&args.name) {
        return build(&built, &data::data_dir(args.place.data_dir.as_deref()));
    }
    let Some(Published { remote, .. }) = data::published(&args.name) else {
        let named = |names: &[&str]| {
            names.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ")
        };
        bail!(
            "there is no data set `{}` to fetch; there are {}, and {} can be built",
            args.name,
            named(&NAMES[1..]),
            named(&built::ALL.map(|built| built.name))
        );
    };
    let from = args.base_url.as_deref().unwrap_or(&remote.base_url);
    eprintln!("{}\n\nLicence: {}\nCitation: {}\n", from, remote.licence, remote.citation);
    if !args.accept_license {
        consent(&remote)?;
    }
    let dir = data::data_dir(args.place.data_dir.as_deref());
    let bar = Bar::new();
    for file in fetch::fetch(&remote, &dir, args.base_url.as_deref(), &bar)? {
        let state = if file.already { "already there" } else { "fetched" };
        let note = file.note.map_or(String::new(), |note| format!(" ({note})"));
        println!("{}  {}  {state}{note}", file.md5, file.path.display());
    }
    Ok(())
}

/// Says that a log is there, or how to build it.
fn build(built: &Built, dir: &Path) -> anyhow::Result<()> {
    let path = built.path(dir);
    let how = built.how.replace("DATA_DIR", &dir.display().to_string());
    match built.check(dir)? {
        Some(true) => println!("{}  {}  already there", built.md5, path.display()),
        Some(false) => bail!(
            "{} is not the log that comes out of the package: its md5 sum is not {}; build it anew:\n  {how}",
            path.display(),
            built.md5
        ),
        None => bail!(
            "{} is nothing to download, but can be built ({}):\n  {how}\nLicence: {}",
            built.name,
            built.what,
            built.licence
        ),
    }
    Ok(())
}

/// Asks on the terminal whether the licence is accepted.
fn consent(remote: &Remote) -> anyhow::Result<()> {
    if !std::io::stdin().is_terminal() {
        bail!(
            "the licence of {} must be accepted first: run the command on a terminal, or add \
             --accept-license",
            remote.name
        );
    }
    eprint!("Do you accept the licence? [y/N] ");
    std::io::stderr().flush().context("cannot write to the terminal")?;
    let mut answer = String::new();
    std::io::stdin().read_line(&mut answer).context("cannot read the answer")?;
    match answer.trim().to_lowercase().as_str() {
        "y" | "yes" => Ok(()),
        _ => bail!("not accepted; nothing was downloaded"),
    }
}

/// A progress bar of bytes; invisible where there is no terminal.
struct Bar(ProgressBar);

impl Bar {
    fn new() -> Self {
        let template = "{msg} {wide_bar} {bytes} of {total_bytes} ({eta})";
        let style = ProgressStyle::with_template(template).unwrap_or(ProgressStyle::default_bar());
        Self(ProgressBar::no_length().with_style(style))
    }
}

impl Progress for Bar {
    fn start(&self, what: &str, total: u64) {
        self.0.reset();
        self.0.set_length(total);
        self.0.set_message(what.to_string());
    }

    fn advance(&self, steps: u64) {
        self.0.inc(steps);
    }

    fn note(&self, _: &str) {}

    fn finish(&self) {
        self.0.finish_and_clear();
    }
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

/// Columns of text, two spaces apart, those in `numbers` to the right; the first row is their
/// heads.
pub fn aligned<R: AsRef<[String]>>(rows: &[R], numbers: std::ops::Range<usize>) -> String {
    let mut table = comfy_table::Table::new();
    table.load_style(comfy_table::presets::NOTHING);
    for row in rows {
        table.add_row(row.as_ref());
    }
    for (position, column) in table.column_iter_mut().enumerate() {
        column.set_padding((0, 2));
        if numbers.contains(&position) {
            column.set_cell_alignment(comfy_table::CellAlignment::Right);
        }
    }
    table.trim_fmt() + "\n"
}

fn percent(share: f64) -> String {
    format!("{:.3} %", 100.0 * share)
}

/// 1,234,567 for 1234567.
fn thousands(n: usize) -> String {
    report::written(n as f64, 0)
}
