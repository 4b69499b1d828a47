//! What the name of a file says: how a table stands in it, and how it is packed. Whether its first bytes agree.

use super::DataError;
use flate2::read::MultiGzDecoder;
use flate2::write::GzEncoder;
use std::fs::File;
use std::io::{self, BufReader, Read, Write};
use std::path::Path;

/// How a table stands in a file.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Format {
    /// Lines of separated values, the names first.
    Text(TextFormat),
    Parquet,
}

/// Lines of separated values.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct TextFormat {
    /// What stands between two values.
    pub(super) delimiter: u8,
    packing: Packing,
}

#[derive(Clone, Copy, Debug, PartialEq)]
enum Packing {
    None,
    Gzip,
    Zstd,
}

/// What files that are no text begin with, what they are, and what to do with them.
const MARKS: [(&[u8], &str, &str); 4] = [
    (b"\x1f\x8b", "packed with gzip", "add .gz to its name, or unpack it"),
    (b"\x28\xb5\x2f\xfd", "packed with Zstandard", "add .zst to its name, or unpack it"),
    // After the letters, which a column's name may begin with too, the first field of a page's header.
    (b"PAR1\x15", "a Parquet file", "let its name end with .parquet"),
    (b"PK\x03\x04", "a zip archive or a spreadsheet", "unpack it, or save it as CSV"),
];

/// So many of a file's first bytes are looked at, which no mark is longer than.
const FIRST_BYTES: u64 = 8;

/// A packed file may unpack to as much in any case …
const ALWAYS_ALLOWED: u64 = 1 << 28;
/// … or to as many times its size, …
const MOST_UNPACKED: u64 = 200;
/// … but never to more.
const NEVER_ALLOWED: u64 = 1 << 36;

/// How many bytes a packed file of `size` bytes may unpack to.
pub(super) fn most_unpacked(size: u64) -> u64 {
    size.saturating_mul(MOST_UNPACKED).clamp(ALWAYS_ALLOWED, NEVER_ALLOWED)
}

/// The format that the name of a file tells by its end.
pub(super) fn format(path: &Path) -> Result<Format, DataError> {
    let name = path.file_name().and_then(|name| name.to_str()).unwrap_or("").to_ascii_lowercase();
    let (inner, packing) = match name.rsplit_once('.') {
        Some((inner, "gz")) => (inner, Packing::Gzip),
        Some((inner, "zst")) => (inner, Packing::Zstd),
        _ => (name.as_str(), Packing::None),
    };
    let text = |delimiter| Ok(Format::Text(TextFormat { delimiter, packing }));
    match inner.rsplit_once('.') {
        Some((_, "csv")) => text(b','),
        Some((_, "tsv")) => text(b'\t'),
        Some((_, "parquet")) if packing == Packing::None => Ok(Format::Parquet),
        _ => Err(DataError::UnknownFormat { path: path.to_path_buf() }),
    }
}

/// Opens a file, which must be one that can be read again from its beginning.
pub(super) fn open(path: &Path) -> Result<File, DataError> {
    let error = || DataError::io("read", path);
    let kind = std::fs::metadata(path).map_err(error())?.file_type();
    // A folder is refused by what reads it; opening a pipe would wait for somebody to write.
    if !kind.is_file() && !kind.is_dir() {
        return Err(DataError::NoRegularFile { path: path.to_path_buf() });
    }
    File::open(path).map_err(error())
}

/// Fails if the name of a file tells no format that can be read and written.
pub fn check_format(path: &Path) -> Result<(), DataError> {
    format(path).map(|_| ())
}

impl TextFormat {
    /// Comma-separated text, not packed.
    pub(super) const CSV: Self = Self { delimiter: b',', packing: Packing::None };

    /// The text in a file, unpacked while it is read; an error where its first bytes are no text's.
    pub(super) fn open(self, path: &Path) -> Result<Box<dyn Read>, DataError> {
        let error = || DataError::io("read", path);
        let mut file = open(path)?;
        if self.packing == Packing::None {
            let mut first = Vec::new();
            Read::by_ref(&mut file).take(FIRST_BYTES).read_to_end(&mut first).map_err(error())?;
            if let Some(&(_, is, remedy)) = MARKS.iter().find(|(mark, ..)| first.starts_with(mark))
            {
                return Err(DataError::OtherKind { path: path.to_path_buf(), is, remedy });
            }
            return Ok(Box::new(io::Cursor::new(first).chain(file)));
        }
        let packed = file.metadata().map_err(error())?.len();
        let most = most_unpacked(packed);
        let file = BufReader::with_capacity(1 << 17, file);
        let inner: Box<dyn Read> = match self.packing {
            Packing::Gzip => Box::new(MultiGzDecoder::new(file)),
            _ => Box::new(zstd::Decoder::with_buffer(file).map_err(error())?),
        };
        Ok(Box::new(Unpacked { inner, left: most, most }))
    }

    /// Hands `write` what packs all it writes and passes it on to `out`.
    pub(super) fn pack(
        self,
        out: &mut dyn Write,
        write: impl FnOnce(&mut dyn Write) -> io::Result<()>,
    ) -> io::Result<()> {
        match self.packing {
            Packing::None => write(out),
            Packing::Gzip => {
                let mut packer = GzEncoder::new(out, flate2::Compression::default());
                write(&mut packer)?;
                packer.finish().map(drop)
            }
            Packing::Zstd => {
                let mut packer = zstd::Encoder::new(out, zstd::DEFAULT_COMPRESSION_LEVEL)?;
                write(&mut packer)?;
                packer.finish().map(drop)
            }
        }
    }
}

/// An unpacked stream that ends with an error where it gets absurdly long.
struct Unpacked {
    inner: Box<dyn Read>,
    left: u64,
    most: u64,
}

impl Read for Unpacked {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let n = self.inner.read(buffer)?;
        match self.left.checked_sub(n as u64) {
            Some(left) => self.left = left,
            None => {
                let most = self.most;
                let text = format!(
                    "it unpacks to more than {most} bytes, too much for its size; unpack it \
                     yourself if that is right"
                );
                return Err(io::Error::other(text));
            }
        }
        Ok(n)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_stream_of_any_length_ends() {
        let mut stream = Unpacked { inner: Box::new(io::repeat(b'1')), left: 1000, most: 1000 };
        let mut text = Vec::new();
        let error = stream.read_to_end(&mut text).expect_err("endless");
        assert!(error.to_string().contains("more than 1000 bytes"), "{error}");
        assert!(text.len() <= 1000);
    }
}
