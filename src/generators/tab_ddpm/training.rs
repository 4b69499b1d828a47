//! The training loop.

use super::network::{Denoiser, sines};
use super::sampling::OnDevice;
use super::schedule::Schedule;
use super::timesteps::{Draw, Timesteps};
use super::{METHOD, TabDdpm};
use crate::data::Table;
use crate::generators::GeneratorError;
use crate::generators::neural::{
    Encoder, History, Sampler, code_tensor, float_tensor, select, shuffled,
};
use crate::nn::Work;
use crate::nn::adam::{Adam, AdamConfig, Penalised};
use crate::nn::average::Average;
use crate::nn::blocks::diffusion::{Divergence, RATES};
use crate::nn::blocks::{BlockKernels, Blocks};
use crate::nn::kernels::{primitive, tensor};
use crate::nn::layers::Mode;
use crate::nn::losses::Losses;
use crate::progress::Progress;
use crate::seed::{Counter, Seed};
use burn::module::AutodiffModule;
use burn::optim::GradientsParams;
use burn::tensor::Tensor;
use burn_autodiff::Autodiff;
use std::ops::Range;

/// A training from fresh weights.
pub(super) struct Fit<'a> {
    pub settings: &'a TabDdpm,
    pub encoder: &'a Encoder,
    pub train: &'a Table,
    pub seed: Seed,
    pub progress: &'a dyn Progress,
}

/// Training rows, drowned in noise.
pub(super) struct Batch {
    /// The rows, as columns of the blocks, one row after the other.
    pub start: Vec<i32>,
    /// What they are after their step.
    pub noisy: Vec<i32>,
    /// By row: the step.
    pub steps: Vec<usize>,
    /// By row: the step's rates.
    pub rates: Vec<f32>,
    /// By row: what its loss is multiplied with.
    pub factors: Vec<f32>,
}

/// A category after step `t`: its own, or one of the block drawn uniformly.
fn drown(column: i32, range: &Range<usize>, kept: f64, word: u64) -> i32 {
    if ((word >> 32) as f64) < kept * (1u64 << 32) as f64 {
        return column;
    }
    let drawn = ((word & 0xffff_ffff) * range.len() as u64) >> 32;
    range.start as i32 + drawn as i32
}

impl Batch {
    /// Draws a step for each row, and its noise.
    pub fn new(
        start: Vec<i32>,
        blocks: &Blocks,
        schedule: &Schedule,
        draw: &Draw,
        seed: Seed,
    ) -> Self {
        let (of_steps, of_noise) = (seed.counter("steps"), seed.counter("noise"));
        let ranges: Vec<_> = blocks.ranges().collect();
        let n = start.len() / ranges.len();
        let (mut noisy, mut steps) = (Vec::with_capacity(start.len()), Vec::with_capacity(n));
        let (mut rates, mut factors) = (Vec::with_capacity(n * RATES), Vec::with_capacity(n));
        for (row, columns) in start.chunks_exact(ranges.len()).enumerate() {
            let (step, factor) = draw.step(&of_steps, row as u64);
            let kept = schedule.kept(step);
            for (f, (&column, range)) in columns.iter().zip(&ranges).enumerate() {
                let word = of_noise.word((row * ranges.len() + f) as u64);
                noisy.push(drown(column, range, kept, word));
            }
            steps.push(step);
            rates.extend(schedule.rates(step));
            factors.push(factor as f32);
        }
        Self { start, noisy, steps, rates, factors }
    }
}

/// Columns of the blocks, drawn uniformly: the noise that drawing starts with.
pub(super) fn noise(n: usize, blocks: &Blocks, bits: Counter) -> Vec<i32> {
    let ranges: Vec<_> = blocks.ranges().collect();
    let place = |i: usize| drown(0, &ranges[i % ranges.len()], 0.0, bits.word(i as u64));
    (0..n * ranges.len()).map(place).collect()
}

impl Work for Fit<'_> {
    type Output = Result<(Box<dyn Sampler>, History), GeneratorError>;

    fn run<B: BlockKernels + 'static>(self) -> Self::Output {
        let device = B::Device::default();
        let Self { settings, encoder, train, seed, progress } = self;
        let (blocks, schedule) = (encoder.field_blocks(), Schedule::cosine(settings.timesteps));
        let (rows, n) = (encoder.field_columns(train), train.n_rows());
        let labels: Vec<usize> =
            train.labels().iter().map(|label| label_place(encoder, *label)).collect();
        let mut network = Denoiser::<Autodiff<B>>::new(
            settings,
            blocks.len(),
            blocks.width(),
            encoder.labels().len(),
            seed.derive("weights"),
            &device,
        );
        let sines = sines::<Autodiff<B>>(settings.timesteps, settings.embedding_dim, &device);
        let mut optimizer = Adam::new(AdamConfig {
            betas: [0.9, 0.999],
            penalty: 0.0,
            penalised: Penalised::All,
            max_norm: None,
        });
        let mut average = Average::new(settings.ema_decay);
        let mut timesteps = Timesteps::new(settings.timestep_sampling, settings.timesteps);
        let mut history = History::new(METHOD, &["loss"]);
        progress.start("fit tabddpm", settings.steps as u64);
        let (mut epoch, mut done) = (0, 0);
        while done < settings.steps {
            epoch += 1;
            let mut losses = Losses::<B>::new(epoch);
            let order = shuffled(n, seed, epoch);
            for rows_of in order.chunks(settings.batch_size).take(settings.steps - done) {
                let step_seed = seed.derive(&format!("step/{done}"));
                let start = select(&rows, blocks.len(), rows_of);
                let batch = Batch::new(start, &blocks, &schedule, &timesteps.draw(), step_seed);
                let labels = rows_of.iter().map(|&row| labels[row as usize]);
                let mode = Mode::Train(step_seed);
                let per_row = divergences(
                    &network,
                    settings,
                    &batch,
                    labels,
                    &blocks,
                    sines.clone(),
                    mode,
                    &device,
                );
                if timesteps.learns() {
                    let host = per_row.clone().inner().into_data().convert::<f32>();
                    timesteps.record(&batch.steps, host.as_slice().expect("converted to f32"));
                }
                let scale = settings.timesteps as f64 / blocks.len() as f64;
                let factors = float_tensor::<Autodiff<B>>(batch.factors, 1, &device);
                let loss = (per_row * factors).mean() * scale;
                losses.push(loss.clone().inner()).map_err(|e| history.diverged(e))?;
                let grads = GradientsParams::from_grads(loss.backward(), &network);
                let left = 1.0 - done as f64 / settings.steps as f64;
                network = optimizer.step(network, grads, settings.learning_rate * left);
                average.follow::<Autodiff<B>, _>(&network);
                done += 1;
                progress.advance(1);
            }
            let means = losses.means().map_err(|e| history.diverged(e))?;
            progress.note(&history.push(means));
        }
        progress.finish();
        let network = average.of(network.valid());
        let sampler = OnDevice::new(network, settings, encoder, device);
        Ok((Box::new(sampler), history))
    }
}

/// A label's place among those that occur.
pub(super) fn label_place(encoder: &Encoder, label: u8) -> usize {
    usize::from(encoder.has_label_block() && label == 1)
}

/// The divergences of a batch's rows, `[n, 1]`.
#[expect(clippy::too_many_arguments)]
pub(super) fn divergences<B: BlockKernels>(
    network: &Denoiser<B>,
    settings: &TabDdpm,
    batch: &Batch,
    labels: impl Iterator<Item = usize>,
    blocks: &Blocks,
    sines: Tensor<B, 2>,
    mode: Mode,
    device: &B::Device,
) -> Tensor<B, 2> {
    let place = |(&step, label)| [step as i32, (settings.timesteps + label) as i32];
    let of_rows = batch.steps.iter().zip(labels).flat_map(place).collect();
    let of_rows = code_tensor(of_rows, 2, device);
    let noisy = code_tensor::<B>(batch.noisy.clone(), blocks.len(), device);
    let start = code_tensor::<B>(batch.start.clone(), blocks.len(), device);
    let rates = float_tensor::<B>(batch.rates.clone(), RATES, device);
    let logits =
        network.forward(noisy.clone(), network.conditions(sines), of_rows, settings.dropout, mode);
    let Divergence { divergence, .. } = B::multinomial_kl(
        primitive(logits),
        start.into_primitive(),
        noisy.into_primitive(),
        primitive(rates),
        blocks,
    );
    tensor(divergence)
}
