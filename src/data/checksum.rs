//! MD5 checksums, which is what the data sets' publishers give.

use super::{DataError, Table, format};
use crate::files::hexadecimal;
use md5::{Digest, Md5};
use std::io::Read;
use std::path::Path;

/// The md5 checksum of a file, in hexadecimal.
pub fn of_file(path: &Path) -> Result<String, DataError> {
    let mut file = format::open(path)?;
    let mut hash = Md5::new();
    let mut buffer = vec![0; 1 << 18];
    loop {
        match file.read(&mut buffer).map_err(DataError::io("read", path))? {
            0 => return Ok(hexadecimal(&hash.finalize())),
            n => hash.update(&buffer[..n]),
        }
    }
}

/// The md5 checksum of bytes, in hexadecimal.
pub(super) fn of_bytes(bytes: &[u8]) -> String {
    hexadecimal(&Md5::digest(bytes))
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
    hexadecimal(&hash.finalize())
}
