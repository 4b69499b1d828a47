//! Settings of TabDDPM.

use super::timesteps::TimestepSampling;
use crate::generators::error::GeneratorError;
use crate::generators::parts::neural::{Checks, Preset, Presets};
use serde::{Deserialize, Serialize};

pub(super) const METHOD: &str = "tabddpm";

/// Multinomial diffusion of categories, Gaussian diffusion of numbers (Kotelnikov, Baranchuk,
/// Rubachev and Babenko 2023).
///
/// A row is drowned in noise step by step: at each of `T` steps every field of categories keeps its
/// category with probability `α_t` and else gets one drawn uniformly (Hoogeboom et al. 2021), and
/// every number, as a normal score by the quantiles of the training rows, shrinks by `√α_t` and
/// gets normal noise of variance `1 − α_t` (Ho, Jain and Abbeel 2020). A network that reads the
/// noisy row, the step and the label learns to say what the row was: which categories, and which
/// noise `ε` was added to the numbers in all. The loss of a row is the sum of two means,
///
/// ```text
/// T · mean over the f fields of categories of KL(q(x_{t−1} | x_t, x_0) ‖ p(x_{t−1} | x_t))
///   + mean over the c numbers of (ε − ε̂)²
/// ```
///
/// Each divergence lies between the true distribution of the category one step earlier and the one
/// that follows from the network's answer, so the first part is a bound on the likelihood, up to a
/// constant. The second is not, nor is it times `T`. Where steps are not drawn alike the whole is
/// over `T` times the probability of the row's step. Rows with a label are drawn by starting with
/// pure noise and going the `T` steps back, so every row drawn costs `T` passes through the
/// network; its scores then give numbers within the range of the training rows.
///
/// The defaults are those that its authors tuned for the data set `adult`
/// (`exp/adult/ddpm_cb_best/config.toml` of their program). As there, the schedule is cosine, the
/// learning rate falls to 0 on a straight line, steps are drawn uniformly, and rows are drawn with
/// the last weights, not with the moving average that it keeps beside them. What differs: a category
/// enters as zeros and ones, where theirs enters as their logarithms (0 and −69). The first layer
/// turns the one into the other by a scale and an offset, so the networks are the same family of
/// functions. Their trainings are not the same: a step of Adam, whose length does not follow the
/// gradient's, has 69 times the effect on theirs, and a row moves the weights of all categories
/// that it does not hold there, and here of those that it does. Numbers enter there as here. Where
/// steps are drawn by importance, that program divides the divergences alone by the probability of
/// the step; so the mean square becomes another one, here both keep their meaning.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct TabDdpm {
    /// Steps of the diffusion, 1 to 10,000. Drawing takes time in proportion.
    pub timesteps: usize,
    /// Widths of the network's hidden layers, at least one, each 1 to 16,384.
    pub hidden_units: Vec<usize>,
    /// Length of what row, step and label are embedded in, an even number from 2 to 4,096.
    pub embedding_dim: usize,
    /// Share of hidden units dropped while training, in `0..1`.
    pub dropout: f64,
    /// Adam's first learning rate, above 0; it falls to 0 on a straight line.
    pub learning_rate: f64,
    /// Rows per step of the training, from 1. The last batch of an epoch may be smaller.
    pub batch_size: usize,
    /// Steps of the training, 1 to 1,000,000,000. An epoch is a pass over the training rows.
    pub steps: usize,
    /// How the diffusion's steps are drawn in training: `uniform` or `importance`.
    pub timestep_sampling: TimestepSampling,
    /// Rows are drawn with a moving average of the training's weights, of which each step keeps
    /// this share; at 0, with the last weights. In `0..1`.
    pub ema_decay: f64,
}

impl Default for TabDdpm {
    fn default() -> Self {
        Self {
            timesteps: 100,
            hidden_units: vec![256, 1024, 1024, 1024, 1024, 256],
            embedding_dim: 128,
            dropout: 0.0,
            learning_rate: 2.01e-3,
            batch_size: 4096,
            steps: 30_000,
            timestep_sampling: TimestepSampling::Uniform,
            ema_decay: 0.0,
        }
    }
}

impl Presets for TabDdpm {
    fn preset(preset: Preset) -> Self {
        match preset {
            Preset::Paper => Self::default(),
            Preset::Cpu => Self {
                timesteps: 25,
                hidden_units: vec![256, 256],
                learning_rate: 1e-3,
                batch_size: 1024,
                steps: 3_000,
                ..Self::default()
            },
            Preset::Quick => Self {
                timesteps: 20,
                hidden_units: vec![64],
                embedding_dim: 32,
                batch_size: 256,
                steps: 300,
                ..Self::default()
            },
        }
    }
}

impl TabDdpm {
    /// The learning rate of a step of the training, counted from 0.
    pub(super) fn rate(&self, step: usize) -> f64 {
        let left = 1.0 - step as f64 / self.steps as f64;
        self.learning_rate * left
    }

    /// Checks every setting's range.
    pub(in crate::generators) fn check(&self) -> Result<(), GeneratorError> {
        let check = Checks(METHOD);
        check.within("timesteps", self.timesteps, 1, 10_000)?;
        check.layers("hidden_units", &self.hidden_units)?;
        check.within("embedding_dim", self.embedding_dim, 2, 4096)?;
        check.even("embedding_dim", self.embedding_dim)?;
        check.share("dropout", self.dropout)?;
        check.above_0("learning_rate", self.learning_rate)?;
        check.at_least_1("batch_size", self.batch_size)?;
        check.steps(self.steps)?;
        check.share("ema_decay", self.ema_decay)
    }
}
