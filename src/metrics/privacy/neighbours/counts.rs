//! How many rows lie at each Hamming distance of a query.

use super::brute;
use super::distinct::Reduced;
use super::planes::{Blocks, Widths};
use crate::data::Coded;
use crate::progress::Progress;

/// The largest distance that is told apart from those beyond it.
const DEEPEST: usize = u8::MAX as usize - 1;

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

/// For each of `queries`, the number of `rows` that differ from it in no, one, … `deepest` columns.
///
/// Exact, whatever the number of threads. `deepest` is cut at the number of columns, and at 254.
/// Progress counts queries that differ from one another.
///
/// # Panics
/// If the two are not coded alike.
pub fn distance_counts(
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
    progress.start("distances", reduced.queries.len() as u64);
    let counts = by_brute_force(&reduced, deepest, progress);
    progress.finish();
    DistanceCounts { counts: spread(&reduced.queries.group, &counts, deepest), deepest }
}

fn by_brute_force(reduced: &Reduced, deepest: usize, progress: &dyn Progress) -> Vec<u32> {
    let widths = Widths::new(&reduced.sizes);
    let queries: Vec<u8> = (0..reduced.queries.len())
        .flat_map(|query| widths.row(&reduced.query_codes, query))
        .collect();
    let rows = Blocks::new(&reduced.row_codes, &reduced.rows.copies, &widths);
    brute::count(&queries, &rows, &widths, deepest, progress)
}

/// From the counts of different queries those of all.
fn spread(groups: &[u32], counts: &[u32], deepest: usize) -> Vec<u32> {
    let width = deepest + 1;
    groups.iter().flat_map(|&group| &counts[group as usize * width..][..width]).copied().collect()
}
