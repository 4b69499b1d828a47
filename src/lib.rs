//! placeholder tour
#![deny(missing_docs)]

pub mod ctr;
pub mod data;
pub mod device;
pub mod generators;
pub mod metrics;
pub mod progress;
pub mod seed;
