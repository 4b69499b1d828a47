//! The training loop: a step of the discriminator, a step of the generator.

use super::critic::{Contest, Critic, Made};
use super::network::Network;
use super::rows::{Rows, pack_codes};
use super::sampler::Sampler;
use super::settings::Ctgan;
use crate::generators::contract::FitEpoch;
use crate::generators::error::GeneratorError;
use crate::generators::parts::neural::{History, code_tensor, float_tensor, normal_tensor};
use crate::nn::adam::{Adam, AdamConfig, Penalised};
use crate::nn::blocks::{BlockKernels, Gumbel};
use crate::nn::kernels::{primitive, tensor};
use crate::nn::layers::Mode;
use crate::nn::losses::Losses;
use crate::progress::Progress;
use crate::seed::{Rng, Seed};
use burn::module::AutodiffModule;
use burn::optim::GradientsParams;
use burn::tensor::{Int, Tensor};
use burn_autodiff::Autodiff;
use rand::RngExt;
use rand::seq::SliceRandom;

/// Adam's moments as published.
const BETAS: [f64; 2] = [0.5, 0.9];

/// Names of the losses in the history, in the order they are pushed.
const LOSSES: [&str; 4] = ["discriminator", "penalty", "generator", "condition"];

/// One training, from fresh weights to the last step's.
pub struct Training<'a, B: BlockKernels> {
    pub method: &'static str,
    pub settings: &'a Ctgan,
    pub rows: &'a Rows,
    pub sampler: &'a Sampler,
    pub device: B::Device,
    pub seed: Seed,
}

/// Both networks and their optimisers.
pub struct Players<B: BlockKernels> {
    pub generator: Network<Autodiff<B>>,
    pub critic: Critic<Autodiff<B>>,
    pub generator_adam: Adam<B>,
    pub critic_adam: Adam<B>,
}

/// The condition's columns as the generator takes them, `[n, 1]`.
pub fn conditions<B: BlockKernels>(columns: &[i32], device: &B::Device) -> Tensor<B, 2, Int> {
    code_tensor(columns.to_vec(), 1, device)
}

/// What the generator's step gave.
pub struct GeneratorStep<B: BlockKernels> {
    /// Of the parameters of the generator that was given.
    pub gradients: GradientsParams,
    /// Minus the mean score, then the conditions' cross-entropy: `[2]`.
    pub losses: Tensor<B, 1>,
}

impl<B: BlockKernels> Training<'_, B> {
    /// Trains for the number of epochs in the settings.
    pub fn run(
        &self,
        progress: &dyn Progress,
    ) -> Result<(Network<B>, Vec<FitEpoch>), GeneratorError> {
        let mut players = self.players();
        let mut history = History::new(self.method, &LOSSES);
        let steps = (self.rows.len / self.settings.batch_size).max(1);
        let total = self.settings.epochs * steps;
        progress.start(&format!("fit {}", self.method), total as u64);
        for epoch in 1..=self.settings.epochs {
            let mut losses = Losses::new(epoch);
            for _ in 0..steps {
                let seed = self.seed.derive(&format!("epoch/{epoch}/{}", losses.steps()));
                let step;
                (players, step) = self.step(players, seed);
                losses.push(step).map_err(|e| history.diverged(e))?;
                progress.advance(1);
            }
            let means = losses.means().map_err(|e| history.diverged(e))?;
            progress.note(&history.push(means));
        }
        progress.finish();
        Ok((history.checked(players.generator.valid(), steps)?, history.into_epochs()))
    }

    /// Both networks with fresh weights.
    pub fn players(&self) -> Players<B> {
        let (settings, device) = (self.settings, &self.device);
        let (width, numbers) = (self.rows.blocks.width(), self.rows.n_numbers);
        let conditions = self.rows.conditions.width();
        let adam = || {
            Adam::new(AdamConfig {
                betas: BETAS,
                penalty: settings.decay,
                penalised: Penalised::All,
                max_norm: None,
            })
        };
        Players {
            generator: Network::new(
                settings.noise_dim,
                conditions,
                &settings.generator_units,
                width + numbers,
                self.seed.derive("generator"),
                device,
            ),
            critic: Critic::new(
                settings.pac,
                [width, conditions],
                numbers,
                &settings.discriminator_units,
                self.seed.derive("discriminator"),
                device,
            ),
            generator_adam: adam(),
            critic_adam: adam(),
        }
    }

    /// The steps of the discriminator and one of the generator. Gives the losses of the last, as
    /// in [`LOSSES`].
    fn step(&self, mut players: Players<B>, seed: Seed) -> (Players<B>, Tensor<B, 1>) {
        let rate = self.settings.learning_rate;
        let mut losses = Vec::new();
        for i in 0..self.settings.discriminator_steps {
            let contest = self.contest(&players.generator.valid(), seed.derive(&i.to_string()));
            let step = players.critic.valid().step(&contest);
            // The optimiser writes to the weights in place if nobody else holds them.
            drop(contest);
            let critic = players.critic;
            players.critic = players.critic_adam.step(critic, step.gradients, rate);
            losses = vec![step.losses];
        }
        let step =
            self.generate(&players.generator, &players.critic.valid(), seed.derive("generator"));
        players.generator = players.generator_adam.step(players.generator, step.gradients, rate);
        losses.push(step.losses);
        (players, Tensor::cat(losses, 0))
    }

    /// A batch of conditions; none where there is nothing to put a condition on.
    fn draw_conditions(&self, rng: &mut Rng) -> Option<Vec<i32>> {
        let n = self.settings.batch_size;
        (0..n).map(|_| self.sampler.condition(rng)).collect()
    }

    /// Real rows and rows of the generator, each with their conditions.
    pub fn contest(&self, generator: &Network<B>, seed: Seed) -> Contest<B> {
        let (settings, device) = (self.settings, &self.device);
        let (n, pac) = (settings.batch_size, settings.pac);
        let width = self.rows.conditions.width();
        let mut rng = seed.stream("rows");
        let made_conditions = self.draw_conditions(&mut rng);
        let mut real_conditions = made_conditions.clone();
        let rows: Vec<u32> = match &mut real_conditions {
            Some(conditions) => {
                conditions.shuffle(&mut rng);
                conditions.iter().map(|&code| self.sampler.row_with(code, &mut rng)).collect()
            }
            None => (0..n).map(|_| rng.random_range(0..self.rows.len as u32)).collect(),
        };
        let mix: Vec<f32> = (0..n / pac).map(|_| rng.random()).collect();
        let z = normal_tensor(&mut rng, [n, settings.noise_dim], device);
        let pack = |codes: &[i32]| pack_codes(codes, width, pac, device);
        let given = made_conditions.as_deref().map(|codes| conditions(codes, device));
        let logits = generator.forward(z, given.as_ref(), Mode::Train(seed));
        let output = self.activate(logits, seed);
        Contest {
            real: self.rows.pack(&rows, pac, device),
            real_conditions: real_conditions.as_deref().map(pack),
            made: self.made(output, made_conditions.as_deref().map(pack)),
            mix: float_tensor(mix, 1, device),
            penalty: settings.gradient_penalty,
            dropout: settings.dropout,
            seed: seed.derive("dropout"),
        }
    }

    /// Gumbel-softmax of the blocks, `tanh` of the numbers: `[n, width + numbers]`.
    fn activate(&self, logits: Tensor<B, 2>, seed: Seed) -> Tensor<B, 2> {
        let (temperature, noise) =
            (self.settings.temperature as f32, Gumbel(seed.counter("gumbel")));
        tensor(B::gumbel_softmax(primitive(logits), &self.rows.blocks, temperature, noise))
    }

    /// The generator's output as the discriminator takes it.
    fn made(&self, output: Tensor<B, 2>, conditions: Option<Tensor<B, 2, Int>>) -> Made<B> {
        let (n, pac) = (self.settings.batch_size, self.settings.pac);
        let (width, numbers) = (self.rows.blocks.width(), self.rows.n_numbers);
        let part = |from: usize, columns: usize| {
            (columns > 0).then(|| {
                let part = match columns == width + numbers {
                    true => output.clone(),
                    false => output.clone().slice([0..n, from..from + columns]),
                };
                part.reshape([n / pac, pac * columns])
            })
        };
        Made { blocks: part(0, width), numbers: part(width, numbers), conditions }
    }

    /// A step of the generator: the discriminator's score and the conditions' cross-entropy.
    pub fn generate(
        &self,
        generator: &Network<Autodiff<B>>,
        critic: &Critic<B>,
        seed: Seed,
    ) -> GeneratorStep<B> {
        let (settings, device) = (self.settings, &self.device);
        let (n, pac, width) = (settings.batch_size, settings.pac, self.rows.blocks.width());
        let conditioned = self.rows.conditions.width();
        let mut rng = seed.stream("rows");
        let drawn = self.draw_conditions(&mut rng);
        let z = normal_tensor::<B>(&mut rng, [n, settings.noise_dim], device);
        let given = drawn.as_deref().map(|codes| conditions::<B>(codes, device));
        let logits = generator.forward(
            Tensor::from_inner(z),
            given.clone().map(Tensor::from_inner).as_ref(),
            Mode::Train(seed),
        );
        let inner = logits.clone().inner();
        let output = self.activate(inner.clone(), seed);
        let packed = drawn.as_deref().map(|codes| pack_codes(codes, conditioned, pac, device));
        let made = self.made(output.clone(), packed);
        let judgement = critic.judge(&made, settings.dropout, seed.derive("dropout"));
        drop(made);
        let unpack = |gradient: Option<Tensor<B, 2>>, columns: usize| {
            gradient.map(|gradient| gradient.reshape([n, columns]))
        };
        let parts =
            [unpack(judgement.blocks, width), unpack(judgement.numbers, self.rows.n_numbers)];
        let mut parts: Vec<_> = parts.into_iter().flatten().collect();
        let gradient = match parts.len() {
            1 => parts.remove(0),
            _ => Tensor::cat(parts, 1),
        };
        let mut gradient: Tensor<B, 2> = tensor(B::gumbel_softmax_backward(
            primitive(gradient),
            primitive(output),
            &self.rows.blocks,
            settings.temperature as f32,
        ));
        let mut cross_entropy = judgement.loss.zeros_like();
        if let Some(columns) = given {
            let columns = columns.into_primitive();
            let forward =
                B::block_cross_entropy(primitive(inner), columns.clone(), &self.rows.blocks);
            cross_entropy = tensor::<B, 2>(forward.loss).mean();
            let each = Tensor::<B, 2>::full([n, 1], 1.0 / n as f64, device);
            gradient = gradient
                + tensor(B::block_cross_entropy_backward(
                    primitive(each),
                    forward.softmax,
                    columns,
                ));
        }
        // The sum whose gradient with respect to the logits is that of both losses.
        let loss = (logits * Tensor::from_inner(gradient)).sum();
        let gradients = GradientsParams::from_grads(loss.backward(), generator);
        GeneratorStep { gradients, losses: Tensor::cat(vec![judgement.loss, cross_entropy], 0) }
    }
}
