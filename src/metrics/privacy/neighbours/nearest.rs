//! The nearest and the second nearest row by Hamming distance.

use super::distinct::Reduced;
use super::engine::Engine;
use super::planes::Widths;
use super::subsets::Sets;
use super::{brute, distance_counts_by};
use crate::data::Coded;
use crate::progress::Progress;

/// Columns up to which [`two_nearest`] tells all distances apart.
pub const MOST_COLUMNS: usize = u8::MAX as usize - 1;

/// Work per byte of a pair beside its distance: keeping the two smallest.
const PASSES: usize = 2;

/// By query, the distances to the nearest and the second nearest of `rows`, where there are so
/// many. Equal rows are as many neighbours as there are of them.
///
/// # Panics
/// If the two are not coded alike or have more than [`MOST_COLUMNS`] columns.
pub fn two_nearest(
    queries: &Coded,
    rows: &Coded,
    progress: &dyn Progress,
) -> Vec<[Option<u32>; 2]> {
    let n_columns = queries.n_columns();
    assert!(n_columns <= MOST_COLUMNS, "at most {MOST_COLUMNS} columns");
    let mut nearest = vec![[None; 2]; queries.n_rows()];
    let mut left: Vec<usize> = (0..queries.n_rows()).collect();
    // Most queries have neighbours nearby, and few sets leave out few columns.
    for deepest in 0..=n_columns {
        let queries = queries.select(&left);
        let reduced = Reduced::new(&queries, rows);
        let sets = Sets::new(n_columns, deepest);
        let widths = Widths::new(&reduced.sizes);
        if Engine::cheaper(&reduced, &sets, &widths, PASSES) == Engine::Pairs {
            let of_different = by_pairs(&reduced, &widths, progress);
            for (&query, &group) in left.iter().zip(&reduced.queries.group) {
                nearest[query] = of_different[group as usize];
            }
            break;
        }
        let counts = distance_counts_by(Some(Engine::Subsets), &queries, rows, deepest, progress);
        for (i, &query) in left.iter().enumerate() {
            nearest[query] = first_two(counts.of(i));
        }
        left.retain(|&query| nearest[query][1].is_none());
    }
    nearest
}

fn by_pairs(reduced: &Reduced, widths: &Widths, progress: &dyn Progress) -> Vec<[Option<u32>; 2]> {
    progress.start("closest rows", reduced.queries.len() as u64);
    let (queries, rows) = (reduced.query_bytes(widths), reduced.row_blocks(widths));
    let nearest = brute::nearest(&queries, &rows, widths, progress);
    progress.finish();
    let known = |distance: u8| (distance < u8::MAX).then_some(distance.into());
    nearest.into_iter().map(|two| two.map(known)).collect()
}

/// The distances of the first two rows, from how many there are at each.
fn first_two(counts: &[u32]) -> [Option<u32>; 2] {
    let nearest = counts.iter().position(|&count| count > 0);
    let first_is_two = nearest.is_some_and(|distance| counts[distance] > 1);
    let beyond = nearest.map_or(counts.len(), |distance| distance + 1);
    let next = counts[beyond..].iter().position(|&count| count > 0).map(|gap| beyond + gap);
    let second = if first_is_two { nearest } else { next };
    [nearest, second].map(|distance| distance.map(|distance| distance as u32))
}
