//! `synthctr compare`: whether a change of the program changed what it does.

use super::progress::{Terminal, count};
use clap::Args;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use synthctr::compare::programs::{self, Measurements, Programs};
use synthctr::compare::{self, CompareError, Comparison, Gate, Recorded, Report, Tolerance};

/// Tell whether a change of the program changed its results, or what they take
///
/// Results repeat bit for bit: with equal program, settings and data every difference is a change, and
/// turns the light red. Changes that are meant (another revision, `--intended`) are judged by means over
/// cells and seeds, of all and of each model, source, scenario and cell; the tolerances are `[gate]` of
/// BASE's experiment. Time and memory are compared by running two programs in turn. The exit code is 0
/// for green, 1 for red, 2 for what cannot be compared.
#[derive(Args, Debug)]
#[command(override_usage = "\
synthctr compare [OPTIONS] <BASE> <NEW>
       synthctr compare <RUN> --save <FILE>
       synthctr compare [OPTIONS] --programs <OLD> <NEW> [EXPERIMENT]
       synthctr compare [OPTIONS] --judge <FILE>")]
#[command(after_help = "\
Examples:
  synthctr compare runs/before runs/after
  synthctr compare reports/gate/quick.json runs/quick --markdown gate.md --junit gate.xml
  synthctr compare runs/quick --save reports/gate/quick.json
  synthctr compare runs/before runs/after --intended --gate auc=0.05
  synthctr compare --programs old/synthctr new/synthctr quick --repeat 30 --json costs.json
  synthctr compare --judge costs.json                (judges time and memory again)")]
pub struct CompareArgs {
    /// Run folder, or a baseline that --save wrote; with --programs the old program
    #[arg(value_name = "BASE", required_unless_present = "judge")]
    base: Option<PathBuf>,
    /// Run folder; with --programs the new program
    #[arg(value_name = "NEW", required_unless_present_any = ["judge", "save"])]
    new: Option<PathBuf>,
    /// With --programs: `quick`, `paper` or a TOML file [default: quick]
    #[arg(value_name = "EXPERIMENT", requires = "programs")]
    experiment: Option<String>,

    /// All changes are meant: judge them by their means, not by their bits
    #[arg(long, help_heading = "Results")]
    intended: bool,
    /// A tolerance that counts instead of BASE's, as in `[gate]` of an experiment; may be given several
    /// times
    #[arg(long = "gate", value_name = "KEY=VALUE", value_parser = tolerance)]
    #[arg(help_heading = "Results")]
    tolerances: Vec<Tolerance>,
    /// Write BASE's results as a baseline, small enough to be committed, and compare nothing
    #[arg(long, value_name = "FILE", help_heading = "Results")]
    #[arg(conflicts_with_all = ["new", "programs", "judge", "json", "junit", "markdown", "intended"])]
    #[arg(conflicts_with = "tolerances")]
    save: Option<PathBuf>,

    /// Run two programs in turn and compare their time and memory too
    #[arg(long, help_heading = "Time and memory")]
    programs: bool,
    /// How often each program is run
    #[arg(long, value_name = "N", default_value_t = 20, requires = "programs")]
    #[arg(value_parser = clap::value_parser!(u16).range(1..=1000))]
    #[arg(help_heading = "Time and memory")]
    repeat: u16,
    /// A key of the experiment, as in its TOML file; may be given several times
    #[arg(long = "set", value_name = "KEY=VALUE", requires = "programs")]
    #[arg(help_heading = "Time and memory")]
    changes: Vec<String>,
    /// Count instructions too, which do not depend on the machine's load: with perf, else with valgrind
    /// (50 times slower)
    #[arg(long, requires = "programs", help_heading = "Time and memory")]
    instructions: bool,
    /// Judge time and memory again, of a file that --json wrote
    #[arg(long, value_name = "FILE", help_heading = "Time and memory")]
    #[arg(conflicts_with_all = ["base", "programs"])]
    judge: Option<PathBuf>,

    /// File for everything that was compared
    #[arg(long, value_name = "FILE", help_heading = "Output")]
    json: Option<PathBuf>,
    /// File for JUnit XML: a test case for each cell, mean and cost, and for each reason of a red light
    #[arg(long, value_name = "FILE", help_heading = "Output")]
    junit: Option<PathBuf>,
    /// File for a pull request or a job's summary
    #[arg(long, value_name = "FILE", help_heading = "Output")]
    markdown: Option<PathBuf>,
    /// How many differing results are printed
    #[arg(long, value_name = "N", default_value_t = 20, help_heading = "Output")]
    worst: u16,
}

impl CompareArgs {
    /// Compares, prints and writes; gives 1 for red.
    pub fn run(self) -> anyhow::Result<ExitCode> {
        self.check_outputs()?;
        let report = match (&self.judge, &self.base, &self.new, &self.save) {
            (Some(file), ..) => {
                let (measurements, gate) = Measurements::read(file)?;
                let gate = compare::with_given(gate, &self.tolerances)?;
                let costs = programs::judge(&measurements, &gate);
                Report::new(gate, None, Some((costs, measurements)))
            }
            (_, Some(base), _, Some(file)) => return save(base, file),
            (_, Some(old), Some(new), _) if self.programs => self.compare_programs(old, new)?,
            (_, Some(base), Some(new), _) => {
                let (comparison, gate) = self.compare_runs(base, new)?;
                Report::new(gate, Some(comparison), None)
            }
            // clap asks for them.
            _ => return Err(setting("name the two runs that are to be compared".to_owned()).into()),
        };
        let show = |part: String| {
            if !part.is_empty() {
                println!("{part}")
            }
        };
        show(compare::table(&report, self.worst.into(), super::use_colour()));
        show(self.write(&report)?);
        // Of a log the last line is read.
        println!("{}", report.summary());
        Ok(if report.green { ExitCode::SUCCESS } else { ExitCode::from(1) })
    }

    fn compare_runs(&self, base: &Path, new: &Path) -> Result<(Comparison, Gate), CompareError> {
        let (base, new) = (Recorded::open(base)?, Recorded::open(new)?);
        if let (Some(old), Some(other)) = (base.dataset(), new.dataset())
            && old != other
        {
            return Err(setting(format!(
                "{} is of the data set {old} and {} of {other}; only results on the same data are compared",
                base.place, new.place
            )));
        }
        let (gate, whose) = compare::tolerances(&base, &new, &self.tolerances)?;
        let mut comparison = compare::compare(&base, &new, &gate, self.intended);
        comparison.notes.extend(whose);
        Ok((comparison, gate))
    }

    fn compare_programs(&self, old: &Path, new: &Path) -> Result<Report, CompareError> {
        let programs = Programs {
            files: [old.to_owned(), new.to_owned()],
            experiment: self.experiment.clone().unwrap_or_else(|| "quick".to_owned()),
            changes: self.changes.clone(),
        };
        let terminal = Terminal::new();
        let repeat = usize::from(self.repeat);
        terminal.say(&format!("{} of each program", count(repeat, "repetition")));
        let mut interleaved = programs::interleave(&programs, repeat, |done, repetition| {
            let (old, new) = (repetition.old.user_seconds, repetition.new.user_seconds);
            terminal.say(&format!("[{done}/{repeat}] {old:.2} s and {new:.2} s of processor time"));
        })?;
        if self.instructions {
            terminal.say("counting instructions");
            let counted = programs::count_instructions(&programs)?;
            interleaved.measurements.instructions = Some(counted);
        }
        let [base, new] = interleaved.folders();
        let (mut comparison, gate) = self.compare_runs(&base, &new)?;
        // The folders go; the programs are what was compared.
        [comparison.base, comparison.new] = interleaved.measurements.programs.clone();
        // Repetitions in turn say it better.
        comparison.forget_stages();
        let costs = programs::judge(&interleaved.measurements, &gate);
        Ok(Report::new(gate, Some(comparison), Some((costs, interleaved.measurements.clone()))))
    }

    fn check_outputs(&self) -> Result<(), CompareError> {
        let outputs = [&self.json, &self.junit, &self.markdown, &self.save];
        let outputs: Vec<&Path> = outputs.into_iter().flatten().map(PathBuf::as_path).collect();
        let inputs = [&self.base, &self.new, &self.judge];
        let inputs: Vec<&Path> = inputs.into_iter().flatten().map(PathBuf::as_path).collect();
        super::tables::check_outputs(&inputs, &outputs).map_err(|e| setting(format!("{e:#}")))
    }

    /// Writes the files; gives a line for each.
    fn write(&self, report: &Report) -> anyhow::Result<String> {
        let mut lines = String::new();
        let mut write = |what: &str, path: &Path, text: String| {
            lines += &format!("{what}: {}\n", path.display());
            super::tables::write(path, text.as_bytes())
        };
        if let Some(path) = &self.json {
            write("Everything", path, report.json()?)?;
        }
        if let Some(path) = &self.junit {
            write("JUnit XML", path, compare::junit(report)?)?;
        }
        if let Some(path) = &self.markdown {
            write("Markdown", path, compare::markdown(report))?;
        }
        Ok(lines)
    }
}

/// `KEY=VALUE` with a number.
fn tolerance(text: &str) -> Result<Tolerance, String> {
    let (key, value) = text.split_once('=').ok_or("it must be KEY=VALUE, as in auc=0.05")?;
    let value = value.trim().parse().map_err(|_| format!("`{value}` is no number"))?;
    Ok((key.trim().to_owned(), value))
}

fn save(run: &Path, file: &Path) -> anyhow::Result<ExitCode> {
    let recorded = Recorded::open(run)?;
    let text = recorded.baseline()?;
    super::tables::write(file, text.as_bytes())?;
    let results = count(recorded.entries.len(), "result");
    println!("{results} in {} kB: {}", text.len().div_ceil(1000), file.display());
    Ok(ExitCode::SUCCESS)
}

fn setting(message: String) -> CompareError {
    CompareError::Setting(message)
}
