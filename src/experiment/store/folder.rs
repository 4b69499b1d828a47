//! The run folder: plain files, each written whole or not at all.
//!
//! ```text
//! runs/<name>/experiment.toml                 the experiment with every default filled in
//!             environment.json                program, machine and data of the latest start
//!             synthetic/<source>.seed<k>.label<l>.parquet, .json
//!             synthetic/<source>.seed<k>.fit.json            losses, of trained generators
//!             synthetic/<source>.seed<k>.lock                empty; held while the above are made
//!             cells/<source>.<scenario>.<model>.seed<k>.json
//!             scores/<source>.<scenario>.<model>.seed<k>.parquet
//!             generators/<source>.seed<k>/                   if asked for, or fits have seeds of their own
//!             models/<source>.<scenario>.<model>.seed<k>/        if asked for
//!             quality/<source>.seed<k>.json, quality/yardstick.<name>.json    (.label<l>: rows of one label)
//!             fidelity.json  privacy.json     the same, gathered
//!             until_decided.json              if seeds were added where answers were open
//!             results.csv, .json, .parquet    one row per finished cell
//!             external/<job>.<letters>/       what a user's program was given, where it failed
//!             slurm/<n>/                      plans and logs of `submit`
//! ```
//!
//! A file is written under a temporary name in its folder, flushed to the disk and renamed, so
//! that a kill at any moment leaves only whole files and several shards can share a folder.

use super::quality::QualityRecord;
use super::record::CellRecord;
use crate::experiment::plan::{Cell, Fingerprint, Source};
use crate::files::{self, TEMPORARY, sealed, unsealed};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use std::fs::{self, File, TryLockError};
use std::io;
use std::path::{Path, PathBuf};
use std::time::Duration;

/// A file that says that seeds were added to some cells because answers were open, and how: whatever
/// is run later, such numbers must be read as looked at often.
pub const UNTIL_DECIDED: &str = "until_decided.json";

/// A temporary file this old was left behind by a process that was killed.
const ABANDONED: Duration = Duration::from_secs(3600);

/// Why a run folder cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// Something that is not a run folder stands there.
    #[error(
        "{path} holds other files and no experiment.toml, so it is not a run folder; \
         choose another --out or empty it"
    )]
    Foreign {
        /// The folder.
        path: String,
    },
    /// A file stands where the folder should be.
    #[error("{path} is a file; --out must name a folder")]
    NotAFolder {
        /// The file.
        path: String,
    },
    /// The system refuses to read or write.
    #[error("cannot {verb} {path}")]
    Io {
        /// What was tried.
        verb: &'static str,
        /// The file or folder.
        path: String,
        /// What the system says.
        #[source]
        source: io::Error,
    },
}

impl StoreError {
    /// Wraps what the system says.
    pub(crate) fn io(verb: &'static str, path: &Path) -> impl FnOnce(io::Error) -> StoreError {
        let path = path.display().to_string();
        move |source| StoreError::Io { verb, path, source }
    }
}

/// What stands in the folder for a cell.
#[derive(Debug)]
pub enum Found {
    /// Nothing.
    Nothing,
    /// A finished cell of exactly this experiment.
    Standing(Box<CellRecord>),
    /// A finished cell of other settings or other data.
    Outdated,
    /// A file that is not a whole result, and why.
    Damaged(String),
}

/// A lock that is held until this is dropped, or the process ends.
#[derive(Debug)]
pub struct Lock {
    _file: File,
}

/// A folder with the results of one experiment.
#[derive(Debug)]
pub struct RunFolder {
    root: PathBuf,
}

impl RunFolder {
    /// Opens `root` for writing the results of `experiment`, making it where it does not exist.
    pub fn create(root: &Path, experiment: &str) -> Result<Self, StoreError> {
        Self::check(root)?;
        let create = |path: &Path| {
            fs::create_dir_all(path).map_err(StoreError::io("create", path))?;
            remove_abandoned(path);
            Ok(())
        };
        create(root)?;
        // First, since it is what tells a run folder from a foreign one.
        write_whole(&root.join("experiment.toml"), experiment.as_bytes())?;
        for folder in ["synthetic", "cells", "scores", "quality"] {
            create(&root.join(folder))?;
        }
        Ok(Self { root: root.to_owned() })
    }

    /// Opens `root` for reading; it need not exist.
    pub fn look(root: &Path) -> Result<Self, StoreError> {
        Self::check(root)?;
        Ok(Self { root: root.to_owned() })
    }

    /// Refuses what is there but is not a run folder.
    fn check(root: &Path) -> Result<(), StoreError> {
        let path = || root.display().to_string();
        match fs::read_dir(root) {
            Ok(mut entries) => {
                let foreign = entries.any(|entry| entry.is_ok_and(|e| !is_temporary(&e.path())))
                    && !root.join("experiment.toml").is_file();
                if foreign { Err(StoreError::Foreign { path: path() }) } else { Ok(()) }
            }
            Err(e) if e.kind() == io::ErrorKind::NotFound => Ok(()),
            Err(_) if root.is_file() => Err(StoreError::NotAFolder { path: path() }),
            Err(e) => Err(StoreError::io("open", root)(e)),
        }
    }

    /// The folder itself.
    pub fn root(&self) -> &Path {
        &self.root
    }

    /// The file of a cell.
    pub fn cell_path(&self, cell: &Cell) -> PathBuf {
        self.root.join("cells").join(format!("{}.json", cell.name()))
    }

    /// The file of a cell's scores of the test rows.
    pub fn scores_path(&self, cell: &Cell) -> PathBuf {
        self.root.join("scores").join(format!("{}.parquet", cell.name()))
    }

    /// The folder of a cell's trained model.
    pub fn model_path(&self, cell: &Cell) -> PathBuf {
        self.root.join("models").join(cell.name())
    }

    /// The folder of a fitted generator.
    pub fn generator_path(&self, source: &Source, fit_seed: u64) -> PathBuf {
        self.root.join("generators").join(format!("{source}.seed{fit_seed}"))
    }

    /// The folder of all that users' programs are given.
    pub fn external(&self) -> PathBuf {
        self.root.join("external")
    }

    /// Removes a folder inside this one, if it is there.
    pub fn remove_folder(&self, path: &Path) -> Result<(), StoreError> {
        match fs::remove_dir_all(path) {
            Err(e) if e.kind() != io::ErrorKind::NotFound => Err(StoreError::io("remove", path)(e)),
            _ => Ok(()),
        }
    }

    /// Removes a file inside this one, if it is there.
    pub fn remove_file(&self, path: &Path) -> Result<(), StoreError> {
        match fs::remove_file(path) {
            Err(e) if e.kind() != io::ErrorKind::NotFound => Err(StoreError::io("remove", path)(e)),
            _ => Ok(()),
        }
    }

    /// What stands for a cell whose result has the given fingerprint, and its settings theirs.
    pub fn find(
        &self,
        cell: &Cell,
        fingerprint: &Fingerprint,
        settings: &Fingerprint,
    ) -> Result<Found, StoreError> {
        let path = self.cell_path(cell);
        let text = match fs::read(&path) {
            Ok(text) => text,
            Err(e) if e.kind() == io::ErrorKind::NotFound => return Ok(Found::Nothing),
            Err(e) => return Err(StoreError::io("read", &path)(e)),
        };
        // Results of earlier versions have fewer entries; they are outdated, not damaged.
        #[derive(Deserialize)]
        struct Tag {
            fingerprint: Fingerprint,
            settings: Option<Fingerprint>,
        }
        let is_other = |tag: &Tag| {
            tag.fingerprint != *fingerprint || tag.settings.as_ref().is_some_and(|s| s != settings)
        };
        let damaged = |e: String| Found::Damaged(format!("{}: {e}", path.display()));
        Ok(match unsealed::<Tag>(&text) {
            Ok(tag) if is_other(&tag) => Found::Outdated,
            Ok(_) => match serde_json::from_slice::<CellRecord>(&text) {
                Ok(record) => Found::Standing(Box::new(record)),
                Err(e) => damaged(e.to_string()),
            },
            Err(e) => damaged(e),
        })
    }

    /// Waits until nobody else holds the lock of a generator's fit and all samples of it, and
    /// holds it: alone to make them, `shared` to read them. `waiting` is called if there is somebody
    /// to wait for. A process that is killed no longer holds it.
    pub fn lock(
        &self,
        source: &Source,
        fit_seed: u64,
        shared: bool,
        waiting: impl FnOnce(),
    ) -> Result<Lock, StoreError> {
        let path = self.root.join("synthetic").join(format!("{source}.seed{fit_seed}.lock"));
        let failed = |e| StoreError::io("lock", &path)(e);
        let file = File::options().create(true).append(true).open(&path).map_err(failed)?;
        let at_once = if shared { file.try_lock_shared() } else { file.try_lock() };
        match at_once {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => {
                waiting();
                let waited = if shared { file.lock_shared() } else { file.lock() };
                waited.map_err(failed)?;
            }
            // Some network folders know no locks. Then two processes may do the same work, with
            // the same outcome.
            Err(TryLockError::Error(e)) if e.kind() == io::ErrorKind::Unsupported => {}
            Err(TryLockError::Error(e)) => return Err(failed(e)),
        }
        Ok(Lock { _file: file })
    }

    /// How many cell files the folder holds, whatever they belong to.
    pub fn n_cell_files(&self) -> usize {
        files::json_files(&self.root.join("cells")).map_or(0, |paths| paths.len())
    }

    /// Stores a finished cell.
    pub fn write_cell(&self, cell: &Cell, record: &CellRecord) -> Result<(), StoreError> {
        write_sealed(&self.cell_path(cell), record)
    }

    /// The measurements of the table called `name`, if there are some.
    pub fn read_quality(&self, name: &str) -> Option<QualityRecord> {
        read_json(&self.quality_path(name))
    }

    /// Stores the measurements of the table called `name`.
    pub fn write_quality(&self, name: &str, record: &QualityRecord) -> Result<(), StoreError> {
        write_sealed(&self.quality_path(name), record)
    }

    fn quality_path(&self, name: &str) -> PathBuf {
        self.root.join("quality").join(format!("{name}.json"))
    }

    /// Stores a file of the folder's top level.
    pub fn write(&self, name: &str, content: &[u8]) -> Result<(), StoreError> {
        write_whole(&self.root.join(name), content)
    }

    /// Stores a value as a JSON file of the folder's top level.
    pub fn write_json(&self, name: &str, value: &impl Serialize) -> Result<(), StoreError> {
        write_json(&self.root.join(name), value)
    }
}

/// Stores a value as readable JSON.
pub(crate) fn write_json(path: &Path, value: &impl Serialize) -> Result<(), StoreError> {
    let mut text = serde_json::to_vec_pretty(value)
        .map_err(|e| StoreError::io("write", path)(io::Error::other(e)))?;
    text.push(b'\n');
    write_whole(path, &text)
}

/// Stores a value as readable JSON that ends with a checksum.
fn write_sealed(path: &Path, value: &impl Serialize) -> Result<(), StoreError> {
    let text = sealed(value).map_err(|e| StoreError::io("write", path)(io::Error::other(e)))?;
    write_whole(path, &text)
}

/// Reads a JSON file; a missing or damaged one is as good as none.
pub(crate) fn read_json<T: DeserializeOwned>(path: &Path) -> Option<T> {
    unsealed(&fs::read(path).ok()?).ok()
}

/// Writes a file that appears whole or not at all.
pub(crate) fn write_whole(path: &Path, content: &[u8]) -> Result<(), StoreError> {
    files::write_whole(path, |out| out.write_all(content)).map_err(StoreError::io("write", path))
}

/// Whether a path is one of our temporary files.
fn is_temporary(path: &Path) -> bool {
    path.file_name().is_some_and(|name| name.to_string_lossy().starts_with(TEMPORARY))
}

/// Removes temporary files of processes that were killed, and leaves those of running ones.
fn remove_abandoned(folder: &Path) {
    let Ok(entries) = fs::read_dir(folder) else { return };
    for entry in entries.flatten().filter(|entry| is_temporary(&entry.path())) {
        let age = entry.metadata().ok().and_then(|m| m.modified().ok()?.elapsed().ok());
        if age.is_some_and(|age| age > ABANDONED) {
            let _ = fs::remove_file(entry.path());
        }
    }
}
