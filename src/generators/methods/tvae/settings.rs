//! Settings of TVAE.

use crate::generators::error::GeneratorError;
use crate::generators::parts::neural::{Checks, Preset, Presets};
use serde::{Deserialize, Serialize};

pub(super) const METHOD: &str = "tvae";

/// A variational autoencoder over all fields (Xu, Skoularidou, Cuesta-Infante and Veeramachaneni
/// 2019, section 4.4). The defaults are the published settings.
///
/// A row enters as one-hot blocks, one for each field and one for the label where rows of both
/// labels are learned from. The encoder gives a normal distribution `N(μ, s²)` of a latent vector
/// `z`, the decoder a softmax for each block, and both are trained on the evidence lower bound
///
/// ```text
/// λ · Σ over blocks of −ln p(category | z)  +  KL(N(μ, s²) ‖ N(0, 1))
/// ```
///
/// averaged over the batch, with the published factor `λ = 2` on the reconstruction. Rows are
/// drawn by decoding `z ~ N(0, 1)` and drawing each category from its softmax, as the paper
/// writes it; the authors' program takes the most probable category instead, which leaves out the
/// rare ones. A label is asked for by drawing until it comes out.
///
/// A field of numbers is described by a mixture of up to ten normal distributions (section 4.2). A
/// number enters as the mode it belongs to, one more block, and as a value `x` of −0.99 to 0.99 in
/// that mode's terms; which mode is drawn once, by how likely each is for the number. The decoder
/// gives `x̂` and each field of numbers has a deviation `σ`, a weight like others, so that
///
/// ```text
/// λ · Σ over numbers of ((x − tanh x̂)² / 2σ² + ln σ)
/// ```
///
/// joins the loss. A number is drawn from `N(tanh x̂, σ²)`, clipped to ±1, in a mode drawn from its
/// softmax. The paper does not say where `σ` starts; in the authors' program, seen from outside, it
/// is 0.1, and after each step it is brought back to 0.01 to 1.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Tvae {
    /// Length of the latent vector, 1 to 4,096.
    pub embedding_dim: usize,
    /// Widths of the encoder's hidden layers, at least one, each 1 to 16,384.
    pub compress_dims: Vec<usize>,
    /// Widths of the decoder's hidden layers, at least one, each 1 to 16,384.
    pub decompress_dims: Vec<usize>,
    /// Half of this times the squared norm of all weights is added to the loss, from 0.
    pub l2: f64,
    /// Adam's learning rate, above 0.
    pub learning_rate: f64,
    /// Factor on the reconstruction's part of the loss, above 0.
    pub loss_factor: f64,
    /// Rows per step, from 1. The last batch of an epoch may be smaller.
    pub batch_size: usize,
    /// Passes over the training rows, 1 to 1,000,000.
    pub epochs: usize,
}

impl Default for Tvae {
    fn default() -> Self {
        Self {
            embedding_dim: 128,
            compress_dims: vec![128, 128],
            decompress_dims: vec![128, 128],
            l2: 1e-5,
            learning_rate: 1e-3,
            loss_factor: 2.0,
            batch_size: 500,
            epochs: 300,
        }
    }
}

impl Presets for Tvae {
    fn preset(preset: Preset) -> Self {
        match preset {
            Preset::Paper => Self::default(),
            Preset::Cpu => Self { epochs: 25, ..Self::default() },
            Preset::Quick => Self {
                embedding_dim: 32,
                compress_dims: vec![64],
                decompress_dims: vec![64],
                learning_rate: 3e-3,
                batch_size: 250,
                epochs: 15,
                ..Self::default()
            },
        }
    }
}

impl Tvae {
    /// Checks every setting's range.
    pub(in crate::generators) fn check(&self) -> Result<(), GeneratorError> {
        let check = Checks(METHOD);
        check.within("embedding_dim", self.embedding_dim, 1, 4096)?;
        check.layers("compress_dims", &self.compress_dims)?;
        check.layers("decompress_dims", &self.decompress_dims)?;
        check.not_negative("l2", self.l2)?;
        check.above_0("learning_rate", self.learning_rate)?;
        check.above_0("loss_factor", self.loss_factor)?;
        check.at_least_1("batch_size", self.batch_size)?;
        check.epochs(self.epochs)
    }
}
