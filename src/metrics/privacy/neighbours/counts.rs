//! How many rows lie at each Hamming distance of a query.

use super::distinct::Reduced;
use super::planes::{Blocks, Widths};
use super::subsets::Sets;
use super::{brute, subsets};
use crate::data::Coded;
use crate::progress::Progress;

/// The largest distance that is told apart from those beyond it.
const DEEPEST: usize = u8::MAX as usize - 1;

/// Nanoseconds to compare a byte of a row, or to look for a distance, measured with AVX-512.
const PAIR_BYTE_NS: f64 = 0.009;

/// Nanoseconds to group a query or a row by one more column.
const GROUPING_NS: f64 = 8.0;

/// How many rows lie at each Hamming distance of each query; from [`distance_counts`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DistanceCounts {
    counts: Vec<u32>,
    deepest: usize,
}

impl DistanceCounts {
    /// The largest distance counted.
    pub fn deepest(&self) -> usize {
        self.deepest
    }

    /// Number of queries.
    pub fn n_queries(&self) -> usize {
        self.counts.len() / (self.deepest + 1)
    }

    /// The numbers of rows at distance 0, 1, …, [`deepest`](Self::deepest) of `query`.
    ///
    /// Where the query is one of the rows, one of those at distance 0 is the query itself.
    pub fn of(&self, query: usize) -> &[u32] {
        &self.counts[query * (self.deepest + 1)..][..self.deepest + 1]
    }
}

/// A way to the same counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Engine {
    /// Every query against every row: any number of columns, quadratic in rows.
    Pairs,
    /// Grouping by sets of columns: linear in rows, exponential in columns or depth.
    Subsets,
}

/// For each of `queries`, the number of `rows` that differ from it in no, one, … `deepest` columns.
///
/// Exact, whatever the number of threads. `deepest` is cut at the number of columns, and at 254.
///
///
/// # Panics
/// If the two are not coded alike.
pub fn distance_counts(
    queries: &Coded,
    rows: &Coded,
    deepest: usize,
    progress: &dyn Progress,
) -> DistanceCounts {
    distance_counts_by(None, queries, rows, deepest, progress)
}

/// [`distance_counts`] by the given engine, or the one that takes less time.
///
/// # Panics
/// If the two are not coded alike.
pub fn distance_counts_by(
    engine: Option<Engine>,
    queries: &Coded,
    rows: &Coded,
    deepest: usize,
    progress: &dyn Progress,
) -> DistanceCounts {
    let deepest = deepest.min(queries.n_columns()).min(DEEPEST);
    if queries.n_columns() == 0 {
        return DistanceCounts { counts: vec![rows.n_rows() as u32; queries.n_rows()], deepest };
    }
    let reduced = Reduced::new(queries, rows);
    let sets = Sets::new(queries.n_columns(), deepest);
    let widths = Widths::new(&reduced.sizes);
    let engine = engine.unwrap_or_else(|| cheaper(&reduced, &sets, &widths, deepest));
    let counts = match engine {
        Engine::Pairs => by_pairs(&reduced, &widths, deepest, progress),
        Engine::Subsets => {
            progress.start("distances", sets.len() as u64);
            subsets::count(&reduced, &sets, progress)
        }
    };
    progress.finish();
    DistanceCounts { counts: spread(&reduced.queries.group, &counts, deepest), deepest }
}

/// The engine that takes less time, by the work of either counted beforehand.
fn cheaper(reduced: &Reduced, sets: &Sets, widths: &Widths, deepest: usize) -> Engine {
    let (queries, rows) = (reduced.queries.len() as f64, reduced.rows.len() as f64);
    let pairs = queries * rows * (widths.n_bytes() + deepest + 1) as f64 * PAIR_BYTE_NS;
    // An upper bound: most sets are grouped when few queries and rows are left.
    let subsets = sets.len() * (queries + rows) * GROUPING_NS;
    if subsets < pairs { Engine::Subsets } else { Engine::Pairs }
}

fn by_pairs(
    reduced: &Reduced,
    widths: &Widths,
    deepest: usize,
    progress: &dyn Progress,
) -> Vec<u32> {
    progress.start("distances", reduced.queries.len() as u64);
    let queries: Vec<u8> = (0..reduced.queries.len())
        .flat_map(|query| widths.row(&reduced.query_codes, query))
        .collect();
    let rows = Blocks::new(&reduced.row_codes, &reduced.rows.copies, widths);
    brute::count(&queries, &rows, widths, deepest, progress)
}

/// From the counts of different queries those of all.
fn spread(groups: &[u32], counts: &[u32], deepest: usize) -> Vec<u32> {
    let width = deepest + 1;
    groups.iter().flat_map(|&group| &counts[group as usize * width..][..width]).copied().collect()
}
