//! Files that appear whole or not at all, and what tells two of them apart.

mod lines;
mod seal;

pub use lines::json_to_depth;
pub use seal::{sealed, unsealed};

use sha2::{Digest, Sha256};
use std::fs;
use std::io::{self, BufWriter, Read, Write};
use std::path::{Path, PathBuf};

/// What the system refuses to do with a file or folder.
#[derive(Debug, thiserror::Error)]
#[error("cannot {verb} {}", path.display())]
pub struct FileError {
    /// What was tried.
    verb: &'static str,
    /// The file or folder.
    path: PathBuf,
    /// What the system says.
    source: io::Error,
}

impl FileError {
    /// Wraps what the system says when one tries to `verb` this.
    pub fn when(verb: &'static str, path: &Path) -> impl FnOnce(io::Error) -> Self + use<> {
        let path = path.to_path_buf();
        move |source| Self { verb, path, source }
    }
}

/// How the names of unfinished files begin.
pub const TEMPORARY: &str = ".synthctr-";

/// Writes a file under a temporary name in its folder, flushes it to the disk and renames it: a
/// kill or a full disk leaves what stood there before.
pub fn write_whole(
    path: &Path,
    write: impl FnOnce(&mut (dyn Write + Send)) -> io::Result<()>,
) -> io::Result<()> {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty());
    let folder = folder.unwrap_or(Path::new("."));
    let mut builder = tempfile::Builder::new();
    builder.prefix(TEMPORARY);
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        // A temporary file is private by default; as for any other new file, the user's mask
        // decides.
        builder.permissions(fs::Permissions::from_mode(0o666));
    }
    // The kind alone: the message would name the temporary file.
    let file = builder.tempfile_in(folder).map_err(|error| match error.kind() {
        io::ErrorKind::NotFound => io::Error::new(
            io::ErrorKind::NotFound,
            format!("there is no folder {}", folder.display()),
        ),
        kind => io::Error::from(kind),
    })?;
    let mut out = BufWriter::with_capacity(1 << 18, file);
    write(&mut out)?;
    let file = out.into_inner().map_err(|error| error.into_error())?;
    file.as_file().sync_all()?;
    file.persist(path).map_err(|error| error.error)?;
    // The rename itself is durable once the folder is flushed; not every system offers that.
    if let Ok(folder) = fs::File::open(folder) {
        let _ = folder.sync_all();
    }
    Ok(())
}

/// The finished JSON files of a folder, sorted.
pub(crate) fn json_files(folder: &Path) -> io::Result<Vec<PathBuf>> {
    let mut paths = Vec::new();
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        // Unfinished files, whose names begin with a dot, are none.
        let finished =
            path.file_name().is_some_and(|name| !name.to_string_lossy().starts_with('.'));
        if finished && path.extension().is_some_and(|extension| extension == "json") {
            paths.push(path);
        }
    }
    paths.sort();
    Ok(paths)
}

/// The hash of a file's content as hexadecimal digits.
pub(crate) fn sha256(content: &[u8]) -> String {
    hexadecimal(&Sha256::digest(content))
}

/// As [`sha256`], of a file that need not fit into memory.
pub(crate) fn sha256_of_file(path: &Path) -> io::Result<String> {
    let mut hash = Sha256::new();
    let (mut file, mut block) = (fs::File::open(path)?, vec![0; 1 << 16]);
    loop {
        match file.read(&mut block)? {
            0 => return Ok(hexadecimal(&hash.finalize())),
            read => hash.update(&block[..read]),
        }
    }
}

/// Bytes as hexadecimal digits.
pub(crate) fn hexadecimal(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
