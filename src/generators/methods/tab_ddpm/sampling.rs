//! Going the steps of the diffusion back.

use super::network::{Denoiser, sines};
use super::noise::noise;
use super::schedule::Schedule;
use super::settings::TabDdpm;
use crate::generators::error::GeneratorError;
use crate::generators::parts::neural::{
    Codec, Drawn, Sampler, code_tensor, float_tensor, save_weights,
};
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

/// A trained network and where it lives.
pub struct OnDevice<B: BlockKernels> {
    network: Denoiser<B>,
    device: B::Device,
    blocks: Blocks,
    schedule: Schedule,
    /// By step and label: what is added to the projected rows.
    conditions: Tensor<B, 2>,
    /// The places of the labels 0 and 1 among the conditions.
    labels: [i32; 2],
}

impl<B: BlockKernels> OnDevice<B> {
    /// Draws rows like those that `codec` was learned from.
    pub fn new(network: Denoiser<B>, settings: &TabDdpm, codec: &Codec<()>) -> Self {
        let encoder = &codec.encoder;
        let (steps, device) = (settings.timesteps, B::Device::default());
        let sines = sines::<B>(steps, settings.embedding_dim, &device);
        let place = |label| (steps + encoder.label_place(label)) as i32;
        Self {
            conditions: network.conditions(sines),
            network,
            device,
            blocks: encoder.field_blocks(),
            schedule: Schedule::cosine(steps),
            labels: [place(0), place(1)],
        }
    }

    /// Rows as columns of the blocks, one row after the other. `step_done` is called `T` times.
    fn batch(&self, label: u8, seed: Seed, step_done: impl Fn()) -> Vec<i32> {
        let (n, fields) = (ROWS_AT_ONCE, self.blocks.len());
        let start = noise(n, &self.blocks, seed.counter("start"));
        let mut codes = code_tensor::<B>(start, fields, &self.device);
        for t in (0..self.schedule.steps()).rev() {
            let of_row = [t as i32, self.labels[usize::from(label)]];
            let of_rows = code_tensor(of_row.repeat(n), 2, &self.device);
            let conditions = self.conditions.clone();
            let logits =
                self.network.forward(codes.clone(), conditions, of_rows, 0.0, Mode::Predict);
            let rates = self.schedule.rates(t).repeat(n);
            let rates = float_tensor::<B>(rates, RATES, &self.device);
            let bits = seed.counter(&format!("step/{t}"));
            let uniform = |i: usize| (bits.word(i as u64) >> 40) as f32 / (1u32 << 24) as f32;
            let uniforms = (0..n * fields).map(uniform).collect();
            let uniforms = float_tensor::<B>(uniforms, fields, &self.device);
            codes = Tensor::from_primitive(B::draw_reverse(
                primitive(logits),
                codes.into_primitive(),
                primitive(rates),
                primitive(uniforms),
                &self.blocks,
            ));
            step_done();
        }
        let codes: Tensor<B, 2, Int> = codes;
        codes.into_data().convert::<i32>().into_vec().expect("converted to i32")
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
        let mut places = vec![Vec::with_capacity(n); starts.len()];
        progress.start("sample", (n * self.schedule.steps()) as u64);
        for batch in 0..n.div_ceil(ROWS_AT_ONCE) {
            let kept = ROWS_AT_ONCE.min(n - batch * ROWS_AT_ONCE);
            let seed = seed.derive(&format!("batch/{batch}"));
            let codes = self.batch(label, seed, || progress.advance(kept as u64));
            for row in codes.chunks_exact(starts.len()).take(kept) {
                for ((places, &code), start) in places.iter_mut().zip(row).zip(&starts) {
                    places.push((code as usize - start) as u32);
                }
            }
        }
        progress.finish();
        Ok(Drawn { places, numbers: Vec::new() })
    }

    fn weights(&self) -> Result<Vec<u8>, String> {
        save_weights(&self.network)
    }
}
