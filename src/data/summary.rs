//! A click log in a few numbers per field and part.

use super::{Split, Table};

/// Whether a column with so many different values in so many rows names its rows: of fewer than 100 rows all may differ
/// by chance.
pub fn names_rows(different: usize, rows: usize) -> bool {
    rows >= 100 && different as f64 >= 0.9 * rows as f64
}

/// One field of a click log.
#[derive(Clone, Debug, PartialEq)]
pub struct FieldSummary {
    /// Its name.
    pub name: String,
    /// Number of categories in train, a missing value included.
    pub categories: usize,
    /// What the most frequent category of train stands for.
    pub top: String,
    /// Its share of train.
    pub top_share: f64,
}

/// The fields of a table, in order.
pub fn summarise(table: &Table) -> Vec<FieldSummary> {
    let fields = table.schema().fields.iter().zip(table.columns());
    let summary = fields.map(|(field, column)| {
        let mut counts = vec![0usize; field.n_codes()];
        column.iter().for_each(|&code| counts[code as usize] += 1);
        let (top, count) =
            counts.iter().enumerate().max_by_key(|(_, count)| **count).unwrap_or((0, &0));
        FieldSummary {
            name: field.name.clone(),
            categories: field.n_categories(),
            top: field.text(top as u32).into_owned(),
            top_share: share(*count, column.len()),
        }
    });
    summary.collect()
}

/// The share of rows whose category train does not hold, by field, in valid and in test.
pub fn unseen_shares(split: &Split) -> Vec<[f64; 2]> {
    let share_of = |table: &Table, field: usize| {
        let unseen = table.schema().fields[field].unseen();
        let count = table.column(field).iter().filter(|&&code| code == unseen).count();
        share(count, table.n_rows())
    };
    let fields = 0..split.train.n_fields();
    fields.map(|field| [share_of(&split.valid, field), share_of(&split.test, field)]).collect()
}

fn share(part: usize, whole: usize) -> f64 {
    part as f64 / whole.max(1) as f64
}
