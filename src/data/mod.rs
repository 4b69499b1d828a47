//! A click log: its schema, its rows, its split.

mod schema;
mod table;

pub use schema::{Encoding, Field, Schema};
pub use table::{Split, Table};
