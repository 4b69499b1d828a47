//! The nearest rows where some columns are numbers: bounds by the categories of all rows, by the numbers
//! too where these leave it open, and distances for the few rows that their bounds leave.

use super::Nearest;
use super::brute::hamming_of_group;
use super::distinct::{Distinct, recode};
use super::keys::keys;
use super::planes::{LANES, Widths};
use super::scale::{Range, Scale};
use super::steps::Ruler;
use crate::data::{Frame, Values};
use crate::progress::Progress;
use multiversion::multiversion;
use rayon::prelude::*;

/// Rows of a block: it stays in the cache while the queries of a task pass over it.
const BLOCK_ROWS: usize = 512;

/// Queries of a task.
const TASK_QUERIES: usize = 64;

/// By query, the nearest and the second nearest row. There is a row and a column.
pub fn two_nearest(
    queries: &Frame,
    rows: &Frame,
    scale: &Scale,
    progress: &dyn Progress,
) -> Vec<Nearest> {
    let columns = queries.columns().iter().zip(rows.columns()).zip(scale.columns());
    let columns: Vec<Pair> = columns
        .map(|((query, row), range)| Pair::new(&query.values, &row.values, range.as_ref()))
        .collect();
    let [query_keys, row_keys] = keys([queries, rows]);
    let distinct_queries = Distinct::new(&query_keys, queries.n_rows());
    let distinct_rows = Distinct::new(&row_keys, rows.n_rows());
    progress.start("closest rows", distinct_queries.len() as u64);
    let sketch = Sketch::new(&columns);
    let blocks = sketch.blocks(&distinct_rows);
    let tasks = distinct_queries.first.par_chunks(TASK_QUERIES).map(|queries| {
        let sketched: Vec<_> = queries.iter().map(|&query| sketch.query(query as usize)).collect();
        let mut nearest = vec![[f64::INFINITY; 2]; queries.len()];
        let mut bounds = [0; BLOCK_ROWS];
        for block in &blocks {
            for ((&query, sketched), two) in queries.iter().zip(&sketched).zip(&mut nearest) {
                let mut reach = sketch.ruler.reach(two[1]);
                let groups = bound(block, sketched, &sketch, reach, &mut bounds);
                let groups = block.rows.chunks(LANES).zip(bounds.chunks(LANES)).zip(groups);
                for ((rows, bounds), in_reach) in groups {
                    if !in_reach {
                        continue;
                    }
                    for (row, &bound) in rows.iter().zip(bounds) {
                        if bound < reach {
                            let distance =
                                distance(&columns, query as usize, row.position as usize);
                            let second = if row.repeated { distance } else { two[0].max(distance) };
                            *two = [two[0].min(distance), two[1].min(second)];
                            reach = sketch.ruler.reach(two[1]);
                        }
                    }
                }
            }
        }
        progress.advance(queries.len() as u64);
        nearest
    });
    let nearest: Vec<[f64; 2]> = tasks.flatten_iter().collect();
    progress.finish();
    let n_columns = columns.len() as f64;
    let of_query = |&group: &u32| {
        let [first, second] = nearest[group as usize].map(|sum| sum / n_columns);
        Nearest { first, second: second.is_finite().then_some(second) }
    };
    distinct_queries.group.iter().map(of_query).collect()
}

/// A column of the queries and of the rows.
enum Pair<'a> {
    Categories { queries: &'a [u32], rows: &'a [u32], n_codes: usize },
    Numbers { queries: &'a [f64], rows: &'a [f64], range: Range },
}

impl<'a> Pair<'a> {
    fn new(queries: &'a Values, rows: &'a Values, range: Option<&Range>) -> Self {
        match (queries, rows, range) {
            (
                Values::Categories { vocabulary, codes: queries },
                Values::Categories { codes: rows, .. },
                _,
            ) => Self::Categories { queries, rows, n_codes: vocabulary.len() },
            (Values::Numbers(queries), Values::Numbers(rows), Some(&range)) => {
                Self::Numbers { queries, rows, range }
            }
            _ => panic!("frames and scale of the same columns"),
        }
    }
}

/// The sum over columns, in their order.
fn distance(columns: &[Pair], query: usize, row: usize) -> f64 {
    columns.iter().fold(0.0, |sum, column| match column {
        Pair::Categories { queries, rows, .. } => {
            sum + f64::from(u8::from(queries[query] != rows[row]))
        }
        Pair::Numbers { queries, rows, range } => sum + range.distance(queries[query], rows[row]),
    })
}

/// Queries and rows in what bounds are made of: categories as bytes, numbers as steps.
struct Sketch {
    query_codes: Vec<Vec<u32>>,
    row_codes: Vec<Vec<u32>>,
    widths: Widths,
    query_steps: Vec<Vec<u16>>,
    row_steps: Vec<Vec<u16>>,
    ruler: Ruler,
}

/// A query: its bytes and its steps.
struct SketchedQuery {
    bytes: Vec<u8>,
    steps: Vec<u16>,
}

/// At most [`BLOCK_ROWS`] rows.
struct Block {
    rows: Vec<BlockRow>,
    /// `[group of LANES rows][byte of a row][lane]`.
    bytes: Vec<u8>,
    /// `[group of LANES rows][column of numbers][lane]`.
    steps: Vec<u16>,
}

#[derive(Clone, Copy)]
struct BlockRow {
    position: u32,
    /// Whether equal rows exist, which are neighbours too.
    repeated: bool,
}

impl Sketch {
    fn new(columns: &[Pair]) -> Self {
        let ruler = Ruler::new(columns.len());
        let (mut query_codes, mut row_codes, mut sizes) = (Vec::new(), Vec::new(), Vec::new());
        let (mut query_steps, mut row_steps) = (Vec::new(), Vec::new());
        for column in columns {
            match column {
                Pair::Categories { queries, rows, n_codes } => {
                    let (queries, rows, size) = recode(queries, rows, *n_codes);
                    query_codes.push(queries);
                    row_codes.push(rows);
                    sizes.push(size);
                }
                Pair::Numbers { queries, rows, range } => {
                    let steps = |numbers: &[f64]| {
                        numbers.iter().map(|&number| ruler.step(number, range)).collect()
                    };
                    query_steps.push(steps(queries));
                    row_steps.push(steps(rows));
                }
            }
        }
        // Of each code its lowest byte: codes that differ there differ, and it is a bound that is wanted.
        sizes.iter_mut().for_each(|size: &mut usize| *size = (*size).min(1 << u8::BITS));
        let widths = Widths::new(&sizes);
        Self { query_codes, row_codes, widths, query_steps, row_steps, ruler }
    }

    fn query(&self, query: usize) -> SketchedQuery {
        SketchedQuery {
            bytes: self.widths.row(&self.query_codes, query).collect(),
            steps: self.query_steps.iter().map(|steps| steps[query]).collect(),
        }
    }

    /// Rows are mixed first: where they are sorted, each row might be nearer to a query than all
    /// before it.
    fn blocks(&self, rows: &Distinct) -> Vec<Block> {
        let n_blocks = rows.len().div_ceil(BLOCK_ROWS);
        let block = |block: usize| {
            let rows: Vec<BlockRow> = (block..rows.len())
                .step_by(n_blocks)
                .map(|row| BlockRow { position: rows.first[row], repeated: rows.copies[row] > 1 })
                .collect();
            self.block(rows)
        };
        (0..n_blocks).map(block).collect()
    }

    fn block(&self, rows: Vec<BlockRow>) -> Block {
        let (n_bytes, n_steps) = (self.widths.n_bytes(), self.row_steps.len());
        let n_groups = rows.len().div_ceil(LANES);
        let mut bytes = vec![0; n_groups * n_bytes * LANES];
        let mut steps = vec![0; n_groups * n_steps * LANES];
        for (i, row) in rows.iter().enumerate() {
            let (group, lane, row) = (i / LANES, i % LANES, row.position as usize);
            for (position, byte) in self.widths.row(&self.row_codes, row).enumerate() {
                bytes[(group * n_bytes + position) * LANES + lane] = byte;
            }
            for (position, column) in self.row_steps.iter().enumerate() {
                steps[(group * n_steps + position) * LANES + lane] = column[row];
            }
        }
        Block { rows, bytes, steps }
    }
}

/// Writes lower bounds, in steps, on the distances from `query` to the rows of `block`, and tells by
/// group of [`LANES`] rows whether there is one in `reach`: of a group whose categories alone put it
/// out of reach no bound is written. What stands behind the last row is some bound too.
#[multiversion(targets("x86_64+avx512f+avx512bw+avx512dq+avx512vl+avx2+fma", "x86_64+avx2+fma"))]
fn bound(
    block: &Block,
    query: &SketchedQuery,
    sketch: &Sketch,
    reach: u16,
    bounds: &mut [u16; BLOCK_ROWS],
) -> [bool; BLOCK_ROWS / LANES] {
    let (n_bytes, n_steps) = (query.bytes.len(), query.steps.len());
    let different = sketch.ruler.steps;
    let n_groups = block.rows.len().div_ceil(LANES);
    let mut in_reach = [false; BLOCK_ROWS / LANES];
    let groups = bounds.chunks_exact_mut(LANES).zip(&mut in_reach).take(n_groups);
    for (group, (bounds, in_reach)) in groups.enumerate() {
        let bytes = &block.bytes[group * n_bytes * LANES..][..n_bytes * LANES];
        let far = hamming_of_group(bytes, &query.bytes, &sketch.widths);
        let nearest = far.iter().fold(u8::MAX, |nearest, &far| nearest.min(far));
        if u16::from(nearest) * different >= reach {
            continue;
        }
        let steps = &block.steps[group * n_steps * LANES..][..n_steps * LANES];
        let mut bound = steps_of_group(steps, &query.steps, &sketch.ruler);
        for lane in 0..LANES {
            bound[lane] += u16::from(far[lane]) * different;
        }
        *in_reach = bound.iter().fold(u16::MAX, |nearest, &bound| nearest.min(bound)) < reach;
        bounds.copy_from_slice(&bound);
    }
    in_reach
}

/// The bounds of the numbers of [`LANES`] rows, in parts that stay in registers.
#[inline(always)]
fn steps_of_group(group: &[u16], query: &[u16], ruler: &Ruler) -> [u16; LANES] {
    const PART: usize = LANES / 2;
    let mut bound = [0; LANES];
    for (part, bound) in bound.as_chunks_mut::<PART>().0.iter_mut().enumerate() {
        let mut sum = [0u16; PART];
        for (rows, &query) in group.as_chunks::<LANES>().0.iter().zip(query) {
            let rows: &[u16; PART] = &rows.as_chunks().0[part];
            for lane in 0..PART {
                sum[lane] += ruler.bound(rows[lane], query);
            }
        }
        *bound = sum;
    }
    bound
}
