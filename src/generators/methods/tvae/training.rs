//! The training loop.

use super::network::{Network, Numbers, Rows};
use super::settings::{METHOD, Tvae};
use crate::generators::contract::Mixed;
use crate::generators::error::GeneratorError;
use crate::generators::parts::modes::Modes;
use crate::generators::parts::neural::{
    Codec, History, ModeRows, code_tensor, float_tensor, normal_tensor, select, shuffled,
};
use crate::nn::adam::{Adam, AdamConfig, Penalised};
use crate::nn::blocks::{BlockKernels, Blocks};
use crate::nn::losses::Losses;
use crate::progress::Progress;
use crate::seed::{Rng, Seed};
use burn::module::AutodiffModule;
use burn::optim::GradientsParams;
use burn::tensor::Tensor;
use burn_autodiff::Autodiff;

/// One training, from fresh weights to the last step's.
pub struct Training<'a> {
    pub settings: &'a Tvae,
    pub codec: &'a Codec<Modes>,
    blocks: Blocks,
    rows: ModeRows,
    seed: Seed,
}

/// What a step gave.
pub struct Step<B: BlockKernels> {
    /// Of the parameters of the network that was given.
    pub gradients: GradientsParams,
    /// The reconstruction with its factor, then the divergence: `[2]`.
    pub losses: Tensor<B, 1>,
}

impl<'a> Training<'a> {
    /// On the rows that `codec` was learned from.
    pub fn new(settings: &'a Tvae, codec: &'a Codec<Modes>, train: &Mixed<'_>, seed: Seed) -> Self {
        let (blocks, rows) = (codec.blocks(), codec.rows(train, seed));
        Self { settings, codec, blocks, rows, seed }
    }

    /// Trains for the number of epochs in the settings.
    pub fn run<B: BlockKernels>(
        &self,
        progress: &dyn Progress,
    ) -> Result<(Network<B>, History), GeneratorError> {
        let (settings, n) = (self.settings, self.rows.codes.len() / self.blocks.len());
        let weights = self.seed.derive("weights");
        let device = B::Device::default();
        let size = [self.blocks.width(), self.codec.numbers.len()];
        let mut network = Network::<Autodiff<B>>::new(settings, size, weights, &device);
        let mut optimizer = self.optimizer();
        let mut history = History::new(METHOD, &["reconstruction", "divergence"]);
        let steps = n.div_ceil(settings.batch_size);
        progress.start("fit tvae", (settings.epochs * steps) as u64);
        for epoch in 1..=settings.epochs {
            let mut losses = Losses::<B>::new(epoch);
            for rows in shuffled(n, self.seed, epoch).chunks(settings.batch_size) {
                let mut rng = self.seed.stream(&format!("noise/{epoch}/{}", losses.steps()));
                let step = self.step(&network, rows, &mut rng);
                losses.push(step.losses).map_err(|e| history.diverged(e))?;
                network = optimizer.step(network, step.gradients, settings.learning_rate);
                network.numbers = network.numbers.map(Numbers::bounded);
                progress.advance(1);
            }
            let means = losses.means().map_err(|e| history.diverged(e))?;
            progress.note(&history.push(means));
        }
        progress.finish();
        Ok((history.checked(network.valid(), steps)?, history))
    }

    /// Adam at its first step.
    pub fn optimizer<B: BlockKernels>(&self) -> Adam<B> {
        Adam::new(AdamConfig {
            betas: [0.9, 0.999],
            penalty: self.settings.l2,
            penalised: Penalised::All,
            max_norm: None,
        })
    }

    /// Losses and gradients of some of the rows, whose latent noise is drawn from `rng`.
    pub fn step<B: BlockKernels>(
        &self,
        network: &Network<Autodiff<B>>,
        rows: &[u32],
        rng: &mut Rng,
    ) -> Step<B> {
        let (settings, device) = (self.settings, B::Device::default());
        let (f, c) = (self.blocks.len(), self.codec.numbers.len());
        let batch = Rows {
            codes: code_tensor(select(&self.rows.codes, f, rows), f, &device),
            numbers: (c > 0).then(|| float_tensor(select(&self.rows.numbers, c, rows), c, &device)),
        };
        let noise = normal_tensor(rng, [rows.len(), settings.embedding_dim], &device);
        let [reconstruction, divergence] = network.losses(batch, noise, &self.blocks);
        let reconstruction = reconstruction.mul_scalar(settings.loss_factor);
        let both = [&reconstruction, &divergence].map(|loss| loss.clone().inner());
        let gradients = (reconstruction + divergence).backward();
        let gradients = GradientsParams::from_grads(gradients, network);
        Step { gradients, losses: Tensor::cat(both.to_vec(), 0) }
    }
}
