//! TabDDPM: multinomial diffusion of every field (Kotelnikov, Baranchuk, Rubachev and Babenko 2023).
//!
//! A row is drowned in noise step by step: at each of `T` steps every field keeps its category with
//! probability `α_t` and else gets one drawn uniformly (Hoogeboom et al. 2021). A network that reads
//! the noisy row, the step and the label learns to say what the row was; it is trained on the
//! Kullback-Leibler divergence between the true distribution of the row one step earlier and the
//! one that follows from its answer, averaged over the fields and times `T`: a bound on the
//! likelihood, up to a constant. Rows with a label are drawn by starting with pure noise and going
//! the `T` steps back, so every row drawn costs `T` passes through the network.
//!
//! As in the authors' program, to which the settings' defaults refer (the configuration tuned for
//! `adult`, `exp/adult/ddpm_cb_best/config.toml`): the schedule is cosine, the learning rate falls
//! to 0 on a straight line, steps are drawn uniformly, and rows are drawn with the last weights,
//! not with the moving average that it keeps beside them. What differs: a row enters as zeros and
//! ones, where theirs enters as their logarithms (−69 instead of 0), an affine reparametrisation
//! of the first layer.

mod network;
mod sampling;
mod schedule;
mod timesteps;
mod training;

#[cfg(test)]
mod tests;

pub use timesteps::TimestepSampling;

use super::neural::{Checks, Encoder, Preset, Presets, Trained, no_device};
use super::{Fitted, Generator, GeneratorError, Saved};
use crate::data::{Schema, Table};
use crate::device::Device;
use crate::nn;
use crate::progress::Progress;
use crate::seed::Seed;
use sampling::Load;
use serde::{Deserialize, Serialize};
use std::sync::Arc;
use training::Fit;

const METHOD: &str = "tabddpm";

/// Settings of TabDDPM. The defaults are those that its authors tuned for the data set `adult`.
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
    /// Steps of the training, from 1. An epoch is a pass over the training rows.
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
    /// Checks every setting's range.
    pub(super) fn check(&self) -> Result<(), GeneratorError> {
        let check = Checks(METHOD);
        check.within("timesteps", self.timesteps, 1, 10_000)?;
        check.layers("hidden_units", &self.hidden_units)?;
        check.within("embedding_dim", self.embedding_dim, 2, 4096)?;
        check.even("embedding_dim", self.embedding_dim)?;
        check.share("dropout", self.dropout)?;
        check.above_0("learning_rate", self.learning_rate)?;
        check.at_least_1("batch_size", self.batch_size)?;
        check.at_least_1("steps", self.steps)?;
        check.share("ema_decay", self.ema_decay)
    }
}

impl Generator for TabDdpm {
    fn fit(
        &self,
        train: &Table,
        device: Device,
        seed: Seed,
        progress: &dyn Progress,
    ) -> Result<Box<dyn Fitted>, GeneratorError> {
        let encoder = Encoder::new(train);
        let fit = Fit { settings: self, encoder: &encoder, train, seed, progress };
        let (sampler, history) = nn::on_device(device, fit).map_err(no_device(METHOD))??;
        let schema = train.schema().clone();
        Ok(Box::new(Trained::new(METHOD, schema, device, encoder, history, sampler)))
    }

    fn load(
        &self,
        saved: Saved,
        schema: Arc<Schema>,
        device: Device,
    ) -> Result<Box<dyn Fitted>, String> {
        Trained::load(METHOD, saved, schema, device, |encoder, weights| {
            nn::on_device(device, Load { settings: self, encoder, weights })
                .map_err(|e| e.to_string())?
        })
    }
}
