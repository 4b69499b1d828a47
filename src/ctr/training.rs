//! The one training loop of all click models.

use super::config::{ModelConfig, TrainingConfig};
use super::gradients::Batch;
use super::network::Network;
use super::rows::Rows;
use super::{CtrError, Epoch};
use crate::metrics::{auc, logloss, logloss_by_label};
use crate::nn::adam::{Adam, AdamConfig, Penalised};
use crate::nn::dense::DenseKernels;
use crate::nn::kernels::Kernels;
use crate::nn::losses::{Diverged, Losses};
use crate::progress::Progress;
use crate::seed::Seed;
use rand::seq::SliceRandom;
use std::time::Instant;

/// Rows scored at once when predicting.
const PREDICT_ROWS: usize = 4096;

/// A validation AUC is better than the best so far if it is so by at least this, as in FuxiCTR.
const LEAST_GAIN: f64 = 1e-6;

/// A network with the weights of its best epoch, and how it came to them.
pub struct Outcome<B: Kernels> {
    pub network: Network<B>,
    pub history: Vec<Epoch>,
    pub best: usize,
}

/// Click probabilities of all rows.
pub fn predict<B: DenseKernels>(network: &Network<B>, rows: &Rows, device: &B::Device) -> Vec<f64> {
    let mut scores = Vec::with_capacity(rows.len());
    let mut start = 0;
    while start < rows.len() {
        let end = rows.len().min(start + PREDICT_ROWS);
        let logits = network.predict(rows.codes(start..end, device));
        let logits = logits.into_data().convert::<f32>();
        let logits = logits.as_slice::<f32>().expect("converted to f32");
        scores.extend(logits.iter().map(|&x| 1.0 / (1.0 + (-f64::from(x)).exp())));
        start = end;
    }
    scores
}

/// One run of the loop, from fresh weights to the best epoch's.
pub struct Training<'a, B: Kernels> {
    pub model: &'a ModelConfig,
    pub config: &'a TrainingConfig,
    /// Number of codes of all fields together.
    pub codes: usize,
    pub train: &'a Rows,
    pub fields: usize,
    pub valid: &'a Rows,
    pub valid_labels: &'a [u8],
    /// Rows that are scored after every epoch and change nothing, with their labels.
    pub watched: Option<(&'a Rows, &'a [u8])>,
    pub device: B::Device,
    pub seed: Seed,
}

impl<B: DenseKernels> Training<'_, B> {
    /// Trains until the validation AUC stops rising.
    pub fn run(&self, progress: &dyn Progress) -> Result<Outcome<B>, CtrError> {
        let (seed, device) = (self.seed.derive("weights"), &self.device);
        let mut network = Network::<B>::new(self.model, self.fields, self.codes, seed, device);
        let mut optimizer = Adam::new(AdamConfig {
            betas: [0.9, 0.999],
            penalty: self.model.embedding_regularizer(),
            penalised: Penalised::Only(network.regularised()),
            max_norm: Some(self.config.max_gradient_norm),
        });
        let mut learning_rate = self.config.learning_rate;
        let mut history: Vec<Epoch> = Vec::new();
        let (mut best, mut best_network) = (0, network.frozen());
        let mut without_gain = 0;
        let steps = self.train.len().div_ceil(self.config.batch_size);
        progress
            .start(&format!("train {}", self.model.kind()), (self.config.epochs * steps) as u64);
        for epoch in 1..=self.config.epochs {
            let started = Instant::now();
            let train_loss;
            (network, train_loss) =
                self.pass(network, &mut optimizer, learning_rate, epoch, progress)?;
            let seconds = started.elapsed().as_secs_f64();
            let candidate = network.frozen();
            let scores = predict(&candidate, self.valid, device);
            let valid_logloss = logloss(self.valid_labels, &scores);
            // There are rows of both labels, so without an AUC some score is not a number: the epoch's
            // last step broke the weights, and no loss of the training rows has seen them.
            let broken = Diverged { loss: valid_logloss, epoch, step: steps };
            let valid_auc = auc(self.valid_labels, &scores).ok_or_else(|| self.diverged(broken))?;
            let [others, clicks] = logloss_by_label(self.valid_labels, &scores);
            let watched = self.watched.map(|(rows, labels)| {
                let scores = predict(&candidate, rows, device);
                (auc(labels, &scores), logloss(labels, &scores))
            });
            progress.note(&format!("epoch {epoch}, valid AUC {:.3}%", 100.0 * valid_auc));
            history.push(Epoch {
                epoch,
                train_loss,
                valid_auc,
                valid_logloss,
                valid_logloss_clicks: clicks,
                valid_logloss_others: others,
                test_auc: watched.and_then(|(auc, _)| auc),
                test_logloss: watched.map(|(_, logloss)| logloss),
                learning_rate,
                seconds,
            });
            if epoch == 1 || valid_auc >= history[best].valid_auc + LEAST_GAIN {
                (best, best_network, without_gain) = (epoch - 1, candidate, 0);
                continue;
            }
            without_gain += 1;
            if without_gain == self.config.patience {
                break;
            }
            learning_rate = (learning_rate * self.config.learning_rate_decay)
                .max(self.config.min_learning_rate);
        }
        progress.finish();
        Ok(Outcome { network: best_network, history, best })
    }

    /// One pass over the training rows in a fresh order. Gives the mean of the batches' losses.
    fn pass(
        &self,
        mut network: Network<B>,
        optimizer: &mut Adam<B>,
        learning_rate: f64,
        epoch: usize,
        progress: &dyn Progress,
    ) -> Result<(Network<B>, f64), CtrError> {
        let mut order: Vec<u32> = (0..self.train.len() as u32).collect();
        order.shuffle(&mut self.seed.stream(&format!("shuffle/{epoch}")));
        let mut losses = Losses::new(epoch);
        // A batch of one row has no variance to normalise with.
        for batch in order.chunks(self.config.batch_size).filter(|batch| batch.len() > 1) {
            let (codes, labels) = self.train.batch(batch, &self.device);
            let step_seed = self.seed.derive(&format!("dropout/{epoch}/{}", losses.steps()));
            let Batch { loss, grads, .. } = network.gradients(codes, labels, step_seed);
            losses.push(loss).map_err(|e| self.diverged(e))?;
            network = optimizer.plain_step(network, grads, learning_rate);
            progress.advance(1);
        }
        let means = losses.means().map_err(|e| self.diverged(e))?;
        Ok((network, means.first().copied().unwrap_or(0.0)))
    }

    fn diverged(&self, Diverged { loss, epoch, step }: Diverged) -> CtrError {
        CtrError::Diverged { model: self.model.kind(), loss, epoch, step }
    }
}
