//! `synthctr data`: which click logs there are, what is in them, where to get them.

mod fetch;
mod info;
mod write;

use clap::{Args, Subcommand};
use std::path::PathBuf;
use synthctr::data::{self, NAMES, Published, Table, built, simulator};
use synthctr::report::whole;

/// Click logs: list them, look into them, fetch them, write them.
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
    Info(info::InfoArgs),
    /// Download a data set, after consent to its licence, or say how to build it.
    Fetch(fetch::FetchArgs),
    Write(write::WriteArgs),
}

#[derive(Args, Debug)]
#[command(after_help = "Examples:\n  synthctr data list\n  \
    synthctr data list --data-dir ~/datasets")]
struct ListArgs {
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
        DataCommand::Info(args) => info::info(args),
        DataCommand::Fetch(args) => fetch::fetch(&args),
        DataCommand::Write(args) => write::write(args),
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

/// A line per part.
fn parts(parts: &[(&str, &Table, String)]) -> String {
    let mut rows = vec![["part", "rows", "clicks", "click rate", "md5"].map(String::from)];
    for (part, table, md5) in parts {
        let (n, clicks) = (table.n_rows(), table.count(1));
        let rate = percent(clicks as f64 / n.max(1) as f64);
        rows.push([part.to_string(), whole(n), whole(clicks), rate, md5.clone()]);
    }
    aligned(&rows, 1..4)
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
