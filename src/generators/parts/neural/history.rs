//! The losses of a generator's training.

use crate::generators::contract::FitEpoch;
use crate::generators::error::GeneratorError;
use crate::nn::finite::is_finite;
use crate::nn::kernels::Kernels;
use crate::nn::losses::Diverged;
use burn::module::Module;
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

    /// The network after the last of an epoch's `steps`, whose weights no loss has seen.
    pub fn checked<B: Kernels, M: Module<B>>(
        &self,
        network: M,
        steps: usize,
    ) -> Result<M, GeneratorError> {
        match is_finite(&network) {
            true => Ok(network),
            // What the loss of a further step would be.
            false => {
                let (loss, epoch) = (f64::NAN, self.epochs.len());
                Err(self.diverged(Diverged { loss, epoch, step: steps }))
            }
        }
    }

    /// All epochs.
    pub fn into_epochs(self) -> Vec<FitEpoch> {
        self.epochs
    }
}
