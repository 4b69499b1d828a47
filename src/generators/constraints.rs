//! Groups of fields whose combinations must have been seen in train.
//!
//! A group is merged into one field, whose categories are the combinations seen, before a
//! generator is fitted, and split again after sampling. So an unseen combination cannot come out.

use super::GeneratorError;
use crate::data::{Field, Schema, Table};
use crate::names;
use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;

/// The positions of the fields of every group, ascending within a group.
pub(super) fn resolve(
    schema: &Schema,
    constraints: &[Vec<String>],
) -> Result<Vec<Vec<usize>>, GeneratorError> {
    let mut taken: HashMap<usize, usize> = HashMap::new();
    let mut groups = Vec::new();
    for (at, constraint) in constraints.iter().enumerate() {
        let fail =
            |reason: String| GeneratorError::Constraint { group: constraint.join(", "), reason };
        if constraint.len() < 2 {
            return Err(fail("a constraint ties at least two fields together".into()));
        }
        let mut group = Vec::new();
        for name in constraint {
            let field = schema.position(name).ok_or_else(|| {
                let all: Vec<&str> = schema.fields.iter().map(|f| f.name.as_str()).collect();
                fail(names::unknown("field", name, &all))
            })?;
            match taken.insert(field, at) {
                None => group.push(field),
                Some(other) if other == at => {
                    return Err(fail(format!("field `{name}` is named twice")));
                }
                Some(other) => {
                    return Err(fail(format!(
                        "field `{name}` is in constraint [{}] too; join the two",
                        constraints[other].join(", ")
                    )));
                }
            }
        }
        group.sort_unstable();
        groups.push(group);
    }
    Ok(groups)
}

/// The combinations of the fields `group` that stand in `table`, in the order of their codes.
fn combinations(table: &Table, group: &[usize]) -> Vec<Vec<u32>> {
    let rows = (0..table.n_rows())
        .map(|row| group.iter().map(|&field| table.column(field)[row]).collect::<Vec<u32>>());
    rows.collect::<BTreeSet<_>>().into_iter().collect()
}

/// A table's columns with every group merged into one.
pub(super) struct Merged {
    original: Arc<Schema>,
    schema: Arc<Schema>,
    columns: Vec<Column>,
}

/// Where a merged table's column comes from.
enum Column {
    /// The field at this position, unchanged.
    Field(usize),
    /// Several fields; `combinations[code]` holds their codes.
    Group { fields: Vec<usize>, combinations: Vec<Vec<u32>> },
}

impl Merged {
    /// Learns the combinations seen in `train`. A merged field stands where its first field stood.
    pub(super) fn new(train: &Table, groups: &[Vec<usize>]) -> Self {
        let original = train.schema().clone();
        let mut columns = Vec::new();
        let mut fields = Vec::new();
        for (position, field) in original.fields.iter().enumerate() {
            match groups.iter().find(|group| group.contains(&position)) {
                None => {
                    columns.push(Column::Field(position));
                    fields.push(field.clone());
                }
                Some(group) if group[0] == position => {
                    let combinations = combinations(train, group);
                    let names: Vec<&str> =
                        group.iter().map(|&f| original.fields[f].name.as_str()).collect();
                    let values = combinations.iter().map(|codes| format!("{codes:?}")).collect();
                    fields.push(Field::categorical(names.join("+"), values));
                    columns.push(Column::Group { fields: group.clone(), combinations });
                }
                Some(_) => {}
            }
        }
        let schema = Arc::new(Schema { label: original.label.clone(), fields });
        Self { original, schema, columns }
    }

    /// `train`, or some of its rows, with every group merged.
    pub(super) fn merge(&self, train: &Table) -> Table {
        let columns = self.columns.iter().map(|column| match column {
            Column::Field(field) => train.column(*field).to_vec(),
            Column::Group { fields, combinations } => {
                let codes: HashMap<&[u32], u32> =
                    (0..).zip(combinations).map(|(code, key)| (key.as_slice(), code)).collect();
                let mut key = vec![0; fields.len()];
                let code_of = |row: usize| {
                    for (slot, &field) in key.iter_mut().zip(fields) {
                        *slot = train.column(field)[row];
                    }
                    codes[key.as_slice()]
                };
                (0..train.n_rows()).map(code_of).collect()
            }
        });
        Table::new(self.schema.clone(), columns.collect(), train.labels().to_vec())
    }

    /// A merged table's rows in the original fields.
    pub(super) fn split(&self, merged: &Table) -> Table {
        let mut columns = vec![Vec::new(); self.original.n_fields()];
        for (at, column) in self.columns.iter().enumerate() {
            let codes = merged.column(at);
            match column {
                Column::Field(field) => columns[*field] = codes.to_vec(),
                Column::Group { fields, combinations } => {
                    for (part, &field) in fields.iter().enumerate() {
                        columns[field] =
                            codes.iter().map(|&code| combinations[code as usize][part]).collect();
                    }
                }
            }
        }
        Table::new(self.original.clone(), columns, merged.labels().to_vec())
    }
}
