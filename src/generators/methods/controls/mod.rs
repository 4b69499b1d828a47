//! Controls: generators whose effect can be foretold, to judge the others by.

mod by_label;
mod independent;
mod resample;
mod uniform_item;

pub use independent::Independent;
pub use resample::Resample;
pub use uniform_item::UniformItem;
