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

/// Distances from `query` to the rows of `block`, and [`u8::MAX`] behind them.
fn measure<'a>(
    block: &Block,
    query: &[u8],
    widths: &Widths,
    distances: &'a mut [u8; BLOCK_ROWS],
) -> &'a [u8] {
    let distances = &mut distances[..block.n_rows.next_multiple_of(LANES)];
    hamming(&block.bytes, query, widths.n_narrow(), widths, distances);
    distances[block.n_rows..].fill(u8::MAX);
    distances
}

/// The number of columns in which each row differs from `query`, at most [`u8::MAX`].
#[multiversion(targets("x86_64+avx512f+avx512bw+avx512dq+avx512vl+avx2+fma", "x86_64+avx2+fma"))]
fn hamming(rows: &[u8], query: &[u8], n_narrow: usize, widths: &Widths, distances: &mut [u8]) {
    let (narrow, wide) = query.split_at(n_narrow);
    let groups = rows.chunks_exact(query.len() * LANES);
    for (group, distances) in groups.zip(distances.chunks_exact_mut(LANES)) {
        let (narrow_rows, mut wide_rows) = group.split_at(n_narrow * LANES);
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
        distances.copy_from_slice(&far);
    }
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
