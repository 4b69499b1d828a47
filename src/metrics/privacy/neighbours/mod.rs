//! Exact neighbours: how many rows lie how far from each row of another table.
//!
//! Nothing is sampled and no index is approximate: distances are counted over all pairs of rows.

mod brute;
mod closest;
mod counts;
mod distinct;
mod engine;
mod keys;
mod nearest;
mod planes;
mod scale;
mod scan;
mod steps;
mod subsets;

pub use closest::{Nearest, closest};
pub use counts::{DistanceCounts, distance_counts, distance_counts_by};
pub(super) use distinct::row_by_row;
pub use engine::Engine;
pub(super) use keys::keys;
pub use nearest::{MOST_COLUMNS, two_nearest};
pub use scale::{Range, Scale};
