//! Stand-in: how many rows lie at each distance from a row.

use crate::data::Coded;
use crate::progress::Progress;
use rayon::prelude::*;

/// By query, the numbers of rows at Hamming distance 0, 1, … `deepest`.
pub struct DistanceCounts {
    counts: Vec<u32>,
    deepest: usize,
}

impl DistanceCounts {
    /// The counts of one query.
    pub fn of(&self, query: usize) -> &[u32] {
        &self.counts[query * (self.deepest + 1)..][..self.deepest + 1]
    }
}

/// Counts rows by their Hamming distance from every query.
pub fn distance_counts(
    queries: &Coded,
    rows: &Coded,
    deepest: usize,
    _progress: &dyn Progress,
) -> DistanceCounts {
    let flat = |coded: &Coded| -> Vec<u32> {
        (0..coded.n_rows()).flat_map(|r| coded.columns().iter().map(move |c| c[r])).collect()
    };
    let (q, r, width) = (flat(queries), flat(rows), queries.n_columns().max(1));
    let counts = q
        .par_chunks(width)
        .flat_map_iter(|query| {
            let mut counts = vec![0; deepest + 1];
            for row in r.chunks_exact(width) {
                let distance = query.iter().zip(row).map(|(a, b)| u32::from(a != b)).sum::<u32>();
                if let Some(count) = counts.get_mut(distance as usize) {
                    *count += 1;
                }
            }
            counts
        })
        .collect();
    DistanceCounts { counts, deepest }
}
