//! The folder that a user's program gets and answers in.

use super::error::ExternalError;
use crate::files::{FileError, write_whole};
use serde_json::Value;
use std::fs::{self, File};
use std::io;
use std::path::Path;
use std::time::Duration;
use tempfile::TempDir;

/// A folder made for one run of a program, which goes with it unless it is kept.
pub(super) struct Folder {
    /// Held as long as the program runs; goes before the folder does.
    lock: Option<File>,
    folder: TempDir,
}

/// The file that says that a folder was kept because something went wrong.
const FAILED: &str = "FAILED";

/// The file that is locked while the folder is in use, and what it is called before it is.
const LOCK: &str = ".lock";
const UNLOCKED: &str = ".unlocked";

/// A folder this old that was never locked belongs to nobody any more.
const ABANDONED: Duration = Duration::from_secs(super::program::A_DAY);

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
        let folder = made.map_err(FileError::when("create a folder in", &parent))?;
        let lock = lock(folder.path()).map_err(FileError::when("lock", folder.path()))?;
        Ok(Self { lock, folder })
    }

    /// Where it is.
    pub fn root(&self) -> &Path {
        self.folder.path()
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
            // Without the mark the next run takes it for one that was interrupted.
            let _ = fs::write(self.root().join(FAILED), "");
            let _ = fs::remove_file(self.root().join(LOCK));
            drop(self.lock);
            let _ = self.folder.keep();
        }
        made
    }
}

/// Locks a folder that is still empty; none where the system knows no locks.
fn lock(folder: &Path) -> io::Result<Option<File>> {
    let unlocked = folder.join(UNLOCKED);
    let file = File::create(&unlocked)?;
    match file.try_lock() {
        // Under its own name only now, so that nobody finds it there and not locked.
        Ok(()) => fs::rename(&unlocked, folder.join(LOCK)).map(|()| Some(file)),
        Err(_) => fs::remove_file(&unlocked).map(|()| None),
    }
}

/// Removes the folders in `all` that programs were given whose run was interrupted; not those in use, nor those
/// that were kept of failures.
pub(crate) fn remove_interrupted(all: &Path) {
    for entry in fs::read_dir(all).into_iter().flatten().flatten() {
        let folder = entry.path();
        if folder.is_dir() && !folder.join(FAILED).exists() && is_abandoned(&folder) {
            // Room alone is lost if it stays.
            let _ = fs::remove_dir_all(folder);
        }
    }
}

/// Whether whoever made a folder for a program has ended without removing it.
fn is_abandoned(folder: &Path) -> bool {
    match File::options().read(true).write(true).open(folder.join(LOCK)) {
        Ok(file) => file.try_lock().is_ok(),
        // Earlier versions locked nothing, and a run may be killed before it does.
        Err(_) => {
            let age = fs::metadata(folder).and_then(|of| of.modified()).map(|at| at.elapsed());
            let given = ["request.json", "train.parquet", UNLOCKED];
            given.iter().any(|name| folder.join(name).exists())
                && age.is_ok_and(|age| age.is_ok_and(|age| age > ABANDONED))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What a process leaves that is killed: the folder, and a lock that nobody holds.
    fn interrupted(path: &Path) -> std::path::PathBuf {
        let mut folder = Folder::create(path).unwrap();
        folder.folder.disable_cleanup(true);
        folder.root().to_owned()
    }

    #[test]
    fn what_an_interrupted_run_leaves_goes_and_what_is_in_use_stays() {
        let all = tempfile::tempdir().unwrap();
        let path = all.path().join("mine.joint.seed1");
        let left = interrupted(&path);
        fs::write(left.join("train.parquet"), "rows").unwrap();
        let used = Folder::create(&path).unwrap();
        let failed = Folder::create(&all.path().join("other.joint.seed1")).unwrap();
        let kept = failed.root().to_owned();
        let wrong = || ExternalError::Setting("wrong".to_owned());
        failed.keep_if_failed::<()>(Err(wrong())).unwrap_err();
        // Not given to a program, or not long ago.
        let strange = all.path().join("notes");
        fs::create_dir(&strange).unwrap();
        let old = all.path().join("mine.joint.seed2.abc");
        fs::create_dir(&old).unwrap();
        fs::write(old.join("train.parquet"), "rows").unwrap();
        remove_interrupted(all.path());
        assert!(!left.exists());
        assert!(used.root().is_dir() && kept.join(FAILED).is_file());
        assert!(strange.is_dir() && old.is_dir());
        let long_ago = std::time::SystemTime::now() - 2 * ABANDONED;
        File::open(&old).unwrap().set_modified(long_ago).unwrap();
        remove_interrupted(all.path());
        assert!(!old.exists() && strange.is_dir());
        // What failed goes when it is tried again.
        drop(Folder::create(&all.path().join("other.joint.seed1")).unwrap());
        assert!(!kept.exists());
        drop(used);
        remove_interrupted(all.path());
        assert_eq!(fs::read_dir(all.path()).unwrap().count(), 1, "the strange one");
    }
}
