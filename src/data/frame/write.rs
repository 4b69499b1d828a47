//! Rows written as the real file has them.

use super::form::Form;
use super::types::is_text;
use crate::data::format::{Format, TextFormat, format};
use crate::data::schema::{Encoding, Field, Value};
use crate::data::{DataError, Table, csv, parquet};
use crate::files::write_whole;
use crate::seed::{Counter, Seed};
use arrow_array::{ArrayRef, LargeStringArray, RecordBatch};
use arrow_cast::{CastOptions, can_cast_types, cast_with_options};
use arrow_schema::{ArrowError, DataType, Schema};
use serde::{Deserialize, Serialize};
use std::io::{self, Write};
use std::path::Path;
use std::sync::Arc;

/// How the rows of a click log are written as the file that it was made of has them: names, order
/// and types of columns, spelling of values.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct WriteBack {
    /// The label's position among the columns.
    pub(super) label: usize,
    /// What is written for either label, where these are not 0 and 1.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) labels: Option<[Vec<String>; 2]>,
    pub(super) columns: Vec<WrittenColumn>,
}

/// How a column is written.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(super) struct WrittenColumn {
    pub(super) name: String,
    pub(super) form: Form,
    /// Its type in Parquet.
    pub(super) stored: String,
    /// The values of every bin, where it holds numbers.
    pub(super) bins: Vec<Vec<f64>>,
}

/// Writes rows as the file that `write_back` was made of has them, in the format that the name of
/// `path` tells: `.csv`, `.tsv` (`.gz` or `.zst` may follow) or `.parquet`.
///
/// With a `seed`, a number is drawn among the real file's values in its bin (at most 64 of them, at
/// equal distances among all), which its row and column alone determine; without, it is the bin's
/// representative. A date is the start of its day, or of what else dates are counted by. A category
/// that the real file lacks is written as [`Field::text`] says among texts, else as a missing value.
///
/// # Errors
/// If the table is not of the schema that `write_back` was made with, or the file cannot be written.
pub fn write_like(
    table: &Table,
    write_back: &WriteBack,
    path: &Path,
    seed: Option<Seed>,
) -> Result<(), DataError> {
    let format = format(path)?;
    let columns = spelled(table, write_back, format, seed)?;
    let written = match format {
        Format::Text(format) => write_whole(path, |out| text(&columns, table, format, out)),
        Format::Parquet => write_whole(path, |out| binary(&columns, table, out)),
    };
    written.map_err(DataError::io("write", path))
}

/// A column of texts to write.
struct Spelled<'a> {
    name: &'a str,
    /// The codes by row; none for the label.
    codes: Option<&'a [u32]>,
    /// What may be written for each code, missing values being empty.
    texts: Vec<Vec<String>>,
    draws: Option<Counter>,
    stored: DataType,
}

impl Spelled<'_> {
    fn text(&self, table: &Table, row: usize) -> &str {
        let code = self.codes.map_or_else(|| table.labels()[row].into(), |codes| codes[row]);
        let texts = &self.texts[code as usize];
        let pick = match &self.draws {
            Some(draws) => {
                ((u128::from(draws.word(row as u64)) * texts.len() as u128) >> 64) as usize
            }
            None => 0,
        };
        &texts[pick]
    }
}

fn spelled<'a>(
    table: &'a Table,
    write_back: &'a WriteBack,
    format: Format,
    seed: Option<Seed>,
) -> Result<Vec<Spelled<'a>>, DataError> {
    let other = |what: &str| {
        Err(DataError::Setting(format!("the rows are not of the file to be written: {what}")))
    };
    let names = write_back.columns.iter().map(|column| column.name.as_str());
    let schema = table.schema();
    let mut expected: Vec<&str> = schema.fields.iter().map(|field| field.name.as_str()).collect();
    if write_back.label > expected.len() {
        return other("the label's place");
    }
    expected.insert(write_back.label, &schema.label);
    if !names.eq(expected) {
        return other("the columns' names");
    }
    let mut fields = schema.fields.iter().zip(table.columns());
    let mut columns = Vec::new();
    for (position, column) in write_back.columns.iter().enumerate() {
        let name = column.name.as_str();
        let stored = stored(column)?;
        let form = match &column.form {
            // What turns texts into times wants all of them.
            Form::Dates(form) if format == Format::Parquet && !is_text(&stored) => {
                &Form::Dates(form.in_full())
            }
            form => form,
        };
        let (codes, texts) = if position == write_back.label {
            let of_label =
                |label: u8| match write_back.labels.as_ref().map(|of| &of[usize::from(label)]) {
                    Some(texts) if !texts.is_empty() => texts.clone(),
                    _ => vec![form.spell_label(label)],
                };
            (None, [0, 1].map(of_label).into())
        } else {
            let Some((field, codes)) = fields.next() else { return other("a column too many") };
            match texts(form, &column.bins, field, seed.is_some()) {
                Some(texts) => (Some(codes.as_slice()), texts),
                None => return other(&format!("`{name}` is numbers in one of them alone")),
            }
        };
        let draws = match seed {
            Some(seed) if texts.iter().any(|texts| texts.len() > 1) => {
                Some(seed.derive("write").counter(name))
            }
            _ => None,
        };
        columns.push(Spelled { name, codes, texts, draws, stored });
    }
    Ok(columns)
}

/// What is written for each code of a field; none if the column is of another kind.
fn texts(form: &Form, bins: &[Vec<f64>], field: &Field, draw: bool) -> Option<Vec<Vec<String>>> {
    let numbers = matches!(field.encoding, Encoding::Bins { .. });
    if numbers == form.is_categories() {
        return None;
    }
    let text = |code: u32| match field.value(code) {
        Value::Missing => vec![String::new()],
        Value::Text(text) => vec![form.spell_category(text).into_owned()],
        Value::Unseen if *form == Form::Text => vec![field.text(code).into_owned()],
        Value::Unseen => vec![String::new()],
        Value::Number(number) => match bins.get(code as usize) {
            Some(values) if draw && !values.is_empty() => {
                values.iter().map(|&number| form.spell_number(number)).collect()
            }
            _ => vec![form.spell_number(number)],
        },
    };
    Some((0..field.n_codes() as u32).map(text).collect())
}

/// The type of a column in Parquet; a dictionary becomes its values.
fn stored(column: &WrittenColumn) -> Result<DataType, DataError> {
    let stored: DataType = column.stored.parse().map_err(|_| {
        let (name, stored) = (&column.name, &column.stored);
        DataError::Setting(format!("`{name}`: there is no type {stored} in Parquet"))
    })?;
    Ok(match stored {
        DataType::Dictionary(_, values) => *values,
        stored if can_cast_types(&DataType::LargeUtf8, &stored) => stored,
        _ => DataType::Utf8,
    })
}

/// Writes separated text.
fn text(
    columns: &[Spelled],
    table: &Table,
    format: TextFormat,
    out: &mut dyn Write,
) -> io::Result<()> {
    format.pack(out, |out| {
        let mut writer = csv::writer(format, out);
        writer.write_record(columns.iter().map(|column| column.name))?;
        for row in 0..table.n_rows() {
            for column in columns {
                writer.write_field(column.text(table, row))?;
            }
            writer.write_record(None::<&[u8]>)?;
        }
        writer.flush()
    })
}

/// Writes Parquet.
fn binary(columns: &[Spelled], table: &Table, out: &mut (dyn Write + Send)) -> io::Result<()> {
    let field =
        |column: &Spelled| arrow_schema::Field::new(column.name, column.stored.clone(), true);
    let schema = Arc::new(Schema::new(columns.iter().map(field).collect::<Vec<_>>()));
    let longest_of =
        |column: &Spelled| column.texts.iter().flatten().map(String::len).max().unwrap_or(0);
    let longest = columns.iter().map(longest_of).sum();
    parquet::write_batches(out, &schema, table.n_rows(), longest, |rows| {
        let array = |column: &Spelled| -> Result<ArrayRef, ArrowError> {
            let text = |row| Some(column.text(table, row)).filter(|text| !text.is_empty());
            let texts: LargeStringArray = rows.clone().map(text).collect();
            typed(&(Arc::new(texts) as ArrayRef), &column.stored)
        };
        let arrays: Result<Vec<ArrayRef>, ArrowError> = columns.iter().map(array).collect();
        RecordBatch::try_new(schema.clone(), arrays?)
    })
}

/// Texts as values of a type.
fn typed(texts: &ArrayRef, stored: &DataType) -> Result<ArrayRef, ArrowError> {
    let options = CastOptions { safe: false, ..CastOptions::default() };
    match stored {
        // Times with a zone count from 1970 in universal time whatever the zone.
        DataType::Timestamp(unit, Some(_)) => {
            let universal = DataType::Timestamp(*unit, Some("+00:00".into()));
            let times = cast_with_options(texts, &universal, &options)?;
            cast_with_options(&times, stored, &options)
        }
        _ => cast_with_options(texts, stored, &options),
    }
}
