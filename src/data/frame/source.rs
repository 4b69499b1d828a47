//! The cells of a file in any format, as text.

use crate::data::DataError;
use crate::data::csv::{self, CsvRows};
use crate::data::error::RowAt;
use crate::data::format::{Format, format};
use crate::data::parquet::{ParquetRows, quietly};
use arrow_schema::DataType;
use std::path::Path;

/// A column of a file.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct SourceColumn {
    pub(super) name: String,
    /// Its type, where the format knows types.
    pub(super) stored: Option<DataType>,
}

/// An opened file.
pub(super) struct Source<'a> {
    path: &'a Path,
    rows: Rows<'a>,
    columns: Vec<SourceColumn>,
}

enum Rows<'a> {
    Text(Box<CsvRows<'a>>),
    Parquet(Box<ParquetRows<'a>>),
}

impl<'a> Source<'a> {
    /// Opens a file and reads what its columns are.
    pub(super) fn open(path: &'a Path) -> Result<Self, DataError> {
        let (rows, columns) = match format(path)? {
            Format::Text(text) => {
                let rows = CsvRows::open(path, text)?;
                let column = |name: &String| SourceColumn { name: name.clone(), stored: None };
                let columns = rows.header().iter().map(column).collect();
                (Rows::Text(Box::new(rows)), columns)
            }
            Format::Parquet => {
                let rows = sound(path, || ParquetRows::open(path))?;
                let columns = rows.columns().iter().map(|field| SourceColumn {
                    name: field.name().clone(),
                    stored: Some(field.data_type().clone()),
                });
                let columns = columns.collect();
                (Rows::Parquet(Box::new(rows)), columns)
            }
        };
        Ok(Self { path, rows, columns })
    }

    /// Its columns, in order.
    pub(super) fn columns(&self) -> &[SourceColumn] {
        &self.columns
    }

    /// Hands every cell of the columns at the positions `used` to `take`, those of a column in
    /// order: which of the used it is, its content and where [`row_at`] finds its row.
    pub(super) fn for_each_cell<E: From<DataError>>(
        self,
        used: &[usize],
        mut take: impl FnMut(usize, &[u8], u64) -> Result<(), E>,
    ) -> Result<(), E> {
        let mut places = vec![None; self.columns.len()];
        used.iter().enumerate().for_each(|(place, &position)| places[position] = Some(place));
        let take = |position: usize, cell: &[u8], at| match places[position] {
            Some(place) => take(place, cell, at),
            None => Ok(()),
        };
        match self.rows {
            Rows::Text(mut rows) => rows.for_each_cell(take),
            Rows::Parquet(rows) => {
                // They come in the order of the file.
                let mut used = used.to_vec();
                used.sort_unstable();
                sound(self.path, || rows.for_each_cell(&used, take))
            }
        }
    }
}

/// Some damage makes the parquet crate panic instead of returning an error.
fn sound<T, E: From<DataError>>(path: &Path, work: impl FnOnce() -> Result<T, E>) -> Result<T, E> {
    quietly(work).unwrap_or_else(|reason| {
        Err(DataError::NotParquet { path: path.to_path_buf(), reason }.into())
    })
}

/// The row of a file that a cell was said to be `at`.
pub(super) fn row_at(path: &Path, at: u64) -> RowAt {
    match format(path) {
        Ok(Format::Text(text)) => csv::row_at(path, text, at),
        _ => RowAt::Row(at),
    }
}
