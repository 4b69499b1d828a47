//! What the commands share that read tables of any tool.

use super::output::printable;
use super::progress::Terminal;
use anyhow::{Context, bail};
use clap::Args;
use clap::builder::{PossibleValuesParser, TypedValueParser};
use std::path::Path;
use synthctr::data::{Clicks, DateUnit, FrameOptions, Guess, LabelValue, LeastLabel};
use synthctr::device::DeviceChoice;

/// How columns are taken.
#[derive(Args, Debug)]
pub struct ColumnArgs {
    /// The column that says whether a row is a click
    #[arg(long, value_name = "COLUMN", help_heading = "Columns")]
    pub label: Option<String>,
    /// Which labels are clicks, where these are not 1 and true: yes, or 4,5, or from=4
    #[arg(long, value_name = "LABELS", requires = "label", value_parser = clicks)]
    #[arg(help_heading = "Columns")]
    pub clicks: Option<Clicks>,
    /// The column that names the user
    #[arg(long, value_name = "COLUMN", help_heading = "Columns")]
    pub user: Option<String>,
    /// Columns that hold categories, whatever they look like
    #[arg(long, value_name = "COLUMNS", value_delimiter = ',', help_heading = "Columns")]
    pub categorical: Vec<String>,
    /// Columns that hold numbers, whatever they look like
    #[arg(long, value_name = "COLUMNS", value_delimiter = ',', help_heading = "Columns")]
    pub numeric: Vec<String>,
    /// Columns that are left out
    #[arg(long, value_name = "COLUMNS", value_delimiter = ',', help_heading = "Columns")]
    pub ignore: Vec<String>,
    /// The unit that dates and times are counted in, and drawn rows are rounded to: month, day, hour,
    /// minute or second
    #[arg(long, value_name = "UNIT", default_value = "day", help_heading = "Columns")]
    #[arg(value_parser = unit)]
    pub date_unit: DateUnit,
}

/// `yes`, `4,5` or `from=4`.
fn clicks(text: &str) -> Result<Clicks, String> {
    if let Some(from) = text.strip_prefix("from=") {
        let from = from.trim().parse().ok().filter(|from: &f64| from.is_finite());
        let from = from.ok_or("after from= there must be a number")?;
        return Ok(Clicks::From(LeastLabel { from }));
    }
    let values: Vec<LabelValue> = text
        .split(',')
        .map(|value| match value.trim().to_ascii_lowercase().as_str() {
            "true" => LabelValue::Truth(true),
            "false" => LabelValue::Truth(false),
            _ => LabelValue::Text(value.trim().to_owned()),
        })
        .collect();
    match values.contains(&LabelValue::Text(String::new())) {
        true => Err("it names an empty label".to_owned()),
        false => Ok(Clicks::Values(values)),
    }
}

/// A device by its name.
pub fn device() -> impl TypedValueParser<Value = DeviceChoice> {
    let named = |name: String| DeviceChoice::ALL.into_iter().find(|d| d.name() == name);
    PossibleValuesParser::new(DeviceChoice::ALL.map(|d| d.name()))
        .map(move |name| named(name).unwrap_or_default())
}

/// A unit of dates by its name.
fn unit(name: &str) -> Result<DateUnit, String> {
    let unit = serde_json::from_value(serde_json::Value::String(name.to_owned()));
    unit.map_err(|_| "the units are month, day, hour, minute and second".to_owned())
}

impl ColumnArgs {
    /// As the reader wants it; `more` are further columns of categories.
    pub fn options(&self, more: Vec<String>) -> FrameOptions {
        FrameOptions {
            categorical: [self.categorical.clone(), more].concat(),
            numeric: self.numeric.clone(),
            date_unit: self.date_unit,
            ignore: self.ignore.clone(),
            label: self.label.clone(),
            user: self.user.clone(),
            ..FrameOptions::default()
        }
    }
}

/// So much of a column's name is shown.
const LONGEST_NAME: usize = 60;

/// Prints what every column was taken for, and what was left out.
pub fn say_how_read(terminal: &Terminal, guesses: &[Guess], warnings: &[String]) {
    let shown = |guess: &Guess| printable(&guess.name, LONGEST_NAME);
    let width = guesses.iter().map(|guess| shown(guess).chars().count()).max().unwrap_or(0);
    terminal.say("Columns, as read (change with --categorical, --numeric, --ignore):");
    for guess in guesses {
        let (name, kind, reason) = (shown(guess), guess.kind.to_string(), &guess.reason);
        terminal.say(&format!("  {name:width$}  {kind:10}  {reason}"));
    }
    for warning in warnings {
        terminal.say(&format!("warning: {warning}"));
    }
}

/// Groups of columns from `a,b` each.
pub fn constraints(groups: &[String]) -> Vec<Vec<String>> {
    let columns = |group: &String| group.split(',').map(|name| name.trim().to_owned()).collect();
    groups.iter().map(columns).collect()
}

/// Fails where one of the files to be written cannot be, is there twice or is one that is read:
/// before the work, not after it.
pub fn check_outputs(inputs: &[&Path], outputs: &[&Path]) -> anyhow::Result<()> {
    // A file that is not there yet has no canonical name, but its folder has.
    let place = |path: &Path| {
        let of_folder = || {
            let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty());
            Some(folder.unwrap_or(Path::new(".")).canonicalize().ok()?.join(path.file_name()?))
        };
        path.canonicalize().ok().or_else(of_folder).unwrap_or_else(|| path.to_path_buf())
    };
    for (position, path) in outputs.iter().enumerate() {
        let shown = path.display();
        if path.is_dir() {
            bail!("{shown} is a folder; name a file");
        }
        if inputs.iter().any(|input| place(input) == place(path)) {
            bail!("{shown} is read and would be lost; write to another file");
        }
        if outputs[..position].iter().any(|other| place(other) == place(path)) {
            bail!("{shown} is named for two outputs; each needs a file of its own");
        }
        let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty());
        let folder = folder.unwrap_or(Path::new("."));
        if !folder.is_dir() {
            bail!("{shown}: there is no folder {}", folder.display());
        }
        if is_special(path) {
            continue;
        }
        tempfile::tempfile_in(folder)
            .with_context(|| format!("{shown}: nothing can be written to {}", folder.display()))?;
    }
    Ok(())
}

/// Writes a file that appears whole or not at all. A link stays one, and what is no file, such as a
/// pipe or a device, is written to and not replaced.
pub fn write(path: &Path, content: &[u8]) -> anyhow::Result<()> {
    let target = path.canonicalize().unwrap_or_else(|_| path.to_path_buf());
    let written = match is_special(&target) {
        true => std::fs::write(&target, content),
        false => synthctr::files::write_whole(&target, |out| out.write_all(content)),
    };
    written.with_context(|| format!("cannot write {}", path.display()))
}

/// Whether something stands there that is no file.
fn is_special(path: &Path) -> bool {
    std::fs::metadata(path).is_ok_and(|metadata| !metadata.is_file())
}
