//! placeholder tour
#![deny(missing_docs)]

pub mod ctr;
pub mod data;
pub mod device;
pub mod experiment;
pub mod generators;
pub mod measure;
pub mod metrics;
mod names;
pub mod progress;
pub mod report;
pub mod seed;
