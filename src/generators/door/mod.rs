//! What makes one of all methods, and is all that the rest of the program sees of them.

mod config;
mod constraints;
mod cost;
mod fitting;
mod kind;
mod saved;

pub use config::GeneratorConfig;
pub use fitting::{FittedGenerator, fit};
pub use kind::{Conditioning, GeneratorKind};
