//! `synthctr data fetch`: to download a click log after consent to its licence, or to build it.

use super::PlaceArgs;
use anyhow::{Context, bail};
use clap::Args;
use indicatif::{ProgressBar, ProgressStyle};
use std::io::{IsTerminal, Write};
use std::path::Path;
use synthctr::data::built::{self, Built};
use synthctr::data::fetch::{self, Remote};
use synthctr::data::{self, NAMES, Published, simulator};
use synthctr::progress::Progress;

#[derive(Args, Debug)]
#[command(after_help = "Examples:\n  synthctr data fetch frappe_x1\n  \
    synthctr data fetch frappe_x1 --data-dir ~/datasets --accept-license\n\n\
    A download that broke off continues where it was when the command is run again.")]
pub(super) struct FetchArgs {
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

/// Runs `synthctr data fetch`.
pub(super) fn fetch(args: &FetchArgs) -> anyhow::Result<()> {
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
