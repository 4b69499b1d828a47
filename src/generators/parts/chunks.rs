//! Drawing rows in parallel so that the result does not depend on the number of threads.

use crate::data::{Schema, Table};
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
) -> Table {
    let n_fields = schema.n_fields();
    progress.start("sample", n as u64);
    let chunks: Vec<Vec<Vec<u32>>> = (0..n.div_ceil(CHUNK))
        .into_par_iter()
        .map(|chunk| {
            let rows = CHUNK.min(n - chunk * CHUNK);
            let mut rng = seed.stream(&format!("chunk/{chunk}"));
            let mut scratch = scratch();
            let mut columns = vec![Vec::with_capacity(rows); n_fields];
            let mut row = vec![0; n_fields];
            for _ in 0..rows {
                draw(&mut rng, &mut scratch, &mut row);
                for (column, &code) in columns.iter_mut().zip(&row) {
                    column.push(code);
                }
            }
            progress.advance(rows as u64);
            columns
        })
        .collect();
    let columns = (0..n_fields)
        .map(|field| chunks.iter().flat_map(|chunk| &chunk[field]).copied().collect())
        .collect();
    progress.finish();
    Table::new(schema.clone(), columns, vec![label; n])
}
