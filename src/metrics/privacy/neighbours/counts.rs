//! How many rows lie at each Hamming distance of a query.

use super::distinct::Reduced;
use super::engine::Engine;
use super::planes::Widths;
use super::subsets::Sets;
use super::{brute, subsets};
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
    let engine = engine.unwrap_or_else(|| Engine::cheaper(&reduced, &sets, &widths, deepest + 1));
    let counts = match engine {
        Engine::Pairs => {
            progress.start("distances", reduced.queries.len() as u64);
            let (queries, rows) = (reduced.query_bytes(&widths), reduced.row_blocks(&widths));
            brute::count(&queries, &rows, &widths, deepest, progress)
        }
        Engine::Subsets => {
            progress.start("distances", sets.len() as u64);
            subsets::count(&reduced, &sets, progress)
        }
    };
    progress.finish();
    DistanceCounts { counts: spread(&reduced.queries.group, &counts, deepest), deepest }
}

/// From the counts of different queries those of all.
fn spread(groups: &[u32], counts: &[u32], deepest: usize) -> Vec<u32> {
    let width = deepest + 1;
    groups.iter().flat_map(|&group| &counts[group as usize * width..][..width]).copied().collect()
}
