//! Files of any tool as frames that can be compared.

use super::column::{Bad, Cells, Faults, LONGEST_VALUE, OtherColumn, RealColumn};
use super::differences::{Difference, Differences};
use super::form::Form;
use super::source::{Source, SourceColumn, row_at};
use super::{Column, Frame, FrameOptions, Guess};
use crate::data::DataError;
use crate::data::encode::sorted;
use crate::data::error::Place;
use crate::names::nearest;
use arrow_schema::DataType;
use rayon::prelude::*;
use std::collections::{HashMap, HashSet};
use std::path::Path;
use std::sync::Arc;

/// Files that can be compared, read.
#[derive(Clone, Debug)]
pub struct Frames {
    /// The rows of each file, in the order they were named; the first is the real one. All have
    /// the columns of the first in its order, and equal vocabularies.
    pub frames: Vec<Frame>,
    /// What every column was taken for and why.
    pub guesses: Vec<Guess>,
    /// What was left out, in words.
    pub warnings: Vec<String>,
    /// How every column is written in the real file.
    pub(super) columns: Vec<FileColumn>,
}

/// How a column is written in the real file.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct FileColumn {
    pub(super) form: Form,
    /// Its type, where the format knows types.
    pub(super) stored: Option<DataType>,
}

/// Reads files that are to be compared: the real one first, then those beside it.
///
/// Each is named by what it is (`real`, `synthetic` …) for messages. What a column holds is guessed
/// from the real file alone ([`Frames::guesses`] has the reasons):
///
/// - Texts, truth values and codes are categories. Texts are alike if all their characters are;
///   truth values and codes are alike if they have the same value, so that `1`, `1.0` and `true`
///   are one category.
/// - ISO 8601 dates and times are numbers: days (or what [`FrameOptions::date_unit`] says) from the
///   start of 1970, the rest left out; times in other zones are turned to that of the first.
/// - Numbers with a point are numbers. Whole numbers are codes, and so categories, if the column is
///   the label or the user, if they have zeros in front, if all are 0 or 1, if the name ends in a
///   word such as `id`, if there are 10 rows or more for each different one, or 2 rows and at most
///   10 different ones, or if they are above 2⁵³; otherwise, or if the name has a word such as
///   `price` in it and there are more than 10, they are numbers.
/// - An empty cell is missing, as is a null. In a column of numbers, dates, truth values or codes so
///   are `NaN`, `NA`, `N/A`, `#N/A`, `<NA>`, `null` and `None` in any case; among texts they are
///   texts.
///
/// # Errors
/// If a file cannot be read, or the files cannot be compared: then all differences are listed.
pub fn read_frames(files: &[(&str, &Path)], options: &FrameOptions) -> Result<Frames, DataError> {
    options.check()?;
    let Some((&(_, real), others)) = files.split_first() else {
        return Err(DataError::Setting("no file is named".into()));
    };
    let mut real = read_real(real, options)?;
    let others: Result<Vec<Other>, DataError> =
        others.par_iter().map(|(role, path)| read_other(role, path, &real, options)).collect();
    let mut cells = vec![std::mem::take(&mut real.cells)];
    let (mut differences, mut warnings) = (real.differences, real.warnings);
    for other in others? {
        differences.extend(other.differences);
        warnings.extend(other.warnings);
        cells.push(other.cells);
    }
    if !differences.is_empty() {
        return Err(DataError::Differences(Differences(differences)));
    }
    let names: Vec<&str> = real.guesses.iter().map(|guess| guess.name.as_str()).collect();
    let frames = frames(&names, &real.columns, cells);
    Ok(Frames { frames, guesses: real.guesses, warnings, columns: real.columns })
}

/// The real file, read.
struct Real<'a> {
    path: &'a Path,
    columns: Vec<FileColumn>,
    guesses: Vec<Guess>,
    cells: Vec<Cells>,
    differences: Vec<Difference>,
    warnings: Vec<String>,
}

/// Why reading a file stops before its end.
enum Stop {
    Error(DataError),
    /// It must be read again with the texts of this column kept.
    Again(usize),
}

impl From<DataError> for Stop {
    fn from(error: DataError) -> Self {
        Self::Error(error)
    }
}

fn read_real<'a>(path: &'a Path, options: &FrameOptions) -> Result<Real<'a>, DataError> {
    let mut keep = HashSet::new();
    loop {
        match read_real_once(path, options, &keep) {
            Ok(real) => return Ok(real),
            Err(Stop::Error(error)) => return Err(error),
            Err(Stop::Again(column)) => {
                keep.insert(column);
            }
        }
    }
}

/// Reads the real file, keeping the texts of the columns `keep` whatever they look like.
fn read_real_once<'a>(
    path: &'a Path,
    options: &FrameOptions,
    keep: &HashSet<usize>,
) -> Result<Real<'a>, Stop> {
    let source = Source::open(path)?;
    let (mut differences, mut warnings) = (Vec::new(), Vec::new());
    let header = source.columns().to_vec();
    let used = used_columns(path, &header, options, &mut differences, &mut warnings)?;
    let mut columns: Vec<RealColumn> = used
        .iter()
        .map(|&at| {
            let column = &header[at];
            let text = column.stored.as_ref().is_some_and(is_text);
            RealColumn::new(column.name.clone(), text, keep.contains(&at), options)
        })
        .collect();
    let mut room = options.max_categories;
    source.for_each_cell(&used, |place, cell, at| -> Result<(), Stop> {
        let column = &mut columns[place];
        let before = column.cells.n_values();
        let outcome = column.push(cell, at, room, options);
        // A column whose texts are forgotten gives back the room they took.
        room = (room + before).saturating_sub(column.cells.n_values());
        outcome.map_err(|bad| match bad {
            Bad::Forgotten => Stop::Again(used[place]),
            bad => {
                let columns = columns.iter().map(|column| (&*column.name, &column.cells));
                Stop::Error(cell_error(bad, path, used[place], place, at, columns, options))
            }
        })
    })?;
    if columns[0].cells.len() == 0 {
        return Err(DataError::NoRows { path: path.to_path_buf() }.into());
    }
    let mut real = Real {
        path,
        columns: Vec::new(),
        guesses: Vec::new(),
        cells: Vec::new(),
        differences,
        warnings,
    };
    for (column, &position) in columns.into_iter().zip(&used) {
        let name = column.name.clone();
        let (form, reason, cells, faults) = column.finish(options);
        if let Some(faults) = faults {
            real.differences.push(not_countable(path, position, &name, &form, faults, None));
        }
        real.guesses.push(Guess { name, kind: form.kind(), reason });
        real.columns.push(FileColumn { form, stored: header[position].stored.clone() });
        real.cells.push(cells);
    }
    Ok(real)
}

fn is_text(stored: &DataType) -> bool {
    match stored {
        DataType::Utf8 | DataType::LargeUtf8 | DataType::Utf8View => true,
        DataType::Dictionary(_, values) => is_text(values),
        _ => false,
    }
}

/// The positions of the real file's columns that are read; what is wrong with names is listed.
fn used_columns(
    path: &Path,
    header: &[SourceColumn],
    options: &FrameOptions,
    differences: &mut Vec<Difference>,
    warnings: &mut Vec<String>,
) -> Result<Vec<usize>, DataError> {
    let names: Vec<&str> = header.iter().map(|column| &*column.name).collect();
    for (name, role) in options.named() {
        if !names.contains(&name) {
            differences.push(Difference::NoColumn {
                path: path.to_path_buf(),
                name: name.into(),
                role: Some(role),
                meant: nearest(name, names.iter().copied()).map(str::to_owned),
            });
        }
    }
    let mut used = Vec::new();
    let duplicates = duplicates(path, &names, options);
    let repeated: HashSet<usize> = duplicates.iter().map(|&(second, _)| second).collect();
    differences.extend(duplicates.into_iter().map(|(_, difference)| difference));
    for (position, name) in names.iter().enumerate() {
        if name.is_empty() {
            warnings.push(format!(
                "{}: column {} has no name (a row index?) and is left out",
                path.display(),
                position + 1
            ));
        } else if !options.ignore.iter().any(|other| other == name) && !repeated.contains(&position)
        {
            used.push(position);
        }
    }
    match used.is_empty() {
        true => Err(DataError::Setting(format!("{}: no column is left", path.display()))),
        false => Ok(used),
    }
}

/// The positions of columns whose name stands before them already, among those that count.
fn duplicates(path: &Path, names: &[&str], options: &FrameOptions) -> Vec<(usize, Difference)> {
    let mut first = HashMap::new();
    let mut found = Vec::new();
    for (position, &name) in names.iter().enumerate() {
        if name.is_empty() || options.ignore.iter().any(|other| other == name) {
            continue;
        }
        let earlier = *first.entry(name).or_insert(position);
        if earlier != position {
            let (path, name) = (path.to_path_buf(), name.to_owned());
            let positions = [earlier + 1, position + 1];
            found.push((position, Difference::DuplicateColumn { path, name, positions }));
        }
    }
    found
}

/// Another file, read.
struct Other {
    cells: Vec<Cells>,
    differences: Vec<Difference>,
    warnings: Vec<String>,
}

/// Reads a file as the real one was read.
fn read_other(
    role: &str,
    path: &Path,
    real: &Real,
    options: &FrameOptions,
) -> Result<Other, DataError> {
    let source = Source::open(path)?;
    let header = source.columns().to_vec();
    let names: Vec<&str> = header.iter().map(|column| &*column.name).collect();
    let extra: Vec<&str> = names
        .iter()
        .copied()
        .filter(|&name| !real.guesses.iter().any(|guess| guess.name == name))
        .filter(|&name| !options.ignore.iter().any(|other| other == name))
        .collect();
    let mut differences = Vec::new();
    let mut used = Vec::new();
    let mut forms = Vec::new();
    for (guess, column) in real.guesses.iter().zip(&real.columns) {
        match names.iter().position(|name| *name == guess.name) {
            Some(position) => {
                used.push(position);
                forms.push(OtherColumn::new(&column.form));
            }
            None => differences.push(Difference::NoColumn {
                path: path.to_path_buf(),
                name: guess.name.clone(),
                role: None,
                meant: nearest(&guess.name, extra.iter().copied()).map(str::to_owned),
            }),
        }
    }
    let wanted: HashSet<usize> = used.iter().copied().collect();
    let again = duplicates(path, &names, options).into_iter();
    differences.extend(again.filter_map(|(second, difference)| {
        let first = names.iter().position(|name| *name == names[second]);
        first.is_some_and(|first| wanted.contains(&first)).then_some(difference)
    }));
    let warnings = match extra.is_empty() || !differences.is_empty() {
        true => Vec::new(),
        false => vec![format!(
            "{} ({role}): left out, because {} has no such column: {}",
            path.display(),
            real.path.display(),
            extra.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ")
        )],
    };
    let mut columns = forms;
    let mut room = options.max_categories;
    source.for_each_cell(&used, |place, cell, at| {
        let column = &mut columns[place];
        let before = column.cells.n_values();
        let outcome = column.push(cell, at, room);
        room -= column.cells.n_values() - before;
        outcome.map_err(|bad| {
            let columns = columns.iter().enumerate();
            let columns = columns.map(|(place, column)| (names[used[place]], &column.cells));
            cell_error(bad, path, used[place], place, at, columns, options)
        })
    })?;
    if columns.first().is_some_and(|column| column.cells.len() == 0) {
        return Err(DataError::NoRows { path: path.to_path_buf() });
    }
    let mut cells = Vec::new();
    for (column, &position) in columns.into_iter().zip(&used) {
        let name = names[position];
        if let Some(faults) = column.faults {
            let form = &real.columns[real.position(name)].form;
            let fault = not_countable(path, position, name, form, faults, Some(real.path));
            differences.push(fault);
        }
        cells.push(column.cells);
    }
    Ok(Other { cells, differences, warnings })
}

impl Real<'_> {
    fn position(&self, name: &str) -> usize {
        self.guesses.iter().position(|guess| guess.name == name).expect("a column of the real file")
    }
}

fn not_countable(
    path: &Path,
    position: usize,
    name: &str,
    form: &Form,
    faults: Faults,
    unlike: Option<&Path>,
) -> Difference {
    let row = row_at(path, faults.first.at);
    let column = Some((position + 1, name.to_owned()));
    Difference::NotCountable {
        place: Place { path: path.to_path_buf(), row, column },
        value: faults.first.text,
        kind: form.kind(),
        cells: faults.cells,
        unlike: unlike.map(Path::to_path_buf),
    }
}

/// The error for a bad cell in the file's column `position`, which is the `used`-th that is read.
fn cell_error<'a>(
    bad: Bad,
    path: &Path,
    position: usize,
    used: usize,
    at: u64,
    columns: impl Iterator<Item = (&'a str, &'a Cells)> + Clone,
    options: &FrameOptions,
) -> DataError {
    let name = columns.clone().nth(used).map_or("", |(name, _)| name).to_owned();
    let place = || {
        let (path, row) = (path.to_path_buf(), row_at(path, at));
        Box::new(Place { path, row, column: Some((position + 1, name)) })
    };
    match bad {
        Bad::Long(bytes) => DataError::LongValue { place: place(), bytes, most: LONGEST_VALUE },
        Bad::TooMany | Bad::Forgotten => {
            let most = columns.max_by_key(|(_, cells)| cells.n_values());
            let (field, count) = most.map_or(("", 0), |(name, cells)| (name, cells.n_values()));
            let (path, field) = (path.to_path_buf(), field.to_owned());
            DataError::TooManyCategories { path, most: options.max_categories, field, count }
        }
        Bad::NotUtf8 => DataError::NotUtf8 { place: place() },
    }
}

/// The frames of all files, `cells[file][column]`.
fn frames(names: &[&str], columns: &[FileColumn], cells: Vec<Vec<Cells>>) -> Vec<Frame> {
    let n_files = cells.len();
    let mut by_column: Vec<Vec<Cells>> = names.iter().map(|_| Vec::new()).collect();
    for file in cells {
        by_column.iter_mut().zip(file).for_each(|(column, cells)| column.push(cells));
    }
    let columns: Vec<Vec<Column>> = names
        .par_iter()
        .zip(columns)
        .zip(by_column)
        .map(|((name, column), files)| values(name, &column.form, files))
        .collect();
    let mut frames: Vec<Vec<Column>> = (0..n_files).map(|_| Vec::new()).collect();
    for column in columns {
        frames.iter_mut().zip(column).for_each(|(frame, column)| frame.push(column));
    }
    frames.into_iter().map(Frame::new).collect()
}

/// A column of all files, with one vocabulary.
fn values(name: &str, form: &Form, files: Vec<Cells>) -> Vec<Column> {
    let categories: HashSet<String> = files
        .iter()
        .flat_map(|cells| match cells {
            Cells::Texts { values, .. } => {
                let all = 0..values.len() as u32;
                all.map(|value| form.category(values.text(value)).into_owned()).collect()
            }
            Cells::Numbers(_) => Vec::new(),
        })
        .collect();
    let vocabulary = Arc::new(sorted(categories.into_iter()));
    let codes: HashMap<&str, u32> = vocabulary.iter().map(String::as_str).zip(0..).collect();
    let column = |cells| match cells {
        Cells::Numbers(numbers) => Column::numbers(name, numbers),
        Cells::Texts { values, codes: mut rows } => {
            let code = |value| codes[&*form.category(values.text(value))];
            let code: Vec<u32> = (0..values.len() as u32).map(code).collect();
            rows.iter_mut().for_each(|row| *row = code[*row as usize]);
            Column::categories(name, vocabulary.clone(), rows)
        }
    };
    files.into_iter().map(column).collect()
}
