//! The losses of a generator's training.

use crate::generators::contract::FitEpoch;
use crate::generators::error::GeneratorError;
use crate::nn::losses::Diverged;
use std::time::Instant;

/// Collects the epochs of a training.
pub struct History {
    method: &'static str,
    names: &'static [&'static str],
    started: Instant,
    epochs: Vec<FitEpoch>,
}

impl History {
    /// Of a method whose steps have losses of these names.
    pub fn new(method: &'static str, names: &'static [&'static str]) -> Self {
        Self { method, names, started: Instant::now(), epochs: Vec::new() }
    }

    /// Takes an epoch's mean losses. Gives a short text for the progress bar.
    pub fn push(&mut self, means: Vec<f64>) -> String {
        let epoch = self.epochs.len() + 1;
        let texts = self.names.iter().zip(&means).map(|(name, mean)| format!("{name} {mean:.3}"));
        let text = format!("epoch {epoch}, {}", texts.collect::<Vec<_>>().join(", "));
        let losses = self.names.iter().map(|&name| name.to_owned()).zip(means).collect();
        let seconds = crate::measure::seconds(self.started);
        self.epochs.push(FitEpoch { epoch, seconds, losses });
        self.started = Instant::now();
        text
    }

    /// The error of a training that diverged.
    pub fn diverged(&self, Diverged { loss, epoch, step }: Diverged) -> GeneratorError {
        GeneratorError::Diverged { method: self.method, loss, epoch, step }
    }

    /// All epochs.
    pub fn into_epochs(self) -> Vec<FitEpoch> {
        self.epochs
    }
}
