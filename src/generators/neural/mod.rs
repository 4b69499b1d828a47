//! What the neural generators share: rows as codes, presets, losses, saving.

mod checks;
mod encoder;
mod history;
mod preset;
mod rejection;
mod rows;
mod trained;
mod weights;

pub use history::FitEpoch;
pub use preset::Preset;

pub(super) use checks::Checks;
pub(super) use encoder::Encoder;
pub(super) use history::History;
pub(super) use rejection::draw_until;
pub(super) use rows::{code_tensor, float_tensor, normal_tensor, select, shuffled};
pub(super) use trained::{Sampler, Trained, no_device};
pub(super) use weights::{load_weights, save_weights};

pub(crate) use preset::{Presets, with_preset};
