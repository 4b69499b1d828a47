//! How the texts of a column become values, and back.

use super::Kind;
use super::cells::{boolean, integer, is_missing, number, number_text};
use super::dates::{DateForm, moment};
use serde::{Deserialize, Serialize};
use std::borrow::Cow;

/// What the cells of a column are, and how the real file writes them.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", tag = "kind")]
pub(super) enum Form {
    /// Categories told apart by their text. Only an empty cell is missing.
    Text,
    /// Categories told apart by their truth value.
    Booleans {
        /// What false and true are called here.
        names: [String; 2],
        /// How the file writes them.
        spelled: [String; 2],
    },
    /// Categories that are whole numbers, told apart by value.
    Integers {
        /// What the file writes behind them: `.0`, or nothing.
        decimals: String,
    },
    /// Numbers.
    Numbers {
        /// What the file writes behind whole ones.
        decimals: String,
    },
    /// Dates and times, counted.
    Dates(DateForm),
}

impl Form {
    /// Whether the column holds categories.
    pub(super) fn is_categories(&self) -> bool {
        self.kind() == Kind::Categories
    }

    /// What the column is taken for.
    pub(super) fn kind(&self) -> Kind {
        match self {
            Self::Text | Self::Booleans { .. } | Self::Integers { .. } => Kind::Categories,
            Self::Numbers { .. } => Kind::Numbers,
            Self::Dates(_) => Kind::Dates,
        }
    }

    /// The category that a cell stands for, whichever tool wrote it; empty if it is missing.
    pub(super) fn category<'a>(&'a self, cell: &'a str) -> Cow<'a, str> {
        let trimmed = cell.trim();
        match self {
            Self::Booleans { .. } | Self::Integers { .. } if is_missing(trimmed) => "".into(),
            Self::Booleans { names, .. } => {
                let truth = boolean(trimmed).or(match integer(trimmed).map(|i| i.value) {
                    Some(0) => Some(false),
                    Some(1) => Some(true),
                    _ => None,
                });
                truth.map_or(cell.into(), |truth| names[usize::from(truth)].as_str().into())
            }
            Self::Integers { .. } => match (integer(trimmed), boolean(trimmed)) {
                (Some(integer), _) => integer.value.to_string().into(),
                (None, Some(truth)) => if truth { "1" } else { "0" }.into(),
                (None, None) => cell.into(),
            },
            _ => cell.into(),
        }
    }

    /// The number that a cell stands for, not-a-number if it is missing; none if it is no number.
    pub(super) fn number(&self, cell: &str) -> Option<f64> {
        match self {
            Self::Dates(form) => count(Some(*form), cell),
            _ => count(None, cell),
        }
    }

    /// A category as the file writes it.
    pub(super) fn spell_category<'a>(&'a self, category: &'a str) -> Cow<'a, str> {
        match self {
            Self::Booleans { names, spelled } => {
                let truth = names.iter().position(|name| name == category);
                truth.map_or(category, |truth| &spelled[truth]).into()
            }
            Self::Integers { decimals } if !category.is_empty() && !decimals.is_empty() => {
                format!("{category}{decimals}").into()
            }
            _ => category.into(),
        }
    }

    /// A number as the file writes it; the empty text for a missing one.
    pub(super) fn spell_number(&self, number: f64) -> String {
        match self {
            Self::Dates(form) => form.text(number),
            Self::Numbers { decimals } => number_text(number, decimals),
            _ => number_text(number, ""),
        }
    }
}

/// The number that a cell stands for, or the date that it is; not-a-number if it is missing.
pub(super) fn count(dates: Option<DateForm>, cell: &str) -> Option<f64> {
    let cell = cell.trim();
    match dates {
        _ if is_missing(cell) => Some(f64::NAN),
        Some(form) => moment(cell).map(|moment| form.number(&moment)),
        None => number(cell).or_else(|| boolean(cell).map(|truth| f64::from(u8::from(truth)))),
    }
}
