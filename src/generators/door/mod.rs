//! What makes one of all methods, and is all that the rest of the program sees of them.

mod any;
mod config;
mod constraints;
mod cost;
mod fitting;
mod kind;
mod numbers;
mod saved;

pub use any::AnyGenerator;
pub use config::GeneratorConfig;
pub use cost::RowsSize;
pub use fitting::{FitOptions, FittedGenerator, fit};
pub use kind::{Conditioning, GeneratorKind, Reading, Way};
pub use numbers::Moved;
