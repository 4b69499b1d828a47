//! Files out of a downloaded archive.

use super::DataError;
use super::fetch::RemoteFile;
use crate::files::{hexadecimal, write_whole};
use crate::progress::Progress;
use md5::{Digest, Md5};
use std::fs::{self, File};
use std::io::{self, BufReader, Read};
use std::path::Path;
use zip::ZipArchive;

/// Writes `file`, in whichever folder of the archive, to `path`, if its md5 sum is the published one; else
/// the archive is deleted and nothing is left.
pub(super) fn unpack(
    archive: &Path,
    file: &RemoteFile,
    path: &Path,
    progress: &dyn Progress,
) -> Result<(), DataError> {
    let unpacked = write_entry(archive, file, path, progress);
    if let Err(DataError::NotAnArchive { .. } | DataError::Checksum { .. }) = &unpacked {
        fs::remove_file(archive).map_err(DataError::io("delete", archive))?;
    }
    unpacked
}

fn write_entry(
    archive: &Path,
    file: &RemoteFile,
    path: &Path,
    progress: &dyn Progress,
) -> Result<(), DataError> {
    let name = file.source.as_str();
    let wrong = |reason: String| DataError::NotAnArchive { path: archive.to_path_buf(), reason };
    let zip = File::open(archive).map_err(DataError::io("read", archive))?;
    let mut zip = ZipArchive::new(BufReader::new(zip))
        .map_err(|e| wrong(format!("not a whole zip archive ({e})")))?;
    let names = zip.file_names().filter_map(Result::ok).map(|entry| entry.into_owned());
    let entry = names.into_iter().find(|entry| entry.rsplit('/').next() == Some(name));
    let entry = entry.ok_or_else(|| wrong(format!("there is no {name} in it")))?;
    let mut entry = zip.by_name(&entry).map_err(|e| wrong(e.to_string()))?;
    let size = entry.size();
    progress.start(name, size);
    // What is wrong with the archive, where writing ends for a reason that is none of the disk's.
    let mut damage = None;
    let written = write_whole(path, |out| {
        let mut stop = |error: DataError| {
            damage = Some(error);
            io::Error::other("")
        };
        let broken = |reason: &str| wrong(format!("{name} cannot be unpacked ({reason})"));
        let (mut hash, mut block, mut left) = (Md5::new(), vec![0; 1 << 18], size);
        loop {
            // An entry that is longer than it says is none.
            let read = match (&mut entry).take(left.saturating_add(1)).read(&mut block) {
                Ok(read) if read as u64 <= left => read,
                Ok(_) => return Err(stop(broken("longer than it says"))),
                Err(error) => return Err(stop(broken(&error.to_string()))),
            };
            if read == 0 {
                break;
            }
            left -= read as u64;
            hash.update(&block[..read]);
            out.write_all(&block[..read])?;
            progress.advance(read as u64);
        }
        let found = hexadecimal(&hash.finalize());
        if found == file.md5 { Ok(()) } else { Err(stop(file.damaged(path, found))) }
    });
    progress.finish();
    match damage {
        Some(error) => Err(error),
        None => written.map_err(DataError::io("write", path)),
    }
}
