//! Reading the real file, which says what the columns are.

use super::column::{Bad, Cells, RealColumn};
use super::differences::{Difference, duplicates, no_column};
use super::faults::{cell_error, not_countable};
use super::read::FileColumn;
use super::source::{Source, SourceColumn};
use super::types::is_text;
use super::{FrameOptions, Guess};
use crate::data::DataError;
use std::collections::HashSet;
use std::path::Path;

/// The real file, read.
pub(super) struct Real<'a> {
    pub(super) path: &'a Path,
    /// The names of all its columns.
    pub(super) names: Vec<String>,
    pub(super) columns: Vec<FileColumn>,
    pub(super) guesses: Vec<Guess>,
    pub(super) cells: Vec<Cells>,
    pub(super) differences: Vec<Difference>,
    pub(super) warnings: Vec<String>,
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

/// Reads the real file.
pub(super) fn read_real<'a>(path: &'a Path, options: &FrameOptions) -> Result<Real<'a>, DataError> {
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
        names: header.iter().map(|column| column.name.clone()).collect(),
        columns: Vec::new(),
        guesses: Vec::new(),
        cells: Vec::new(),
        differences,
        warnings,
    };
    for (column, &position) in columns.into_iter().zip(&used) {
        let name = column.name.clone();
        let (form, reason, cells, faults) = column.finish(path, options);
        if let Some(faults) = faults {
            real.differences.push(not_countable(path, position, &name, &form, faults, None));
        }
        real.guesses.push(Guess { name, kind: form.kind(), reason });
        real.columns.push(FileColumn { form, stored: header[position].stored.clone() });
        real.cells.push(cells);
    }
    Ok(real)
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
    for (name, role) in options.needed() {
        if !names.contains(&name) {
            differences.push(no_column(path, name, Some(role), &names));
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
        } else if !options.ignores(name) && !repeated.contains(&position) {
            used.push(position);
        }
    }
    match used.is_empty() {
        true => Err(DataError::Setting(format!("{}: no column is left", path.display()))),
        false => Ok(used),
    }
}
