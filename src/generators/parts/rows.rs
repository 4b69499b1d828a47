//! Real rows as bytes, for the saved fits of methods that draw from the rows themselves.

use crate::data::{Schema, Table};
use crate::generators::contract::Saved;
use serde::{Deserialize, Serialize};
use std::sync::Arc;

/// The readable half.
#[derive(Serialize, Deserialize)]
struct Card<T> {
    rows: usize,
    #[serde(flatten)]
    more: T,
}

/// No more than the rows.
#[derive(Serialize, Deserialize)]
pub struct Nothing {}

/// The rows, and what else belongs to the fit.
pub fn save(rows: &Table, more: impl Serialize) -> Result<Saved, String> {
    let card = serde_json::to_value(Card { rows: rows.n_rows(), more });
    let codes = rows.columns().iter().flatten().flat_map(|code| code.to_le_bytes());
    let weights = rows.labels().iter().copied().chain(codes).collect();
    Ok(Saved { card: card.map_err(|e| e.to_string())?, weights })
}

/// What [`save`] was given.
pub fn load<T: serde::de::DeserializeOwned>(
    saved: Saved,
    schema: Arc<Schema>,
) -> Result<(Table, T), String> {
    let Card { rows, more } =
        serde_json::from_value::<Card<T>>(saved.card).map_err(|e| e.to_string())?;
    let wanted = schema.n_fields().checked_mul(4).and_then(|n| n.checked_add(1)?.checked_mul(rows));
    if wanted != Some(saved.weights.len()) {
        return Err("the saved rows are not those of the schema".to_owned());
    }
    let (labels, codes) = saved.weights.split_at(rows);
    let mut codes = codes.chunks_exact(4).map(|b| u32::from_le_bytes([b[0], b[1], b[2], b[3]]));
    let columns: Vec<Vec<u32>> =
        schema.fields.iter().map(|_| codes.by_ref().take(rows).collect()).collect();
    let mut known = schema.fields.iter().zip(&columns);
    let known = known.all(|(field, column)| column.iter().all(|&code| code < field.unseen()));
    if !known || rows == 0 || labels.iter().any(|&label| label > 1) {
        return Err("the saved rows hold values that the schema does not know".to_owned());
    }
    Ok((Table::new(schema, columns, labels.to_vec()), more))
}
