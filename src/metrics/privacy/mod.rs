//! What a synthetic table tells about the rows it was learned from.

pub mod anonymeter;
