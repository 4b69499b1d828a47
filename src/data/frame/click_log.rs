//! Frames as click logs, for what learns from a [`Table`].

use super::form::Form;
use super::source::Source;
use super::types::natural;
use super::write::{WriteBack, WrittenColumn};
use super::{Column, Frame, Frames, Values};
use crate::data::error::{Place, RowAt, hint};
use crate::data::schema::{Field, Schema};
use crate::data::{Binning, DataError, Table, bins, raw, row_in_file};
use std::path::Path;
use std::sync::Arc;

/// The files as click logs of one schema, and what writes such rows as the real file has them.
///
/// The schema is that of the real file, as when click logs are read: other files' categories that
/// it lacks are unseen. Numbers and dates become the bins that `binning` says. The label must be 0
/// or 1 (also `1.0`, `true` …) in every row.
///
/// # Errors
/// If there is no such label, or no other column.
pub fn to_tables(
    frames: &Frames,
    label: &str,
    binning: Binning,
) -> Result<(Vec<Table>, WriteBack), DataError> {
    to_tables_with(frames, label, |_| binning)
}

/// As [`to_tables`], with bins of each column's own, by its name.
///
/// # Errors
/// As there.
pub fn to_tables_with(
    frames: &Frames,
    label: &str,
    binning: impl Fn(&str) -> Binning,
) -> Result<(Vec<Table>, WriteBack), DataError> {
    let real = &frames.frames[0];
    let Some(label_at) = real.position(label) else {
        return Err(DataError::NoColumn {
            place: Box::new(Place {
                path: frames.paths[0].clone(),
                row: RowAt::Names,
                column: None,
            }),
            name: label.into(),
            role: "the label",
            hint: hint(label, real.columns().iter().map(|column| column.name.as_str())),
        });
    };
    if real.columns().len() == 1 {
        return Err(DataError::Setting(format!(
            "{}: no column is left for a field besides the label `{label}`",
            frames.paths[0].display()
        )));
    }
    let columns = real.columns().iter().enumerate().filter(|&(position, _)| position != label_at);
    let fields = columns.map(|(_, column)| field(column, binning(&column.name))).collect();
    let schema = Arc::new(Schema { label: label.into(), fields });
    let tables: Result<Vec<Table>, DataError> = frames
        .frames
        .iter()
        .zip(&frames.paths)
        .map(|(frame, path)| table(frame, path, label_at, &schema))
        .collect();
    Ok((tables?, write_back(frames, label_at, &schema)))
}

/// A field of the categories that occur, or of bins.
fn field(column: &Column, binning: Binning) -> Field {
    let encoding = match &column.values {
        Values::Numbers(numbers) => bins::fit(binning, numbers.iter().copied()),
        Values::Categories { vocabulary, codes } => {
            let mut seen = vec![false; vocabulary.len()];
            codes.iter().for_each(|&code| seen[code as usize] = true);
            let seen = vocabulary.iter().zip(seen).filter(|(_, seen)| *seen);
            return Field::categorical(
                &column.name,
                seen.map(|(value, _)| value.clone()).collect(),
            );
        }
    };
    Field { name: column.name.clone(), encoding }
}

fn table(
    frame: &Frame,
    path: &Path,
    label_at: usize,
    schema: &Arc<Schema>,
) -> Result<Table, DataError> {
    let labels = labels(&frame.columns()[label_at]).map_err(|(row, value)| {
        let columns = Source::open(path).map(|file| file.columns().to_vec()).unwrap_or_default();
        let at = columns.iter().position(|column| column.name == schema.label);
        let column = at.map(|at| (at + 1, schema.label.clone()));
        let (path, row) = (path.to_path_buf(), row_in_file(path, row));
        DataError::BadLabel {
            place: Box::new(Place { path, row, column }),
            value,
            wanted: "it must be 0 (no click) or 1 (click); where an experiment's dataset.clicks says which labels are \
                     clicks, `synthctr data write` writes them so",
        }
    })?;
    let columns = frame.columns().iter().enumerate().filter(|&(position, _)| position != label_at);
    let columns = columns.zip(&schema.fields).map(|((_, column), field)| codes(column, field));
    Ok(Table::new(schema.clone(), columns.collect(), labels))
}

/// The label of every row, or the first row that has none and what stands there.
fn labels(column: &Column) -> Result<Vec<u8>, (usize, String)> {
    match &column.values {
        Values::Categories { vocabulary, codes } => {
            let known: Vec<Option<u8>> =
                vocabulary.iter().map(|value| raw::label(value.as_bytes())).collect();
            let label = |(row, &code): (usize, &u32)| {
                known[code as usize].ok_or_else(|| (row, vocabulary[code as usize].clone()))
            };
            codes.iter().enumerate().map(label).collect()
        }
        Values::Numbers(numbers) => {
            let label = |(row, &number): (usize, &f64)| match number {
                0.0 => Ok(0),
                1.0 => Ok(1),
                _ if number.is_nan() => Err((row, String::new())),
                _ => Err((row, number.to_string())),
            };
            numbers.iter().enumerate().map(label).collect()
        }
    }
}

fn codes(column: &Column, field: &Field) -> Vec<u32> {
    match &column.values {
        Values::Numbers(numbers) => numbers.iter().map(|&number| field.bin(number)).collect(),
        Values::Categories { vocabulary, codes } => {
            // Both are in one order, and the field has some of the vocabulary's values.
            let mut code_of = vec![field.unseen(); vocabulary.len()];
            let mut next = 0;
            for code in 0..field.n_categories() as u32 {
                let text = field.text(code);
                while vocabulary[next] != *text {
                    next += 1;
                }
                code_of[next] = code;
            }
            codes.iter().map(|&code| code_of[code as usize]).collect()
        }
    }
}

/// What writes rows as the real file has them.
fn write_back(frames: &Frames, label_at: usize, schema: &Schema) -> WriteBack {
    let mut fields = schema.fields.iter();
    let columns = frames.frames[0].columns().iter().zip(&frames.columns).enumerate();
    let columns = columns.map(|(position, (column, written))| {
        let field = if position == label_at { None } else { fields.next() };
        let bins = match (&column.values, field) {
            (Values::Numbers(numbers), Some(field)) => values_of_bins(numbers, field),
            _ => Vec::new(),
        };
        let stored = written.stored.clone().unwrap_or_else(|| natural(column, &written.form));
        WrittenColumn {
            name: column.name.clone(),
            form: written.form.clone(),
            stored: stored.to_string(),
            bins,
        }
    });
    WriteBack { label: label_at, columns: columns.collect() }
}

/// Values kept of a bin.
const VALUES_OF_A_BIN: usize = 64;

/// For every bin its values, ascending, or as many at equal distances among them.
fn values_of_bins(numbers: &[f64], field: &Field) -> Vec<Vec<f64>> {
    let mut numbers: Vec<f64> = numbers.iter().copied().filter(|number| !number.is_nan()).collect();
    numbers.sort_unstable_by(f64::total_cmp);
    let bins = numbers.chunk_by(|&a, &b| field.bin(a) == field.bin(b));
    bins.map(|bin| {
        let kept = bin.len().min(VALUES_OF_A_BIN);
        (0..kept).map(|k| bin[(2 * k + 1) * bin.len() / (2 * kept)]).collect()
    })
    .collect()
}

impl Form {
    /// A label as the file writes it.
    pub(super) fn spell_label(&self, label: u8) -> String {
        match self {
            Self::Booleans { spelled, .. } => spelled[usize::from(label)].clone(),
            Self::Integers { decimals } | Self::Numbers { decimals } => {
                format!("{label}{decimals}")
            }
            Self::Text | Self::Dates(_) => label.to_string(),
        }
    }
}
