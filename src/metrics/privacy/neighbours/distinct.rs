//! Rows that are equal are compared once.

use super::planes::{Blocks, Widths};
use crate::data::Coded;
use hashbrown::HashMap;

/// The different rows among some, in the order of their first occurrence.
pub struct Distinct {
    /// By row, the position of what it holds among the different rows.
    pub group: Vec<u32>,
    /// By different row, the first row that holds it.
    pub first: Vec<u32>,
    /// By different row, how often it occurs.
    pub copies: Vec<u32>,
}

impl Distinct {
    /// Those among rows given column by column.
    pub fn new(columns: &[Vec<u32>], n_rows: usize) -> Self {
        let width = columns.len();
        let rows = row_by_row(columns, n_rows);
        let mut seen: HashMap<&[u32], u32> = HashMap::with_capacity(n_rows);
        let mut distinct =
            Self { group: Vec::with_capacity(n_rows), first: Vec::new(), copies: Vec::new() };
        for row in 0..n_rows {
            let group = *seen.entry(&rows[row * width..][..width]).or_insert_with(|| {
                distinct.first.push(row as u32);
                distinct.copies.push(0);
                distinct.first.len() as u32 - 1
            });
            distinct.group.push(group);
            distinct.copies[group as usize] += 1;
        }
        distinct
    }

    /// Number of different rows.
    pub fn len(&self) -> usize {
        self.first.len()
    }
}

/// `columns[column][row]` as `row * n_columns + column`.
pub fn row_by_row(columns: &[Vec<u32>], n_rows: usize) -> Vec<u32> {
    let mut rows = vec![0; columns.len() * n_rows];
    for (position, column) in columns.iter().enumerate() {
        for (row, &code) in column.iter().enumerate() {
            rows[row * columns.len() + position] = code;
        }
    }
    rows
}

/// Queries and the rows they are compared with, reduced to what decides which codes agree.
pub struct Reduced {
    /// The different queries.
    pub queries: Distinct,
    /// The different rows.
    pub rows: Distinct,
    /// Codes of the different queries, by column.
    pub query_codes: Vec<Vec<u32>>,
    /// Codes of the different rows, by column.
    pub row_codes: Vec<Vec<u32>>,
    /// Number of codes, by column.
    pub sizes: Vec<usize>,
}

impl Reduced {
    /// Codes that occur on one side alone agree with nothing, so one code for all of them is enough
    /// on each side: columns get narrower, and more rows are equal.
    ///
    /// # Panics
    /// If the two are not coded alike.
    pub fn new(queries: &Coded, rows: &Coded) -> Self {
        assert_eq!(queries.sizes(), rows.sizes(), "queries and rows coded alike");
        let columns = queries.columns().iter().zip(rows.columns()).zip(queries.sizes());
        let recoded = columns.map(|((queries, rows), &size)| recode(queries, rows, size));
        let (mut query_codes, mut row_codes, mut sizes) = (Vec::new(), Vec::new(), Vec::new());
        for (queries, rows, size) in recoded {
            query_codes.push(queries);
            row_codes.push(rows);
            sizes.push(size);
        }
        let queries = Distinct::new(&query_codes, queries.n_rows());
        let rows = Distinct::new(&row_codes, rows.n_rows());
        let query_codes = query_codes.iter().map(|codes| pick(codes, &queries.first)).collect();
        let row_codes = row_codes.iter().map(|codes| pick(codes, &rows.first)).collect();
        Self { queries, rows, query_codes, row_codes, sizes }
    }

    /// The bytes of the different queries, one after the other.
    pub fn query_bytes(&self, widths: &Widths) -> Vec<u8> {
        let queries = 0..self.queries.len();
        queries.flat_map(|query| widths.row(&self.query_codes, query)).collect()
    }

    /// The different rows in blocks.
    pub fn row_blocks(&self, widths: &Widths) -> Blocks {
        Blocks::new(&self.row_codes, &self.rows.copies, widths)
    }
}

/// The codes of one column of queries and of rows as [`Reduced`] has them, and their number.
pub fn recode(queries: &[u32], rows: &[u32], size: usize) -> (Vec<u32>, Vec<u32>, usize) {
    let mut occurs = vec![0u8; size];
    queries.iter().for_each(|&code| occurs[code as usize] |= 1);
    rows.iter().for_each(|&code| occurs[code as usize] |= 2);
    let n_shared = occurs.iter().filter(|&&sides| sides == 3).count() as u32;
    // The codes on one side alone stand behind the shared ones.
    let mut next = 0;
    let new: Vec<u32> = occurs
        .iter()
        .map(|&sides| {
            if sides == 3 {
                next += 1;
                next - 1
            } else {
                n_shared + u32::from(sides == 2)
            }
        })
        .collect();
    (pick(&new, queries), pick(&new, rows), n_shared as usize + 2)
}

fn pick(values: &[u32], positions: &[u32]) -> Vec<u32> {
    positions.iter().map(|&position| values[position as usize]).collect()
}
