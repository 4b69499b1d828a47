//! What methods are built of.

pub mod chunks;
pub mod marginals;
pub mod neural;
pub mod normal_scores;
pub mod rows;
