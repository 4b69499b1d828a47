//! The command line: one thin file per command, arguments in, library call, text out.

mod bench;
mod compare;
mod data;
mod dry_run;
mod evaluate;
mod export;
mod generate;
mod mlflow;
pub mod output;
mod progress;
mod replay;
mod report;
mod run;
mod shell;
mod submit;
mod tables;
mod verify;

use clap::builder::styling::{AnsiColor, Styles};
use clap::{Parser, Subcommand};
use std::io::IsTerminal;
use std::process::ExitCode;

/// What does synthetic training data do to click-through-rate models?
///
/// Fits generators of synthetic rows to a click log, trains click models on mixtures of real and
/// synthetic rows, reports what that does to their AUC on real test rows, and says which published
/// claims that bears out.
#[derive(Debug, Parser)]
#[command(name = "synthctr", version, max_term_width = 100, styles = styles())]
#[command(after_help = "\
Examples:
  synthctr run                    everything once on embedded data, in about a minute
  synthctr run paper --dry-run    what the full study would train
  synthctr generate --real a.csv --label click --method smoten --like train --out b.csv
                                  synthetic rows like those of a click log
  synthctr evaluate --real a.csv --synthetic b.csv --holdout c.csv --label click
                                  how good and how private a synthetic table is
  synthctr verify runs/paper      which claims hold, which do not, which cannot be told
  synthctr report runs/paper      a page, figures and tables of it
  synthctr compare base new       whether a change of the program changed what it does
  synthctr data list              the data sets
  synthctr bench                  how fast generators and models are here

Exit codes, of every command:
  0  done, and where something is asked the answer is yes
  1  done, and the answer is no, or some of it failed and the rest went on: a claim is
     contradicted, a regression, a cell that is redone differs, a cell or generator failed
  2  not done, so that nothing is answered: a faulty command, file or folder, data that are not
     there, a full disk, a claim that is undecided, a cell that cannot be redone here
Whoever interrupts a command gets the signal's code.")]
pub struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    Run(Box<run::RunArgs>),
    Generate(Box<generate::GenerateArgs>),
    Evaluate(Box<evaluate::EvaluateArgs>),
    Verify(verify::VerifyArgs),
    Report(report::ReportArgs),
    Compare(Box<compare::CompareArgs>),
    Data(data::DataArgs),
    Bench(bench::BenchArgs),
    Submit(Box<submit::SubmitArgs>),
    Export(export::ExportArgs),
    Replay(replay::ReplayArgs),
    Mlflow(mlflow::MlflowArgs),
    Completions(shell::CompletionsArgs),
    Man(shell::ManArgs),
}

impl Cli {
    /// Does what was asked for; gives the exit code of what was found, see [`NO`] and [`NOT_DONE`].
    pub fn run(self) -> anyhow::Result<ExitCode> {
        match self.command {
            Command::Run(args) => return args.run(),
            Command::Generate(args) => args.run()?,
            Command::Evaluate(args) => args.run()?,
            Command::Verify(args) => return args.run(),
            Command::Report(args) => args.run()?,
            Command::Compare(args) => return args.run(),
            Command::Data(args) => data::run(args)?,
            Command::Bench(args) => args.run()?,
            Command::Submit(args) => args.run()?,
            Command::Export(args) => args.run()?,
            Command::Replay(args) => return args.run(),
            Command::Mlflow(args) => args.run()?,
            Command::Completions(args) => args.run()?,
            Command::Man(args) => args.run()?,
        }
        Ok(ExitCode::SUCCESS)
    }
}

/// The exit code of what was done where the answer is no, or some of it failed and the rest went on.
pub const NO: u8 = 1;

/// The exit code of what could not be done, so that nothing is answered. Errors end with it.
pub const NOT_DONE: u8 = 2;

fn styles() -> Styles {
    Styles::styled()
        .header(AnsiColor::Green.on_default().bold())
        .usage(AnsiColor::Green.on_default().bold())
        .literal(AnsiColor::Cyan.on_default().bold())
        .placeholder(AnsiColor::Cyan.on_default())
}

/// Whether standard output shows colours.
fn use_colour() -> bool {
    std::io::stdout().is_terminal() && std::env::var_os("NO_COLOR").is_none_or(|v| v.is_empty())
}

/// Prints an error and its causes.
pub fn print_error(error: &anyhow::Error) {
    let mut message = format!("error: {error}");
    for cause in error.chain().skip(1) {
        let cause = cause.to_string();
        // Some errors already say what their cause says.
        if !message.contains(&cause) {
            message = format!("{message}: {cause}");
        }
    }
    // What a file of somebody else's holds is told, but gives the terminal no orders.
    let printable =
        |c: char| if c.is_control() && c != '\n' { char::REPLACEMENT_CHARACTER } else { c };
    eprintln!("{}", message.chars().map(printable).collect::<String>());
}

/// Ends the program without a message when its output goes to a closed pipe (`… | head`).
pub fn end_quietly_when_nobody_reads() {
    #[cfg(unix)]
    // SAFETY: sets a signal's disposition to the default before any other thread exists.
    unsafe {
        libc::signal(libc::SIGPIPE, libc::SIG_DFL);
    }
}
