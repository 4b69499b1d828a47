//! The folder that a user's program gets and answers in.

use super::error::ExternalError;
use crate::files::write_whole;
use serde_json::Value;
use std::fs;
use std::path::{Path, PathBuf};

/// A folder made for one run of a program.
pub(super) struct Folder {
    root: PathBuf,
}

impl Folder {
    /// An empty folder, absolute since a program may work elsewhere.
    pub fn create(root: &Path) -> Result<Self, ExternalError> {
        let failed = |verb| ExternalError::io(verb, root);
        if root.exists() {
            fs::remove_dir_all(root).map_err(failed("empty"))?;
        }
        fs::create_dir_all(root).map_err(failed("create"))?;
        let root = fs::canonicalize(root).map_err(failed("find"))?;
        Ok(Self { root })
    }

    /// Where it is.
    pub fn root(&self) -> &Path {
        &self.root
    }

    /// Writes what is asked for.
    pub fn ask(&self, request: &Value) -> Result<(), ExternalError> {
        let path = self.root.join("request.json");
        write_whole(&path, |out| {
            serde_json::to_writer_pretty(&mut *out, request)?;
            writeln!(out)
        })
        .map_err(ExternalError::io("write", &path))
    }

    /// Removes it and all in it.
    pub fn remove(self) -> Result<(), ExternalError> {
        fs::remove_dir_all(&self.root).map_err(ExternalError::io("remove", &self.root))
    }
}
