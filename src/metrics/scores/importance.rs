//! Which fields a model's order of rows rests on.

use super::auc;
use crate::data::Table;
use crate::seed::Seed;
use rand::seq::SliceRandom;

/// By field, the [`auc`] that a model loses when the field's values are dealt out anew among the
/// rows: 0 for a field that it does not read, and below 0 if it does better without.
///
/// Permutation importance (Breiman 2001, "Random forests", section 10) with one permutation per
/// field, from the stream `importance/<name of the field>` of `seed`. `predict` gives a score per
/// row; it is asked once for `table` as it is and once per field. Fields that carry the same
/// information share it out: each seems to matter little, since the other still tells.
///
/// None for all fields if `table` lacks a label, and wherever a score is not a number.
///
/// # Panics
/// If `predict` does not give as many scores as there are rows.
pub fn permutation_importance(
    table: &Table,
    mut predict: impl FnMut(&Table) -> Vec<f64>,
    seed: Seed,
) -> Vec<Option<f64>> {
    let mut auc_of = |table: &Table| auc(table.labels(), &predict(table));
    let whole = auc_of(table);
    let importance = |field: usize| {
        let mut columns = table.columns().to_vec();
        let name = &table.schema().fields[field].name;
        columns[field].shuffle(&mut seed.stream(&format!("importance/{name}")));
        let table = Table::new(table.schema().clone(), columns, table.labels().to_vec());
        Some(whole? - auc_of(&table)?)
    };
    (0..table.n_fields()).map(importance).collect()
}
