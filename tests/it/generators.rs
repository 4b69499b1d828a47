//! Tests of generators.
