//! The command line of synthctr: parse, hand over, say what went wrong.

// What is printed goes through `cli::output`, whatever the module: std's own macros panic where nothing can be
// written, and would take a run with them for want of room for its messages.
macro_rules! print {
    ($($text:tt)*) => { crate::cli::output::out(format_args!($($text)*)) };
}
macro_rules! println {
    ($($text:tt)*) => { crate::cli::output::out(format_args!("{}\n", format_args!($($text)*))) };
}
macro_rules! eprint {
    ($($text:tt)*) => { crate::cli::output::err(format_args!($($text)*)) };
}
macro_rules! eprintln {
    ($($text:tt)*) => { crate::cli::output::err(format_args!("{}\n", format_args!($($text)*))) };
}

mod cli;

use clap::Parser;
use std::process::ExitCode;

fn main() -> ExitCode {
    // Before any thread has memory of its own.
    synthctr::measure::keep_freed_memory();
    cli::end_quietly_when_nobody_reads();
    let code = match cli::Cli::parse().run() {
        Ok(code) => code,
        Err(error) => {
            cli::print_error(&error);
            ExitCode::from(cli::NOT_DONE)
        }
    };
    cli::output::told(code)
}
