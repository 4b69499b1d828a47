//! Tests of verdicts.

mod confidence_sequence;
mod looking_often;
