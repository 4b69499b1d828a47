//! Exact neighbours: how many rows lie how far from each row of another table.
//!
//! Nothing is sampled and no index is approximate: distances are counted over all pairs of rows.

mod brute;
mod counts;
mod distinct;
mod planes;

pub use counts::{DistanceCounts, distance_counts};
