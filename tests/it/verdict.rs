//! Tests of verdicts.

mod answers;
mod command;
mod folder;
mod statistics;
