//! Groups of fields whose combinations must have been seen in train.
//!
//! A group is merged into one field, whose categories are the combinations seen, before a
//! generator is fitted, and split again after sampling. So an unseen combination cannot come out.

use crate::data::{Field, Schema, Table};
use crate::generators::error::GeneratorError;
use crate::names;
use serde::{Deserialize, Serialize};
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
#[derive(Clone, Serialize, Deserialize)]
pub(super) struct Merged {
    #[serde(with = "shared")]
    original: Arc<Schema>,
    #[serde(with = "shared")]
    schema: Arc<Schema>,
    columns: Vec<Column>,
}

/// Where a merged table's column comes from.
#[derive(Clone, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
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

    /// The columns that generators see.
    pub(super) fn schema(&self) -> &Arc<Schema> {
        &self.schema
    }

    /// Whether this merges tables of `schema`: guards against damaged files.
    pub(super) fn fits(&self, schema: &Schema) -> bool {
        let mut seen = BTreeSet::new();
        let mut columns = self.columns.iter().zip(&self.schema.fields);
        let sound = columns.all(|(column, merged)| match column {
            Column::Field(field) => {
                seen.insert(*field) && schema.fields.get(*field).is_some_and(|f| f == merged)
            }
            Column::Group { fields, combinations } => {
                let codes = |key: &Vec<u32>| {
                    key.len() == fields.len()
                        && key.iter().zip(fields).all(|(&code, &field)| {
                            schema.fields.get(field).is_some_and(|f| code < f.unseen())
                        })
                };
                combinations.len() == merged.n_categories()
                    && fields.iter().all(|&field| seen.insert(field))
                    && combinations.iter().all(codes)
            }
        });
        sound
            && *self.original == *schema
            && self.columns.len() == self.schema.n_fields()
            && seen.len() == schema.n_fields()
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

/// Writes and reads a shared schema as the schema it is.
mod shared {
    use super::{Arc, Deserialize, Schema, Serialize};
    use serde::{Deserializer, Serializer};

    pub fn serialize<S: Serializer>(
        schema: &Arc<Schema>,
        serializer: S,
    ) -> Result<S::Ok, S::Error> {
        schema.as_ref().serialize(serializer)
    }

    pub fn deserialize<'de, D: Deserializer<'de>>(
        deserializer: D,
    ) -> Result<Arc<Schema>, D::Error> {
        Schema::deserialize(deserializer).map(Arc::new)
    }
}
