//! Codes as the tables that click models are trained on.

use crate::data::{Coded, Field, Schema, Table};
use std::sync::Arc;

/// Fields of so many codes each; their names mean nothing.
pub(super) fn schema(sizes: &[usize]) -> Arc<Schema> {
    let field = |(at, &size): (usize, &usize)| {
        Field::categorical(at.to_string(), (0..size).map(|code| code.to_string()).collect())
    };
    let fields = sizes.iter().enumerate().map(field).collect();
    Arc::new(Schema { label: "label".into(), fields })
}

/// The rows with these labels.
pub(super) fn table(schema: &Arc<Schema>, rows: &Coded, labels: Vec<u8>) -> Table {
    Table::new(schema.clone(), rows.columns().to_vec(), labels)
}
