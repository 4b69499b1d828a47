//! Synthetic-data generators: learn from a table, draw rows like its rows.
//!
//! [`fit`] is the door: it takes a [`GeneratorConfig`], the [`Conditioning`] and the
//! constraints, and gives a [`FittedGenerator`] to draw from. Behind it lie four rooms, each of
//! which uses none but those before it:
//!
//! 1. `contract` and `error`: what every method promises, and how it says that it cannot;
//! 2. `parts`: what methods are built of, such as drawing rows in parallel, normal scores and what
//!    trained networks share;
//! 3. `methods`: one file or folder per method. Among them are `controls`, which add no information
//!    of their own and without which nobody can tell why a synthetic row helps or hurts;
//! 4. `door`: what makes one of all methods: names, settings, constraints, fitting each label
//!    alone or all together, files.

mod contract;
mod door;
mod error;
mod methods;
mod parts;

pub use contract::{FitEpoch, Fitted, Generator, Mixed, Saved, Shape};
pub use door::{
    AnyGenerator, Conditioning, FitOptions, FittedGenerator, GeneratorConfig, GeneratorKind, Moved,
    Reading, RowsSize, Way, fit,
};
pub use error::GeneratorError;
pub use methods::{
    CopulaGan, Ctgan, GaussianCopula, Independent, Resample, Smoten, TabDdpm, TimestepSampling,
    Tvae, UniformItem,
};
pub use parts::marginals::Family;
pub use parts::neural::Preset;
pub(crate) use parts::neural::with_preset;
