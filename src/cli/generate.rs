//! `synthctr generate`: synthetic rows like those of any click log.

use super::progress::{Terminal, count};
use super::tables::{ColumnArgs, check_outputs, constraints, device, say_how_read, write};
use anyhow::{Context, anyhow, bail};
use clap::Args;
use clap::builder::PossibleValuesParser;
use serde::{Deserialize, Serialize};
use std::path::{Path, PathBuf};
use synthctr::data::{self, Binning, Frames, Table, WriteBack, to_tables_with, write_like};
use synthctr::device::DeviceChoice;
use synthctr::generators::{
    self, Conditioning, FitOptions, FittedGenerator, GeneratorConfig, GeneratorKind, Preset,
    Reading, Way,
};
use synthctr::seed::Seed;

/// Draw synthetic rows like those of a click log
///
/// Fits a generator to the real rows, or takes a saved one, and writes rows with the real file's
/// names, texts, order of columns and units.
#[derive(Args, Debug)]
#[command(after_help = "\
Examples:
  synthctr generate --real a.csv --label click --method gaussian-copula --like train --out b.csv
  synthctr generate --real clicks.parquet --label click --method tvae --preset cpu --rows 100000 \\
      --constraint country,city --out fake.parquet --save tvae/
  synthctr generate --real a.csv --label stars --clicks from=4 --method tvae --rows 500 --out b.csv
  synthctr generate --load tvae/ --rows 5000 --label-value 1 --seed 2 --out clicks-only.csv")]
pub struct GenerateArgs {
    /// The click log to learn from: .csv, .tsv (also .gz, .zst) or .parquet
    #[arg(long, value_name = "FILE", help_heading = "What to learn")]
    #[arg(required_unless_present = "load", requires_all = ["label", "method"])]
    real: Option<PathBuf>,
    /// The generator
    #[arg(long, value_name = "NAME", help_heading = "What to learn")]
    #[arg(value_parser = PossibleValuesParser::new(GeneratorKind::ALL.map(|g| g.name())))]
    method: Option<String>,
    /// Fit all rows together, or each label's rows alone
    #[arg(long, value_name = "HOW", default_value = "per-class", help_heading = "What to learn")]
    #[arg(value_parser = PossibleValuesParser::new(Conditioning::ALL.map(|c| c.name())))]
    conditioning: String,
    /// Read every column as categories, or columns of numbers, identifiers among them, as numbers, as
    /// many packages do unless told otherwise
    #[arg(
        long,
        value_name = "READING",
        default_value = "categories",
        help_heading = "What to learn"
    )]
    #[arg(value_parser = PossibleValuesParser::new(Reading::ALL.map(|r| r.name())))]
    reading: String,
    /// Settings of the generators that are trained: the published ones, what two cores can do in 20
    /// minutes on 200,000 rows, or seconds
    #[arg(long, value_name = "PRESET", default_value = "cpu", help_heading = "What to learn")]
    #[arg(value_parser = PossibleValuesParser::new(Preset::ALL.map(|p| p.name())))]
    preset: String,
    /// Most passes over the rows of a generator that is trained [default: the preset's]
    #[arg(long, value_name = "N", help_heading = "What to learn")]
    #[arg(value_parser = clap::value_parser!(u32).range(1..))]
    epochs: Option<u32>,
    /// Where networks are trained
    #[arg(long, value_name = "DEVICE", default_value = "auto", help_heading = "What to learn")]
    #[arg(value_parser = device())]
    device: DeviceChoice,
    /// A generator that --save has kept, in place of --real
    #[arg(long, value_name = "FOLDER", help_heading = "What to learn")]
    #[arg(conflicts_with_all = [
        "real", "method", "label", "user", "item", "constraints", "epochs", "reading", "conditioning",
        "preset", "categorical", "numeric", "ignore", "date_unit", "bins", "clicks",
    ])]
    load: Option<PathBuf>,

    #[command(flatten)]
    columns: ColumnArgs,
    /// The column that names the item, for uniform-item
    #[arg(long, value_name = "COLUMN", help_heading = "Columns")]
    item: Option<String>,
    /// Columns of which only combinations that were seen may come out; may be given several times
    #[arg(long = "constraint", value_name = "COLUMNS", help_heading = "Columns")]
    constraints: Vec<String>,
    /// Columns read as numbers with --reading numbers [default: numbers, and integers of which there
    /// are more than ten, outside the constraints]
    #[arg(long, value_name = "COLUMNS", value_delimiter = ',', help_heading = "Columns")]
    #[arg(conflicts_with = "load")]
    numbers: Option<Vec<String>>,
    /// Bins that columns of numbers are cut into, each with about as many rows [default: 100; with
    /// --reading numbers so many that every number stands for itself]
    #[arg(long, value_name = "N", help_heading = "Columns")]
    #[arg(value_parser = clap::value_parser!(u32).range(2..=i64::from(MOST_BINS)))]
    bins: Option<u32>,

    /// How many rows to draw, as many of them clicks as among the real rows; or give --like train
    #[arg(long, value_name = "N", help_heading = "What to draw")]
    #[arg(required_unless_present = "like")]
    rows: Option<u32>,
    /// As many rows of each label as there are real ones
    #[arg(long, value_name = "TABLE", conflicts_with = "rows", help_heading = "What to draw")]
    #[arg(value_parser = PossibleValuesParser::new(["train"]))]
    like: Option<String>,
    /// Draw rows of this label alone, 1 for clicks
    #[arg(long, value_name = "0|1", help_heading = "What to draw")]
    #[arg(value_parser = label_value)]
    label_value: Option<u8>,
    /// Seed of the fit and of the rows
    #[arg(long, value_name = "N", default_value_t = 1, help_heading = "What to draw")]
    seed: u64,
    /// The file to write: .csv, .tsv (also .gz, .zst) or .parquet; replaced if it is there
    #[arg(long, value_name = "FILE", help_heading = "What to draw")]
    out: PathBuf,
    /// Keep the fitted generator in this folder; another that is there is replaced. With smoten,
    /// resample, independent and uniform-item that is the real rows themselves
    #[arg(long, value_name = "FOLDER", conflicts_with = "load", help_heading = "What to draw")]
    save: Option<PathBuf>,
}

/// A label as files write it.
fn label_value(text: &str) -> Result<u8, String> {
    let fault = || "it must be 1 or true for clicks, 0 or false for the others".to_owned();
    data::label(text.as_bytes()).ok_or_else(fault)
}

/// Bins of a column of numbers that is read as categories.
const CATEGORY_BINS: u32 = 100;

/// Most bins of a column of numbers.
const MOST_BINS: u32 = 1_000_000;

/// What belongs to a saved generator beside itself.
#[derive(Serialize, Deserialize)]
struct Origin {
    /// How its rows are written.
    write_back: WriteBack,
    /// Real rows of each label.
    counts: [usize; 2],
}

/// The file of it.
const ORIGIN: &str = "table.json";

/// Fails where a generator cannot be kept in a folder without mixing with what is there.
fn check_save(folder: &Path) -> anyhow::Result<()> {
    let shown = folder.display();
    let holds = std::fs::read_dir(folder).map(Iterator::count);
    match holds {
        Ok(files) if files > 0 && !folder.join(ORIGIN).is_file() => {
            bail!("{shown} holds other files; name a new or empty folder for --save")
        }
        Err(_) if folder.exists() => bail!("{shown} is no folder that can be read; name another"),
        _ => Ok(()),
    }
}

impl GenerateArgs {
    /// Fits or loads, draws and writes.
    pub fn run(self) -> anyhow::Result<()> {
        // Before a fit of hours.
        let inputs: Vec<&Path> = self.real.iter().map(PathBuf::as_path).collect();
        check_outputs(&inputs, &[&self.out])?;
        data::check_format(&self.out)?;
        if let Some(folder) = &self.save {
            check_save(folder)?;
        }
        let terminal = Terminal::new();
        let (fitted, origin) = match &self.load {
            Some(folder) => self.read(folder)?,
            None => self.fit(&terminal)?,
        };
        if let Some(folder) = &self.save {
            // First what tells the folder as one of a generator: where the rest fails, another try may go on in it.
            std::fs::create_dir_all(folder)
                .with_context(|| format!("cannot make {}", folder.display()))?;
            let json = synthctr::files::sealed(&origin).context("cannot write JSON")?;
            write(&folder.join(ORIGIN), &json)?;
            fitted.save(folder)?;
        }
        let counts = self.counts(origin.counts)?;
        let seed = Seed::master(self.seed);
        let (rows, moved) = {
            let bar = terminal.bar("draw");
            fitted.sample_both(counts, seed.derive("sample"), &bar)?
        };
        terminal.clear();
        write_like(&rows, &origin.write_back, &self.out, Some(seed.derive("write")))?;
        let clicks = count(counts[1], "click");
        println!("{} with {clicks} in {}", count(rows.n_rows(), "row"), self.out.display());
        if let Some(share) = moved.share() {
            println!(
                "{:.1} % of the whole numbers drawn do not occur in the real rows and became the nearest \
                 that does",
                100.0 * share
            );
        }
        if let Some(folder) = &self.save {
            let rows = match fitted.config().kind() {
                GeneratorKind::Smoten
                | GeneratorKind::Resample
                | GeneratorKind::Independent
                | GeneratorKind::UniformItem => ", with the real rows that it draws from",
                _ => "",
            };
            println!("The generator is in {}{rows}", folder.display());
        }
        Ok(())
    }

    fn read(&self, folder: &Path) -> anyhow::Result<(FittedGenerator, Origin)> {
        let fitted = FittedGenerator::load(folder, self.device.resolve()?)?;
        let path = folder.join(ORIGIN);
        let json = std::fs::read(&path)
            .with_context(|| format!("{}: no generator of synthctr generate", path.display()))?;
        let origin: Origin = synthctr::files::unsealed(&json)
            .map_err(|e| anyhow!("{} is damaged ({e}); fit again", path.display()))?;
        Ok((fitted, origin))
    }

    fn fit(&self, terminal: &Terminal) -> anyhow::Result<(FittedGenerator, Origin)> {
        let (Some(real), Some(label), Some(method)) =
            (&self.real, &self.columns.label, &self.method)
        else {
            bail!("--real, --label and --method are needed where nothing is loaded");
        };
        let options = self.columns.options(self.item.iter().cloned().collect());
        let frames: Frames = data::read_frames(&[("real", real)], &options)?;
        say_how_read(terminal, &frames.guesses, &frames.warnings);
        let reading: Reading = self.reading.parse()?;
        let constraints = constraints(&self.constraints);
        let is_number = |name: &str| match &self.numbers {
            Some(named) => named.iter().any(|number| number == name),
            None => !constraints.iter().flatten().any(|tied| tied == name),
        };
        // What is read as a number needs no bins, what is read as categories does.
        let binning = |name: &str| {
            let finest = reading == Reading::Numbers && is_number(name);
            let bins = self.bins.unwrap_or(if finest { MOST_BINS } else { CATEGORY_BINS });
            Binning::Quantiles(bins as usize)
        };
        let (mut tables, write_back) =
            to_tables_with(&frames, label, self.columns.clicks.as_ref(), binning)?;
        let train: Table = tables.remove(0);
        let config = self.config(method.parse()?, train.n_rows())?;
        let way = Way { conditioning: self.conditioning.parse()?, reading };
        if self.numbers.is_some() && way.reading == Reading::Categories {
            bail!("--numbers names columns for --reading numbers; give both");
        }
        let all = FitOptions { way, numbers: self.numbers.as_deref(), constraints: &constraints };
        let mut numbers = Vec::new();
        if config.kind().readings().contains(&reading) && reading == Reading::Numbers {
            numbers = all.number_fields(train.schema())?;
            if self.numbers.is_none() {
                numbers.retain(|name| !self.columns.categorical.contains(name));
            }
            terminal.say(&format!("Read as numbers: {}", numbers.join(", ")));
        }
        if config.kind() == GeneratorKind::CopulaGan && reading == Reading::Categories {
            terminal.say(
                "copula-gan differs from ctgan in columns read as numbers alone, and nothing is read so; \
                 see --reading numbers",
            );
        }
        let options = FitOptions { numbers: Some(&numbers), ..all };
        let bar = terminal.bar(method);
        let fitted = generators::fit(
            &config,
            options,
            &train,
            self.device.resolve()?,
            Seed::master(self.seed).derive("fit"),
            &bar,
        )?;
        Ok((fitted, Origin { write_back, counts: [train.count(0), train.count(1)] }))
    }

    fn config(&self, kind: GeneratorKind, rows: usize) -> anyhow::Result<GeneratorConfig> {
        let preset = Preset::ALL.into_iter().find(|preset| preset.name() == self.preset);
        let config = GeneratorConfig::preset(kind, preset.context("an unknown preset")?);
        if self.epochs.is_some() && !kind.is_trained() {
            bail!("{kind} is not trained in passes; leave out --epochs");
        }
        let config = match self.epochs {
            Some(epochs) => config.with_epochs(epochs as usize, rows),
            None => config,
        };
        if kind == GeneratorKind::UniformItem && self.item.is_none() {
            bail!("uniform-item needs the column that names the item: --item COLUMN");
        }
        Ok(config.with_fields(self.item.as_deref(), self.columns.user.as_deref()))
    }

    /// Rows to draw of each label.
    fn counts(&self, real: [usize; 2]) -> anyhow::Result<[usize; 2]> {
        let of_both = match self.rows {
            None => real,
            Some(rows) => {
                let (rows, all) = (rows as usize, (real[0] + real[1]).max(1));
                let clicks = (rows as f64 * real[1] as f64 / all as f64).round() as usize;
                [rows - clicks.min(rows), clicks.min(rows)]
            }
        };
        let counts = match (self.label_value, self.rows) {
            (None, _) => of_both,
            (Some(0), Some(rows)) => [rows as usize, 0],
            (Some(_), Some(rows)) => [0, rows as usize],
            (Some(0), None) => [real[0], 0],
            (Some(_), None) => [0, real[1]],
        };
        if counts == [0, 0] {
            bail!("no row is asked for; set --rows to 1 or more");
        }
        Ok(counts)
    }
}
