//! Files of any tool as frames that can be compared.

use super::differences::{Difference, Differences, no_column};
use super::form::Form;
use super::other::{Other, read_other};
use super::real::{Real, read_real};
use super::vocabulary::frames;
use super::{Frame, FrameOptions, Guess, Values};
use crate::data::{DataError, names_rows};
use arrow_schema::DataType;
use rayon::prelude::*;
use std::mem;
use std::path::{Path, PathBuf};

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
    pub(super) paths: Vec<PathBuf>,
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
///   are `NaN`, `NaT`, `NA`, `N/A`, `#N/A`, `<NA>`, `null`, `None` and `\N` in any case; among texts they
///   are texts.
///
/// # Errors
/// If a file cannot be read, or the files cannot be compared: then all differences are listed.
pub fn read_frames(files: &[(&str, &Path)], options: &FrameOptions) -> Result<Frames, DataError> {
    options.check()?;
    let paths = files.iter().map(|(_, path)| path.to_path_buf()).collect();
    let Some((&(_, real), others)) = files.split_first() else {
        return Err(DataError::Setting("no file is named".into()));
    };
    let mut real = read_real(real, options)?;
    let others: Result<Vec<Other>, DataError> =
        others.par_iter().map(|(role, path)| read_other(role, path, &real, options)).collect();
    let mut cells = vec![mem::take(&mut real.cells)];
    let mut differences = mem::take(&mut real.differences);
    let mut warnings = mem::take(&mut real.warnings);
    let others = others?;
    differences.extend(unknown_left_out(&real, &others, options));
    for other in others {
        differences.extend(other.differences);
        warnings.extend(other.warnings);
        cells.push(other.cells);
    }
    if !differences.is_empty() {
        return Err(DataError::Differences(Differences(differences)));
    }
    let names: Vec<&str> = real.guesses.iter().map(|guess| guess.name.as_str()).collect();
    let frames = frames(&names, &real.columns, cells);
    warnings.extend(frames.first().into_iter().flat_map(rows_named));
    Ok(Frames { frames, guesses: real.guesses, warnings, paths, columns: real.columns })
}

/// The columns to be left out that are in no file.
fn unknown_left_out(real: &Real, others: &[Other], options: &FrameOptions) -> Vec<Difference> {
    let known = |name: &String| {
        real.names.contains(name) || others.iter().any(|other| other.names.contains(name))
    };
    let unknown = options.ignore.iter().filter(|name| !known(name));
    unknown.map(|name| no_column(real.path, name, Some("left out"), &real.names)).collect()
}

/// Warns of columns that name rows: of them nothing can be learned, and what is drawn from them is real.
fn rows_named(real: &Frame) -> impl Iterator<Item = String> {
    let n_rows = real.n_rows();
    real.columns().iter().filter_map(move |column| {
        let Values::Categories { vocabulary, codes } = &column.values else { return None };
        // The vocabulary is that of all files.
        if !names_rows(vocabulary.len(), n_rows) {
            return None;
        }
        let mut seen = vec![false; vocabulary.len()];
        codes.iter().for_each(|&code| seen[code as usize] = true);
        let different = seen.into_iter().filter(|seen| *seen).count();
        names_rows(different, n_rows).then(|| {
            format!(
                "column `{0}` has {different} different values in {n_rows} rows and so names rows: nothing can be \
                 learned of it, rows drawn repeat real ones', and attacks know them by it; leave it out (--ignore {0})",
                column.name
            )
        })
    })
}
