//! Tests of verdicts.

mod components;
mod confidence_sequence;
mod looking_often;
mod statistics;
