//! Which columns belong to which field.

use serde::{Deserialize, Serialize};
use std::ops::Range;

/// One-hot blocks side by side: the columns of field `f` are those of its categories, and a code
/// is the number of its column.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Blocks {
    sizes: Vec<usize>,
}

impl Blocks {
    /// Blocks of the given sizes, each at least 1.
    pub fn new(sizes: Vec<usize>) -> Self {
        Self { sizes }
    }

    /// Number of blocks.
    pub fn len(&self) -> usize {
        self.sizes.len()
    }

    /// Number of columns of all blocks together.
    pub fn width(&self) -> usize {
        self.sizes.iter().sum()
    }

    /// The columns of each block.
    pub fn ranges(&self) -> impl Iterator<Item = Range<usize>> + '_ {
        self.sizes.iter().scan(0, |end, size| {
            let start = *end;
            *end += size;
            Some(start..*end)
        })
    }

    /// By column: the block it belongs to.
    pub fn owners(&self) -> Vec<usize> {
        self.sizes.iter().enumerate().flat_map(|(f, &size)| vec![f; size]).collect()
    }
}
