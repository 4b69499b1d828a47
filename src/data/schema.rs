//! What the columns of a click log mean: names, vocabularies, bins.

use serde::{Deserialize, Serialize};
use std::borrow::Cow;

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

/// What a code stands for.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Value<'a> {
    /// A category.
    Text(&'a str),
    /// The representative of a bin.
    Number(f64),
    /// A missing value.
    Missing,
    /// A category that train does not hold.
    Unseen,
}

impl Field {
    /// What `code` stands for.
    pub fn value(&self, code: u32) -> Value<'_> {
        let index = code as usize;
        match &self.encoding {
            _ if index >= self.n_categories() => Value::Unseen,
            Encoding::Categories { values } if values[index].is_empty() => Value::Missing,
            Encoding::Categories { values } => Value::Text(&values[index]),
            Encoding::Bins { representatives, .. } => {
                representatives.get(index).map_or(Value::Missing, |&number| Value::Number(number))
            }
        }
    }

    /// The text written for `code`; reading it gives `code` again.
    ///
    /// A missing value is the empty string. An unseen one is `<unseen>` (in more brackets should
    /// that be a category); among numbers it is whatever train does not hold, a missing value or
    /// any number.
    pub fn text(&self, code: u32) -> Cow<'_, str> {
        match self.value(code) {
            Value::Text(text) => text.into(),
            Value::Number(number) => number.to_string().into(),
            Value::Missing => "".into(),
            Value::Unseen => self.unseen_text().into(),
        }
    }

    fn unseen_text(&self) -> String {
        match &self.encoding {
            Encoding::Categories { values } => {
                let mut marker = "<unseen>".to_string();
                while values.contains(&marker) {
                    marker = format!("<{marker}>");
                }
                marker
            }
            Encoding::Bins { missing: true, .. } => "0".into(),
            Encoding::Bins { missing: false, .. } => String::new(),
        }
    }

    /// The code of a number, where one that is not a number is missing.
    ///
    /// # Panics
    /// If the field is not one of numbers.
    pub fn bin(&self, number: f64) -> u32 {
        let Encoding::Bins { edges, representatives, missing } = &self.encoding else {
            panic!("field {} holds categories, not numbers", self.name)
        };
        match number.is_nan() {
            true if *missing => representatives.len() as u32,
            false if !representatives.is_empty() => {
                edges.partition_point(|&edge| edge <= number) as u32
            }
            _ => self.unseen(),
        }
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
