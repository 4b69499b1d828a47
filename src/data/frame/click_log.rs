//! Frames as click logs, for what learns from a [`Table`].

use super::form::Form;
use super::source::Source;
use super::types::natural;
use super::write::{WriteBack, WrittenColumn};
use super::{Column, Frame, Frames, Values};
use crate::data::error::{Place, RowAt, hint};
use crate::data::schema::{Field, Schema};
use crate::data::{Binning, Clicks, DataError, Table, bins, raw, row_in_file};
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
    to_tables_with(frames, label, None, |_| binning)
}

/// As [`to_tables`], with bins of each column's own, by its name, and labels of which `clicks` are clicks, if it is
/// given; then rows are written with the labels that the real file has.
///
/// # Errors
/// As there.
pub fn to_tables_with(
    frames: &Frames,
    label: &str,
    clicks: Option<&Clicks>,
    binning: impl Fn(&str) -> Binning,
) -> Result<(Vec<Table>, WriteBack), DataError> {
    let real = &frames.frames[0];
    let label_at = position(frames, label)?;
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
        .map(|(frame, path)| table(frame, path, label_at, clicks, &schema))
        .collect();
    let tables = tables?;
    let mut write_back = write_back(frames, label_at, &schema);
    if clicks.is_some() {
        write_back.labels = Some(spelled_labels(frames, label_at, tables[0].labels()));
    }
    Ok((tables, write_back))
}

impl Frames {
    /// Makes the column `label` one of `0` and `1`, `1` where `clicks` says that a row is a click.
    ///
    /// # Errors
    /// If there is no such column, or a row has no label.
    pub fn mark_clicks(&mut self, label: &str, clicks: &Clicks) -> Result<(), DataError> {
        let label_at = position(self, label)?;
        let values = Arc::new(vec!["0".to_owned(), "1".to_owned()]);
        for (frame, path) in self.frames.iter_mut().zip(&self.paths) {
            let labels = labels_of(frame, path, label_at, Some(clicks))?;
            let codes = labels.into_iter().map(u32::from).collect();
            frame.columns[label_at] = Column::categories(label, values.clone(), codes);
        }
        Ok(())
    }
}

/// Where the label stands.
fn position(frames: &Frames, label: &str) -> Result<usize, DataError> {
    let real = &frames.frames[0];
    real.position(label).ok_or_else(|| DataError::NoColumn {
        place: Box::new(Place { path: frames.paths[0].clone(), row: RowAt::Names, column: None }),
        name: label.into(),
        role: "the label",
        hint: hint(label, real.columns().iter().map(|column| column.name.as_str())),
    })
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
    clicks: Option<&Clicks>,
    schema: &Arc<Schema>,
) -> Result<Table, DataError> {
    let labels = labels_of(frame, path, label_at, clicks)?;
    let columns = frame.columns().iter().enumerate().filter(|&(position, _)| position != label_at);
    let columns = columns.zip(&schema.fields).map(|((_, column), field)| codes(column, field));
    Ok(Table::new(schema.clone(), columns.collect(), labels))
}

/// The label of every row of a file.
fn labels_of(
    frame: &Frame,
    path: &Path,
    label_at: usize,
    clicks: Option<&Clicks>,
) -> Result<Vec<u8>, DataError> {
    let column = &frame.columns()[label_at];
    labels(column, clicks).map_err(|(row, value)| {
        let columns = Source::open(path).map(|file| file.columns().to_vec()).unwrap_or_default();
        let at = columns.iter().position(|other| other.name == column.name);
        let column = at.map(|at| (at + 1, column.name.clone()));
        let (path, row) = (path.to_path_buf(), row_in_file(path, row));
        DataError::BadLabel {
            place: Box::new(Place { path, row, column }),
            value,
            wanted: match clicks {
                None => "it must be 0 (no click) or 1 (click); of other labels, --clicks says which are clicks",
                Some(Clicks::Values(_)) => "a row needs one",
                Some(Clicks::From(_)) => "--clicks is of numbers, so it must be one",
            },
        }
    })
}

/// How the real file writes the rows of either label: its labels, ascending, or as many at equal distances among them.
fn spelled_labels(frames: &Frames, label_at: usize, labels: &[u8]) -> [Vec<String>; 2] {
    let column = &frames.frames[0].columns()[label_at];
    let form = &frames.columns[label_at].form;
    [0, 1].map(|label| {
        let rows = (0..labels.len()).filter(|&row| labels[row] == label);
        let mut texts: Vec<String> = match &column.values {
            Values::Categories { vocabulary, codes } => {
                let mut of_label: Vec<u32> = rows.map(|row| codes[row]).collect();
                of_label.sort_unstable();
                let text =
                    |&code: &u32| form.spell_category(&vocabulary[code as usize]).into_owned();
                some_of(&of_label).iter().map(text).collect()
            }
            Values::Numbers(numbers) => {
                let mut of_label: Vec<f64> = rows.map(|row| numbers[row]).collect();
                of_label.sort_unstable_by(f64::total_cmp);
                some_of(&of_label).iter().map(|&number| form.spell_number(number)).collect()
            }
        };
        if texts.first() == texts.last() {
            texts.truncate(1);
        }
        texts
    })
}

/// The label of every row, or the first row that has none and what stands there.
fn labels(column: &Column, clicks: Option<&Clicks>) -> Result<Vec<u8>, (usize, String)> {
    let of_text = |text: &str| match clicks {
        Some(clicks) => clicks.label(text),
        None => raw::label(text.as_bytes()),
    };
    match &column.values {
        Values::Categories { vocabulary, codes } => {
            let known: Vec<Option<u8>> = vocabulary.iter().map(|value| of_text(value)).collect();
            let label = |(row, &code): (usize, &u32)| {
                known[code as usize].ok_or_else(|| (row, vocabulary[code as usize].clone()))
            };
            codes.iter().enumerate().map(label).collect()
        }
        Values::Numbers(numbers) => {
            let text = |number: f64| match number.is_nan() {
                true => String::new(),
                // Without the sign of -0.
                false => (number + 0.0).to_string(),
            };
            let label = |(row, &number): (usize, &f64)| {
                of_text(&text(number)).ok_or_else(|| (row, text(number)))
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
    WriteBack { label: label_at, labels: None, columns: columns.collect() }
}

/// Values kept of a bin, or of a label.
const VALUES_OF_A_BIN: usize = 64;

/// For every bin its values, ascending, or as many at equal distances among them.
fn values_of_bins(numbers: &[f64], field: &Field) -> Vec<Vec<f64>> {
    let mut numbers: Vec<f64> = numbers.iter().copied().filter(|number| !number.is_nan()).collect();
    numbers.sort_unstable_by(f64::total_cmp);
    let bins = numbers.chunk_by(|&a, &b| field.bin(a) == field.bin(b));
    bins.map(some_of).collect()
}

/// All values, or as many as are kept, at equal distances.
fn some_of<T: Copy>(values: &[T]) -> Vec<T> {
    let kept = values.len().min(VALUES_OF_A_BIN);
    (0..kept).map(|k| values[(2 * k + 1) * values.len() / (2 * kept)]).collect()
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
