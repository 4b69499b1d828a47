//! Frames as codes alone: what distances, densities and contingency tables count.

use super::{Frame, Values};
use crate::data::schema::Field;
use crate::data::{Binning, bins};

/// Rows as codes, column by column; numbers have become bins.
#[derive(Clone, Debug, PartialEq)]
pub struct Coded {
    columns: Vec<Vec<u32>>,
    sizes: Vec<usize>,
    n_rows: usize,
}

impl Coded {
    /// Rows of `columns[column][row]`, each code below its column's number of codes in `sizes`.
    ///
    /// # Panics
    /// If lengths differ or a code is too large.
    pub fn new(columns: Vec<Vec<u32>>, sizes: Vec<usize>) -> Self {
        assert_eq!(columns.len(), sizes.len(), "a number of codes for each column");
        let n_rows = columns.first().map_or(0, Vec::len);
        for (column, &size) in columns.iter().zip(&sizes) {
            assert_eq!(column.len(), n_rows, "columns of one length");
            assert!(column.iter().all(|&code| (code as usize) < size), "codes below {size}");
        }
        Self { columns, sizes, n_rows }
    }

    /// The codes of a column, by row.
    pub fn column(&self, column: usize) -> &[u32] {
        &self.columns[column]
    }

    /// All columns.
    pub fn columns(&self) -> &[Vec<u32>] {
        &self.columns
    }

    /// Number of codes of each column, whether they occur or not.
    pub fn sizes(&self) -> &[usize] {
        &self.sizes
    }

    /// Number of rows.
    pub fn n_rows(&self) -> usize {
        self.n_rows
    }

    /// Number of columns.
    pub fn n_columns(&self) -> usize {
        self.columns.len()
    }

    /// The rows at `rows`, in that order; a position may repeat.
    pub fn select(&self, rows: &[usize]) -> Self {
        let columns = self.columns.iter().map(|c| rows.iter().map(|&r| c[r]).collect()).collect();
        Self { columns, sizes: self.sizes.clone(), n_rows: rows.len() }
    }

    /// All columns but the one at `position`.
    pub fn without(&self, position: usize) -> Self {
        let (mut columns, mut sizes) = (self.columns.clone(), self.sizes.clone());
        columns.remove(position);
        sizes.remove(position);
        Self { columns, sizes, n_rows: self.n_rows }
    }

    /// These rows, then those of `other`, which is coded alike.
    pub fn chain(&self, other: &Self) -> Self {
        assert_eq!(self.sizes, other.sizes, "rows coded alike");
        let columns = self.columns.iter().zip(&other.columns);
        let columns = columns.map(|(mine, theirs)| [mine.as_slice(), theirs].concat()).collect();
        Self { columns, sizes: self.sizes.clone(), n_rows: self.n_rows + other.n_rows }
    }
}

/// How a frame's values become codes: categories keep theirs, numbers are cut into bins.
#[derive(Clone, Debug)]
pub struct Coding {
    /// The bins of columns of numbers.
    bins: Vec<Option<Field>>,
}

impl Coding {
    /// Numbers are cut at the quantiles of those in `real`, into at most `bins` bins, at least 2;
    /// missing ones have a code of their own.
    pub fn new(real: &Frame, bins: usize) -> Self {
        let field = |numbers: &Vec<f64>| {
            let encoding = bins::fit(Binning::Quantiles(bins), numbers.iter().copied());
            Field { name: String::new(), encoding }
        };
        let bins = real.columns().iter().map(|column| match &column.values {
            Values::Numbers(numbers) => Some(field(numbers)),
            Values::Categories { .. } => None,
        });
        Self { bins: bins.collect() }
    }

    /// The rows of `frame`, which has the columns that this was made of, as codes.
    ///
    /// # Panics
    /// If it has other columns.
    pub fn code(&self, frame: &Frame) -> Coded {
        assert_eq!(frame.columns().len(), self.bins.len(), "frames of the same columns");
        let code = |(column, bins): (&super::Column, &Option<Field>)| {
            match (&column.values, bins) {
                (Values::Categories { vocabulary, codes }, None) => {
                    (codes.clone(), vocabulary.len())
                }
                (Values::Numbers(numbers), Some(field)) => {
                    // What real does not hold, a missing value, shares the code after the last.
                    let codes = numbers.iter().map(|&number| field.bin(number)).collect();
                    (codes, field.n_codes())
                }
                _ => panic!("column {} is numbers in one frame alone", column.name),
            }
        };
        let (columns, sizes) = frame.columns().iter().zip(&self.bins).map(code).unzip();
        Coded::new(columns, sizes)
    }
}

#[cfg(test)]
mod tests {
    use super::super::Column;
    use super::*;

    #[test]
    fn numbers_are_cut_at_real_quantiles_and_missing_ones_are_a_code() {
        let real = Frame::new(vec![Column::numbers("x", vec![1.0, 2.0, 3.0, f64::NAN, 4.0])]);
        let coding = Coding::new(&real, 2);
        assert_eq!(coding.code(&real).column(0), [0, 0, 1, 2, 1]);
        let other = Frame::new(vec![Column::numbers("x", vec![-9.0, 99.0, f64::NAN])]);
        assert_eq!(coding.code(&other).column(0), [0, 1, 2]);
        let whole = Frame::new(vec![Column::numbers("x", vec![1.0, 2.0])]);
        let coding = Coding::new(&whole, 2);
        assert_eq!(coding.code(&other).column(0), [0, 1, 2], "a missing value real has none of");
    }
}
