//! What the columns of a click log mean: names, vocabularies, bins.

use serde::{Deserialize, Serialize};

/// The columns of a click log: the label's name and the fields in order.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Schema {
    /// Name of the label column (0 or 1, 1 = click).
    pub label: String,
    /// The categorical fields, in the order of a [`Table`](super::Table)'s columns.
    pub fields: Vec<Field>,
}

/// One column of a click log and how its values become codes.
///
/// Codes `0..n_categories` are the categories seen in train; the code `n_categories` stands
/// for every category that train does not hold.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Field {
    /// The column's name.
    pub name: String,
    /// How its values become codes, and back.
    pub encoding: Encoding,
}

/// How a column's values become codes, and back.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", tag = "kind")]
pub enum Encoding {
    /// Code `i` is the `i`-th value. A missing value is the empty string.
    Categories {
        /// The values seen in train, by code.
        values: Vec<String>,
    },
    /// Numbers cut into half-open intervals, code `i` for the `i`-th; the code after the last
    /// interval stands for a missing value when `missing` is set.
    Bins {
        /// Upper edges of all intervals but the last, ascending.
        edges: Vec<f64>,
        /// The number written for each interval when codes are turned back into values.
        representatives: Vec<f64>,
        /// Whether train holds missing values.
        missing: bool,
    },
}

impl Field {
    /// A field of the given categories.
    pub fn categorical(name: impl Into<String>, values: Vec<String>) -> Self {
        Self { name: name.into(), encoding: Encoding::Categories { values } }
    }

    /// Number of categories seen in train.
    pub fn n_categories(&self) -> usize {
        match &self.encoding {
            Encoding::Categories { values } => values.len(),
            Encoding::Bins { representatives, missing, .. } => {
                representatives.len() + usize::from(*missing)
            }
        }
    }

    /// The code of every category that train does not hold.
    pub fn unseen(&self) -> u32 {
        self.n_categories() as u32
    }

    /// Number of codes: the seen categories and the one for unseen ones.
    pub fn n_codes(&self) -> usize {
        self.n_categories() + 1
    }
}

impl Schema {
    /// The position of the field called `name`.
    pub fn position(&self, name: &str) -> Option<usize> {
        self.fields.iter().position(|field| field.name == name)
    }

    /// Number of fields.
    pub fn n_fields(&self) -> usize {
        self.fields.len()
    }
}
