//! Drawing until enough rows have the wanted label.

use crate::generators::error::GeneratorError;
use crate::progress::Progress;

/// At least this many rows are drawn before a label counts as out of reach.
const PATIENCE: usize = 100_000;

/// A label of which fewer than one in this many rows is drawn counts as out of reach.
const RAREST: usize = 10_000;

/// Rows as a network draws them.
#[derive(Clone, Debug, Default)]
pub struct Drawn {
    /// Of the fields that are categories: `places[field][row]` in the field's block.
    pub places: Vec<Vec<u32>>,
    /// Of the fields that are numbers, in their own units: `numbers[field][row]`.
    pub numbers: Vec<Vec<f64>>,
}

impl Drawn {
    /// No row of `fields` categories and `numbers` numbers, with room for `n`.
    pub fn with_capacity(fields: usize, numbers: usize, n: usize) -> Self {
        Self {
            places: vec![Vec::with_capacity(n); fields],
            numbers: vec![Vec::with_capacity(n); numbers],
        }
    }

    /// Number of rows.
    pub fn n_rows(&self) -> usize {
        let of_numbers = self.numbers.first().map_or(0, Vec::len);
        self.places.first().map_or(of_numbers, Vec::len)
    }

    /// Appends the first `n` rows of `other`.
    pub fn extend(&mut self, other: &Drawn, n: usize) {
        for (kept, places) in self.places.iter_mut().zip(&other.places) {
            kept.extend_from_slice(&places[..n]);
        }
        for (kept, numbers) in self.numbers.iter_mut().zip(&other.numbers) {
            kept.extend_from_slice(&numbers[..n]);
        }
    }
}

/// Draws batches until `n` rows of `fields` categories and `numbers` numbers are kept, and gives the
/// first `n`.
///
/// `draw(batch)` gives a batch's rows with the wanted label and how many rows were drawn for them.
pub fn draw_until(
    method: &'static str,
    label: u8,
    n: usize,
    [fields, numbers]: [usize; 2],
    progress: &dyn Progress,
    mut draw: impl FnMut(u64) -> (Drawn, usize),
) -> Result<Drawn, GeneratorError> {
    let mut kept = Drawn::with_capacity(fields, numbers, n);
    let (mut rows, mut drawn, mut batch) = (0, 0, 0);
    progress.start("sample", n as u64);
    while rows < n {
        let (some, of) = draw(batch);
        let new = some.n_rows().min(n - rows);
        kept.extend(&some, new);
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
