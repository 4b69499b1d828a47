//! Tests of ctr.
