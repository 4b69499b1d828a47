//! Different values stored once, so that a cell costs four bytes however long its text.

use hashbrown::{DefaultHashBuilder, HashTable};
use std::hash::BuildHasher;

/// The different values of a column in order of first appearance.
#[derive(Default)]
pub(super) struct Interner {
    /// All values, one after the other.
    bytes: Vec<u8>,
    /// Where each value ends in `bytes`.
    ends: Vec<usize>,
    positions: HashTable<u32>,
    hasher: DefaultHashBuilder,
}

impl Interner {
    /// Number of different values.
    pub(super) fn len(&self) -> usize {
        self.ends.len()
    }

    /// The `index`-th value.
    fn get(&self, index: u32) -> &[u8] {
        value(&self.bytes, &self.ends, index)
    }

    /// The `index`-th value, which readers have checked to be text.
    pub(super) fn text(&self, index: u32) -> &str {
        std::str::from_utf8(self.get(index)).unwrap_or_default()
    }

    /// The position of `bytes`, if it is there.
    pub(super) fn find(&self, bytes: &[u8]) -> Option<u32> {
        let hash = self.hasher.hash_one(bytes);
        self.positions.find(hash, |&index| self.get(index) == bytes).copied()
    }

    /// Adds a value that is not there yet.
    pub(super) fn insert(&mut self, bytes: &[u8]) -> u32 {
        let index = self.ends.len() as u32;
        self.bytes.extend_from_slice(bytes);
        self.ends.push(self.bytes.len());
        let Self { bytes: all, ends, positions, hasher } = self;
        let rehash = |&index: &u32| hasher.hash_one(value(all, ends, index));
        positions.insert_unique(hasher.hash_one(bytes), index, rehash);
        index
    }
}

fn value<'a>(bytes: &'a [u8], ends: &[usize], index: u32) -> &'a [u8] {
    let index = index as usize;
    let start = if index == 0 { 0 } else { ends[index - 1] };
    &bytes[start..ends[index]]
}
