//! Cramér's V from the cells of a contingency table that hold a row.

/// Cramér's V without a correction for bias, 0 for independent columns and 1 where the one with
/// more categories determines the other: `√(χ² / (n · min(r - 1, c - 1)))` (Cramér 1946, §21.9),
/// with the `r` and `c` categories that occur.
///
/// In small tables of many categories it is far above 0 for independent columns, in real and
/// synthetic tables alike; compare tables of as many rows. Not corrected because SDMetrics'
/// threshold and scipy are not.
///
/// Cells without a row need not be added, so the time is that of the rows.
#[derive(Clone, Debug)]
pub(super) struct CramersV {
    rows: u64,
    /// Over the cells added, the squared difference of `n · rows` and what is expected by chance,
    /// over the latter.
    sum: f64,
    /// Over the cells added, what is expected by chance, times the rows.
    expected: u128,
}

impl CramersV {
    pub fn new(rows: u64) -> Self {
        Self { rows, sum: 0.0, expected: 0 }
    }

    /// Adds a cell of `count` rows, whose categories have `row` and `column` rows in all.
    pub fn add(&mut self, count: u32, row: u32, column: u32) {
        let expected = u128::from(row) * u128::from(column);
        let difference = i128::from(count) * i128::from(self.rows) - expected as i128;
        self.sum += (difference as f64).powi(2) / expected as f64;
        self.expected += expected;
    }

    /// Cramér's V of a table in which so many categories of either column occur. None unless there
    /// are two of both.
    pub fn finish(&self, row_categories: usize, column_categories: usize) -> Option<f64> {
        let smaller = row_categories.min(column_categories);
        if smaller < 2 {
            return None;
        }
        let square = u128::from(self.rows).pow(2);
        // Every cell without a row adds what is expected in it. In whole numbers, so that
        // independent columns give 0 and not the root of a rounding error.
        let empty = (square - self.expected) as f64;
        let phi_square = (self.sum + empty) / square as f64;
        Some((phi_square / (smaller - 1) as f64).sqrt().min(1.0))
    }
}
