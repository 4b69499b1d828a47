//! What a synthetic table tells about the rows it was learned from.

pub mod anonymeter;
mod logistic;
pub mod membership;
pub mod neighbours;

pub use logistic::Logistic;
