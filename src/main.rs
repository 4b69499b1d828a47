//! Command line of synthctr.

fn main() {}
