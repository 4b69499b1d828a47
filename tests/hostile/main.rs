//! Files of strangers, mutated: whatever their bytes, reading them ends with rows or with an error, within
//! a bound of memory, and what was read can be written and read again.
//!
//! `cargo test` reads the files in `__fuzz__`, which were found by millions of mutations, and a few random
//! ones. `scripts/fuzz.sh` goes on looking for others with libFuzzer, guided by what is executed.

mod bounded;
mod bundles;
mod generators;
mod results;
mod settings;
mod tables;

use bounded::{Counting, peak_of};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};
use tempfile::TempDir;

#[global_allocator]
static ALLOCATOR: Counting = Counting;

/// Most bytes that reading one file may take beyond what was taken before, files of at most
/// [`LONGEST`] bytes.
const MOST_MEMORY: usize = 1 << 30;

/// Longest file, in bytes.
const LONGEST: usize = 1 << 16;

/// How many files of random bytes `cargo test` tries, beside those in `__fuzz__`.
const RANDOM: usize = 200;

/// Tests that measure memory do not run side by side.
static ALONE: Mutex<()> = Mutex::new(());

/// A folder in which one file is replaced again and again.
struct Stage {
    folder: TempDir,
    file: &'static str,
    _alone: MutexGuard<'static, ()>,
}

impl Stage {
    /// A new folder, in memory where there is one there.
    fn new(file: &'static str) -> Self {
        let alone = ALONE.lock().unwrap_or_else(PoisonError::into_inner);
        let memory = Path::new("/dev/shm");
        let folder = if memory.is_dir() { TempDir::new_in(memory) } else { TempDir::new() };
        let folder = folder.expect("a temporary folder");
        std::fs::create_dir_all(folder.path().join(file).parent().expect("a folder"))
            .expect("a folder inside");
        Self { folder, file, _alone: alone }
    }

    /// Where the file is.
    fn path(&self) -> PathBuf {
        self.folder.path().join(self.file)
    }

    /// Writes another file beside it.
    fn beside(&self, name: &str, content: impl AsRef<[u8]>) -> PathBuf {
        let path = self.folder.path().join(name);
        std::fs::write(&path, content).expect("another file");
        path
    }

    /// Lets `read` have a file of `bytes`, and fails if that takes too much memory.
    fn hands(&self, bytes: &[u8], read: impl FnOnce(&Path)) {
        let path = self.path();
        std::fs::write(&path, bytes).expect("the file");
        let peak = peak_of(|| read(&path));
        assert!(peak <= MOST_MEMORY, "{peak} bytes of memory for a file of {} bytes", bytes.len());
    }
}
