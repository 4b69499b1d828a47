//! `synthctr evaluate`: how good and how private a synthetic table of any tool is.

use super::progress::Terminal;
use super::tables::{ColumnArgs, say_how_read};
use anyhow::Context;
use clap::Args;
use serde::Serialize;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use synthctr::data::{self, Frames, Guess};
use synthctr::device::DeviceChoice;
use synthctr::evaluate::{self, EvaluateOptions, Evaluation, World};
use synthctr::experiment::environment;
use synthctr::report;
use synthctr::seed::Seed;

/// Measure how good and how private a synthetic table is, whatever made it
///
/// Compares a synthetic table with the real one it was learned from, and attacks it. Give a holdout,
/// real rows that nothing was learned from: without one, nobody can tell what leaks from what holds
/// for everybody. Every number stands beside that of as many real rows and of copies of real rows.
#[derive(Args, Debug)]
#[command(after_help = "\
Examples:
  synthctr evaluate --real train.csv --synthetic fake.csv --holdout test.csv --label click
  synthctr evaluate --real a.csv --synthetic fake.parquet --json out.json --html out.html
  synthctr evaluate --real a.csv.gz --synthetic b.csv --user uid --numeric price --ignore row")]
pub struct EvaluateArgs {
    /// The real table that the synthetic one was learned from: .csv, .tsv (also .gz, .zst), .parquet
    #[arg(long, value_name = "FILE", help_heading = "Tables")]
    real: PathBuf,
    /// The synthetic table
    #[arg(long, value_name = "FILE", help_heading = "Tables")]
    synthetic: PathBuf,
    /// Real rows that nothing was learned from, such as test rows; needed for all that asks what
    /// leaks
    #[arg(long, value_name = "FILE", help_heading = "Tables")]
    holdout: Option<PathBuf>,
    #[command(flatten)]
    columns: ColumnArgs,
    /// Columns whose combinations must stand in the real table; may be given several times
    #[arg(long = "constraint", value_name = "COLUMNS", help_heading = "Columns")]
    constraints: Vec<String>,

    /// The columns that the rows of a visit or a request have in common, if the split kept those together: they are
    /// dealt and attacked as one. Without it, it is found out
    #[arg(long, value_name = "COLUMNS", value_delimiter = ',', help_heading = "Columns")]
    #[arg(requires = "holdout")]
    group: Vec<String>,

    /// File for all numbers, those of every column, pair and attack included; replaced if it is there
    #[arg(long, value_name = "FILE", help_heading = "What to measure and where to put it")]
    json: Option<PathBuf>,
    /// File for a page that shows them, complete in itself; replaced if it is there
    #[arg(long, value_name = "FILE", help_heading = "What to measure and where to put it")]
    html: Option<PathBuf>,
    /// Also train the three click models on the synthetic and on the real rows and test them on the
    /// holdout (minutes)
    #[arg(long, help_heading = "What to measure and where to put it")]
    #[arg(requires_all = ["holdout", "label"])]
    utility: bool,
    /// Do not measure real rows and copies for comparison: a quarter of the time, and numbers that
    /// say little
    #[arg(long, help_heading = "What to measure and where to put it")]
    no_yardsticks: bool,
    /// Seed of everything that is drawn at random
    #[arg(long, value_name = "N", default_value_t = 1)]
    #[arg(help_heading = "What to measure and where to put it")]
    seed: u64,
    /// Where click models are trained
    #[arg(long, value_name = "DEVICE", default_value = "auto")]
    #[arg(value_parser = super::tables::device())]
    #[arg(help_heading = "What to measure and where to put it")]
    device: DeviceChoice,
}

/// The file of all numbers.
#[derive(Serialize)]
struct Output<'a> {
    #[serde(flatten)]
    evaluation: &'a Evaluation,
    /// What every column was taken for.
    read_as: &'a [Guess],
    made_with: MadeWith,
}

/// What a result was made with.
#[derive(Serialize)]
struct MadeWith {
    program: &'static str,
    quality_revision: u32,
    seed: u64,
    machine: String,
    instruction_set: &'static str,
    /// Files and their md5 sums, by role.
    files: BTreeMap<&'static str, FileUsed>,
}

#[derive(Serialize)]
struct FileUsed {
    path: String,
    md5: String,
}

impl EvaluateArgs {
    /// Reads, measures, prints and writes.
    pub fn run(self) -> anyhow::Result<()> {
        let files = self.files();
        let inputs: Vec<&Path> = files.iter().map(|(_, path)| *path).collect();
        let outputs: Vec<&Path> =
            [&self.json, &self.html].into_iter().flatten().map(PathBuf::as_path).collect();
        super::tables::check_outputs(&inputs, &outputs)?;
        let terminal = Terminal::new();
        // Numbers are cut into bins, and a group is no bin.
        let options = self.columns.options(self.group.clone());
        let named: Vec<(&str, &Path)> = files.iter().map(|(role, path)| (*role, *path)).collect();
        let mut read = data::read_frames(&named, &options)?;
        if let (Some(label), Some(clicks)) = (&self.columns.label, &self.columns.clicks) {
            read.mark_clicks(label, clicks)?;
        }
        let Frames { mut frames, guesses, warnings, .. } = read;
        say_how_read(&terminal, &guesses, &warnings);
        let holdout = (frames.len() > 2).then(|| frames.remove(2));
        let synthetic = frames.remove(1);
        let constraints = super::tables::constraints(&self.constraints);
        let mut world = World {
            real: frames.remove(0),
            holdout,
            label: self.columns.label.clone(),
            user: self.columns.user.clone(),
            constraints,
            together: (!self.group.is_empty()).then_some(self.group.clone()),
        };
        world.check()?;
        if world.together.is_none() {
            world.find_together(Seed::master(self.seed).derive("together"));
            if let Some(columns) = &world.together {
                terminal.say(&format!(
                    "Rows alike in {} were kept together by the split: they are dealt and attacked as one \
                     (--group names other columns).",
                    columns.join(", ")
                ));
            }
        }
        if self.utility {
            evaluate::click_labels(&world, &synthetic).map_err(|e| {
                anyhow::anyhow!("--utility {e}; --clicks says which others are clicks")
            })?;
        }
        for doubt in world.doubts(&synthetic, Seed::master(self.seed).derive("doubts")) {
            terminal.say(&format!("warning: {doubt}"));
        }
        let options = EvaluateOptions {
            yardsticks: !self.no_yardsticks,
            utility: self.utility.then(|| self.device.resolve()).transpose()?,
        };
        let evaluation = {
            let bar = terminal.bar("");
            evaluate::evaluate(&world, &synthetic, options, Seed::master(self.seed), &bar)
        };
        terminal.clear();
        print!("{}", report::evaluation_text(&evaluation, super::use_colour()));
        let made_with = self.made_with(&files)?;
        if let Some(path) = &self.html {
            let page = report::evaluation_page(&evaluation, &made_with.facts(&guesses));
            super::tables::write(path, page.as_bytes())?;
            println!("The page: {}", path.display());
        }
        if let Some(path) = &self.json {
            let output = Output { evaluation: &evaluation, read_as: &guesses, made_with };
            let mut json = serde_json::to_vec_pretty(&output).context("cannot write JSON")?;
            json.push(b'\n');
            super::tables::write(path, &json)?;
            println!("All numbers: {}", path.display());
        }
        Ok(())
    }

    fn files(&self) -> Vec<(&'static str, &Path)> {
        let mut files =
            vec![("real", self.real.as_path()), ("synthetic", self.synthetic.as_path())];
        files.extend(self.holdout.as_ref().map(|path| ("holdout", path.as_path())));
        files
    }

    fn made_with(&self, files: &[(&'static str, &Path)]) -> anyhow::Result<MadeWith> {
        let mut used = BTreeMap::new();
        for (role, path) in files {
            let md5 = data::file_checksum(path)?;
            used.insert(*role, FileUsed { path: path.display().to_string(), md5 });
        }
        Ok(MadeWith {
            program: environment::PROGRAM,
            quality_revision: evaluate::QUALITY_REVISION,
            seed: self.seed,
            machine: environment::machine(),
            instruction_set: environment::instruction_set(),
            files: used,
        })
    }
}

impl MadeWith {
    /// As names and texts.
    fn facts(&self, guesses: &[Guess]) -> Vec<(String, String)> {
        let mut facts = vec![
            ("program".to_owned(), self.program.to_owned()),
            ("seed".to_owned(), self.seed.to_string()),
            ("machine".to_owned(), format!("{}, {}", self.machine, self.instruction_set)),
        ];
        for (role, file) in &self.files {
            facts.push((format!("{role} table"), format!("{}, md5 {}", file.path, file.md5)));
        }
        facts.extend(guesses.iter().map(|guess| {
            (format!("column {}", guess.name), format!("{} ({})", guess.kind, guess.reason))
        }));
        facts
    }
}
