//! Reading a file as the real one was read.

use super::FrameOptions;
use super::column::{Cells, OtherColumn};
use super::differences::{Difference, duplicates, no_column};
use super::faults::{cell_error, not_countable};
use super::real::Real;
use super::source::Source;
use crate::data::DataError;
use std::collections::HashSet;
use std::path::Path;

/// Another file, read.
pub(super) struct Other {
    /// The names of all its columns.
    pub(super) names: Vec<String>,
    pub(super) cells: Vec<Cells>,
    pub(super) differences: Vec<Difference>,
    pub(super) warnings: Vec<String>,
}

/// Reads a file as the real one was read.
pub(super) fn read_other(
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
        .filter(|&name| !options.ignores(name))
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
            None => differences.push(no_column(path, &guess.name, None, &extra)),
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
            let fault = not_countable(path, position, name, column.form, faults, Some(real.path));
            differences.push(fault);
        }
        cells.push(column.cells);
    }
    let names = header.into_iter().map(|column| column.name).collect();
    Ok(Other { names, cells, differences, warnings })
}
