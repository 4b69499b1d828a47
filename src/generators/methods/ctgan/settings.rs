//! Settings of CTGAN.

use crate::generators::error::GeneratorError;
use crate::generators::parts::neural::{Checks, Preset, Presets};
use serde::{Deserialize, Serialize};

/// Two networks against each other: a generator that makes rows from noise and a condition, and a
/// discriminator that tells real rows from its (Xu, Skoularidou, Cuesta-Infante and Veeramachaneni
/// 2019). The defaults are the published settings.
///
/// * Every field of categories is one-hot, and so is the label where rows of both labels are learned
///   from. The generator's output is a Gumbel-softmax of each block of categories.
/// * A number is two things: the mode that it belongs to, one-hot, drawn among the modes of its column
///   by their responsibilities for it, and its distance from the mode's mean in units of four of the
///   mode's standard deviations, a number that the generator makes with `tanh` (section 4.2). The modes
///   are those of a variational Gaussian mixture, ten at most, of weight above 0.005.
/// * The condition names one category of one field; numbers and their modes are never conditions. In
///   training the field is drawn uniformly and the category with a probability proportional to the
///   logarithm of its frequency; the real rows beside it are drawn among those that hold it, and a
///   cross-entropy rewards a generator whose row does too (section 4.3, "training-by-sampling").
/// * The discriminator sees `pac` rows at once (Lin, Khetan, Fanti and Oh 2018) and is trained as a
///   Wasserstein critic with gradient penalty (Gulrajani et al. 2017).
///
/// Rows of a label are drawn with conditions on uniformly drawn fields, the label among them, their
/// categories as frequent as in the training rows; rows that come out with the other label are
/// drawn again. So they follow the distribution that the networks learned, given the label. A rare
/// label takes its time.
///
/// Two ways to get a label sooner were tried on 20,000 rows of Frappe (trained for 100 epochs on the
/// eight fields beside user and item, seeds 1 to 3; mean total variation distance of the fields to
/// the real rows of the same label):
///
/// | conditions | label 0 | label 1 | of the clicks kept, with a condition on the label |
/// | --- | ---: | ---: | ---: |
/// | as frequent as in the rows | 0.113 | 0.112 | 8 to 19 % |
/// | where the field is the label, the wanted one | 0.114 | 0.119 | 20 to 42 % |
/// | the wanted label alone | 0.174 | 0.181 | all |
///
/// With ten epochs on all ten fields (seeds 1 and 2) the order is the same. A row whose condition is
/// its label lacks the help of a condition on a field, and its fields come out worse.
///
/// The paper draws these conditions by the real frequencies, as here; ctgan 0.12.1, seen from outside, by
/// their logarithms, as in training, unless its `log_frequency` is off.
///
/// The generator's batch normalisation uses each batch's own statistics in training, and in drawing
/// the running ones of the training (of which a batch replaces a tenth), so that a row does not
/// depend on those drawn with it. The paper does not say. The authors' program, seen from outside
/// (ctgan 0.12.1, its layers asked for their mode while it samples), draws with the statistics of
/// the 500 rows that it makes at once.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Ctgan {
    /// Passes over as many rows as train has, 1 to 1,000,000.
    pub epochs: usize,
    /// Rows per step, a multiple of `pac`.
    pub batch_size: usize,
    /// Rows the discriminator sees at once, from 1.
    pub pac: usize,
    /// Length of the generator's noise, 1 to 16,384.
    pub noise_dim: usize,
    /// Widths of the generator's hidden layers, at least one.
    pub generator_units: Vec<usize>,
    /// Widths of the discriminator's hidden layers, at least one.
    pub discriminator_units: Vec<usize>,
    /// Steps of the discriminator to one of the generator, from 1.
    pub discriminator_steps: usize,
    /// Share of the discriminator's hidden units dropped while training, in `0..1`.
    pub dropout: f64,
    /// Temperature of the Gumbel-softmax, above 0.
    pub temperature: f64,
    /// Weight of the gradient penalty, from 0.
    pub gradient_penalty: f64,
    /// Adam's learning rate for both networks, above 0.
    pub learning_rate: f64,
    /// Adds half of this times the squared norm of all parameters to both losses, from 0.
    pub decay: f64,
}

impl Default for Ctgan {
    fn default() -> Self {
        Self {
            epochs: 300,
            batch_size: 500,
            pac: 10,
            noise_dim: 128,
            generator_units: vec![256, 256],
            discriminator_units: vec![256, 256],
            discriminator_steps: 1,
            dropout: 0.5,
            temperature: 0.2,
            gradient_penalty: 10.0,
            learning_rate: 2e-4,
            decay: 1e-6,
        }
    }
}

impl Presets for Ctgan {
    fn preset(preset: Preset) -> Self {
        match preset {
            Preset::Paper => Self::default(),
            Preset::Cpu => Self { epochs: 3, ..Self::default() },
            Preset::Quick => Self {
                epochs: 6,
                batch_size: 200,
                noise_dim: 32,
                generator_units: vec![64],
                discriminator_units: vec![64],
                learning_rate: 1e-3,
                ..Self::default()
            },
        }
    }
}

impl Ctgan {
    /// Checks every setting's range; `name` is what the settings' table is called.
    pub(in crate::generators) fn check(&self, name: &'static str) -> Result<(), GeneratorError> {
        let checks = Checks(name);
        checks.epochs(self.epochs)?;
        checks.at_least_1("pac", self.pac)?;
        checks.units("noise_dim", self.noise_dim)?;
        checks.at_least_1("discriminator_steps", self.discriminator_steps)?;
        checks.within("batch_size", self.batch_size, 2, 1_000_000)?;
        if !self.batch_size.is_multiple_of(self.pac) {
            return Err(GeneratorError::Setting(format!(
                "{name}.batch_size is {}; it must be a multiple of pac, which is {}",
                self.batch_size, self.pac
            )));
        }
        checks.layers("generator_units", &self.generator_units)?;
        checks.layers("discriminator_units", &self.discriminator_units)?;
        checks.share("dropout", self.dropout)?;
        checks.above_0("temperature", self.temperature)?;
        checks.not_negative("gradient_penalty", self.gradient_penalty)?;
        checks.above_0("learning_rate", self.learning_rate)?;
        checks.not_negative("decay", self.decay)
    }
}
