//! Two ways to the same numbers.

use super::distinct::Reduced;
use super::planes::Widths;
use super::subsets::Sets;

/// Nanoseconds to compare a byte of a row, or to look for a distance, with AVX-512.
const PAIR_BYTE_NS: f64 = 0.009;

/// Nanoseconds to group a query or a row by one more column.
const GROUPING_NS: f64 = 7.0;

/// How distances are counted; the counts are the same.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Engine {
    /// Every query against every row: any number of columns, quadratic in rows.
    Pairs,
    /// Grouping by sets of columns: linear in rows, exponential in columns or depth.
    Subsets,
}

impl Engine {
    /// The one that takes less time, by the work of either counted beforehand. Pairs are looked at
    /// `passes` times once their distances are known.
    pub(super) fn cheaper(reduced: &Reduced, sets: &Sets, widths: &Widths, passes: usize) -> Self {
        if widths.n_bytes() == 0 {
            return Self::Subsets;
        }
        let (queries, rows) = (reduced.queries.len() as f64, reduced.rows.len() as f64);
        let pairs = queries * rows * (widths.n_bytes() + passes) as f64 * PAIR_BYTE_NS;
        // An upper bound: most sets are grouped when few queries and rows are left.
        let subsets = sets.len() * (queries + rows) * GROUPING_NS;
        if subsets < pairs { Self::Subsets } else { Self::Pairs }
    }
}
