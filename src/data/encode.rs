//! From values to codes: the vocabulary of train, and every part seen through it.

use super::config::ReadOptions;
use super::raw::{Cells, Raw, RawColumn};
use super::schema::{Encoding, Field, Schema};
use super::table::Table;
use super::{DataError, Place, bins, row_in_file};
use crate::names;
use std::collections::{HashMap, HashSet};
use std::sync::Arc;

/// The schema whose vocabularies are the values in `rows` of `raw`.
///
/// Categories are sorted, as integers where all values are integers, else bytewise, and a missing
/// value comes first, so that codes do not depend on the order of rows.
pub(super) fn schema(raw: &Raw, rows: &[u32], options: &ReadOptions) -> Result<Schema, DataError> {
    let field = |column: &RawColumn| {
        let encoding = match &column.cells {
            Cells::Text { values, codes } => {
                let mut seen = vec![false; values.len()];
                rows.iter().for_each(|&row| seen[codes[row as usize] as usize] = true);
                let seen = (0..values.len() as u32).filter(|&value| seen[value as usize]);
                Encoding::Categories { values: sorted(seen.map(|v| values.text(v).to_string())) }
            }
            Cells::Numbers(numbers) => {
                let numeric = options.numeric.iter().find(|numeric| numeric.name == column.name);
                let binning = numeric.expect("only numeric columns are read as numbers").bins;
                bins::fit(binning, rows.iter().map(|&row| numbers[row as usize]))
            }
        };
        Field { name: column.name.clone(), encoding }
    };
    let fields: Vec<Field> = raw.columns.iter().map(field).collect();
    // Readers count categories, bins are only known here.
    if let Some(widest) = fields.iter().max_by_key(|field| field.n_categories())
        && fields.iter().map(Field::n_categories).sum::<usize>() > options.max_categories
    {
        return Err(DataError::TooManyCategories {
            path: raw.path.clone(),
            most: options.max_categories,
            field: widest.name.clone(),
            count: widest.n_categories(),
        });
    }
    Ok(Schema { label: raw.label.clone(), fields })
}

/// The values in the order of their codes.
pub(super) fn sorted(values: impl Iterator<Item = String>) -> Vec<String> {
    let mut values: Vec<String> = values.collect();
    let integer = |value: &String| value.parse::<i128>().ok();
    if values.iter().all(|value| value.is_empty() || integer(value).is_some()) {
        values.sort_by_cached_key(|value| (integer(value), value.clone()));
    } else {
        values.sort_unstable();
    }
    values
}

/// Fails with the first row of `raw` that holds a value unknown to `schema`, if there is one.
pub(super) fn check_known(raw: &Raw, schema: &Schema) -> Result<(), DataError> {
    let mut first: Option<(usize, usize, String)> = None;
    for (position, (column, field)) in raw.columns.iter().zip(&schema.fields).enumerate() {
        let unknown = match (&column.cells, &field.encoding) {
            (Cells::Text { values, codes }, Encoding::Categories { values: known }) => {
                let known: HashSet<&str> = known.iter().map(String::as_str).collect();
                let is_unknown: Vec<bool> = (0..values.len() as u32)
                    .map(|value| !known.contains(values.text(value)))
                    .collect();
                let row = codes.iter().position(|&code| is_unknown[code as usize]);
                row.map(|row| (row, values.text(codes[row]).to_owned()))
            }
            (Cells::Numbers(numbers), Encoding::Bins { .. }) => {
                let row = numbers.iter().position(|&number| field.bin(number) == field.unseen());
                row.map(|row| (row, String::new()))
            }
            _ => None,
        };
        if let Some((row, value)) = unknown
            && first.as_ref().is_none_or(|(earlier, ..)| row < *earlier)
        {
            first = Some((row, position, value));
        }
    }
    let Some((row, position, value)) = first else { return Ok(()) };
    let field = &schema.fields[position];
    let hint = match (&field.encoding, value.as_str()) {
        // A number is never a slip of another.
        (Encoding::Categories { .. }, value) if value.parse::<f64>().is_ok() => match value {
            value if value.parse::<i128>().is_ok() => String::new(),
            _ => "; its numbers are categories unless `numeric` cuts them into bins".to_owned(),
        },
        (Encoding::Categories { values }, value) if !value.is_empty() => {
            let nearest = names::nearest(value, values.iter().map(String::as_str));
            nearest.map_or(String::new(), |nearest| format!("; did you mean {nearest:?}?"))
        }
        _ => String::new(),
    };
    let place = Place { path: raw.path.clone(), row: row_in_file(&raw.path, row), column: None };
    let field = field.name.clone();
    Err(DataError::UnknownValue { place: Box::new(place), field, value, hint })
}

/// The rows of `raw` as codes. Its columns are the schema's fields, in order.
pub(super) fn encode(raw: Raw, schema: &Arc<Schema>) -> Result<Table, DataError> {
    let mut columns = Vec::with_capacity(raw.columns.len());
    let mut unseen = Vec::with_capacity(raw.columns.len());
    for (column, field) in raw.columns.into_iter().zip(&schema.fields) {
        let mut of_field = Vec::new();
        columns.push(match (column.cells, &field.encoding) {
            (Cells::Text { values, mut codes }, Encoding::Categories { values: known }) => {
                let known: HashMap<&str, u32> =
                    known.iter().map(String::as_str).zip(0u32..).collect();
                let translate = |value| known.get(values.text(value)).copied();
                let translated: Vec<u32> = (0..values.len() as u32)
                    .map(|value| translate(value).unwrap_or(field.unseen()))
                    .collect();
                for (row, code) in (0..).zip(codes.iter_mut()) {
                    let value = *code;
                    *code = translated[value as usize];
                    if *code == field.unseen() {
                        of_field.push((row, fnv1a(values.text(value))));
                    }
                }
                codes
            }
            (Cells::Numbers(numbers), Encoding::Bins { .. }) => {
                numbers.iter().map(|&number| field.bin(number)).collect()
            }
            _ => {
                return Err(DataError::Setting(format!(
                    "the field `{}` must be read as the schema has it: numbers or categories",
                    field.name
                )));
            }
        });
        unseen.push(of_field);
    }
    Ok(Table::new(schema.clone(), columns, raw.labels).with_unseen(unseen))
}

/// A number that tells texts apart (FNV-1a, 64 bits).
fn fnv1a(text: &str) -> u64 {
    text.bytes().fold(0xcbf2_9ce4_8422_2325, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
    })
}
