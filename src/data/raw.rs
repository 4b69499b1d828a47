//! Columns as a file holds them, before train's vocabulary gives them codes.

use super::DataError;
use super::config::{Clicks, ReadOptions};
use super::error::{Place, RowAt, hint};
use super::frame::is_missing;
use super::intern::Interner;
use std::path::{Path, PathBuf};

/// No value may be longer: nearly always a quotation mark that is never closed.
pub(super) const LONGEST_VALUE: usize = 1 << 16;

/// The label and the fields of a file.
pub(super) struct Raw {
    pub(super) path: PathBuf,
    pub(super) label: String,
    pub(super) labels: Vec<u8>,
    pub(super) columns: Vec<RawColumn>,
}

/// One field of a file.
pub(super) struct RawColumn {
    pub(super) name: String,
    pub(super) cells: Cells,
}

/// The values of a field, by row.
pub(super) enum Cells {
    /// `values[codes[row]]`; a missing value is the empty string.
    Text { values: Interner, codes: Vec<u32> },
    /// A missing value is not a number.
    Numbers(Vec<f64>),
}

/// What a column of the file is used as.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Role {
    Skipped,
    Label,
    /// The position among the fields.
    Field(usize),
}

/// Takes a file's cells and keeps those of the label and the fields.
pub(super) struct RawBuilder {
    raw: Raw,
    roles: Vec<Role>,
    header: Vec<String>,
    n_values: usize,
    max_categories: usize,
    clicks: Option<Clicks>,
}

impl RawBuilder {
    /// Finds the label and the fields among the columns in `header`; `header_at` is its place.
    pub(super) fn new(
        path: &Path,
        header: Vec<String>,
        header_at: RowAt,
        options: &ReadOptions,
    ) -> Result<Self, DataError> {
        options.check()?;
        let place = |column| Box::new(Place { path: path.to_path_buf(), row: header_at, column });
        for (position, name) in header.iter().enumerate() {
            if let Some(first) = header[..position].iter().position(|other| other == name) {
                let place = place(Some((position + 1, name.clone())));
                return Err(DataError::DuplicateColumn { place, first: first + 1 });
            }
        }
        let find = |name: &str, role| {
            header.iter().position(|column| column == name).ok_or_else(|| DataError::NoColumn {
                place: place(None),
                name: name.into(),
                role,
                hint: hint(name, header.iter().map(String::as_str)),
            })
        };
        let mut roles = vec![Role::Skipped; header.len()];
        let label_at = find(&options.label, "the label")?;
        roles[label_at] = Role::Label;
        let fields = match &options.fields {
            Some(fields) => fields.clone(),
            None => {
                let used =
                    |name: &&String| **name != options.label && !options.ignore.contains(name);
                header.iter().filter(used).cloned().collect()
            }
        };
        for name in &options.ignore {
            if find(name, "left out")? == label_at {
                return Err(DataError::Setting(format!(
                    "`ignore` names `{name}`, which is the label"
                )));
            }
        }
        for (field, name) in fields.iter().enumerate() {
            let position = find(name, "a field")?;
            if name.is_empty() && options.fields.is_none() {
                let path = path.to_path_buf();
                return Err(DataError::UnnamedColumn { path, position: position + 1 });
            }
            if roles[position] != Role::Skipped {
                let what =
                    if roles[position] == Role::Label { "is the label" } else { "is there twice" };
                return Err(DataError::Setting(format!(
                    "`fields` names `{name}`, which {what}; name every field once"
                )));
            }
            roles[position] = Role::Field(field);
        }
        if fields.is_empty() {
            return Err(DataError::Setting(format!(
                "{}: no column is left for a field besides the label `{}`",
                path.display(),
                options.label
            )));
        }
        for numeric in &options.numeric {
            if !fields.contains(&numeric.name) {
                let hint = hint(&numeric.name, fields.iter().map(String::as_str));
                return Err(DataError::Setting(format!(
                    "`numeric` names `{}`, which is not a field; {hint}",
                    numeric.name
                )));
            }
        }
        let columns = fields.into_iter().map(|name| {
            let cells = if options.numeric.iter().any(|numeric| numeric.name == name) {
                Cells::Numbers(Vec::new())
            } else {
                Cells::Text { values: Interner::default(), codes: Vec::new() }
            };
            RawColumn { name, cells }
        });
        let raw = Raw {
            path: path.to_path_buf(),
            label: options.label.clone(),
            labels: Vec::new(),
            columns: columns.collect(),
        };
        let (max_categories, clicks) = (options.max_categories, options.clicks.clone());
        Ok(Self { raw, roles, header, n_values: 0, max_categories, clicks })
    }

    /// What the file's columns are used as.
    pub(super) fn roles(&self) -> &[Role] {
        &self.roles
    }

    /// Takes the cell of the next row in the file's column `position`; an empty one is missing.
    /// `row` tells where it stands, should it be wrong.
    pub(super) fn push(
        &mut self,
        position: usize,
        bytes: &[u8],
        row: impl Fn() -> RowAt,
    ) -> Result<(), DataError> {
        let raw = &mut self.raw;
        let bad = match self.roles[position] {
            Role::Skipped => return Ok(()),
            Role::Label => match self.clicks.as_ref().map_or_else(
                || label(bytes),
                |clicks| clicks.label(std::str::from_utf8(bytes).ok()?),
            ) {
                Some(label) => {
                    raw.labels.push(label);
                    return Ok(());
                }
                None => Bad::Label,
            },
            Role::Field(field) => match &mut raw.columns[field].cells {
                Cells::Text { values, codes } => {
                    if let Some(code) = values.find(bytes) {
                        codes.push(code);
                        return Ok(());
                    }
                    if bytes.len() > LONGEST_VALUE {
                        Bad::Long
                    } else if std::str::from_utf8(bytes).is_err() {
                        Bad::Utf8
                    } else if self.n_values >= self.max_categories.min(u32::MAX as usize - 1) {
                        return Err(self.too_many_categories());
                    } else {
                        self.n_values += 1;
                        codes.push(values.insert(bytes));
                        return Ok(());
                    }
                }
                Cells::Numbers(numbers) => match number(bytes) {
                    Some(number) => {
                        numbers.push(number);
                        return Ok(());
                    }
                    None => Bad::Number,
                },
            },
        };
        Err(self.bad_cell(bad, position, bytes, row()))
    }

    fn bad_cell(&self, bad: Bad, position: usize, bytes: &[u8], row: RowAt) -> DataError {
        let column = Some((position + 1, self.header[position].clone()));
        let place = Box::new(Place { path: self.raw.path.clone(), row, column });
        let value = String::from_utf8_lossy(&bytes[..bytes.len().min(40)]).into_owned();
        match bad {
            Bad::Label => {
                let wanted = match self.clicks {
                    None => {
                        "it must be 0 (no click) or 1 (click); of other labels, dataset.clicks of an experiment says which \
                         are clicks, as in [\"yes\"] or { from = 4 }"
                    }
                    Some(Clicks::Values(_)) => "a row needs one",
                    Some(Clicks::From(_)) => "dataset.clicks is of numbers, so it must be one",
                };
                DataError::BadLabel { place, wanted, value }
            }
            Bad::Number => DataError::BadNumber { place, value },
            Bad::Utf8 => DataError::NotUtf8 { place },
            Bad::Long => DataError::LongValue { place, bytes: bytes.len(), most: LONGEST_VALUE },
        }
    }

    fn too_many_categories(&self) -> DataError {
        let sizes = self.raw.columns.iter().filter_map(|column| match &column.cells {
            Cells::Text { values, .. } => Some((values.len(), &column.name)),
            Cells::Numbers(_) => None,
        });
        let (count, field) = sizes.max().map_or((0, String::new()), |(n, name)| (n, name.clone()));
        let path = self.raw.path.clone();
        DataError::TooManyCategories { path, most: self.max_categories, field, count }
    }

    /// The file's columns, all read.
    pub(super) fn finish(self) -> Result<Raw, DataError> {
        match self.raw.labels.is_empty() {
            true => Err(DataError::NoRows { path: self.raw.path }),
            false => Ok(self.raw),
        }
    }
}

/// What is wrong with a cell.
enum Bad {
    Label,
    Number,
    Utf8,
    Long,
}

/// A finite number, or not-a-number for a missing one.
fn number(bytes: &[u8]) -> Option<f64> {
    let text = std::str::from_utf8(bytes).ok()?.trim();
    if is_missing(text) {
        return Some(f64::NAN);
    }
    text.parse().ok().filter(|number: &f64| !number.is_infinite())
}

/// The label that a cell holds, 1 for a click: labels are often stored as truth values or floating-point numbers, and numbers with spaces before them.
pub fn label(bytes: &[u8]) -> Option<u8> {
    match bytes.trim_ascii() {
        b"0" | b"0.0" => Some(0),
        b"1" | b"1.0" => Some(1),
        word if word.eq_ignore_ascii_case(b"false") => Some(0),
        word if word.eq_ignore_ascii_case(b"true") => Some(1),
        _ => None,
    }
}
