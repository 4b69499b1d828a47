//! Tests of verdicts.

mod statistics;
