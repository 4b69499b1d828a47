//! CopulaGAN: a CTGAN that sees fields of many categories as normal scores.

use super::ctgan::{Columns, Ctgan, Model};
use crate::data::{Schema, Table};
use crate::device::Device;
use crate::generators::contract::{Fitted, Generator, Saved};
use crate::generators::error::GeneratorError;
use crate::generators::parts::neural::{Preset, Presets};
use crate::progress::Progress;
use crate::seed::Seed;
use serde::{Deserialize, Serialize};
use std::sync::Arc;

const METHOD: &str = "copula-gan";

/// A [`Ctgan`] that sees each field of many categories as one number: its normal score.
///
/// In the Synthetic Data Vault's CopulaGAN the marginals of numeric columns are mapped to normal
/// scores by their distribution functions before a CTGAN is trained. Its categorical columns stay
/// as they are, so on a click log, all of whose fields are categorical, it *is* its CTGAN. Here the
/// idea is applied where a click log needs it: a field of more than `max_categories` categories
/// becomes, as in the Gaussian copula, a uniform draw `u` in its category's part of `[0, 1]`, parts
/// as wide as the categories' shares and in the order of their first appearance, and then the
/// score `z = Φ⁻¹(u)`. CTGAN treats `z` as a continuous column: as it is exactly standard normal,
/// its mixture of modes has a single one, and the column is the number `z/4`, learned through
/// `tanh`. Drawn scores are read back through the same parts.
///
/// So a field of thousands of categories costs one number instead of thousands of columns. The
/// price: neighbouring scores mean unrelated categories, so dependences on such a field blur; and
/// scores are bounded by ±3.96, so categories that lie wholly beyond (together 8 in 100,000 rows)
/// are not drawn. The other fields, the label among them, are one-hot, and only they are conditions.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct CopulaGan {
    /// Fields of more categories become normal scores; from 1.
    pub max_categories: usize,
    /// Settings of the networks and their training.
    pub ctgan: Ctgan,
}

impl Default for CopulaGan {
    fn default() -> Self {
        Self { max_categories: 100, ctgan: Ctgan::default() }
    }
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
        if self.max_categories == 0 {
            let message = "copula-gan.max_categories is 0; it must be at least 1";
            return Err(GeneratorError::Setting(message.to_owned()));
        }
        self.ctgan.check("copula-gan.ctgan")
    }
}

impl Generator for CopulaGan {
    fn fit(
        &self,
        train: &Table,
        device: Device,
        seed: Seed,
        progress: &dyn Progress,
    ) -> Result<Box<dyn Fitted>, GeneratorError> {
        let columns = Columns::new(train, self.max_categories);
        Model::fit(METHOD, &self.ctgan, columns, train, device, seed, progress)
    }

    fn load(
        &self,
        saved: Saved,
        schema: Arc<Schema>,
        device: Device,
    ) -> Result<Box<dyn Fitted>, String> {
        Model::load(METHOD, &self.ctgan, saved, schema, device)
    }
}
