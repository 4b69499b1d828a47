//! Rows of one frame that stand in another too.

use super::neighbours::{keys, row_by_row};
use crate::data::Frame;
use hashbrown::HashSet;
use serde::{Deserialize, Serialize};

/// How many rows of a frame stand in another too.
///
/// Few are no proof of privacy, and in tables with few combinations many are no leak: see how many
/// rows of a holdout stand in the same frame.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct IdenticalRows {
    /// Rows that agree with some row of the other in all columns but the label.
    pub identical_rows: usize,
    /// Rows that agree with some row of the other in all columns; none without a label.
    pub identical_rows_with_label: Option<usize>,
}

/// Counts the rows of `synthetic` that also stand in `real`; a row that occurs twice counts twice.
/// Numbers agree where they are equal, missing values with missing ones.
///
/// # Panics
/// If the frames have different columns.
pub fn identical_rows(synthetic: &Frame, real: &Frame, label: Option<&str>) -> IdenticalRows {
    let all = count(synthetic, real);
    match label.filter(|label| real.position(label).is_some()) {
        None => IdenticalRows { identical_rows: all, identical_rows_with_label: None },
        Some(label) => IdenticalRows {
            identical_rows: count(&synthetic.without(label), &real.without(label)),
            identical_rows_with_label: Some(all),
        },
    }
}

fn count(synthetic: &Frame, real: &Frame) -> usize {
    let [synthetic_keys, real_keys] = keys([synthetic, real]);
    let width = real_keys.len();
    let real_rows = row_by_row(&real_keys, real.n_rows());
    let known: HashSet<&[u32]> =
        (0..real.n_rows()).map(|row| &real_rows[row * width..][..width]).collect();
    let synthetic_rows = row_by_row(&synthetic_keys, synthetic.n_rows());
    let stands = |&row: &usize| known.contains(&synthetic_rows[row * width..][..width]);
    (0..synthetic.n_rows()).filter(stands).count()
}
