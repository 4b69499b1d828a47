//! The training loop.

use super::network::{Answer, Denoiser, Noisy, sines};
use super::noise::Batch;
use super::rows::Rows;
use super::schedule::Schedule;
use super::settings::{METHOD, TabDdpm};
use super::timesteps::Timesteps;
use crate::generators::contract::Mixed;
use crate::generators::error::GeneratorError;
use crate::generators::parts::neural::{Codec, History, code_tensor, float_tensor, shuffled};
use crate::generators::parts::quantiles::QuantileNormal;
use crate::nn::adam::{Adam, AdamConfig, Penalised};
use crate::nn::average::Average;
use crate::nn::blocks::diffusion::{Divergence, RATES};
use crate::nn::blocks::{BlockKernels, Blocks};
use crate::nn::kernels::{primitive, tensor};
use crate::nn::layers::Mode;
use crate::nn::losses::Losses;
use crate::progress::Progress;
use crate::seed::Seed;
use burn::module::AutodiffModule;
use burn::optim::GradientsParams;
use burn::tensor::Tensor;
use burn_autodiff::Autodiff;

/// One training, from fresh weights to the last step's.
pub struct Training<'a> {
    pub settings: &'a TabDdpm,
    pub codec: &'a Codec<QuantileNormal>,
    rows: Rows,
    seed: Seed,
}

/// What learns, and what it remembers from step to step.
pub struct Learner<B: BlockKernels> {
    pub network: Denoiser<Autodiff<B>>,
    optimizer: Adam<B>,
    timesteps: Timesteps,
}

/// What a network's answers about noisy rows are measured with.
pub struct Objective<'a, B: BlockKernels> {
    pub settings: &'a TabDdpm,
    /// The fields' blocks.
    pub blocks: Blocks,
    /// The steps' sines, `[timesteps, embedding_dim]`.
    sines: Tensor<B, 2>,
}

impl<'a, B: BlockKernels> Objective<'a, B> {
    /// For rows of these blocks.
    pub fn new(settings: &'a TabDdpm, blocks: Blocks, device: &B::Device) -> Self {
        let sines = sines(settings.timesteps, settings.embedding_dim, device);
        Self { settings, blocks, sines }
    }

    /// The number of steps over that of the blocks, by which the blocks' summed divergences are
    /// multiplied; 1 without blocks.
    pub fn scale(&self) -> f64 {
        match self.blocks.len() {
            0 => 1.0,
            f => self.settings.timesteps as f64 / f as f64,
        }
    }

    /// The losses of a batch's rows, `[n, 1]`, each over [`scale`](Self::scale): the divergences,
    /// and the scaled mean square of what the network is off by in the numbers' noise.
    pub fn losses(&self, network: &Denoiser<B>, batch: &Batch, mode: Mode) -> Tensor<B, 2> {
        let (settings, device) = (self.settings, &self.sines.device());
        let place = |(&step, &label)| [step as i32, (settings.timesteps + label) as i32];
        let of_rows = batch.steps.iter().zip(&batch.start.labels).flat_map(place).collect();
        let of_rows = code_tensor(of_rows, 2, device);
        let (f, c) = (self.blocks.len(), batch.start.n_numbers());
        let codes = |codes: &[i32]| (f > 0).then(|| code_tensor::<B>(codes.to_vec(), f, device));
        let numbers =
            |numbers: &[f32]| (c > 0).then(|| float_tensor::<B>(numbers.to_vec(), c, device));
        let noisy = Noisy { codes: codes(&batch.noisy), numbers: numbers(&batch.noisy_numbers) };
        let conditions = network.conditions(self.sines.clone());
        let Answer { logits, noise } =
            network.forward(noisy.clone(), conditions, of_rows, settings.dropout, mode);
        let known = logits.zip(codes(&batch.start.columns)).zip(noisy.codes);
        let divergence = known.map(|((logits, start), noisy)| {
            let rates = float_tensor::<B>(batch.rates.clone(), RATES, device);
            let Divergence { divergence, .. } = B::multinomial_kl(
                primitive(logits),
                start.into_primitive(),
                noisy.into_primitive(),
                primitive(rates),
                &self.blocks,
            );
            tensor::<B, 2>(divergence)
        });
        let square = noise.zip(numbers(&batch.noise)).map(|(said, noise)| {
            let off = said - noise;
            (off.clone() * off).sum_dim(1) * (1.0 / (c as f64 * self.scale()))
        });
        let parts = divergence.into_iter().chain(square);
        let nothing = || Tensor::zeros([batch.steps.len(), 1], device);
        parts.reduce(|sum, part| sum + part).unwrap_or_else(nothing)
    }

    /// The loss of a step, `[1]`, from the losses of its rows.
    pub fn loss(&self, per_row: Tensor<B, 2>, factors: Vec<f32>) -> Tensor<B, 1> {
        let factors = float_tensor::<B>(factors, 1, &per_row.device());
        (per_row * factors).mean() * self.scale()
    }
}

impl<'a> Training<'a> {
    /// On the rows that `codec` was learned from.
    pub fn new(
        settings: &'a TabDdpm,
        codec: &'a Codec<QuantileNormal>,
        train: &Mixed<'_>,
        seed: Seed,
    ) -> Self {
        Self { settings, codec, rows: Rows::new(codec, train), seed }
    }

    /// Trains for the number of steps in the settings.
    pub fn run<B: BlockKernels>(
        &self,
        progress: &dyn Progress,
    ) -> Result<(Denoiser<B>, History), GeneratorError> {
        let (settings, n) = (self.settings, self.rows.labels.len());
        let device = B::Device::default();
        let objective =
            Objective::<Autodiff<B>>::new(settings, self.codec.encoder.field_blocks(), &device);
        let schedule = Schedule::cosine(settings.timesteps);
        let mut learner = self.learner::<B>(&device);
        let mut average = Average::new(settings.ema_decay);
        let mut history = History::new(METHOD, &["loss"]);
        progress.start("fit tabddpm", settings.steps as u64);
        let (mut epoch, mut done, mut steps) = (0, 0, 0);
        while done < settings.steps {
            epoch += 1;
            let mut losses = Losses::<B>::new(epoch);
            let order = shuffled(n, self.seed, epoch);
            for rows in order.chunks(settings.batch_size).take(settings.steps - done) {
                let loss;
                (learner, loss) = self.step(learner, &objective, &schedule, rows, done);
                losses.push(loss).map_err(|e| history.diverged(e))?;
                average.follow::<Autodiff<B>, _>(&learner.network);
                done += 1;
                progress.advance(1);
            }
            steps = losses.steps();
            let means = losses.means().map_err(|e| history.diverged(e))?;
            progress.note(&history.push(means));
        }
        progress.finish();
        let network = average.of(learner.network.valid());
        Ok((history.checked(network, steps)?, history))
    }

    /// Fresh weights.
    pub fn learner<B: BlockKernels>(&self, device: &B::Device) -> Learner<B> {
        let Self { settings, codec, seed, .. } = self;
        Learner {
            network: Denoiser::of_rows(settings, codec, seed.derive("weights"), device),
            optimizer: Adam::new(AdamConfig {
                betas: [0.9, 0.999],
                penalty: 0.0,
                penalised: Penalised::All,
                max_norm: None,
            }),
            timesteps: Timesteps::new(settings.timestep_sampling, settings.timesteps),
        }
    }

    /// Step `done`, counted from 0, on some of the rows. Gives its loss `[1]`.
    pub fn step<B: BlockKernels>(
        &self,
        mut learner: Learner<B>,
        objective: &Objective<Autodiff<B>>,
        schedule: &Schedule,
        rows: &[u32],
        done: usize,
    ) -> (Learner<B>, Tensor<B, 1>) {
        let seed = self.seed.derive(&format!("step/{done}"));
        let (start, drawn) = (self.rows.select(rows), learner.timesteps.draw());
        let batch = Batch::new(start, &objective.blocks, schedule, &drawn, seed);
        let per_row = objective.losses(&learner.network, &batch, Mode::Train(seed));
        if learner.timesteps.learns() {
            let host = per_row.clone().inner().into_data().convert::<f32>();
            learner.timesteps.record(&batch.steps, host.as_slice().expect("converted to f32"));
        }
        let loss = objective.loss(per_row, batch.factors);
        let grads = GradientsParams::from_grads(loss.backward(), &learner.network);
        learner.network = learner.optimizer.step(learner.network, grads, self.settings.rate(done));
        (learner, loss.inner())
    }
}
