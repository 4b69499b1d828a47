//! MD5 checksums, which is what the data sets' publishers give.

use super::{DataError, Table};
use md5::{Digest, Md5};
use std::fs::File;
use std::io::{self, BufReader, Write};
use std::path::Path;

/// The md5 checksum of a file, in hexadecimal.
pub fn of_file(path: &Path) -> Result<String, DataError> {
    let file = File::open(path).map_err(DataError::io("read", path))?;
    let mut hashing = Hashing::new(io::sink());
    let mut reader = BufReader::with_capacity(1 << 18, file);
    io::copy(&mut reader, &mut hashing).map_err(DataError::io("read", path))?;
    Ok(hashing.checksum())
}

/// The md5 checksum of a table: names and values of its schema, labels and codes.
pub fn of_table(table: &Table) -> String {
    let mut hash = Md5::new();
    let schema = table.schema();
    hash.update(&schema.label);
    for field in &schema.fields {
        hash.update([0]);
        hash.update(&field.name);
        for code in 0..field.n_codes() as u32 {
            hash.update([1]);
            hash.update(&*field.text(code));
        }
    }
    hash.update(table.labels());
    for column in table.columns() {
        // Hashed in blocks, because a call per code costs more than the hash.
        for block in column.chunks(1 << 14) {
            let bytes: Vec<u8> = block.iter().flat_map(|code| code.to_le_bytes()).collect();
            hash.update(&bytes);
        }
    }
    hex(&hash.finalize())
}

/// Passes bytes on and hashes them on the way.
pub(super) struct Hashing<W> {
    inner: W,
    hash: Md5,
}

impl<W: Write> Hashing<W> {
    pub(super) fn new(inner: W) -> Self {
        Self { inner, hash: Md5::new() }
    }

    /// The checksum of everything written.
    pub(super) fn checksum(self) -> String {
        hex(&self.hash.finalize())
    }
}

impl<W: Write> Write for Hashing<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let written = self.inner.write(bytes)?;
        self.hash.update(&bytes[..written]);
        Ok(written)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.inner.flush()
    }
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
