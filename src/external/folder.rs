//! The folder that a user's program gets and answers in.

use super::error::ExternalError;
use crate::files::{FileError, write_whole};
use serde_json::Value;
use std::fs;
use std::path::Path;
use tempfile::TempDir;

/// A folder made for one run of a program, which goes with it unless it is kept.
pub(super) struct Folder(TempDir);

/// The file that says that a folder was kept because something went wrong.
const FAILED: &str = "FAILED";

impl Folder {
    /// An empty folder whose name begins with that of `path`: two processes may want the same at once. Those
    /// that were kept of earlier failures go.
    pub fn create(path: &Path) -> Result<Self, FileError> {
        let parent = path.parent().unwrap_or(Path::new("."));
        fs::create_dir_all(parent).map_err(FileError::when("create", parent))?;
        // Absolute, since a program may work elsewhere.
        let parent = fs::canonicalize(parent).map_err(FileError::when("find", parent))?;
        let prefix = format!("{}.", path.file_name().unwrap_or_default().to_string_lossy());
        for entry in fs::read_dir(&parent).into_iter().flatten().flatten() {
            let ours = entry.file_name().to_string_lossy().starts_with(&prefix);
            if ours && entry.path().join(FAILED).is_file() {
                // Room alone is lost if it stays.
                let _ = fs::remove_dir_all(entry.path());
            }
        }
        let made = tempfile::Builder::new().prefix(&prefix).tempdir_in(&parent);
        made.map(Self).map_err(FileError::when("create a folder in", &parent))
    }

    /// Where it is.
    pub fn root(&self) -> &Path {
        self.0.path()
    }

    /// Writes what is asked for.
    pub fn ask(&self, request: &Value) -> Result<(), FileError> {
        let path = self.root().join("request.json");
        write_whole(&path, |out| {
            serde_json::to_writer_pretty(&mut *out, request)?;
            writeln!(out)
        })
        .map_err(FileError::when("write", &path))
    }

    /// Keeps it and all in it where something went wrong, to be looked at.
    pub fn keep_if_failed<T>(self, made: Result<T, ExternalError>) -> Result<T, ExternalError> {
        if made.is_err() {
            // Without the mark it stays for good, which harms nobody.
            let _ = fs::write(self.root().join(FAILED), "");
            let _ = self.0.keep();
        }
        made
    }
}
