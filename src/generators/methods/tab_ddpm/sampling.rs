//! Going the steps of the diffusion back.

use super::network::{Answer, Denoiser, Noisy, sines};
use super::noise::{noise, normals};
use super::schedule::Schedule;
use super::settings::{METHOD, TabDdpm};
use crate::generators::error::GeneratorError;
use crate::generators::parts::neural::{
    Codec, Drawn, Sampler, code_tensor, float_tensor, save_weights,
};
use crate::generators::parts::quantiles::QuantileNormal;
use crate::nn::blocks::diffusion::RATES;
use crate::nn::blocks::{BlockKernels, Blocks};
use crate::nn::kernels::primitive;
use crate::nn::layers::Mode;
use crate::progress::Progress;
use crate::seed::Seed;
use burn::tensor::{Int, Tensor};

/// Rows drawn at once, always: the last bits of a matrix product may hang on its number of rows, and
/// the first rows of a sample are those of any longer one.
const ROWS_AT_ONCE: usize = 512;

/// A batch of rows as the diffusion sees them.
struct Batch {
    /// Columns of the blocks, one row after the other.
    codes: Vec<i32>,
    /// Scores of the numbers, one row after the other.
    scores: Vec<f64>,
}

/// A trained network and where it lives.
pub struct OnDevice<B: BlockKernels> {
    network: Denoiser<B>,
    device: B::Device,
    blocks: Blocks,
    /// By field of numbers: what its scores stand for.
    quantiles: Vec<QuantileNormal>,
    schedule: Schedule,
    /// By step and label: what is added to the projected rows.
    conditions: Tensor<B, 2>,
    /// The places of the labels 0 and 1 among the conditions.
    labels: [i32; 2],
}

impl<B: BlockKernels> OnDevice<B> {
    /// Draws rows like those that `codec` was learned from.
    pub fn new(network: Denoiser<B>, settings: &TabDdpm, codec: &Codec<QuantileNormal>) -> Self {
        let Codec { encoder, numbers } = codec;
        let (steps, device) = (settings.timesteps, B::Device::default());
        let sines = sines::<B>(steps, settings.embedding_dim, &device);
        let place = |label| (steps + encoder.label_place(label)) as i32;
        Self {
            conditions: network.conditions(sines),
            network,
            device,
            blocks: encoder.field_blocks(),
            quantiles: numbers.clone(),
            schedule: Schedule::cosine(steps),
            labels: [place(0), place(1)],
        }
    }

    /// A batch of rows. `step_done` is called `T` times.
    fn batch(&self, label: u8, seed: Seed, step_done: impl Fn()) -> Result<Batch, GeneratorError> {
        let (n, c, device) = (ROWS_AT_ONCE, self.quantiles.len(), &self.device);
        let start = noise(n, &self.blocks, seed.counter("start"));
        let mut codes =
            (self.blocks.len() > 0).then(|| code_tensor::<B>(start, self.blocks.len(), device));
        let mut scores: Vec<f64> = normals(n * c, seed.counter("start.numbers")).collect();
        for t in (0..self.schedule.steps()).rev() {
            let of_row = [t as i32, self.labels[usize::from(label)]];
            let of_rows = code_tensor(of_row.repeat(n), 2, device);
            let conditions = self.conditions.clone();
            let numbers = || scores.iter().map(|&score| score as f32).collect();
            let numbers = (c > 0).then(|| float_tensor::<B>(numbers(), c, device));
            let noisy = Noisy { codes: codes.clone(), numbers };
            let Answer { logits, noise } =
                self.network.forward(noisy, conditions, of_rows, 0.0, Mode::Predict);
            if let Some(said) = noise {
                let said = said.into_data().convert::<f32>();
                let said = said.as_slice::<f32>().expect("converted to f32");
                if !said.iter().all(|noise| noise.is_finite()) {
                    let reason = "the numbers drawn grow without end; more steps of training or \
                                  a lower learning rate may help"
                        .to_owned();
                    return Err(GeneratorError::Failed { method: METHOD, reason });
                }
                let rates = self.schedule.gaussian(t);
                let fresh = normals(n * c, seed.counter(&format!("step/{t}/numbers")));
                for ((score, &said), fresh) in scores.iter_mut().zip(said).zip(fresh) {
                    *score = rates.back(*score, said.into(), fresh);
                }
            }
            codes = logits.zip(codes).map(|(logits, codes)| self.back(t, logits, codes, seed));
            step_done();
        }
        let codes = codes.map(|codes| codes.into_data().convert::<i32>().into_vec());
        let codes = codes.map_or(Vec::new(), |codes| codes.expect("converted to i32"));
        Ok(Batch { codes, scores })
    }

    /// The categories one step earlier than `t`.
    fn back(
        &self,
        t: usize,
        logits: Tensor<B, 2>,
        codes: Tensor<B, 2, Int>,
        seed: Seed,
    ) -> Tensor<B, 2, Int> {
        let (n, fields) = (ROWS_AT_ONCE, self.blocks.len());
        let rates = self.schedule.rates(t).repeat(n);
        let rates = float_tensor::<B>(rates, RATES, &self.device);
        let bits = seed.counter(&format!("step/{t}"));
        let uniform = |i: usize| (bits.word(i as u64) >> 40) as f32 / (1u32 << 24) as f32;
        let uniforms = (0..n * fields).map(uniform).collect();
        let uniforms = float_tensor::<B>(uniforms, fields, &self.device);
        Tensor::from_primitive(B::draw_reverse(
            primitive(logits),
            codes.into_primitive(),
            primitive(rates),
            primitive(uniforms),
            &self.blocks,
        ))
    }
}

impl<B: BlockKernels> Sampler for OnDevice<B> {
    fn draw(
        &self,
        label: u8,
        n: usize,
        seed: Seed,
        progress: &dyn Progress,
    ) -> Result<Drawn, GeneratorError> {
        let starts: Vec<usize> = self.blocks.ranges().map(|range| range.start).collect();
        let c = self.quantiles.len();
        let mut drawn = Drawn::with_capacity(starts.len(), c, n);
        progress.start("sample", (n * self.schedule.steps()) as u64);
        for batch in 0..n.div_ceil(ROWS_AT_ONCE) {
            let kept = ROWS_AT_ONCE.min(n - batch * ROWS_AT_ONCE);
            let seed = seed.derive(&format!("batch/{batch}"));
            let rows = self.batch(label, seed, || progress.advance(kept as u64))?;
            for (f, (places, start)) in drawn.places.iter_mut().zip(&starts).enumerate() {
                let codes = rows.codes.iter().skip(f).step_by(starts.len()).take(kept);
                places.extend(codes.map(|&code| (code as usize - start) as u32));
            }
            for (field, (numbers, quantiles)) in
                drawn.numbers.iter_mut().zip(&self.quantiles).enumerate()
            {
                let scores = rows.scores.iter().skip(field).step_by(c).take(kept);
                numbers.extend(scores.map(|&score| quantiles.inverse(score)));
            }
        }
        progress.finish();
        Ok(drawn)
    }

    fn weights(&self) -> Result<Vec<u8>, String> {
        save_weights(&self.network)
    }
}
