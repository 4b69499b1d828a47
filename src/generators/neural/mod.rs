//! What the neural generators share: rows as codes, presets, losses, saving.

mod encoder;
mod history;
mod preset;
mod rejection;
mod weights;

pub use history::FitEpoch;
pub use preset::Preset;

pub(super) use encoder::Encoder;
pub(super) use history::History;
pub(super) use rejection::draw_until;
pub(super) use weights::{load_weights, save_weights};

pub(crate) use preset::{Presets, with_preset};
