//! Why a number is not defined.

use std::fmt;

/// One of two tables that are compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Side {
    /// The real one.
    Real,
    /// The synthetic one.
    Synthetic,
}

impl fmt::Display for Side {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Real => "real",
            Self::Synthetic => "synthetic",
        })
    }
}

/// Why a number is not defined for two tables.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Undefined {
    /// A table is empty.
    #[error("the {0} table has no rows")]
    NoRows(Side),
    /// There is nothing but missing values.
    #[error("every {0} value is missing")]
    NoValues(Side),
    /// There is one value, whatever the row.
    #[error("the {0} values are all the same")]
    Constant(Side),
    /// Infinite numbers, or such that the arithmetic overflows.
    #[error("the {0} numbers are infinite or too large to calculate with")]
    NotFinite(Side),
    /// Numbers so close together that ten intervals between them are not distinct.
    #[error("the {0} numbers are too close together for ten intervals")]
    TooClose(Side),
    /// Too few rows of a table.
    #[error("there are fewer than {needed} {side} rows that can be used")]
    FewRows {
        /// Whose rows.
        side: Side,
        /// How many it takes.
        needed: usize,
    },
    /// A column of numbers has no categories, or the other way round.
    #[error("it is defined for columns of {0} alone")]
    OtherKind(&'static str),
    /// Tables of fewer columns than are compared at once.
    #[error("there are fewer than {0} columns")]
    FewColumns(usize),
    /// A mean of nothing.
    #[error("none of the numbers it is the mean of is defined and counts")]
    NothingToAverage,
    /// A classifier gave a score that is not a number.
    #[error("the classifier gave a score that is not a number")]
    Score,
}

/// Undefined where either table is empty.
pub(super) fn need_rows(real: usize, synthetic: usize) -> Result<(), Undefined> {
    match (real, synthetic) {
        (0, _) => Err(Undefined::NoRows(Side::Real)),
        (_, 0) => Err(Undefined::NoRows(Side::Synthetic)),
        _ => Ok(()),
    }
}

/// Undefined where every value of either table is missing.
pub(super) fn need_values(real: usize, synthetic: usize) -> Result<(), Undefined> {
    match (real, synthetic) {
        (0, _) => Err(Undefined::NoValues(Side::Real)),
        (_, 0) => Err(Undefined::NoValues(Side::Synthetic)),
        _ => Ok(()),
    }
}

/// The mean of what is defined.
pub(super) fn mean(values: impl Iterator<Item = Option<f64>>) -> Result<f64, Undefined> {
    let (sum, n) = values.flatten().fold((0.0, 0usize), |(sum, n), value| (sum + value, n + 1));
    if n == 0 { Err(Undefined::NothingToAverage) } else { Ok(sum / n as f64) }
}
