//! Drawing until enough rows have the wanted label.

use crate::generators::error::GeneratorError;
use crate::progress::Progress;

/// At least this many rows are drawn before a label counts as out of reach.
const PATIENCE: usize = 100_000;

/// A label of which fewer than one in this many rows is drawn counts as out of reach.
const RAREST: usize = 10_000;

/// Draws batches until `n` rows are kept, and gives the first `n`, `places[field][row]`.
///
/// `draw(batch)` gives the fields' places of a batch's rows with the wanted label and how many
/// rows were drawn for them.
pub fn draw_until(
    method: &'static str,
    label: u8,
    n: usize,
    n_fields: usize,
    progress: &dyn Progress,
    mut draw: impl FnMut(u64) -> (Vec<Vec<u32>>, usize),
) -> Result<Vec<Vec<u32>>, GeneratorError> {
    let mut kept = vec![Vec::with_capacity(n); n_fields];
    let (mut rows, mut drawn, mut batch) = (0, 0, 0);
    progress.start("sample", n as u64);
    while rows < n {
        let (places, of) = draw(batch);
        let new = places.first().map_or(0, Vec::len).min(n - rows);
        for (kept, places) in kept.iter_mut().zip(&places) {
            kept.extend_from_slice(&places[..new]);
        }
        (rows, drawn, batch) = (rows + new, drawn + of, batch + 1);
        progress.advance(new as u64);
        if drawn >= PATIENCE && rows < drawn / RAREST {
            return Err(GeneratorError::Failed {
                method,
                reason: format!(
                    "only {rows} of {drawn} rows drawn have label {label}; fitted `per-class` it \
                     need not learn the label"
                ),
            });
        }
    }
    progress.finish();
    Ok(kept)
}
