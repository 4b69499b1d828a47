//! Files in, files out; the extension tells the format.

use super::config::{Binning, Numeric, ReadOptions};
use super::encode::{check_known, encode, schema};
use super::error::RowAt;
use super::format::{Format, TextFormat, format};
use super::raw::Raw;
use super::schema::{Encoding, Schema};
use super::{DataError, Table, csv, parquet};
use crate::files::write_whole;
use std::path::Path;
use std::sync::Arc;

/// Reads the columns that `options` chooses from a file.
pub(super) fn read_raw(path: &Path, options: &ReadOptions) -> Result<Raw, DataError> {
    match format(path)? {
        Format::Text(text) => csv::read(path, text, options),
        Format::Parquet => parquet::read(path, options),
    }
}

/// Reads a whole file with a schema made from its own values.
pub fn load_table(path: &Path, options: &ReadOptions) -> Result<Table, DataError> {
    let raw = read_raw(path, options)?;
    let rows: Vec<u32> = (0..raw.labels.len() as u32).collect();
    let schema = schema(&raw, &rows, options)?;
    encode(raw, &Arc::new(schema))
}

/// Reads a file into a known schema; values that it does not hold become unseen.
pub fn read_table(path: &Path, schema: &Arc<Schema>) -> Result<Table, DataError> {
    read_part(path, schema, &ReadOptions::default())
}

/// As [`read_table`], with labels read and rows left out as the options have it.
pub(super) fn read_part(
    path: &Path,
    schema: &Arc<Schema>,
    options: &ReadOptions,
) -> Result<Table, DataError> {
    let (rows, clicks) = (options.rows, options.clicks.clone());
    let raw = read_raw(path, &ReadOptions { rows, clicks, ..options_of(schema) })?;
    encode(raw, schema)
}

/// As [`read_table`], but a value that the schema does not hold is an error that names its row.
pub fn read_known_table(path: &Path, schema: &Arc<Schema>) -> Result<Table, DataError> {
    let raw = read_raw(path, &options_of(schema))?;
    check_known(&raw, schema)?;
    encode(raw, schema)
}

/// Where a row, the first being 0, stands in a file: its line, where there are lines. Reads the file once more,
/// since only errors ask.
pub(crate) fn row_in_file(path: &Path, row: usize) -> RowAt {
    let line = match format(path) {
        Ok(Format::Text(text)) => csv::line_of(path, text, row),
        _ => None,
    };
    line.unwrap_or(RowAt::Row(row as u64 + 1))
}

/// The options that read `schema`'s columns.
fn options_of(schema: &Schema) -> ReadOptions {
    // How a known schema's numbers were binned stands in the schema; here any binning does.
    let numeric = schema.fields.iter().filter_map(|field| match field.encoding {
        Encoding::Bins { .. } => Some(Numeric { name: field.name.clone(), bins: Binning::Log2 }),
        Encoding::Categories { .. } => None,
    });
    let known: usize = schema.fields.iter().map(|field| field.n_categories()).sum();
    ReadOptions {
        label: schema.label.clone(),
        clicks: None,
        ignore: Vec::new(),
        fields: Some(schema.fields.iter().map(|field| field.name.clone()).collect()),
        numeric: numeric.collect(),
        max_categories: known + ReadOptions::default().max_categories,
        rows: None,
    }
}

/// Writes a table as values, in the format that the extension of `path` names.
pub fn write_table(table: &Table, path: &Path) -> Result<(), DataError> {
    match format(path)? {
        Format::Text(text) => write_whole(path, |out| csv::write(table, text, out))
            .map_err(DataError::io("write", path)),
        Format::Parquet => write_parquet(table, path),
    }
}

/// Writes a table as values in comma-separated text, the label first.
pub fn write_csv(table: &Table, path: &Path) -> Result<(), DataError> {
    write_whole(path, |out| csv::write(table, TextFormat::CSV, out))
        .map_err(DataError::io("write", path))
}

/// Writes a table as values in Parquet, the label first.
pub fn write_parquet(table: &Table, path: &Path) -> Result<(), DataError> {
    write_whole(path, |out| parquet::write(table, true, out)).map_err(DataError::io("write", path))
}

/// As [`write_parquet`], without the label.
pub fn write_fields(table: &Table, path: &Path) -> Result<(), DataError> {
    write_whole(path, |out| parquet::write(table, false, out)).map_err(DataError::io("write", path))
}
