//! A trained network and what its rows look like: a fitted neural generator.

use super::{Drawn, Encoder, History};
use crate::device::{Device, DeviceError};
use crate::generators::contract::{FitEpoch, Fitted, Mixed, Saved, Shape};
use crate::generators::error::GeneratorError;
use crate::nn;
use crate::progress::Progress;
use crate::seed::Seed;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

/// What draws rows from a network, whatever the backend.
pub trait Sampler: Send + Sync {
    /// Draws `n` rows with a label that occurred in training.
    fn draw(
        &self,
        label: u8,
        n: usize,
        seed: Seed,
        progress: &dyn Progress,
    ) -> Result<Drawn, GeneratorError>;

    /// The network's weights as bytes.
    fn weights(&self) -> Result<Vec<u8>, String>;
}

/// What a network sees of rows: the blocks of categories, and of each field of numbers how it is
/// turned into what networks learn well.
#[derive(Clone, Debug)]
pub struct Codec<T> {
    /// Of the categories.
    pub encoder: Encoder,
    /// By field of numbers.
    pub numbers: Vec<T>,
}

impl<T> Codec<T> {
    /// Learns the categories of rows, and each column of numbers as `number` does.
    pub fn new(train: &Mixed<'_>, number: impl Fn(&[f64]) -> T) -> Self {
        let numbers = train.numbers.iter().map(|values| number(values)).collect();
        Self { encoder: Encoder::new(&train.categories), numbers }
    }
}

/// The readable half of a saved fit.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Card<T> {
    encoder: Encoder,
    #[serde(default = "Vec::new", skip_serializing_if = "Vec::is_empty")]
    numbers: Vec<T>,
    history: Vec<FitEpoch>,
}

/// A fitted neural generator.
pub struct Trained<T> {
    method: &'static str,
    shape: Shape,
    device: Device,
    codec: Codec<T>,
    history: Vec<FitEpoch>,
    sampler: Box<dyn Sampler>,
}

impl<T: Clone + Serialize + DeserializeOwned + Send + Sync + 'static> Trained<T> {
    /// The outcome of a training on rows of this shape.
    pub fn new(
        method: &'static str,
        shape: Shape,
        device: Device,
        codec: Codec<T>,
        history: History,
        sampler: Box<dyn Sampler>,
    ) -> Self {
        Self { method, shape, device, codec, history: history.into_epochs(), sampler }
    }

    /// What [`Fitted::save`] gave; `network` makes the sampler of the saved weights.
    pub fn load(
        method: &'static str,
        saved: Saved,
        shape: Shape,
        device: Device,
        network: impl FnOnce(&Codec<T>, Vec<u8>) -> Result<Box<dyn Sampler>, String>,
    ) -> Result<Box<dyn Fitted>, String> {
        let Card { encoder, numbers, history } =
            serde_json::from_value(saved.card).map_err(|e| e.to_string())?;
        let codec = Codec { encoder, numbers };
        if !codec.encoder.fits(&shape.schema) || codec.numbers.len() != shape.numbers {
            return Err("the categories of the fit do not belong to the schema".to_owned());
        }
        let sampler = network(&codec, saved.weights)?;
        Ok(Box::new(Self { method, shape, device, codec, history, sampler }))
    }
}

impl<T: Clone + Serialize + Send + Sync> Fitted for Trained<T> {
    fn sample(
        &self,
        label: u8,
        n: usize,
        seed: Seed,
        progress: &dyn Progress,
    ) -> Result<Mixed<'static>, GeneratorError> {
        let encoder = &self.codec.encoder;
        if !encoder.labels().contains(&label) {
            return Err(GeneratorError::TooFewRows { method: self.method, label, needed: 1 });
        }
        let drawn = nn::threads_of(self.device, || self.sampler.draw(label, n, seed, progress))?;
        Ok(encoder.rows(&self.shape.schema, drawn, label))
    }

    fn history(&self) -> &[FitEpoch] {
        &self.history
    }

    fn save(&self) -> Result<Saved, String> {
        let Codec { encoder, numbers } = self.codec.clone();
        let card = Card { encoder, numbers, history: self.history.clone() };
        let card = serde_json::to_value(card).map_err(|e| e.to_string())?;
        Ok(Saved { card, weights: self.sampler.weights()? })
    }
}

/// The error of a generator whose device is not there.
pub fn no_device(method: &'static str) -> impl Fn(DeviceError) -> GeneratorError {
    move |error| GeneratorError::Failed { method, reason: error.to_string() }
}
