//! Statistics, one file per test.

mod interval;

pub use interval::Interval;
