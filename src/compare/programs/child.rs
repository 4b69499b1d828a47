//! One run of a program that is compared.

use crate::child::{self, ChildError, Ended, Words};
use crate::compare::CompareError;
use std::process::{Command, Stdio};

/// Lines of what a program said that its failure quotes.
const QUOTED: usize = 5;

/// Runs a command to its end, without its output. `program` names it in errors.
pub(super) fn run(program: &str, command: &mut Command) -> Result<Ended, CompareError> {
    let failed = |verb, source| CompareError::Io { verb, path: program.to_owned(), source };
    let words = tempfile::tempfile().map(Words::new);
    let words = words.map_err(|source| failed("keep the messages of", source))?;
    let stdio = words.stdio().map_err(|source| failed("keep the messages of", source))?;
    command.stdout(Stdio::null()).stderr(stdio);
    child::run(command, words, None).map_err(|error| match error {
        ChildError::Io { verb, source } => failed(verb, source),
        error => {
            let said = match &error {
                ChildError::Status { said, .. } => child::last_lines(said, QUOTED),
                _ => String::new(),
            };
            let status = error.to_string();
            CompareError::Program { program: program.to_owned(), status, message: said }
        }
    })
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use super::*;

    #[test]
    fn failures_name_the_program() {
        let mut command = Command::new("sh");
        command.args(["-c", "echo no such thing >&2; exit 3"]);
        let error = run("sh", &mut command).unwrap_err().to_string();
        assert_eq!(error, "sh failed (exit status: 3): no such thing");
        let error = run("none", &mut Command::new("/no/such/program")).unwrap_err();
        assert_eq!(error.to_string(), "cannot start none");
    }
}
