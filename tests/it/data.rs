//! Tests of data.

mod archive;
mod bins;
mod cli;
mod errors;
mod fetch;
mod files;
mod frames;
mod frappe;
mod simulator;
mod unseen;

use std::path::{Path, PathBuf};

/// A file with the given content in `folder`.
fn file(folder: &tempfile::TempDir, name: &str, content: impl AsRef<[u8]>) -> PathBuf {
    let path = folder.path().join(name);
    std::fs::write(&path, content).expect("a temporary file");
    path
}

/// An error's message, without the temporary folder's name.
fn message(error: impl std::fmt::Display, folder: &Path) -> String {
    error.to_string().replace(&format!("{}/", folder.display()), "")
}
