//! How alike a synthetic table is to the real one.
