//! Rows that a metric cannot tell apart, put together.

use rayon::prelude::*;
use std::cmp::Ordering;

/// A partition of the rows `0..n` into groups of equal rows.
pub(super) struct Groups {
    of_row: Vec<u32>,
    /// All rows by group, ascending within each.
    rows: Vec<u32>,
    /// By group: where its rows begin in `rows`; one more for the end of all.
    starts: Vec<usize>,
}

impl Groups {
    /// Puts those rows together for which `compare` says equal; it must be a total order.
    pub(super) fn new(n: usize, compare: impl Fn(usize, usize) -> Ordering + Sync) -> Self {
        let mut rows: Vec<u32> = (0..n as u32).collect();
        rows.par_sort_unstable_by(|&a, &b| compare(a as usize, b as usize).then(a.cmp(&b)));
        let mut of_row = vec![0; n];
        let mut starts = vec![0];
        for at in 0..n {
            if at > 0 && compare(rows[at - 1] as usize, rows[at] as usize).is_ne() {
                starts.push(at);
            }
            of_row[rows[at] as usize] = (starts.len() - 1) as u32;
        }
        starts.push(n);
        Self { of_row, rows, starts }
    }

    /// Number of groups.
    pub(super) fn len(&self) -> usize {
        self.starts.len() - 1
    }

    /// Number of rows.
    pub(super) fn n_rows(&self) -> usize {
        self.rows.len()
    }

    /// The group of a row.
    pub(super) fn of(&self, row: u32) -> u32 {
        self.of_row[row as usize]
    }

    /// The rows of a group, ascending.
    pub(super) fn rows(&self, group: u32) -> &[u32] {
        &self.rows[self.starts[group as usize]..self.starts[group as usize + 1]]
    }
}
