//! The two streams to whoever has called.
//!
//! A stream that cannot be written, on a full disk for instance, ends no work: files are still written. That results
//! were not told is an error in the end; that progress was not is none.

use std::fmt;
use std::io::{self, Write};
use std::process::ExitCode;
use std::sync::OnceLock;

/// What the system said when results could not be told.
static UNTOLD: OnceLock<io::Error> = OnceLock::new();

/// Writes results to the standard output.
pub fn out(text: fmt::Arguments<'_>) {
    let mut stream = io::stdout().lock();
    if let Err(error) = stream.write_fmt(text).and_then(|()| stream.flush()) {
        // The first reason is the one to tell.
        let _ = UNTOLD.set(error);
    }
}

/// Writes messages to the standard error stream, if that can be done.
pub fn err(text: fmt::Arguments<'_>) {
    let _ = io::stderr().lock().write_fmt(text);
}

/// At most so many characters of a text from a file of anybody's; those that order a terminal about are spaces.
pub fn printable(text: &str, most: usize) -> String {
    text.chars().take(most).map(|c| if c.is_control() { ' ' } else { c }).collect()
}

/// The exit code of work that would end with `code`; if its results could not be told, nobody has an answer.
pub fn told(code: ExitCode) -> ExitCode {
    match UNTOLD.get() {
        None => code,
        Some(error) => {
            eprintln!("error: cannot write to the standard output: {error}");
            ExitCode::from(super::NOT_DONE)
        }
    }
}
