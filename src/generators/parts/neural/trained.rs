//! A trained network and what its rows look like: a fitted neural generator.

use super::{Encoder, History};
use crate::data::{Schema, Table};
use crate::device::{Device, DeviceError};
use crate::generators::contract::{FitEpoch, Fitted, Saved};
use crate::generators::error::GeneratorError;
use crate::nn;
use crate::progress::Progress;
use crate::seed::Seed;
use serde::{Deserialize, Serialize};
use std::sync::Arc;

/// What draws rows from a network, whatever the backend.
pub trait Sampler: Send + Sync {
    /// Draws `n` rows with a label that occurred in training, as places `[field][row]`.
    fn draw(
        &self,
        label: u8,
        n: usize,
        seed: Seed,
        progress: &dyn Progress,
    ) -> Result<Vec<Vec<u32>>, GeneratorError>;

    /// The network's weights as bytes.
    fn weights(&self) -> Result<Vec<u8>, String>;
}

/// The readable half of a saved fit.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Card {
    encoder: Encoder,
    history: Vec<FitEpoch>,
}

/// A fitted neural generator.
pub struct Trained {
    method: &'static str,
    schema: Arc<Schema>,
    device: Device,
    encoder: Encoder,
    history: Vec<FitEpoch>,
    sampler: Box<dyn Sampler>,
}

impl Trained {
    /// The outcome of a training on rows of `schema`.
    pub fn new(
        method: &'static str,
        schema: Arc<Schema>,
        device: Device,
        encoder: Encoder,
        history: History,
        sampler: Box<dyn Sampler>,
    ) -> Self {
        Self { method, schema, device, encoder, history: history.into_epochs(), sampler }
    }

    /// What [`Fitted::save`] gave; `network` makes the sampler of the saved weights.
    pub fn load(
        method: &'static str,
        saved: Saved,
        schema: Arc<Schema>,
        device: Device,
        network: impl FnOnce(&Encoder, Vec<u8>) -> Result<Box<dyn Sampler>, String>,
    ) -> Result<Box<dyn Fitted>, String> {
        let Card { encoder, history } =
            serde_json::from_value(saved.card).map_err(|e| e.to_string())?;
        if !encoder.fits(&schema) {
            return Err("the categories of the fit do not belong to the schema".to_owned());
        }
        let sampler = network(&encoder, saved.weights)?;
        Ok(Box::new(Self { method, schema, device, encoder, history, sampler }))
    }
}

impl Fitted for Trained {
    fn sample(
        &self,
        label: u8,
        n: usize,
        seed: Seed,
        progress: &dyn Progress,
    ) -> Result<Table, GeneratorError> {
        if !self.encoder.labels().contains(&label) {
            return Err(GeneratorError::TooFewRows { method: self.method, label, needed: 1 });
        }
        let places = nn::threads_of(self.device, || self.sampler.draw(label, n, seed, progress))?;
        Ok(self.encoder.table(&self.schema, &places, label))
    }

    fn history(&self) -> &[FitEpoch] {
        &self.history
    }

    fn save(&self) -> Result<Saved, String> {
        let card = Card { encoder: self.encoder.clone(), history: self.history.clone() };
        let card = serde_json::to_value(card).map_err(|e| e.to_string())?;
        Ok(Saved { card, weights: self.sampler.weights()? })
    }
}

/// The error of a generator whose device is not there.
pub fn no_device(method: &'static str) -> impl Fn(DeviceError) -> GeneratorError {
    move |error| GeneratorError::Failed { method, reason: error.to_string() }
}
