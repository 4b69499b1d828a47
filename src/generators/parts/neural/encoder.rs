//! A table's rows as codes of one-hot blocks, and back.

use super::Drawn;
use crate::data::{Schema, Table};
use crate::generators::contract::Mixed;
use crate::nn::blocks::Blocks;
use serde::{Deserialize, Serialize};
use std::sync::Arc;

/// What the categories of one fit's rows look like: one block for each field and, where rows of both labels
/// are learned from, one more for the label, the last.
///
/// A block holds only the categories that occur, so nothing is learned or drawn for the others.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Encoder {
    /// By field: the codes that occur, ascending.
    categories: Vec<Vec<u32>>,
    /// The labels that occur, ascending.
    labels: Vec<u8>,
}

impl Encoder {
    /// Learns which categories and labels occur in `train`.
    pub fn new(train: &Table) -> Self {
        let occurring = |column: &Vec<u32>| {
            let mut codes = column.clone();
            codes.sort_unstable();
            codes.dedup();
            codes
        };
        Self {
            categories: train.columns().iter().map(occurring).collect(),
            labels: [0, 1].into_iter().filter(|label| train.labels().contains(label)).collect(),
        }
    }

    /// Number of fields.
    pub fn n_fields(&self) -> usize {
        self.categories.len()
    }

    /// Sizes of the fields' blocks.
    pub fn sizes(&self) -> Vec<usize> {
        self.categories.iter().map(Vec::len).collect()
    }

    /// The labels that occur, ascending.
    pub fn labels(&self) -> &[u8] {
        &self.labels
    }

    /// Whether the label is a block: rows of both labels occur.
    pub fn has_label_block(&self) -> bool {
        self.labels.len() == 2
    }

    /// The place of a label among those that occur.
    pub fn label_place(&self, label: u8) -> usize {
        usize::from(self.has_label_block() && label == 1)
    }

    /// The blocks of all fields.
    pub fn field_blocks(&self) -> Blocks {
        Blocks::new(self.sizes())
    }

    /// The blocks of all fields, then that of the label if there is one.
    pub fn blocks(&self) -> Blocks {
        let mut sizes = self.sizes();
        if self.has_label_block() {
            sizes.push(2);
        }
        Blocks::new(sizes)
    }

    /// By field: the place of every row's category in the field's block.
    ///
    /// # Panics
    /// If a category does not occur in the rows this was learned from.
    pub fn places(&self, table: &Table) -> Vec<Vec<u32>> {
        let place = |categories: &[u32], code: &u32| {
            categories.binary_search(code).expect("a category of the fitted rows") as u32
        };
        let columns = table.columns().iter().zip(&self.categories);
        columns
            .map(|(column, categories)| column.iter().map(|code| place(categories, code)).collect())
            .collect()
    }

    /// Every row's columns in [`blocks`](Self::blocks), one row after the other.
    pub fn columns(&self, table: &Table) -> Vec<i32> {
        let mut places = self.places(table);
        if self.has_label_block() {
            places.push(table.labels().iter().map(|&label| label.into()).collect());
        }
        interleaved(&self.blocks(), &places)
    }

    /// Every row's columns in the fields' blocks, one row after the other.
    pub fn field_columns(&self, table: &Table) -> Vec<i32> {
        interleaved(&self.field_blocks(), &self.places(table))
    }

    /// Rows drawn, all with `label`.
    pub fn rows(&self, schema: &Arc<Schema>, drawn: Drawn, label: u8) -> Mixed<'static> {
        let n = drawn.n_rows();
        let columns = drawn.places.iter().zip(&self.categories);
        let columns = columns
            .map(|(column, categories)| column.iter().map(|&p| categories[p as usize]).collect())
            .collect();
        Mixed::new(Table::new(schema.clone(), columns, vec![label; n]), drawn.numbers)
    }

    /// Whether this can be an encoder of tables of `schema`: guards against damaged files.
    pub fn fits(&self, schema: &Schema) -> bool {
        let fields = schema.fields.iter().zip(&self.categories);
        self.categories.len() == schema.n_fields()
            && matches!(self.labels[..], [0] | [1] | [0, 1])
            && fields.into_iter().all(|(field, categories)| {
                categories.is_sorted_by(|a, b| a < b)
                    && categories.last().is_some_and(|&last| last < field.unseen())
            })
    }
}

/// Rows of columns, one row after the other, from the blocks' columns of places.
fn interleaved(blocks: &Blocks, places: &[Vec<u32>]) -> Vec<i32> {
    let n = places.first().map_or(0, Vec::len);
    let mut codes = vec![0; n * blocks.len()];
    for ((f, range), column) in blocks.ranges().enumerate().zip(places) {
        for (row, &place) in column.iter().enumerate() {
            codes[row * blocks.len() + f] = (range.start + place as usize) as i32;
        }
    }
    codes
}
