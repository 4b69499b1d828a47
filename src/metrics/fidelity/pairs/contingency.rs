//! Contingency tables of two columns, in two tables at once, without ever writing one down.

use super::association::CramersV;

/// A column's codes in a table, and its rows sorted by code.
pub(super) struct Sorted<'a> {
    codes: &'a [u32],
    /// Rows in the order of their codes.
    rows: Vec<u32>,
    /// Where the rows of each code begin, and the end.
    starts: Vec<u32>,
    /// Number of codes that occur.
    categories: usize,
}

impl<'a> Sorted<'a> {
    pub fn new(codes: &'a [u32], size: usize) -> Self {
        let mut starts = vec![0; size + 1];
        for &code in codes {
            starts[code as usize + 1] += 1;
        }
        let categories = starts.iter().filter(|&&count| count > 0).count();
        for code in 0..size {
            starts[code + 1] += starts[code];
        }
        let (mut rows, mut next) = (vec![0; codes.len()], starts.clone());
        for (row, &code) in codes.iter().enumerate() {
            rows[next[code as usize] as usize] = row as u32;
            next[code as usize] += 1;
        }
        Self { codes, rows, starts, categories }
    }

    fn rows_of(&self, code: usize) -> &[u32] {
        &self.rows[self.starts[code] as usize..self.starts[code + 1] as usize]
    }

    fn count(&self, code: u32) -> u32 {
        self.starts[code as usize + 1] - self.starts[code as usize]
    }

    fn size(&self) -> usize {
        self.starts.len() - 1
    }
}

/// What two columns' contingency tables tell, real table and synthetic table.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Contingency {
    /// One minus the total variation distance of the two.
    pub similarity: f64,
    /// Cramér's V of each. None unless two categories of both columns occur.
    pub cramers_v: [Option<f64>; 2],
}

/// Memory to count in.
#[derive(Default)]
pub(super) struct Scratch {
    /// Rows by code of the second column, for the current code of the first.
    counts: Vec<[u32; 2]>,
    /// Codes counted.
    touched: Vec<u32>,
}

/// Counts columns `a` and `b`, each in the real table and in the synthetic one, both of which have
/// rows. Takes time in
/// proportion to rows and codes, not to cells.
pub(super) fn contingency(
    a: &[Sorted<'_>; 2],
    b: &[Sorted<'_>; 2],
    scratch: &mut Scratch,
) -> Contingency {
    let n = [0, 1].map(|table| a[table].codes.len() as u64);
    let mut cramers_v = n.map(CramersV::new);
    let mut difference = 0u128;
    scratch.counts.clear();
    scratch.counts.resize(b[0].size(), [0; 2]);
    for code in 0..a[0].size() {
        for table in [0, 1] {
            for &row in a[table].rows_of(code) {
                let other = b[table].codes[row as usize];
                let counts = &mut scratch.counts[other as usize];
                if *counts == [0; 2] {
                    scratch.touched.push(other);
                }
                counts[table] += 1;
            }
        }
        for other in scratch.touched.drain(..) {
            let counts = std::mem::take(&mut scratch.counts[other as usize]);
            let crossed = [
                u128::from(counts[0]) * u128::from(n[1]),
                u128::from(counts[1]) * u128::from(n[0]),
            ];
            difference += crossed[0].abs_diff(crossed[1]);
            for table in [0, 1] {
                if counts[table] > 0 {
                    let (row, column) = (a[table].count(code as u32), b[table].count(other));
                    cramers_v[table].add(counts[table], row, column);
                }
            }
        }
    }
    let similarity = 1.0 - difference as f64 / (2.0 * n[0] as f64 * n[1] as f64);
    let cramers_v =
        [0, 1].map(|table| cramers_v[table].finish(a[table].categories, b[table].categories));
    Contingency { similarity, cramers_v }
}
