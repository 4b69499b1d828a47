//! Files out of a downloaded archive.

use super::DataError;
use crate::files::write_whole;
use crate::progress::Progress;
use md5::{Digest, Md5};
use std::fs::{self, File};
use std::io::{self, BufReader, Read};
use std::path::Path;
use zip::ZipArchive;

/// Writes the file called `name`, in whichever folder of the archive, to `path`, if its md5 sum is the
/// wanted one; else the archive is deleted and nothing is left.
pub(super) fn unpack(
    archive: &Path,
    name: &str,
    md5: &str,
    path: &Path,
    progress: &dyn Progress,
) -> Result<(), DataError> {
    let unpacked = write_entry(archive, name, md5, path, progress);
    if let Err(DataError::NotAnArchive { .. } | DataError::Checksum { .. }) = &unpacked {
        fs::remove_file(archive).map_err(DataError::io("delete", archive))?;
    }
    unpacked
}

fn write_entry(
    archive: &Path,
    name: &str,
    md5: &str,
    path: &Path,
    progress: &dyn Progress,
) -> Result<(), DataError> {
    let wrong = |reason: String| DataError::NotAnArchive { path: archive.to_path_buf(), reason };
    let file = File::open(archive).map_err(DataError::io("read", archive))?;
    let mut zip = ZipArchive::new(BufReader::new(file))
        .map_err(|e| wrong(format!("not a whole zip archive ({e})")))?;
    let is_it = |entry: &str| entry.rsplit('/').next() == Some(name);
    let names = zip.file_names().filter_map(Result::ok);
    let entry = names.map(|entry| entry.into_owned()).find(|entry| is_it(entry));
    let entry = entry.ok_or_else(|| wrong(format!("there is no {name} in it")))?;
    let mut entry = zip.by_name(&entry).map_err(|e| wrong(e.to_string()))?;
    let size = entry.size();
    progress.start(name, size);
    let (mut hash, mut damage) = (Md5::new(), None);
    let written = write_whole(path, |out| {
        let (mut block, mut left) = (vec![0; 1 << 18], size);
        loop {
            // An entry that is longer than it says is none.
            let read = match (&mut entry).take(left.saturating_add(1)).read(&mut block) {
                Ok(read) if read as u64 <= left => read,
                Ok(_) => return Err(stop(&mut damage, "longer than it says".to_owned())),
                Err(error) => return Err(stop(&mut damage, error.to_string())),
            };
            if read == 0 {
                break;
            }
            left -= read as u64;
            hash.update(&block[..read]);
            out.write_all(&block[..read])?;
            progress.advance(read as u64);
        }
        let found =
            hash.finalize_reset().iter().map(|byte| format!("{byte:02x}")).collect::<String>();
        match found == md5 {
            true => Ok(()),
            false => Err(stop(&mut damage, found)),
        }
    });
    progress.finish();
    match (written, damage) {
        (Err(_), Some(found)) if found.len() == md5.len() => Err(DataError::Checksum {
            path: path.to_path_buf(),
            found,
            expected: md5.to_owned(),
            advice:
                "the download is damaged or no longer the published one, and was deleted; run the \
                     command again"
                    .to_owned(),
        }),
        (Err(_), Some(reason)) => Err(wrong(format!("{name} cannot be unpacked ({reason})"))),
        (written, _) => written.map_err(DataError::io("write", path)),
    }
}

/// Ends the writing of a file for a reason that is none of the disk's.
fn stop(damage: &mut Option<String>, reason: String) -> io::Error {
    *damage = Some(reason);
    io::Error::other("")
}
