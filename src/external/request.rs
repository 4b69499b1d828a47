//! What all programs are told.

use crate::data::{Encoding, Field, Table};
use serde_json::{Value, json};

/// The rows to learn from, and what their fields are.
pub(super) fn of(
    train: &Table,
    user: Option<&str>,
    item: Option<&str>,
    settings: &toml::Table,
) -> Value {
    let schema = train.schema();
    let field = |field: &Field| {
        let kind = match field.encoding {
            Encoding::Categories { .. } => "categories",
            Encoding::Bins { .. } => "numbers",
        };
        json!({ "name": field.name, "kind": kind, "different": field.n_categories() })
    };
    json!({
        "version": 1,
        "train": "train.parquet",
        "label": schema.label,
        "fields": schema.fields.iter().map(field).collect::<Vec<_>>(),
        "user": user,
        "item": item,
        "settings": settings,
    })
}
