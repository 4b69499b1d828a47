//! What methods are built of.

pub mod chunks;
pub mod marginals;
pub mod modes;
pub mod neural;
pub mod normal_scores;
pub mod quantiles;
pub mod rows;
pub mod sample;
