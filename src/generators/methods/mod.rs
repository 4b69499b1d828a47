//! The methods, one file or folder each.

mod controls;
mod copula_gan;
mod ctgan;
mod gaussian_copula;
mod smoten;
mod tab_ddpm;
mod tvae;

pub use controls::{Independent, Resample, UniformItem};
pub use copula_gan::CopulaGan;
pub use ctgan::Ctgan;
pub use gaussian_copula::GaussianCopula;
pub use smoten::Smoten;
pub use tab_ddpm::{TabDdpm, TimestepSampling};
pub use tvae::Tvae;
