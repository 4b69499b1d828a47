//! The results as Parquet: the columns of `results.csv`, with their types.

use super::record::{ResultRow, to_csv};
use arrow_array::{ArrayRef, Float64Array, Int64Array, RecordBatch, StringArray};
use arrow_schema::{DataType, Field, Schema};
use parquet::arrow::ArrowWriter;
use parquet::basic::{Compression, ZstdLevel};
use parquet::file::properties::WriterProperties;
use serde_json::Value;
use std::io;
use std::sync::Arc;

/// The columns of text.
const TEXTS: [&str; 7] =
    ["dataset", "generator", "conditioning", "scenario", "model", "device", "reading"];

/// The columns of whole numbers; all others hold numbers of double precision.
const COUNTS: [&str; 9] = [
    "seed",
    "epochs",
    "train_rows",
    "synthetic_rows",
    "identical_rows",
    "identical_rows_without_label",
    "jobs",
    "fit_seed",
    "draw_seed",
];

/// The rows, at least one, as a Parquet file, in the order of the columns of `results.csv`; what is missing
/// is a null.
pub fn to_parquet(rows: &[&ResultRow]) -> io::Result<Vec<u8>> {
    let values: Vec<Value> = rows.iter().map(serde_json::to_value).collect::<Result<_, _>>()?;
    let (mut fields, mut columns) = (Vec::new(), Vec::new());
    for name in names(rows)? {
        let of = |row: &Value| row.get(&name).cloned().unwrap_or(Value::Null);
        let cells: Vec<Value> = values.iter().map(of).collect();
        let (kind, column): (DataType, ArrayRef) = if TEXTS.contains(&name.as_str()) {
            let texts = cells.iter().map(Value::as_str);
            (DataType::Utf8, Arc::new(texts.collect::<StringArray>()))
        } else if COUNTS.contains(&name.as_str()) {
            // Seeds beyond 2⁶³ wrap, as they would in any tool without unsigned numbers.
            let counts = cells.iter().map(|cell| cell.as_u64().map(|count| count as i64));
            (DataType::Int64, Arc::new(counts.collect::<Int64Array>()))
        } else {
            let numbers = cells.iter().map(Value::as_f64);
            (DataType::Float64, Arc::new(numbers.collect::<Float64Array>()))
        };
        fields.push(Field::new(name, kind, true));
        columns.push(column);
    }
    let schema = Arc::new(Schema::new(fields));
    let batch = RecordBatch::try_new(schema.clone(), columns).map_err(io::Error::other)?;
    let properties = WriterProperties::builder()
        .set_compression(Compression::ZSTD(ZstdLevel::default()))
        .set_created_by("synthctr".into())
        .build();
    let mut bytes = Vec::new();
    let mut writer = ArrowWriter::try_new(&mut bytes, schema, Some(properties))?;
    writer.write(&batch)?;
    writer.close()?;
    Ok(bytes)
}

/// The columns' names, in order.
fn names(rows: &[&ResultRow]) -> io::Result<Vec<String>> {
    let text = to_csv(rows).map_err(io::Error::other)?;
    let mut reader = csv::Reader::from_reader(text.as_slice());
    let header = reader.headers().map_err(io::Error::other)?;
    Ok(header.iter().map(str::to_owned).collect())
}
