//! Every query against every row, 64 rows at a time.

use super::planes::{BLOCK_ROWS, Block, Blocks, LANES, Widths};
use crate::progress::Progress;
use multiversion::multiversion;
use rayon::prelude::*;

/// Queries of a task: while they pass over a block of rows, it stays in the cache.
const TASK_QUERIES: usize = 64;

/// Columns whose agreements fit a byte.
const BYTE_COLUMNS: usize = u8::MAX as usize;

/// By query and distance up to `deepest`, how many rows are that far: of queries given as
/// [`Widths::row`] one after the other.
pub fn count(
    queries: &[u8],
    rows: &Blocks,
    widths: &Widths,
    deepest: usize,
    progress: &dyn Progress,
) -> Vec<u32> {
    let n_bytes = widths.n_bytes();
    let width = deepest + 1;
    let mut counts = vec![0; queries.len() / n_bytes * width];
    let tasks = counts.par_chunks_mut(TASK_QUERIES * width);
    tasks.zip(queries.par_chunks(TASK_QUERIES * n_bytes)).for_each(|(counts, queries)| {
        let mut distances = [0; BLOCK_ROWS];
        for block in rows.iter() {
            let queries = queries.chunks_exact(n_bytes);
            for (query, counts) in queries.zip(counts.chunks_exact_mut(width)) {
                let distances = measure(block, query, widths, &mut distances);
                histogram(distances, block.weight, counts);
            }
        }
        progress.advance((queries.len() / n_bytes) as u64);
    });
    counts
}

/// By query, the distances to the nearest and the second nearest row, a row that occurs twice being
/// two; [`u8::MAX`] where there is none. Columns are at most 254.
pub fn nearest(
    queries: &[u8],
    rows: &Blocks,
    widths: &Widths,
    progress: &dyn Progress,
) -> Vec<[u8; 2]> {
    let n_bytes = widths.n_bytes();
    let tasks = queries.par_chunks(TASK_QUERIES * n_bytes).map(|queries| {
        let mut nearest = vec![LaneNearest::default(); queries.len() / n_bytes];
        let mut distances = [0; BLOCK_ROWS];
        for block in rows.iter() {
            for (query, nearest) in queries.chunks_exact(n_bytes).zip(&mut nearest) {
                let distances = measure(block, query, widths, &mut distances);
                update(distances, block.weight > 1, nearest);
            }
        }
        progress.advance(nearest.len() as u64);
        nearest.iter().map(LaneNearest::merge).collect::<Vec<_>>()
    });
    tasks.flatten_iter().collect()
}

/// The two smallest distances of each lane.
#[derive(Clone)]
struct LaneNearest {
    first: [u8; LANES],
    second: [u8; LANES],
}

impl Default for LaneNearest {
    fn default() -> Self {
        Self { first: [u8::MAX; LANES], second: [u8::MAX; LANES] }
    }
}

impl LaneNearest {
    /// The two smallest of all.
    fn merge(&self) -> [u8; 2] {
        let mut two = [u8::MAX; 2];
        for &distance in self.first.iter().chain(&self.second) {
            two = [two[0].min(distance), two[1].min(two[0].max(distance))];
        }
        two
    }
}

/// Takes more distances into account, of rows that occur once or more often.
#[multiversion(targets("x86_64+avx512f+avx512bw+avx512dq+avx512vl+avx2+fma", "x86_64+avx2+fma"))]
fn update(distances: &[u8], repeated: bool, nearest: &mut LaneNearest) {
    let (mut first, mut second) = (nearest.first, nearest.second);
    for distances in distances.chunks_exact(LANES) {
        for lane in 0..LANES {
            let distance = distances[lane];
            let candidate = if repeated { distance } else { first[lane].max(distance) };
            second[lane] = second[lane].min(candidate);
            first[lane] = first[lane].min(distance);
        }
    }
    *nearest = LaneNearest { first, second };
}

/// Distances from `query` to the rows of `block`, and [`u8::MAX`] behind them.
fn measure<'a>(
    block: &Block,
    query: &[u8],
    widths: &Widths,
    distances: &'a mut [u8; BLOCK_ROWS],
) -> &'a [u8] {
    let distances = &mut distances[..block.n_rows.next_multiple_of(LANES)];
    hamming(&block.bytes, query, widths, distances);
    distances[block.n_rows..].fill(u8::MAX);
    distances
}

/// The number of columns in which each row differs from `query`, at most [`u8::MAX`].
#[multiversion(targets("x86_64+avx512f+avx512bw+avx512dq+avx512vl+avx2+fma", "x86_64+avx2+fma"))]
fn hamming(rows: &[u8], query: &[u8], widths: &Widths, distances: &mut [u8]) {
    let groups = rows.chunks_exact(query.len() * LANES);
    for (group, distances) in groups.zip(distances.chunks_exact_mut(LANES)) {
        distances.copy_from_slice(&hamming_of_group(group, query, widths));
    }
}

/// Those of [`LANES`] rows.
#[inline(always)]
pub fn hamming_of_group(group: &[u8], query: &[u8], widths: &Widths) -> [u8; LANES] {
    let (narrow, wide) = query.split_at(widths.n_narrow());
    let (narrow_rows, mut wide_rows) = group.split_at(widths.n_narrow() * LANES);
    let mut far = [0u8; LANES];
    let rows = narrow_rows.chunks(BYTE_COLUMNS * LANES);
    for (rows, query) in rows.zip(narrow.chunks(BYTE_COLUMNS)) {
        let mut agree = [0u8; LANES];
        for (row, &code) in rows.chunks_exact(LANES).zip(query) {
            for lane in 0..LANES {
                agree[lane] = agree[lane].wrapping_add(u8::from(row[lane] == code));
            }
        }
        for lane in 0..LANES {
            far[lane] = far[lane].saturating_add(query.len() as u8 - agree[lane]);
        }
    }
    let mut query = wide;
    for n_bytes in widths.wide() {
        let mut differs = [0u8; LANES];
        for (row, &code) in wide_rows.chunks_exact(LANES).zip(&query[..n_bytes]) {
            for lane in 0..LANES {
                differs[lane] |= row[lane] ^ code;
            }
        }
        for lane in 0..LANES {
            far[lane] = far[lane].saturating_add(u8::from(differs[lane] != 0));
        }
        (query, wide_rows) = (&query[n_bytes..], &wide_rows[n_bytes * LANES..]);
    }
    far
}

/// Adds to `counts`, by distance, `weight` for each of `distances`.
#[multiversion(targets("x86_64+avx512f+avx512bw+avx512dq+avx512vl+avx2+fma", "x86_64+avx2+fma"))]
fn histogram(distances: &[u8], weight: u32, counts: &mut [u32]) {
    const { assert!(BLOCK_ROWS / LANES <= u8::MAX as usize, "a lane's count fits a byte") };
    for (distance, count) in counts.iter_mut().enumerate() {
        let mut found = [0u8; LANES];
        for distances in distances.chunks_exact(LANES) {
            for lane in 0..LANES {
                found[lane] += u8::from(distances[lane] == distance as u8);
            }
        }
        *count += weight * found.iter().map(|&n| u32::from(n)).sum::<u32>();
    }
}
