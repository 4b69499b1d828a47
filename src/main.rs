//! The command line of synthctr: parse, hand over, say what went wrong.

mod cli;

use clap::Parser;
use std::process::ExitCode;

fn main() -> ExitCode {
    // Before any thread has memory of its own.
    synthctr::measure::keep_freed_memory();
    cli::end_quietly_when_nobody_reads();
    match cli::Cli::parse().run() {
        Ok(code) => code,
        Err(error) => {
            cli::print_error(&error);
            cli::exit_code(&error)
        }
    }
}
