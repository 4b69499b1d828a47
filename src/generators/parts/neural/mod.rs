//! What the neural generators share: rows as codes, presets, losses, saving.

mod batches;
mod checks;
mod encoder;
#[cfg(test)]
pub mod fixtures;
mod history;
mod in_modes;
mod preset;
mod rejection;
mod trained;
mod weights;

pub use batches::{code_tensor, float_tensor, normal_tensor, select, shuffled};
pub use checks::Checks;
pub use encoder::Encoder;
pub use history::History;
pub use in_modes::{InModes, ModeRows};
pub use preset::Preset;
pub use rejection::{Drawn, draw_until};
pub use trained::{Codec, Sampler, Trained, no_device};
pub use weights::{load_weights, save_weights};

pub(crate) use preset::{Presets, with_preset};
