//! Tables as Parquet.

mod delta;
mod header;
mod pages;
mod varint;

pub(crate) use pages::check_pages;

use super::config::ReadOptions;
use super::error::RowAt;
use super::format::open;
use super::raw::{Raw, RawBuilder, Role};
use super::schema::{Encoding, Field, Schema};
use super::{DataError, Table};
use arrow_array::cast::AsArray;
use arrow_array::types::{Float64Type, Int32Type};
use arrow_array::{
    Array, ArrayRef, DictionaryArray, Float64Array, Int8Array, Int32Array, LargeStringArray,
    RecordBatch,
};
use arrow_cast::{CastOptions, can_cast_types, cast_with_options};
use arrow_schema::{ArrowError, DataType, Fields};
use parquet::arrow::arrow_reader::{
    ArrowReaderMetadata, ArrowReaderOptions, ParquetRecordBatchReaderBuilder,
};
use parquet::arrow::{ArrowWriter, ProjectionMask};
use parquet::basic::{Compression, ZstdLevel};
use parquet::file::properties::WriterProperties;
use std::cell::Cell;
use std::fs::File;
use std::io::Write;
use std::ops::Range;
use std::panic::{self, AssertUnwindSafe};
use std::path::Path;
use std::sync::{Arc, Once};

/// Rows written and read at a time.
const BATCH: usize = 1 << 16;

/// Reads the columns that `options` chooses; a null is a missing value.
pub(super) fn read(path: &Path, options: &ReadOptions) -> Result<Raw, DataError> {
    // Some damage makes the parquet crate panic instead of returning an error.
    quietly(|| read_sound(path, options))
        .unwrap_or_else(|reason| Err(DataError::NotParquet { path: path.to_path_buf(), reason }))
}

/// The outcome of `work`, or why it panicked, without the usual message on stderr.
pub(crate) fn quietly<T>(work: impl FnOnce() -> T) -> Result<T, String> {
    thread_local!(static QUIET: Cell<bool> = const { Cell::new(false) });
    static HOOK: Once = Once::new();
    HOOK.call_once(|| {
        let usual = panic::take_hook();
        panic::set_hook(Box::new(move |info| {
            if !QUIET.get() {
                usual(info);
            }
        }));
    });
    QUIET.set(true);
    let outcome = panic::catch_unwind(AssertUnwindSafe(work));
    QUIET.set(false);
    outcome.map_err(|reason| match reason.downcast::<String>() {
        Ok(reason) => *reason,
        Err(reason) => reason.downcast::<&str>().map_or("damaged".into(), |r| r.to_string()),
    })
}

fn read_sound(path: &Path, options: &ReadOptions) -> Result<Raw, DataError> {
    let rows = ParquetRows::open(path)?.first(options.rows);
    let header: Vec<String> = rows.columns().iter().map(|column| column.name().clone()).collect();
    let mut builder = RawBuilder::new(path, header, RowAt::Names, options)?;
    let roles = builder.roles().to_vec();
    let used: Vec<usize> =
        (0..roles.len()).filter(|&position| roles[position] != Role::Skipped).collect();
    rows.for_each_cell(&used, |position, text, row| {
        builder.push(position, text, || RowAt::Row(row))
    })?;
    builder.finish()
}

/// The rows of a file, batch by batch.
pub(super) struct ParquetRows<'a> {
    path: &'a Path,
    file: File,
    reader: ParquetRecordBatchReaderBuilder<File>,
    /// Its columns, of the types that the file names.
    columns: Fields,
    /// Most rows that are read.
    rows: Option<usize>,
}

impl<'a> ParquetRows<'a> {
    /// Opens a file and reads what it says of its columns.
    pub(super) fn open(path: &'a Path) -> Result<Self, DataError> {
        let file = open(path)?;
        let metadata = ArrowReaderMetadata::load(&file, ArrowReaderOptions::new())
            .map_err(|e| not_parquet(path, &e))?;
        let columns = metadata.schema().fields().clone();
        let folded = ArrowReaderOptions::new().with_schema(Arc::new(folded(&columns)));
        let metadata = ArrowReaderMetadata::try_new(metadata.metadata().clone(), folded)
            .map_err(|e| not_parquet(path, &e))?;
        let again = file.try_clone().map_err(DataError::io("read", path))?;
        let reader = ParquetRecordBatchReaderBuilder::new_with_metadata(again, metadata);
        Ok(Self { path, file, reader, columns, rows: None })
    }

    /// The same, of the first `rows` rows at most.
    pub(super) fn first(self, rows: Option<u64>) -> Self {
        Self { rows: rows.map(|rows| rows as usize), ..self }
    }

    /// Its columns.
    pub(super) fn columns(&self) -> &Fields {
        &self.columns
    }

    /// Hands every cell of the columns at `used`, ascending, to `take`, those of a column in order: its
    /// column, its content as text, empty if it is missing, and its row from 1.
    pub(super) fn for_each_cell<E: From<DataError>>(
        self,
        used: &[usize],
        mut take: impl FnMut(usize, &[u8], u64) -> Result<(), E>,
    ) -> Result<(), E> {
        let Self { path, file, reader, columns, rows } = self;
        for &position in used {
            let column = &columns[position];
            let kind = column.data_type();
            if kind.is_nested() || !can_cast_types(kind, &DataType::Utf8) {
                return Err(DataError::ColumnType {
                    path: path.to_path_buf(),
                    column: column.name().clone(),
                    found: kind.to_string(),
                }
                .into());
            }
        }
        check_pages(&file, reader.metadata(), used).map_err(|reason| not_parquet(path, &reason))?;
        let mask = ProjectionMask::roots(reader.parquet_schema(), used.iter().copied());
        let reader = reader.with_projection(mask).with_batch_size(BATCH);
        let batches = match rows {
            Some(rows) => reader.with_limit(rows).build(),
            None => reader.build(),
        };
        let mut first_row = 1;
        for batch in batches.map_err(|e| not_parquet(path, &e))? {
            let batch = batch.map_err(|e| not_parquet(path, &e))?;
            for (&position, column) in used.iter().zip(batch.columns()) {
                let take = |row: usize, text: &[u8]| take(position, text, first_row + row as u64);
                for_each_text(column, path, take)?;
            }
            first_row += batch.num_rows() as u64;
        }
        Ok(())
    }
}

/// The same columns with texts as dictionaries: a value that the file holds once and names in every row is then
/// held once here as well, however long it is.
fn folded(columns: &Fields) -> arrow_schema::Schema {
    let fold = |column: &Arc<arrow_schema::Field>| {
        let values = match column.data_type() {
            DataType::Utf8 | DataType::Utf8View => DataType::Utf8,
            DataType::Binary | DataType::BinaryView => DataType::Binary,
            large @ (DataType::LargeUtf8 | DataType::LargeBinary) => large.clone(),
            _ => return column.clone(),
        };
        let folded = DataType::Dictionary(Box::new(DataType::Int32), Box::new(values));
        Arc::new(column.as_ref().clone().with_data_type(folded))
    };
    arrow_schema::Schema::new(columns.iter().map(fold).collect::<Vec<_>>())
}

fn not_parquet(path: &Path, reason: &dyn std::fmt::Display) -> DataError {
    let mut reason = reason.to_string();
    // As the crate says it of packings that are not compiled in.
    if reason.contains("Disabled feature") {
        reason += "; write it packed with zstd, snappy, gzip or lz4";
    }
    DataError::NotParquet { path: path.to_path_buf(), reason }
}

/// Hands every value of a column to `take`, as text.
fn for_each_text<E: From<DataError>>(
    column: &ArrayRef,
    path: &Path,
    mut take: impl FnMut(usize, &[u8]) -> Result<(), E>,
) -> Result<(), E> {
    // A dictionary's values become text once, not once per row.
    if let Some(dictionary) = column.as_any_dictionary_opt() {
        let values = texts(dictionary.values()).map_err(|e| not_parquet(path, &e))?;
        for (row, &key) in dictionary.normalized_keys().iter().enumerate() {
            let missing = column.is_null(row) || values.is_null(key);
            take(row, if missing { b"" } else { values.value(key).as_bytes() })?;
        }
        return Ok(());
    }
    let values = texts(column).map_err(|e| not_parquet(path, &e))?;
    for row in 0..values.len() {
        take(row, if values.is_null(row) { b"" } else { values.value(row).as_bytes() })?;
    }
    Ok(())
}

/// The values as text; not-a-number becomes a null, as it is written for a missing value.
fn texts(values: &ArrayRef) -> Result<LargeStringArray, ArrowError> {
    let options = CastOptions { safe: false, ..CastOptions::default() };
    let values = match values.data_type() {
        // Times with a zone count from 1970 in universal time whatever the zone.
        DataType::Timestamp(unit, Some(_)) => &cast_with_options(
            values,
            &DataType::Timestamp(*unit, Some("+00:00".into())),
            &options,
        )?,
        _ => values,
    };
    let texts = cast_with_options(values, &DataType::LargeUtf8, &options)?;
    let texts = texts.as_string::<i64>();
    if !values.data_type().is_floating() {
        return Ok(texts.clone());
    }
    Ok(texts.iter().map(|text| text.filter(|text| *text != "NaN")).collect())
}

/// Writes the label, if it is wanted, as an 8-bit integer, categories as text (dictionary-encoded) and binned
/// numbers as floating-point numbers; a missing value is a null.
pub(super) fn write(
    table: &Table,
    with_label: bool,
    out: &mut (dyn Write + Send),
) -> std::io::Result<()> {
    let schema = table.schema();
    let dictionaries: Vec<ArrayRef> = schema.fields.iter().map(dictionary).collect();
    let arrow_schema = Arc::new(arrow_schema(schema, with_label));
    // Texts are written as numbers of a dictionary.
    let longest = size_of::<u64>() * (1 + table.n_fields());
    write_batches(out, &arrow_schema, table.n_rows(), longest, |rows| {
        let mut arrays: Vec<ArrayRef> = Vec::new();
        if with_label {
            let labels = table.labels()[rows.clone()].iter().map(|&label| label as i8);
            arrays.push(Arc::new(Int8Array::from_iter_values(labels)));
        }
        for (column, values) in table.columns().iter().zip(&dictionaries) {
            arrays.push(decode(&column[rows.clone()], values));
        }
        RecordBatch::try_new(arrow_schema.clone(), arrays)
    })
}

/// Bytes of text that are spelled out at a time, where that is more than one row.
const BATCH_BYTES: usize = 1 << 26;

/// Writes as many rows, of at most `longest` bytes each, made batch by batch.
pub(super) fn write_batches(
    out: &mut (dyn Write + Send),
    schema: &Arc<arrow_schema::Schema>,
    n_rows: usize,
    longest: usize,
    batch: impl Fn(Range<usize>) -> Result<RecordBatch, ArrowError>,
) -> std::io::Result<()> {
    let properties = WriterProperties::builder()
        .set_compression(Compression::ZSTD(ZstdLevel::default()))
        .set_created_by("synthctr".into())
        .build();
    let mut writer = ArrowWriter::try_new(out, schema.clone(), Some(properties))?;
    let step = (BATCH_BYTES / longest.max(1)).clamp(1, BATCH);
    for start in (0..n_rows).step_by(step) {
        let rows = start..(start + step).min(n_rows);
        writer.write(&batch(rows).map_err(std::io::Error::other)?)?;
    }
    writer.close()?;
    Ok(())
}

fn arrow_schema(schema: &Schema, with_label: bool) -> arrow_schema::Schema {
    let label = arrow_schema::Field::new(&schema.label, DataType::Int8, false);
    let fields = schema.fields.iter().map(|field| {
        let kind = match field.encoding {
            Encoding::Categories { .. } => {
                DataType::Dictionary(Box::new(DataType::Int32), Box::new(DataType::LargeUtf8))
            }
            Encoding::Bins { .. } => DataType::Float64,
        };
        arrow_schema::Field::new(&field.name, kind, true)
    });
    arrow_schema::Schema::new(
        with_label.then_some(label).into_iter().chain(fields).collect::<Vec<_>>(),
    )
}

/// What each code is written as.
fn dictionary(field: &Field) -> ArrayRef {
    let texts = (0..field.n_codes() as u32).map(|code| field.text(code));
    match field.encoding {
        Encoding::Categories { .. } => Arc::new(LargeStringArray::from_iter_values(texts)),
        Encoding::Bins { .. } => {
            Arc::new(texts.map(|text| text.parse().ok()).collect::<Float64Array>())
        }
    }
}

/// The codes as what they stand for.
fn decode(codes: &[u32], values: &ArrayRef) -> ArrayRef {
    match values.data_type() {
        DataType::Float64 => {
            let values = values.as_primitive::<Float64Type>();
            let value = |&code: &u32| {
                let code = code as usize;
                values.is_valid(code).then(|| values.value(code))
            };
            Arc::new(codes.iter().map(value).collect::<Float64Array>())
        }
        _ => {
            let texts = values.as_string::<i64>();
            let key = |&code: &u32| (!texts.value(code as usize).is_empty()).then_some(code as i32);
            let keys: Int32Array = codes.iter().map(key).collect();
            Arc::new(DictionaryArray::<Int32Type>::new(keys, values.clone()))
        }
    }
}
