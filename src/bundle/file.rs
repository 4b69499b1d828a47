//! The file: a line that says what follows and its hash, then a zip archive with a manifest.

use super::error::BundleError;
use super::hash_tree;
use crate::experiment::environment::PROGRAM;
use crate::files::{FileError, json_files, sha256, unsealed, write_whole};
use serde::de::IgnoredAny;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::fs;
use std::io::{Cursor, Read, Write};
use std::path::{Path, PathBuf};
use zip::write::SimpleFileOptions;
use zip::{DateTime, ZipArchive, ZipWriter};

/// How every bundle begins; the hash of the archive and a line feed follow.
const BEGIN: &str = "synthctr-bundle 1 sha256 ";

/// The file in the archive that lists the others.
const MANIFEST: &str = "manifest.json";

/// Files of a run's top level that a bundle takes, if they are there.
const TOP: [&str; 7] = [
    "experiment.toml",
    "environment.json",
    "until_decided.json",
    "results.csv",
    "results.json",
    "fidelity.json",
    "privacy.json",
];

/// Folders of which it takes the JSON files: results, measurements, how rows were made. Rows, scores, models
/// and generators stay out.
const FOLDERS: [&str; 3] = ["cells", "quality", "synthetic"];

/// A bundle holds no more bytes, unpacked, and no more files.
const MOST_BYTES: u64 = 1 << 30;
const MOST_FILES: usize = 1_000_000;

/// What a bundle says of itself.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Manifest {
    /// Name and version of the program that made it.
    program: String,
    /// The root of the tree of hashes over all files, in the order of their names.
    root: String,
    /// Every file's hash, by name.
    files: BTreeMap<String, String>,
}

/// A bundle that was written.
#[derive(Clone, Debug, PartialEq)]
pub struct Written {
    /// Where it is.
    pub path: PathBuf,
    /// The root of its hashes.
    pub root: String,
    /// Number of files in it.
    pub files: usize,
    /// Its size.
    pub bytes: u64,
}

/// A bundle that was read and found whole.
#[derive(Clone, Debug, PartialEq)]
pub struct Bundle {
    /// Where it was read.
    pub path: PathBuf,
    /// The root of its hashes.
    pub root: String,
    /// Its files' contents by name.
    pub files: BTreeMap<String, Vec<u8>>,
}

/// Writes a run folder's results as one file, the same bytes for the same results.
///
/// # Errors
/// If there are none, if some are damaged, or if the system refuses.
pub fn write(run: &Path, path: &Path) -> Result<Written, BundleError> {
    let files = collect(run)?;
    if !files.keys().any(|name| name.starts_with("cells/")) || !files.contains_key(TOP[0]) {
        return Err(BundleError::NoRun { path: run.to_path_buf() });
    }
    let manifest = Manifest {
        program: PROGRAM.to_owned(),
        root: root_of(&files),
        files: files.iter().map(|(name, content)| (name.clone(), sha256(content))).collect(),
    };
    let io = || FileError::when("write", path);
    let text = serde_json::to_vec_pretty(&manifest).map_err(|e| io()(e.into()))?;
    // In memory, as its hash comes first; cells are a few kilobytes each.
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    let options = SimpleFileOptions::default().last_modified_time(DateTime::default());
    let all = std::iter::once((MANIFEST, text.as_slice()));
    let all = all.chain(files.iter().map(|(name, content)| (name.as_str(), content.as_slice())));
    for (name, content) in all {
        zip.start_file(name, options).map_err(|e| io()(e.into()))?;
        zip.write_all(content).map_err(io())?;
    }
    let archive = zip.finish().map_err(|e| io()(e.into()))?.into_inner();
    let begin = format!("{BEGIN}{}\n", sha256(&archive));
    write_whole(path, |out| {
        out.write_all(begin.as_bytes())?;
        out.write_all(&archive)
    })
    .map_err(io())?;
    Ok(Written {
        path: path.to_path_buf(),
        root: manifest.root,
        files: files.len(),
        bytes: (begin.len() + archive.len()) as u64,
    })
}

fn root_of(files: &BTreeMap<String, Vec<u8>>) -> String {
    hash_tree::root(files.iter().map(|(name, content)| (name.as_str(), content.as_slice())))
}

/// The files of a run that a bundle takes.
fn collect(run: &Path) -> Result<BTreeMap<String, Vec<u8>>, BundleError> {
    let mut files = BTreeMap::new();
    let mut take = |name: String| {
        let path = run.join(&name);
        let content = fs::read(&path).map_err(FileError::when("read", &path))?;
        let fault = match name.ends_with(".json") {
            true => unsealed::<IgnoredAny>(&content).err(),
            false => {
                let empty = name == TOP[0] && content.trim_ascii().is_empty();
                empty.then(|| "it is empty".to_owned())
            }
        };
        if let Some(fault) = fault {
            let reason = format!("damaged ({fault}); `synthctr run` makes it again, or remove it");
            return Err(BundleError::Damaged { path, reason });
        }
        files.insert(name, content);
        Ok::<(), BundleError>(())
    };
    for name in TOP {
        if run.join(name).is_file() {
            take(name.to_owned())?;
        }
    }
    for folder in FOLDERS {
        let path = run.join(folder);
        if !path.is_dir() {
            continue;
        }
        let found = json_files(&path).map_err(FileError::when("read", &path))?;
        for file in found {
            if let Some(name) = file.file_name() {
                take(format!("{folder}/{}", name.to_string_lossy()))?;
            }
        }
    }
    Ok(files)
}

impl Bundle {
    /// Reads a bundle and checks every byte of it.
    pub fn read(path: &Path) -> Result<Self, BundleError> {
        let wrong = |reason: &str| BundleError::Damaged {
            path: path.to_path_buf(),
            reason: reason.to_owned(),
        };
        let size = fs::metadata(path).map_err(FileError::when("read", path))?.len();
        if size > MOST_BYTES {
            return Err(wrong("it is larger than a bundle may be"));
        }
        let bytes = fs::read(path).map_err(FileError::when("read", path))?;
        let rest = bytes.strip_prefix(BEGIN.as_bytes());
        let rest = rest.ok_or_else(|| wrong("it does not begin as a bundle of synthctr does"))?;
        let (hash, archive) = match rest.split_at_checked(64) {
            Some((hash, [b'\n', archive @ ..])) => (hash, archive),
            _ => return Err(wrong("it ends before its content begins")),
        };
        if sha256(archive).as_bytes() != hash {
            return Err(wrong(
                "it is damaged: its content does not have the hash that it begins with",
            ));
        }
        let mut files = unpack(archive).map_err(|reason| wrong(&reason))?;
        let manifest = files.remove(MANIFEST).ok_or_else(|| wrong("it has no manifest"))?;
        let manifest: Manifest =
            serde_json::from_slice(&manifest).map_err(|e| wrong(&format!("its manifest: {e}")))?;
        let hashes: BTreeMap<String, String> =
            files.iter().map(|(name, content)| (name.clone(), sha256(content))).collect();
        if hashes != manifest.files || root_of(&files) != manifest.root {
            return Err(wrong("its files are not those that its manifest lists"));
        }
        Ok(Self { path: path.to_path_buf(), root: manifest.root, files })
    }

    /// Writes its files below a folder.
    pub fn unpack_into(&self, folder: &Path) -> Result<(), BundleError> {
        for (name, content) in &self.files {
            let path = folder.join(name);
            if let Some(parent) = path.parent() {
                fs::create_dir_all(parent).map_err(FileError::when("create", parent))?;
            }
            fs::write(&path, content).map_err(FileError::when("write", &path))?;
        }
        Ok(())
    }
}

/// The files of an archive, which may be anything that has the right hash.
fn unpack(archive: &[u8]) -> Result<BTreeMap<String, Vec<u8>>, String> {
    let mut zip = ZipArchive::new(Cursor::new(archive)).map_err(|e| e.to_string())?;
    if zip.len() > MOST_FILES {
        return Err(format!("it holds {} files, more than a bundle may", zip.len()));
    }
    let (mut files, mut left) = (BTreeMap::new(), MOST_BYTES);
    for at in 0..zip.len() {
        let mut entry = zip.by_index(at).map_err(|e| e.to_string())?;
        let name = entry.name().map_err(|e| e.to_string())?.into_owned();
        if !is_ours(&name) {
            return Err(format!("it holds {name:?}, which no bundle does"));
        }
        let mut content = Vec::new();
        let read =
            (&mut entry).take(left + 1).read_to_end(&mut content).map_err(|e| e.to_string())?;
        left = left.checked_sub(read as u64).ok_or("it unpacks to more than a bundle may")?;
        if files.insert(name.clone(), content).is_some() {
            return Err(format!("it holds {name:?} twice"));
        }
    }
    Ok(files)
}

/// Whether a name is one that bundles hold: nothing leads out of a folder.
fn is_ours(name: &str) -> bool {
    let plain =
        |part: &str| !part.is_empty() && !part.starts_with('.') && !part.contains(['/', '\\']);
    match name.split_once('/') {
        None => name == MANIFEST || TOP.contains(&name),
        Some((folder, file)) => FOLDERS.contains(&folder) && plain(file) && file.ends_with(".json"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_that_lead_elsewhere_are_none_of_ours() {
        for name in ["manifest.json", "experiment.toml", "cells/a.json", "quality/b.c.seed1.json"] {
            assert!(is_ours(name), "{name}");
        }
        for name in [
            "",
            "x",
            "../a.json",
            "cells/../../a.json",
            "cells/.json",
            "/cells/a.json",
            "cells/a.parquet",
        ] {
            assert!(!is_ours(name), "{name}");
        }
    }
}
