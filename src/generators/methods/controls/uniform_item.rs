//! A real context with a uniformly drawn item.

use crate::data::{Schema, Table};
use crate::device::Device;
use crate::generators::contract::{Fitted, Generator, Mixed, Saved, Shape};
use crate::generators::error::GeneratorError;
use crate::generators::parts::chunks::draw_rows;
use crate::generators::parts::rows;
use crate::progress::Progress;
use crate::seed::{Rng, Seed};
use rand::RngExt;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeSet, HashSet};

const METHOD: &str = "uniform-item";

/// Draws a real row and replaces its item by one drawn uniformly from the item's vocabulary:
/// the negative sampling that click logs such as Frappe were built with.
///
/// * A row of label 0 takes its context from a row of label 1 where the fit has one (`joint`),
///   else from a row of label 0 (`per-class`). Where the user's field is known, items that this
///   user clicked in the fit's rows are not drawn, unless the user clicked all of them.
/// * A row of label 1 takes its context from a row of label 1, and any item may be drawn: what
///   is left of a click when its item means nothing.
/// * Where a constraint ties the item to other fields, the items are those seen in the fit's
///   rows. The other fields keep the context's values if that combination was seen, else they
///   are copied from a row, uniformly drawn, with the drawn item.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct UniformItem {
    /// The field that holds the item; empty: the one that the dataset names.
    pub item: String,
    /// The field that holds the user, if known; none: the one that the dataset names.
    pub user: Option<String>,
}

impl Generator for UniformItem {
    fn fit(
        &self,
        train: &Mixed<'_>,
        _: Device,
        _: Seed,
        _: &dyn Progress,
    ) -> Result<Box<dyn Fitted>, GeneratorError> {
        self.fit_within(&train.categories, &[])
    }

    fn load(&self, saved: Saved, shape: Shape, _: Device) -> Result<Box<dyn Fitted>, String> {
        let (train, Kept { groups }) = rows::load(saved, shape.schema)?;
        if groups.iter().flatten().any(|&field| field >= train.n_fields()) {
            return Err("the constraints do not belong to the schema".to_owned());
        }
        self.fit_within(&train, &groups).map_err(|error| error.to_string())
    }
}

/// What a saved fit holds beside its rows.
#[derive(Serialize, Deserialize)]
struct Kept {
    groups: Vec<Vec<usize>>,
}

impl UniformItem {
    /// Fits with the combinations of each of `groups` kept to those seen in `train`.
    pub(in crate::generators) fn fit_within(
        &self,
        train: &Table,
        groups: &[Vec<usize>],
    ) -> Result<Box<dyn Fitted>, GeneratorError> {
        let schema = train.schema();
        if self.item.is_empty() {
            let reason = format!(
                "the dataset does not name its item field; set `item` to one of {}",
                field_names(schema)
            );
            return Err(GeneratorError::Failed { method: METHOD, reason });
        }
        let item = position(schema, "item", &self.item)?;
        let user = self.user.as_ref().map(|name| position(schema, "user", name)).transpose()?;
        let group = groups.iter().find(|group| group.contains(&item));

        let clicks = train.rows_with(1);
        let clicked = user.map(|user| {
            let (users, items) = (train.column(user), train.column(item));
            let mut clicked = vec![BTreeSet::new(); schema.fields[user].n_categories()];
            clicks.iter().for_each(|&row| {
                clicked[users[row] as usize].insert(items[row]);
            });
            (user, clicked)
        });
        let contexts = if clicks.is_empty() { train.rows_with(0) } else { clicks.clone() };
        let labels = [
            Label::new(train, item, group, contexts, clicked.as_ref()),
            Label::new(train, item, group, clicks, None),
        ];
        Ok(Box::new(Fit { train: train.clone(), item, user, labels, groups: groups.to_vec() }))
    }
}

fn field_names(schema: &Schema) -> String {
    schema.fields.iter().map(|field| field.name.as_str()).collect::<Vec<_>>().join(", ")
}

fn position(schema: &Schema, what: &str, name: &str) -> Result<usize, GeneratorError> {
    schema.position(name).ok_or_else(|| GeneratorError::Failed {
        method: METHOD,
        reason: format!(
            "the data has no field `{name}` to take as {what}; its fields are {}",
            field_names(schema)
        ),
    })
}

struct Fit {
    train: Table,
    item: usize,
    user: Option<usize>,
    labels: [Label; 2],
    /// Fields whose combinations are kept.
    groups: Vec<Vec<usize>>,
}

/// What rows of one label are made from.
struct Label {
    contexts: Vec<usize>,
    /// Items that may be drawn, ascending.
    items: Vec<u32>,
    /// By user: the places in `items` of those not to be drawn, ascending.
    excluded: Vec<Vec<usize>>,
    companions: Option<Companions>,
}

/// The fields that a constraint ties to the item.
struct Companions {
    fields: Vec<usize>,
    /// Combinations of `fields` that may come out.
    seen: HashSet<Vec<u32>>,
    /// By item: the rows that hold it in such a combination.
    rows: Vec<Vec<usize>>,
}

impl Label {
    fn new(
        train: &Table,
        item: usize,
        group: Option<&Vec<usize>>,
        contexts: Vec<usize>,
        clicked: Option<&(usize, Vec<BTreeSet<u32>>)>,
    ) -> Self {
        // Where the constraint ties the user to the item, the user may change with the item, so
        // clicked pairs are left out of the combinations instead of out of the items.
        let tied = clicked.filter(|(user, _)| group.is_some_and(|group| group.contains(user)));
        let companions = group.map(|group| Companions::new(train, item, group, tied));
        let n_items = train.schema().fields[item].n_categories() as u32;
        let may_be_drawn = |&code: &u32| {
            companions.as_ref().is_none_or(|companions| !companions.rows[code as usize].is_empty())
        };
        let items: Vec<u32> = (0..n_items).filter(may_be_drawn).collect();
        let excluded = match clicked {
            Some((_, clicked)) if tied.is_none() => {
                let places = |clicked: &BTreeSet<u32>| {
                    clicked.iter().filter_map(|code| items.binary_search(code).ok()).collect()
                };
                clicked.iter().map(places).collect()
            }
            _ => Vec::new(),
        };
        Self { contexts, items, excluded, companions }
    }

    /// Draws an item uniformly out of those not excluded for `user`.
    fn draw_item(&self, rng: &mut Rng, user: Option<u32>) -> u32 {
        let excluded = user.and_then(|user| self.excluded.get(user as usize));
        let excluded = match excluded {
            Some(places) if places.len() < self.items.len() => places.as_slice(),
            _ => &[],
        };
        let mut place = rng.random_range(0..self.items.len() - excluded.len());
        for &hole in excluded {
            if place < hole {
                break;
            }
            place += 1;
        }
        self.items[place]
    }
}

impl Companions {
    fn new(
        train: &Table,
        item: usize,
        group: &[usize],
        clicked: Option<&(usize, Vec<BTreeSet<u32>>)>,
    ) -> Self {
        let column = train.column(item);
        let usable = |&row: &usize| {
            clicked.is_none_or(|(user, clicked)| {
                !clicked[train.column(*user)[row] as usize].contains(&column[row])
            })
        };
        let mut chosen: Vec<usize> = (0..train.n_rows()).filter(usable).collect();
        if chosen.is_empty() {
            chosen = (0..train.n_rows()).collect();
        }
        let mut rows = vec![Vec::new(); train.schema().fields[item].n_categories()];
        let mut seen = HashSet::new();
        for row in chosen {
            rows[column[row] as usize].push(row);
            seen.insert(group.iter().map(|&field| train.column(field)[row]).collect());
        }
        Self { fields: group.to_vec(), seen, rows }
    }

    /// Makes the fields tied to `item` fit it.
    fn follow(&self, rng: &mut Rng, train: &Table, item: u32, row: &mut [u32]) {
        let combination: Vec<u32> = self.fields.iter().map(|&field| row[field]).collect();
        if !self.seen.contains(&combination) {
            let rows = &self.rows[item as usize];
            let from = rows[rng.random_range(0..rows.len())];
            for &field in &self.fields {
                row[field] = train.column(field)[from];
            }
        }
    }
}

impl Fitted for Fit {
    fn save(&self) -> Result<Saved, String> {
        rows::save(&self.train, Kept { groups: self.groups.clone() })
    }

    fn sample(
        &self,
        label: u8,
        n: usize,
        seed: Seed,
        progress: &dyn Progress,
    ) -> Result<Mixed<'static>, GeneratorError> {
        let from = self.labels.get(usize::from(label)).filter(|from| !from.contexts.is_empty());
        let from = from.ok_or(GeneratorError::TooFewRows { method: METHOD, label, needed: 1 })?;
        Ok(draw_rows(
            self.train.schema(),
            label,
            n,
            seed,
            progress,
            || (),
            |rng, (), row| {
                let context = from.contexts[rng.random_range(0..from.contexts.len())];
                for (slot, column) in row.iter_mut().zip(self.train.columns()) {
                    *slot = column[context];
                }
                row[self.item] = from.draw_item(rng, self.user.map(|user| row[user]));
                if let Some(companions) = &from.companions {
                    companions.follow(rng, &self.train, row[self.item], row);
                }
            },
        ))
    }
}
