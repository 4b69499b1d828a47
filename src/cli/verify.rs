//! `synthctr verify`: does what is claimed hold?

use super::progress::Terminal;
use clap::Args;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use synthctr::files::json_to_depth;
use synthctr::report;
use synthctr::verdict::{self, Claims, Run, claims};

/// How deep comparisons lie in a verdict: each has a line of its own in the file.
const COMPARISON: usize = 4;

/// Say which claims a run's results reproduce, contradict or cannot decide
///
/// Reads the cells of a run folder and answers every claim of the paper, or of a file of your own,
/// with intervals over seeds and over test rows. Writes verdict.json (of claims of your own,
/// verdict.NAME.json) into the run folder. The exit code is 0 if every claim is reproduced, 1 if one is
/// contradicted or has no effect that matters, and 2 if there is no answer: one is undecided, or
/// something went wrong.
#[derive(Args, Debug)]
#[command(after_help = "\
Examples:
  synthctr verify runs/paper
  synthctr verify runs/paper --claim negatives-help --all
  synthctr verify runs/sweep --why
  synthctr verify runs/my-study --claims my-claims.toml")]
pub struct VerifyArgs {
    /// The run folder
    #[arg(required_unless_present = "print_claims")]
    run: Option<PathBuf>,
    /// A file of claims [default: those of the paper]; `synthctr verify --print-claims` shows what
    /// one looks like
    #[arg(long, value_name = "FILE")]
    claims: Option<String>,
    /// Print the paper's claims as a file, to begin one of your own with
    #[arg(long)]
    print_claims: bool,
    /// Only the claim of this name; may be given several times
    #[arg(long = "claim", value_name = "ID")]
    only: Vec<String>,
    /// Show every comparison, not only those that matter most
    #[arg(long)]
    all: bool,
    /// Show where differences to `base` come from: which items, which class, which fields; the file has
    /// it then as well
    #[arg(long)]
    why: bool,
    /// File for the verdict, replaced if it is there [default: verdict.json in the run folder, with --claims
    /// verdict.NAME.json, if all claims are judged]
    #[arg(long, value_name = "FILE")]
    json: Option<PathBuf>,
}

impl VerifyArgs {
    /// Judges the run and prints what comes out.
    pub fn run(self) -> anyhow::Result<ExitCode> {
        if self.print_claims {
            print!("{}", claims::PAPER);
            return Ok(ExitCode::SUCCESS);
        }
        let folder = self.run.unwrap_or_default();
        let mut claims = match &self.claims {
            Some(path) => Claims::open(path)?,
            None => Claims::paper()?,
        };
        claims.keep_only(&self.only)?;
        let inputs = [self.claims.as_deref().map(Path::new), Some(folder.as_path())];
        let inputs: Vec<&Path> = inputs.into_iter().flatten().collect();
        let outputs: Vec<&Path> = self.json.as_deref().into_iter().collect();
        super::tables::check_outputs(&inputs, &outputs)?;
        let terminal = Terminal::new();
        let bar = terminal.bar("verify");
        let run = Run::open(&folder, &bar)?;
        let mut verdict = verdict::verify(&run, &claims, &bar);
        terminal.clear();
        for fault in &run.faults {
            terminal.say(&format!("warning: {fault}"));
        }
        let colour = super::use_colour();
        println!("{}", report::answers_table(&verdict, colour));
        for claim in &verdict.claims {
            println!("{}", report::claim_text(&verdict, claim, self.all, colour));
        }
        let more = [
            report::ledger_table(&verdict, colour),
            report::ratios_table(&verdict, colour),
            report::longer_table(&verdict, colour),
            report::why_tables(&verdict, colour).filter(|_| self.why),
        ];
        for table in more.into_iter().flatten() {
            println!("{table}");
        }
        print!("{}", report::verdict_reading(&verdict));
        // A few claims alone are no verdict of the run, and other claims than the paper's not the one that others read.
        let name = match self.claims.as_deref().map(Path::new).and_then(Path::file_stem) {
            Some(stem) => format!("verdict.{}.json", stem.to_string_lossy()),
            None => "verdict.json".to_owned(),
        };
        let whole = self.only.is_empty().then(|| folder.join(name));
        if let Some(path) = self.json.or(whole) {
            if !self.why {
                verdict.why.clear();
            }
            super::tables::write(&path, &json_to_depth(&verdict, COMPARISON)?)?;
            println!("All numbers, with the cells they rest on: {}", path.display());
        }
        Ok(ExitCode::from(verdict.exit_code()))
    }
}
