//! Rows of any table, column by column: what fidelity and privacy are measured on.
//!
//! Unlike a [`Table`](super::Table) a frame need not have a label, may hold numbers as numbers, and
//! tells every category apart, those that stand in one of two compared tables alone included.

mod cells;
mod click_log;
mod coded;
mod column;
mod dates;
mod differences;
mod evidence;
mod faults;
mod form;
mod guess;
mod options;
mod other;
mod read;
mod real;
mod source;
mod types;
mod vocabulary;
mod write;

pub(super) use cells::is_missing;
pub use click_log::{to_tables, to_tables_with};
pub use coded::{Coded, Coding};
pub use dates::DateUnit;
pub(super) use dates::seconds;
pub use differences::{Difference, Differences};
pub use guess::{Guess, Kind};
pub use options::FrameOptions;
pub use read::{Frames, read_frames};
pub use write::{WriteBack, write_like};

use super::{Table, Value};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// What values that train lacks are called; no text of a file begins so.
const UNSEEN: &str = "\u{0}unseen";

/// Rows of a table, column by column.
///
/// Frames that are compared have the same columns in the same order, and equal vocabularies: a code
/// means the same in all of them.
#[derive(Clone, Debug, PartialEq)]
pub struct Frame {
    columns: Vec<Column>,
    n_rows: usize,
}

/// One column of a [`Frame`].
#[derive(Clone, Debug, PartialEq)]
pub struct Column {
    /// Its name.
    pub name: String,
    /// Its values, by row.
    pub values: Values,
}

/// The values of a column, by row.
#[derive(Clone, Debug, PartialEq)]
pub enum Values {
    /// `vocabulary[codes[row]]`. A missing value is the empty string, a category like any other.
    Categories {
        /// All categories of all frames that are compared.
        vocabulary: Arc<Vec<String>>,
        /// Positions in the vocabulary, by row.
        codes: Vec<u32>,
    },
    /// Numbers, by row; a missing one is not a number.
    Numbers(Vec<f64>),
}

impl Values {
    /// Number of rows.
    pub fn len(&self) -> usize {
        match self {
            Self::Categories { codes, .. } => codes.len(),
            Self::Numbers(numbers) => numbers.len(),
        }
    }

    /// Whether there is no row.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    fn select(&self, rows: &[usize]) -> Self {
        match self {
            Self::Categories { vocabulary, codes } => Self::Categories {
                vocabulary: vocabulary.clone(),
                codes: rows.iter().map(|&row| codes[row]).collect(),
            },
            Self::Numbers(numbers) => Self::Numbers(rows.iter().map(|&row| numbers[row]).collect()),
        }
    }
}

impl Column {
    /// A column of categories.
    pub fn categories(
        name: impl Into<String>,
        vocabulary: Arc<Vec<String>>,
        codes: Vec<u32>,
    ) -> Self {
        Self { name: name.into(), values: Values::Categories { vocabulary, codes } }
    }

    /// A column of numbers, a missing one being not a number.
    pub fn numbers(name: impl Into<String>, numbers: Vec<f64>) -> Self {
        Self { name: name.into(), values: Values::Numbers(numbers) }
    }

    /// The code of a missing value, where the column has categories and one of them is missing.
    pub fn missing_code(&self) -> Option<u32> {
        match &self.values {
            Values::Categories { vocabulary, .. } => {
                vocabulary.iter().position(String::is_empty).map(|code| code as u32)
            }
            Values::Numbers(_) => None,
        }
    }
}

impl Frame {
    /// A frame of these columns.
    ///
    /// # Panics
    /// If their lengths differ, or a code has no category.
    pub fn new(columns: Vec<Column>) -> Self {
        let n_rows = columns.first().map_or(0, |column| column.values.len());
        for column in &columns {
            assert_eq!(column.values.len(), n_rows, "column {} has a value per row", column.name);
            if let Values::Categories { vocabulary, codes } = &column.values {
                let known = codes.iter().all(|&code| (code as usize) < vocabulary.len());
                assert!(known, "column {} holds a code without a category", column.name);
            }
        }
        Self { columns, n_rows }
    }

    /// Train and held-out rows of one schema as frames that can be compared: the label, as a column of `0` and `1`,
    /// and the fields as categories. Values that train lacks are categories of their own, as far as they are known;
    /// were they one and the same, a row would be told from train's by that alone.
    pub fn of_parts(train: &Table, held: &Table) -> [Self; 2] {
        let schema = train.schema();
        let label = Arc::new(vec!["0".to_owned(), "1".to_owned()]);
        let mut vocabularies = vec![label];
        // By field: the code of every value that is not in the schema.
        let mut others = Vec::new();
        for (position, field) in schema.fields.iter().enumerate() {
            let text = |code| match field.value(code) {
                // Known and missing ones are told apart by their text already.
                Value::Unseen => UNSEEN.to_owned(),
                _ => field.text(code).into_owned(),
            };
            let mut vocabulary: Vec<String> = (0..field.n_codes() as u32).map(text).collect();
            let both = [train, held].map(|table| table.unseen(position));
            let values: BTreeSet<u64> =
                both.into_iter().flatten().map(|(_, value)| *value).collect();
            let codes = values.into_iter().zip(vocabulary.len() as u32..);
            let codes: BTreeMap<u64, u32> = codes.collect();
            vocabulary.extend(codes.keys().map(|value| format!("{UNSEEN}{value:x}")));
            vocabularies.push(Arc::new(vocabulary));
            others.push(codes);
        }
        [train, held].map(|table| {
            let mut frame = Self::with_vocabularies(table, &vocabularies);
            for (position, (column, codes)) in
                frame.columns[1..].iter_mut().zip(&others).enumerate()
            {
                if let Values::Categories { codes: rows, .. } = &mut column.values {
                    for (row, value) in table.unseen(position) {
                        rows[*row as usize] = codes[value];
                    }
                }
            }
            frame
        })
    }

    /// Rows of a table of the same schema, such as synthetic ones, as a frame that can be compared with `like`, one of
    /// [`of_parts`](Self::of_parts), whose rows do not matter.
    pub fn of_table(table: &Table, like: &Self) -> Self {
        let categories = |column: &Column| match &column.values {
            Values::Categories { vocabulary, .. } => Some(vocabulary.clone()),
            Values::Numbers(_) => None,
        };
        let vocabularies: Vec<_> = like.columns.iter().filter_map(categories).collect();
        Self::with_vocabularies(table, &vocabularies)
    }

    /// The label and the fields of a table, in these vocabularies.
    fn with_vocabularies(table: &Table, vocabularies: &[Arc<Vec<String>>]) -> Self {
        let schema = table.schema();
        let labels: Vec<u32> = table.labels().iter().map(|&label| label.into()).collect();
        let names = std::iter::once(&schema.label).chain(schema.fields.iter().map(|f| &f.name));
        let codes = std::iter::once(&labels).chain(table.columns());
        let columns = names.zip(codes).zip(vocabularies).map(|((name, codes), vocabulary)| {
            Column::categories(name, vocabulary.clone(), codes.clone())
        });
        Self::new(columns.collect())
    }

    /// Its columns.
    pub fn columns(&self) -> &[Column] {
        &self.columns
    }

    /// Number of rows.
    pub fn n_rows(&self) -> usize {
        self.n_rows
    }

    /// The position of the column called `name`.
    pub fn position(&self, name: &str) -> Option<usize> {
        self.columns.iter().position(|column| column.name == name)
    }

    /// The rows at `rows`, in that order; a position may repeat.
    pub fn select(&self, rows: &[usize]) -> Self {
        let column = |column: &Column| Column {
            name: column.name.clone(),
            values: column.values.select(rows),
        };
        Self { columns: self.columns.iter().map(column).collect(), n_rows: rows.len() }
    }

    /// The first `n` rows, or all if there are fewer.
    pub fn head(&self, n: usize) -> Self {
        self.select(&(0..n.min(self.n_rows)).collect::<Vec<_>>())
    }

    /// All columns but the one called `name`.
    pub fn without(&self, name: &str) -> Self {
        let columns = self.columns.iter().filter(|column| column.name != name).cloned().collect();
        Self { columns, n_rows: self.n_rows }
    }
}
