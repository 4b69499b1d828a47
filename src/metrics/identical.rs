//! Rows of one table that stand in another too.

use crate::data::Table;
use serde::{Deserialize, Serialize};
use std::collections::HashMap;

/// How many rows of a table stand in another too.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Identical {
    /// Rows that agree with some row of the other in all fields and the label.
    pub with_label: usize,
    /// Rows that agree with some row of the other in all fields.
    pub without_label: usize,
}

/// Counts the rows of `synthetic` that also stand in `real`; a row that occurs twice counts twice.
///
/// Compares codes, so both tables need the same schema. A row with a category that train does not
/// hold equals any row with such a category in the same fields: the code does not tell them apart.
///
/// # Panics
/// If the tables have different numbers of fields.
pub fn identical_rows(synthetic: &Table, real: &Table) -> Identical {
    assert_eq!(synthetic.n_fields(), real.n_fields(), "tables of one schema");
    let keys = rows(real);
    let mut labels: HashMap<&[u32], [bool; 2]> = HashMap::with_capacity(real.n_rows());
    for (row, &label) in real.labels().iter().enumerate() {
        labels.entry(key(&keys, real, row)).or_default()[usize::from(label)] = true;
    }
    let keys = rows(synthetic);
    let mut identical = Identical::default();
    for (row, &label) in synthetic.labels().iter().enumerate() {
        if let Some(seen) = labels.get(key(&keys, synthetic, row)) {
            identical.without_label += 1;
            identical.with_label += usize::from(seen[usize::from(label)]);
        }
    }
    identical
}

/// The codes row by row.
fn rows(table: &Table) -> Vec<u32> {
    (0..table.n_rows()).flat_map(|row| table.row(row)).collect()
}

fn key<'a>(rows: &'a [u32], table: &Table, row: usize) -> &'a [u32] {
    &rows[row * table.n_fields()..][..table.n_fields()]
}
