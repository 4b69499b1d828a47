//! CopulaGAN: a CTGAN that sees numbers as normal scores.

use super::ctgan::{Ctgan, Model};
use crate::device::Device;
use crate::generators::contract::{Fitted, Generator, Mixed, Saved, Shape};
use crate::generators::error::GeneratorError;
use crate::generators::parts::marginals::Family;
use crate::generators::parts::neural::{Preset, Presets};
use crate::progress::Progress;
use crate::seed::Seed;
use serde::{Deserialize, Serialize};

const METHOD: &str = "copula-gan";

/// A [`Ctgan`] that sees each number as its normal score `z = Φ⁻¹(F(x))`, with `F` the distribution
/// function that was fitted to the number's column, as in the Gaussian copula. What CTGAN then learns
/// and draws is the score, through its modes like any other number; `x = F⁻¹(Φ(z))` leads back.
///
/// So the model of this name in the Synthetic Data Vault, which differs from the vault's CTGAN in this
/// and in nothing else: without numbers the two are one, byte for byte, and so they are here. It is
/// therefore run where fields are read as numbers, and where all are categories CTGAN stands for it.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct CopulaGan {
    /// The family of the numbers' distributions.
    pub marginal: Family,
    /// Settings of the networks and their training.
    pub ctgan: Ctgan,
}

impl Presets for CopulaGan {
    fn preset(preset: Preset) -> Self {
        let ctgan = match preset {
            // Fewer columns make shorter steps, so there is time for more of them.
            Preset::Cpu => Ctgan { epochs: 8, ..Ctgan::preset(preset) },
            Preset::Paper | Preset::Quick => Ctgan::preset(preset),
        };
        Self { ctgan, ..Self::default() }
    }
}

impl CopulaGan {
    /// Checks every setting's range.
    pub(in crate::generators) fn check(&self) -> Result<(), GeneratorError> {
        self.ctgan.check("copula-gan.ctgan")
    }
}

impl Generator for CopulaGan {
    fn fit(
        &self,
        train: &Mixed<'_>,
        device: Device,
        seed: Seed,
        progress: &dyn Progress,
    ) -> Result<Box<dyn Fitted>, GeneratorError> {
        Model::fit(METHOD, &self.ctgan, Some(self.marginal), train, device, seed, progress)
    }

    fn load(&self, saved: Saved, shape: Shape, device: Device) -> Result<Box<dyn Fitted>, String> {
        Model::load(METHOD, &self.ctgan, saved, shape, device)
    }
}
