//! Whether a claim holds: an answer with its uncertainty.

pub mod claims;
pub mod statistics;
