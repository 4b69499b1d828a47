//! Drawing rows in parallel so that the result does not depend on the number of threads.

use crate::data::{Schema, Table};
use crate::generators::contract::{Mixed, Shape};
use crate::progress::Progress;
use crate::seed::{Rng, Seed};
use rayon::prelude::*;
use std::sync::Arc;

/// Rows per stream of random numbers.
const CHUNK: usize = 4096;

/// Draws `n` rows with `label` in chunks of fixed size, each from a stream of its own.
///
/// `draw` writes one row, `row[field]`; `scratch` makes the memory it may work in.
pub fn draw_rows<S>(
    schema: &Arc<Schema>,
    label: u8,
    n: usize,
    seed: Seed,
    progress: &dyn Progress,
    scratch: impl Fn() -> S + Sync,
    draw: impl Fn(&mut Rng, &mut S, &mut [u32]) + Sync,
) -> Mixed<'static> {
    let shape = Shape { schema: schema.clone(), numbers: 0 };
    draw_mixed(&shape, label, n, seed, progress, scratch, |rng, scratch, row, _| {
        draw(rng, scratch, row);
    })
}

/// The codes and the numbers of a chunk's rows, by field.
type Columns = (Vec<Vec<u32>>, Vec<Vec<f64>>);

/// As [`draw_rows`], of rows that hold numbers too: `draw` is given a place for each.
pub fn draw_mixed<S>(
    shape: &Shape,
    label: u8,
    n: usize,
    seed: Seed,
    progress: &dyn Progress,
    scratch: impl Fn() -> S + Sync,
    draw: impl Fn(&mut Rng, &mut S, &mut [u32], &mut [f64]) + Sync,
) -> Mixed<'static> {
    let n_fields = shape.schema.n_fields();
    progress.start("sample", n as u64);
    let chunks: Vec<Columns> = (0..n.div_ceil(CHUNK))
        .into_par_iter()
        .map(|chunk| {
            let rows = CHUNK.min(n - chunk * CHUNK);
            let mut rng = seed.stream(&format!("chunk/{chunk}"));
            let mut scratch = scratch();
            let mut columns = vec![Vec::with_capacity(rows); n_fields];
            let mut numbers = vec![Vec::with_capacity(rows); shape.numbers];
            let (mut row, mut of_row) = (vec![0; n_fields], vec![0.0; shape.numbers]);
            for _ in 0..rows {
                draw(&mut rng, &mut scratch, &mut row, &mut of_row);
                for (column, &code) in columns.iter_mut().zip(&row) {
                    column.push(code);
                }
                for (column, &number) in numbers.iter_mut().zip(&of_row) {
                    column.push(number);
                }
            }
            progress.advance(rows as u64);
            (columns, numbers)
        })
        .collect();
    let columns = (0..n_fields)
        .map(|field| chunks.iter().flat_map(|(columns, _)| &columns[field]).copied().collect())
        .collect();
    let numbers = (0..shape.numbers)
        .map(|field| chunks.iter().flat_map(|(_, numbers)| &numbers[field]).copied().collect())
        .collect();
    progress.finish();
    Mixed::new(Table::new(shape.schema.clone(), columns, vec![label; n]), numbers)
}
