//! One column of numbers of a file.

use super::DataError;
use super::csv::CsvRows;
use super::error::{Place, RowAt, hint};
use super::format::{Format, format};
use super::parquet::ParquetRows;
use std::path::Path;

/// Reads the column called `name`, all of whose values are to be finite numbers.
pub fn read_numbers(path: &Path, name: &str) -> Result<Vec<f64>, DataError> {
    let mut numbers = Vec::new();
    let mut take = |at: usize, cell: &[u8], row: &dyn Fn() -> RowAt| {
        let text = String::from_utf8_lossy(cell);
        match text.trim().parse::<f64>() {
            Ok(number) if number.is_finite() => numbers.push(number),
            _ => {
                let column = Some((at + 1, name.to_owned()));
                let place = Box::new(Place { path: path.to_path_buf(), row: row(), column });
                return Err(DataError::NotANumber { place, value: text.into_owned() });
            }
        }
        Ok(())
    };
    match format(path)? {
        Format::Text(text) => {
            let mut rows = CsvRows::open(path, text)?;
            let at = position(path, rows.header_at(), rows.header(), name)?;
            rows.for_each_cell(|column, cell, start| match column == at {
                true => take(at, cell, &|| super::csv::row_at(path, text, start)),
                false => Ok(()),
            })?;
        }
        Format::Parquet => {
            let sound = || {
                let rows = ParquetRows::open(path)?;
                let names: Vec<String> =
                    rows.columns().iter().map(|column| column.name().clone()).collect();
                let at = position(path, RowAt::Names, &names, name)?;
                rows.for_each_cell(&[at], |_, cell, row| take(at, cell, &|| RowAt::Row(row)))
            };
            super::parquet::quietly(sound).unwrap_or_else(|reason| {
                Err(DataError::NotParquet { path: path.to_path_buf(), reason })
            })?;
        }
    }
    Ok(numbers)
}

/// Where a column stands in a header.
fn position(path: &Path, row: RowAt, header: &[String], name: &str) -> Result<usize, DataError> {
    header.iter().position(|column| column == name).ok_or_else(|| DataError::NoColumn {
        place: Box::new(Place { path: path.to_path_buf(), row, column: None }),
        name: name.to_owned(),
        role: "the numbers",
        hint: hint(name, header.iter().map(String::as_str)),
    })
}
