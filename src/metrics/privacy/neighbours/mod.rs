//! Exact neighbours: how many rows lie how far from each row of another table.
//!
//! Nothing is sampled and no index is approximate: distances are counted over all pairs of rows.

mod brute;
mod counts;
mod distinct;
mod planes;
mod subsets;

pub use counts::{DistanceCounts, Engine, distance_counts, distance_counts_by};
