//! Tests of verdicts.

mod answers;
mod command;
mod committed;
mod components;
mod confidence_sequence;
mod edges;
pub mod folder;
mod looking_often;
mod questions;
mod rounds;
