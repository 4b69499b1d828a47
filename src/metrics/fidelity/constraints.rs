//! Synthetic rows whose combination of some columns the real table does not hold.

use super::undefined::{Undefined, need_rows};
use crate::data::{Frame, Values};
use hashbrown::{HashMap, HashSet};
use serde::{Deserialize, Serialize};

/// How often a group of columns has a combination that does not occur in the real table.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ConstraintViolations {
    /// The columns of the group.
    pub columns: Vec<String>,
    /// Number of synthetic rows with such a combination. Alarming above 0 if real combinations are
    /// all there can be, as of city and country.
    pub violations: Option<usize>,
    /// Their share of the synthetic rows.
    pub share: Option<f64>,
}

/// Synthetic rows whose values of the columns at `columns` occur together in no real row. A
/// missing value is a value; numbers are compared as they are.
pub fn constraint_violations(
    real: &Frame,
    synthetic: &Frame,
    columns: &[usize],
) -> Result<usize, Undefined> {
    need_rows(real.n_rows(), synthetic.n_rows())?;
    // A combination is a number, refined column by column.
    let mut ids = [vec![0u32; real.n_rows()], vec![0; synthetic.n_rows()]];
    for &column in columns {
        let mut known = HashMap::new();
        for (frame, ids) in [real, synthetic].into_iter().zip(&mut ids) {
            let values = &frame.columns()[column].values;
            for (row, id) in ids.iter_mut().enumerate() {
                let next = known.len() as u32;
                *id = *known.entry((*id, key(values, row))).or_insert(next);
            }
        }
    }
    let [real, synthetic] = ids;
    let occurs: HashSet<u32> = real.into_iter().collect();
    Ok(synthetic.iter().filter(|&id| !occurs.contains(id)).count())
}

/// Equal for equal values: missing numbers are all one, and so are both zeros.
fn key(values: &Values, row: usize) -> u64 {
    match values {
        Values::Categories { codes, .. } => codes[row].into(),
        Values::Numbers(numbers) => match numbers[row] {
            missing if missing.is_nan() => f64::NAN.to_bits(),
            number => (number + 0.0).to_bits(),
        },
    }
}
