//! Running a user's program, and what of it results hang on.

use super::error::ExternalError;
use crate::child::{self, ChildError, Ended, Words};
use crate::files::{FileError, sha256_of_file};
use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

/// The file in its folder that keeps what a program says.
const OUTPUT: &str = "output.txt";

/// How long a program may take unless told otherwise, in seconds.
pub(super) const A_DAY: u64 = 24 * 60 * 60;

/// Lines of it that a failure quotes.
const QUOTED: usize = 8;

/// A user's program.
pub(super) struct Program<'a> {
    /// It and its arguments.
    pub command: &'a [String],
    /// After how many seconds it is stopped.
    pub timeout_seconds: u64,
}

impl Program<'_> {
    /// Runs it on a folder, in the current directory; gives what it took and the last lines that it said.
    pub fn run(&self, folder: &Path) -> Result<Ended, ExternalError> {
        let [program, arguments @ ..] = self.command else {
            return Err(ExternalError::Setting("the command is empty".to_owned()));
        };
        let output = folder.join(OUTPUT);
        let file =
            fs::File::options().create(true).truncate(true).read(true).write(true).open(&output);
        let words = Words::new(file.map_err(FileError::when("write", &output))?);
        let stdio = || words.stdio().map_err(FileError::when("write", &output));
        let mut command = Command::new(program);
        command.args(arguments).arg(folder).stdout(stdio()?).stderr(stdio()?);
        // Python orders its sets by hashes that differ from run to run unless told otherwise.
        command.env("PYTHONHASHSEED", "0");
        // What it compiled would stand beside the files that results hang on.
        command.env("PYTHONDONTWRITEBYTECODE", "1");
        let limit = Duration::from_secs(self.timeout_seconds);
        let ended = child::run(&mut command, words, Some(limit));
        let failed = |how: String, said: &str| ExternalError::Failed {
            command: self.command.join(" "),
            how,
            folder: folder.to_path_buf(),
            said: child::last_lines(said, QUOTED),
        };
        ended.map_err(|error| match error {
            ChildError::Io { verb, source } => {
                ExternalError::Program { verb, program: program.clone(), source }
            }
            ChildError::TooLong { seconds, said } => {
                failed(format!("stopped after {seconds} s (timeout_seconds allows more)"), &said)
            }
            ChildError::Status { ref said, .. } | ChildError::TooMuch { ref said } => {
                failed(error.to_string(), said)
            }
        })
    }

    /// Whether it can be found, before hours of work come to it.
    pub fn check(&self, of: &str) -> Result<(), ExternalError> {
        let Some(program) = self.command.first() else {
            return Err(ExternalError::Setting(format!("{of}.command is empty; name a program")));
        };
        let there = match program.contains(std::path::MAIN_SEPARATOR) {
            true => Path::new(program).is_file(),
            false => std::env::var_os("PATH").is_some_and(|path| {
                std::env::split_paths(&path).any(|folder| folder.join(program).is_file())
            }),
        };
        if !there {
            return Err(ExternalError::Setting(format!(
                "{of}.command: there is no program `{program}`, neither on the PATH nor as a file (in the \
                 current folder it is `./{program}`)"
            )));
        }
        if self.timeout_seconds == 0 {
            return Err(ExternalError::Setting(format!(
                "{of}.timeout_seconds is 0; give it at least a second"
            )));
        }
        Ok(())
    }
}

/// The file that a program was to write, as Parquet or as comma-separated text.
pub(super) fn answer(
    command: &[String],
    folder: &Path,
    name: &str,
    ended: &Ended,
) -> Result<PathBuf, ExternalError> {
    let files = ["parquet", "csv"].map(|end| folder.join(format!("{name}.{end}")));
    let found = files.iter().find(|path| path.is_file()).cloned();
    found.ok_or_else(|| ExternalError::NoAnswer {
        command: command.join(" "),
        path: files[0].clone(),
        said: child::last_lines(&ended.said, QUOTED),
    })
}

/// What Python keeps of files that stand beside it.
const COMPILED: &str = "__pycache__";

/// Hashes of the files that a command names, by themselves or as `--option=FILE`, and of more files and
/// folders, by path.
pub(super) fn hashes(
    command: &[String],
    more: &[PathBuf],
) -> Result<BTreeMap<String, String>, ExternalError> {
    let mut hashes = BTreeMap::new();
    let named = command.iter().flat_map(|word| {
        let value = word.split_once('=').map(|(_, value)| value);
        [Some(word.as_str()), value].into_iter().flatten().map(PathBuf::from)
    });
    for path in named.filter(|path| path.is_file()).chain(more.iter().cloned()) {
        hash_into(&mut hashes, &path)?;
    }
    Ok(hashes)
}

/// Adds a file's hash, or those of all files of a folder.
fn hash_into(hashes: &mut BTreeMap<String, String>, path: &Path) -> Result<(), ExternalError> {
    let failed = || FileError::when("read", path);
    if !fs::metadata(path).map_err(failed())?.is_dir() {
        let hash = sha256_of_file(path).map_err(failed())?;
        hashes.insert(path.display().to_string(), hash);
        return Ok(());
    }
    for entry in fs::read_dir(path).map_err(failed())? {
        let entry = entry.map_err(failed())?;
        let is_link = entry.file_type().map_err(failed())?.is_symlink();
        // A link to a folder may lead back to where it stands.
        let skipped = entry.file_name() == COMPILED || is_link && entry.path().is_dir();
        if !skipped {
            hash_into(hashes, &entry.path())?;
        }
    }
    Ok(())
}
