//! Click logs as comma-separated text with a header line.

use super::config::ReadOptions;
use super::error::{Place, RowAt};
use super::raw::{Raw, RawBuilder};
use super::{DataError, Table};
use std::fs::File;
use std::io::{BufReader, Read, Write};
use std::path::Path;

/// Reads the columns that `options` chooses. Blank lines are skipped.
pub(super) fn read(path: &Path, options: &ReadOptions) -> Result<Raw, DataError> {
    let file = File::open(path).map_err(DataError::io("read", path))?;
    let mut reader = csv::ReaderBuilder::new()
        .has_headers(false)
        .flexible(true)
        .buffer_capacity(1 << 18)
        .from_reader(file);
    let mut record = csv::ByteRecord::new();
    // With `flexible`, nothing but the operating system can fail.
    let mut next = |record: &mut csv::ByteRecord| {
        reader
            .read_byte_record(record)
            .map_err(|error| DataError::io("read", path)(std::io::Error::other(error)))
    };
    if !next(&mut record)? {
        return Err(DataError::Empty { path: path.to_path_buf() });
    }
    let header = header(path, &record)?;
    let width = header.len();
    let header_at = RowAt::Line(line_of(path, &record));
    let mut builder = RawBuilder::new(path, header, header_at, options)?;
    while next(&mut record)? {
        if record.len() != width {
            let row = RowAt::Line(line_of(path, &record));
            let place = Box::new(Place { path: path.to_path_buf(), row, column: None });
            let (found, expected) = (record.len() as u64, width as u64);
            return Err(DataError::Ragged { place, found, expected });
        }
        for (position, cell) in record.iter().enumerate() {
            builder.push(position, cell, || RowAt::Line(line_of(path, &record)))?;
        }
    }
    builder.finish()
}

/// The column names.
fn header(path: &Path, record: &csv::ByteRecord) -> Result<Vec<String>, DataError> {
    let name = |(position, bytes): (usize, &[u8])| {
        std::str::from_utf8(bytes).map(str::to_string).map_err(|_| {
            let column = Some((position + 1, String::from_utf8_lossy(bytes).into_owned()));
            let row = RowAt::Line(line_of(path, record));
            DataError::NotUtf8 { place: Box::new(Place { path: path.to_path_buf(), row, column }) }
        })
    };
    record.iter().enumerate().map(name).collect()
}

/// The line on which a record begins. Counted again from the start of the file, because the
/// reader takes the rest of a CRLF and blank lines as part of the record below them; only
/// errors ask.
fn line_of(path: &Path, record: &csv::ByteRecord) -> u64 {
    let start = record.position().map_or(0, |position| position.byte());
    let Ok(file) = File::open(path) else { return 1 };
    let mut line = 1;
    for (offset, byte) in BufReader::new(file).bytes().map_while(Result::ok).enumerate() {
        match byte {
            b'\n' => line += 1,
            b'\r' => {}
            _ if offset as u64 >= start => break,
            _ => {}
        }
    }
    line
}

/// Writes the label and the fields of `table` with their names above.
pub(super) fn write(table: &Table, out: &mut dyn Write) -> std::io::Result<()> {
    let schema = table.schema();
    let mut writer = csv::WriterBuilder::new().buffer_capacity(1 << 18).from_writer(out);
    let names = schema.fields.iter().map(|field| field.name.as_str());
    writer.write_record([schema.label.as_str()].into_iter().chain(names))?;
    let texts: Vec<Vec<_>> = schema
        .fields
        .iter()
        .map(|field| (0..field.n_codes() as u32).map(|code| field.text(code)).collect())
        .collect();
    for row in 0..table.n_rows() {
        writer.write_field([b'0' + table.labels()[row]])?;
        for (texts, code) in texts.iter().zip(table.row(row)) {
            writer.write_field(texts[code as usize].as_bytes())?;
        }
        writer.write_record(None::<&[u8]>)?;
    }
    writer.flush()
}
