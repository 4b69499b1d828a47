//! Which steps of the diffusion a batch is trained on.

use crate::seed::Counter;
use serde::{Deserialize, Serialize};
use std::collections::VecDeque;

/// How the step of each row of a batch is drawn in training.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum TimestepSampling {
    /// Every step alike: what the authors' program does.
    #[default]
    Uniform,
    /// In proportion to the root of the mean squared loss that the step lately had, its loss divided
    /// by the probability (Nichol and Dhariwal 2021, equation 18). A row's loss is that of its
    /// categories and numbers together. The authors' program has it too and does not use it. The losses travel to the host at every step.
    Importance,
}

/// Losses of a step that are remembered, and needed before they count.
const REMEMBERED: usize = 10;

/// Share of the draws that stay uniform, so that no step is forgotten.
const UNIFORM_SHARE: f64 = 0.001;

/// Draws steps.
pub struct Timesteps {
    steps: usize,
    /// By step: the newest losses; none where they play no part.
    losses: Option<Vec<VecDeque<f64>>>,
}

/// A distribution of steps.
pub struct Draw {
    /// By step, or none where all are alike.
    probabilities: Option<(Vec<f64>, Vec<f64>)>,
    steps: usize,
}

impl Timesteps {
    /// Nothing known yet.
    pub fn new(sampling: TimestepSampling, steps: usize) -> Self {
        let losses = match sampling {
            TimestepSampling::Uniform => None,
            TimestepSampling::Importance => Some(vec![VecDeque::new(); steps]),
        };
        Self { steps, losses }
    }

    /// Whether [`record`](Self::record) wants to be told the losses.
    pub fn learns(&self) -> bool {
        self.losses.is_some()
    }

    /// Takes the losses of rows that were at the given steps.
    pub fn record(&mut self, steps: &[usize], losses: &[f32]) {
        let Some(remembered) = &mut self.losses else { return };
        for (&step, &loss) in steps.iter().zip(losses) {
            let of_step = &mut remembered[step];
            if of_step.len() == REMEMBERED {
                of_step.pop_front();
            }
            of_step.push_back(loss.into());
        }
    }

    /// The distribution to draw the next batch from: uniform until enough is known of every step.
    pub fn draw(&self) -> Draw {
        let steps = self.steps;
        let known = |losses: &&Vec<VecDeque<f64>>| losses.iter().all(|l| l.len() == REMEMBERED);
        let probabilities = self.losses.as_ref().filter(known).and_then(|losses| {
            let root = |losses: &VecDeque<f64>| {
                (losses.iter().map(|loss| loss * loss).sum::<f64>() / REMEMBERED as f64).sqrt()
            };
            let roots: Vec<f64> = losses.iter().map(root).collect();
            let total: f64 = roots.iter().sum();
            // Losses of 0 alone say nothing; one that is not a number ends the training elsewhere.
            (total.is_finite() && total > 0.0).then(|| {
                let mixed = |root: &f64| {
                    root / total * (1.0 - UNIFORM_SHARE) + UNIFORM_SHARE / steps as f64
                };
                let probabilities: Vec<f64> = roots.iter().map(mixed).collect();
                let cumulated = probabilities.iter().scan(0.0, |sum, p| {
                    *sum += p;
                    Some(*sum)
                });
                let cumulated = cumulated.collect();
                (probabilities, cumulated)
            })
        });
        Draw { probabilities, steps }
    }
}

impl Draw {
    /// The step of a row, and what its loss is multiplied with: one over the step's probability
    /// times the number of steps.
    pub fn step(&self, bits: &Counter, row: u64) -> (usize, f64) {
        let uniform = (bits.word(row) >> 11) as f64 / (1u64 << 53) as f64;
        match &self.probabilities {
            None => ((uniform * self.steps as f64) as usize, 1.0),
            Some((probabilities, cumulated)) => {
                let step = cumulated.partition_point(|&sum| sum <= uniform).min(self.steps - 1);
                (step, 1.0 / (self.steps as f64 * probabilities[step]))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::seed::Seed;

    /// Shares of the steps among many draws, and the sum of the factors times the probabilities.
    fn shares(draw: &Draw, steps: usize) -> Vec<f64> {
        let bits = Seed::master(1).counter("steps");
        let n = 100_000;
        let mut counts = vec![0.0; steps];
        for row in 0..n {
            let (step, factor) = draw.step(&bits, row);
            counts[step] += 1.0 / n as f64;
            if let Some((probabilities, _)) = &draw.probabilities {
                assert!((factor * probabilities[step] * steps as f64 - 1.0).abs() < 1e-9);
            } else {
                assert_eq!(factor, 1.0);
            }
        }
        counts
    }

    #[test]
    fn steps_are_drawn_by_the_root_of_their_mean_squared_loss() {
        let mut steps = Timesteps::new(TimestepSampling::Importance, 3);
        assert!(steps.learns());
        // Old losses are forgotten.
        steps.record(&[0; 5], &[1000.0; 5]);
        for loss in 0..10 {
            steps.record(&[0, 1], &[loss as f32, 1.0]);
        }
        steps.record(&[2; 9], &[2.0; 9]);
        // The third step is not known well enough yet.
        for share in shares(&steps.draw(), 3) {
            assert!((share - 1.0 / 3.0).abs() < 0.01);
        }
        steps.record(&[2], &[4.0]);
        let roots = [28.5f64.sqrt(), 1.0, (52.0f64 / 10.0).sqrt()];
        let total: f64 = roots.iter().sum();
        for (share, root) in shares(&steps.draw(), 3).iter().zip(roots) {
            let wanted = 0.999 * root / total + 0.001 / 3.0;
            assert!((share - wanted).abs() < 0.01, "{share} instead of {wanted}");
        }
    }

    #[test]
    fn uniform_steps_learn_nothing() {
        let mut steps = Timesteps::new(TimestepSampling::Uniform, 4);
        steps.record(&[1; 50], &[9.0; 50]);
        assert!(!steps.learns());
        for share in shares(&steps.draw(), 4) {
            assert!((share - 0.25).abs() < 0.01);
        }
    }
}
