//! The rows of a click log as codes, column by column.

use super::Schema;
use std::collections::HashMap;
use std::sync::Arc;

/// Rows of a click log: one code per field and a label per row.
///
/// Stored column by column. Every code of field `f` is below `schema.fields[f].n_codes()`,
/// every label is 0 or 1, and all columns have the same length.
#[derive(Clone, Debug)]
pub struct Table {
    schema: Arc<Schema>,
    columns: Vec<Vec<u32>>,
    labels: Vec<u8>,
    /// By field, if there are some: rows of unseen values, ascending, with what tells these values apart.
    unseen: Vec<Vec<(u32, u64)>>,
}

/// Equal codes and labels of an equal schema; unseen values, which are no part of it, may be others.
impl PartialEq for Table {
    fn eq(&self, other: &Self) -> bool {
        (&self.schema, &self.columns, &self.labels)
            == (&other.schema, &other.columns, &other.labels)
    }
}

/// The three parts of a click log. They share one schema, whose vocabularies come from `train`.
#[derive(Clone, Debug, PartialEq)]
pub struct Split {
    /// The rows models and generators learn from.
    pub train: Table,
    /// The rows that decide when training stops.
    pub valid: Table,
    /// The rows results are measured on.
    pub test: Table,
}

impl Table {
    /// A table of `columns[field][row]` and `labels[row]`.
    ///
    /// # Panics
    /// If lengths differ, a code is outside its field's vocabulary or a label is not 0 or 1:
    /// readers and generators check before they build a table, so this would be a bug.
    pub fn new(schema: Arc<Schema>, columns: Vec<Vec<u32>>, labels: Vec<u8>) -> Self {
        assert_eq!(columns.len(), schema.n_fields(), "one column per field");
        for (field, column) in schema.fields.iter().zip(&columns) {
            assert_eq!(column.len(), labels.len(), "column {} has one code per row", field.name);
            let largest = column.iter().copied().max().unwrap_or(0);
            assert!(largest <= field.unseen(), "code {largest} is outside field {}", field.name);
        }
        assert!(labels.iter().all(|&label| label <= 1), "labels are 0 or 1");
        let unseen = vec![Vec::new(); schema.n_fields()];
        Self { schema, columns, labels, unseen }
    }

    /// The same, where it is known which unseen values are the same one: by field, rows, ascending, with a number for
    /// the value. All of them share one code, since whatever has learned from train knows none of them.
    pub fn with_unseen(self, unseen: Vec<Vec<(u32, u64)>>) -> Self {
        assert_eq!(unseen.len(), self.n_fields(), "one list per field");
        Self { unseen, ..self }
    }

    /// A table without rows.
    pub fn empty(schema: Arc<Schema>) -> Self {
        let columns = vec![Vec::new(); schema.n_fields()];
        Self::new(schema, columns, Vec::new())
    }

    /// What the columns mean.
    pub fn schema(&self) -> &Arc<Schema> {
        &self.schema
    }

    /// Number of rows.
    pub fn n_rows(&self) -> usize {
        self.labels.len()
    }

    /// Number of fields.
    pub fn n_fields(&self) -> usize {
        self.columns.len()
    }

    /// The codes of one field, by row.
    pub fn column(&self, field: usize) -> &[u32] {
        &self.columns[field]
    }

    /// All columns, by field.
    pub fn columns(&self) -> &[Vec<u32>] {
        &self.columns
    }

    /// The rows of unseen values of one field, ascending, each with a number for the value, as far as known.
    pub fn unseen(&self, field: usize) -> &[(u32, u64)] {
        &self.unseen[field]
    }

    /// The labels, by row: 1 is a click.
    pub fn labels(&self) -> &[u8] {
        &self.labels
    }

    /// The codes of one row, by field.
    pub fn row(&self, row: usize) -> impl Iterator<Item = u32> + '_ {
        self.columns.iter().map(move |column| column[row])
    }

    /// Number of rows with the given label.
    pub fn count(&self, label: u8) -> usize {
        self.labels.iter().filter(|&&l| l == label).count()
    }

    /// The positions of the rows with the given label, ascending.
    pub fn rows_with(&self, label: u8) -> Vec<usize> {
        (0..self.n_rows()).filter(|&row| self.labels[row] == label).collect()
    }

    /// The rows at `rows`, in that order; a position may repeat.
    pub fn select(&self, rows: &[usize]) -> Self {
        let columns = self.columns.iter().map(|c| rows.iter().map(|&r| c[r]).collect()).collect();
        let labels = rows.iter().map(|&r| self.labels[r]).collect();
        let unseen = self.unseen.iter().map(|of_field| {
            let known: HashMap<u32, u64> = of_field.iter().copied().collect();
            let chosen = (0..).zip(rows).filter(|_| !known.is_empty());
            chosen.filter_map(|(at, &row)| Some((at, *known.get(&(row as u32))?))).collect()
        });
        let unseen = unseen.collect();
        Self { schema: self.schema.clone(), columns, labels, unseen }
    }

    /// The first `n` rows, or all if there are fewer.
    pub fn head(&self, n: usize) -> Self {
        let n = n.min(self.n_rows());
        let columns = self.columns.iter().map(|c| c[..n].to_vec()).collect();
        let first = |of_field: &Vec<(u32, u64)>| {
            of_field[..of_field.partition_point(|(row, _)| (*row as usize) < n)].to_vec()
        };
        let unseen = self.unseen.iter().map(first).collect();
        Self { schema: self.schema.clone(), columns, labels: self.labels[..n].to_vec(), unseen }
    }

    /// Appends the rows of `other`, which has the same schema.
    pub fn extend(&mut self, other: &Table) {
        assert_eq!(self.schema.fields.len(), other.schema.fields.len(), "same schema");
        for (mine, theirs) in self.columns.iter_mut().zip(&other.columns) {
            mine.extend_from_slice(theirs);
        }
        let before = self.labels.len() as u32;
        for (mine, theirs) in self.unseen.iter_mut().zip(&other.unseen) {
            mine.extend(theirs.iter().map(|&(row, value)| (before + row, value)));
        }
        self.labels.extend_from_slice(&other.labels);
    }
}
