//! What is said of cells that cannot be read.

use super::FrameOptions;
use super::column::{Bad, Cells, Faults, LONGEST_VALUE};
use super::differences::Difference;
use super::form::Form;
use super::source::row_at;
use crate::data::DataError;
use crate::data::error::Place;
use std::path::Path;

/// Cells that are no number where the real file, `unlike`, has numbers or is said to have them.
pub(super) fn not_countable(
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
pub(super) fn cell_error<'a>(
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
