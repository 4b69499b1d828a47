//! Whether a claim holds: an answer with its uncertainty.

pub mod statistics;
