//! The operations of multinomial diffusion of the CPU backend `flex`.
//!
//! `q(x_{t−1} | x_t, x_0)` has three values in a block, at `x_0`, at `x_t` and everywhere else, so
//! the divergence needs the sum of all `ln p(x_{t−1} = k)` and single ones at two places.

use super::{DiffusionKernels, Divergence, RATES};
use crate::nn::blocks::{Blocks, loops};
use crate::nn::kernels::flex::{contiguous, dims, from_vec, owned, slice};
use burn::tensor::TensorData;
use burn_flex::{Flex, FlexTensor};
use rayon::prelude::*;

/// A row's step in a block of `size` categories.
struct Step {
    size: f64,
    keep: f64,
    renew: f64,
    kept: f64,
    renewed: f64,
}

/// The values of `q(x_{t−1} | x_t, x_0)` and the normaliser before they summed to 1.
struct Posterior {
    at_start: f64,
    at_noisy: f64,
    elsewhere: f64,
    total: f64,
}

impl Step {
    fn new(rates: &[f32], size: usize) -> Self {
        let rate = |which: usize| f64::from(rates[which]);
        Self { size: size as f64, keep: rate(0), renew: rate(1), kept: rate(2), renewed: rate(3) }
    }

    /// What `x_t` was if it was not kept, by category.
    fn other(&self) -> f64 {
        self.renew / self.size
    }

    /// The probability of a category one step earlier that `x_0` has with probability `p`.
    fn before(&self, p: f64) -> f64 {
        self.kept * p + self.renewed / self.size
    }

    fn posterior(&self, same: bool) -> Posterior {
        let (at_start, elsewhere) =
            (self.other() * self.before(1.0), self.other() * self.before(0.0));
        let again = self.keep + self.other();
        let (at_start, at_noisy, others) = if same {
            let both = again * self.before(1.0);
            (both, both, both + (self.size - 1.0) * elsewhere)
        } else {
            let at_noisy = again * self.before(0.0);
            (at_start, at_noisy, at_start + at_noisy + (self.size - 2.0) * elsewhere)
        };
        Posterior {
            at_start: at_start / others,
            at_noisy: at_noisy / others,
            elsewhere: elsewhere / others,
            total: others,
        }
    }

    /// Turns a block's logits into the derivative of its divergence; gives the divergence.
    fn divergence(&self, x: &mut [f32], start: usize, noisy: usize) -> f64 {
        loops::softmax(x);
        let posterior = self.posterior(start == noisy);
        // With `gain·p` against 1 stands what the softmax says against the noise.
        let gain = self.kept * self.size / self.renewed;
        let [logs, shares] = loops::gained_sums(x, gain as f32).map(f64::from);
        let (p_start, p_noisy) = (f64::from(x[start]), f64::from(x[noisy]));
        let log = |p: f64| (gain * p).ln_1p();
        let share = |p: f64| gain * p / (1.0 + gain * p);
        let more_at_start = posterior.at_start - posterior.elsewhere;
        let more_at_noisy =
            if start == noisy { 0.0 } else { posterior.at_noisy - posterior.elsewhere };
        let model_total = self.other() + self.keep * self.before(p_noisy);
        let expected = posterior.elsewhere * logs
            + more_at_start * log(p_start)
            + more_at_noisy * log(p_noisy);
        let divergence =
            (model_total / posterior.total).ln() + posterior.at_start * log(1.0) - expected;

        let at_start = -more_at_start * share(p_start);
        let at_noisy =
            self.keep * self.kept * p_noisy / model_total - more_at_noisy * share(p_noisy);
        let sum = at_start + at_noisy - posterior.elsewhere * shares;
        loops::gained_slope(x, gain as f32, posterior.elsewhere as f32, sum as f32);
        x[start] += at_start as f32;
        x[noisy] += at_noisy as f32;
        divergence
    }

    /// Draws the category one step earlier; `x` are logits and turn into their softmax.
    fn draw(&self, x: &mut [f32], noisy: usize, uniform: f32) -> usize {
        loops::softmax(x);
        let again = self.keep * self.before(f64::from(x[noisy]));
        let mass = f64::from(uniform) * (again + self.other());
        if mass < again {
            return noisy;
        }
        let rest = (mass - again) / self.other();
        let last = x.len() - 1;
        if rest < self.renewed {
            return ((rest / self.renewed * self.size) as usize).min(last);
        }
        let share = (rest - self.renewed) / self.kept;
        loops::first_above(x, share as f32 * x.iter().sum::<f32>())
    }
}

impl DiffusionKernels for Flex {
    fn multinomial_kl(
        x: FlexTensor,
        start: FlexTensor,
        noisy: FlexTensor,
        rates: FlexTensor,
        blocks: &Blocks,
    ) -> Divergence<FlexTensor> {
        let (mut x, rates) = (owned(x), contiguous(rates));
        let (start, noisy) = (start.to_contiguous(), noisy.to_contiguous());
        let ([n, width], f, rates) = (dims(&x), blocks.len(), slice(&rates));
        let (start, noisy) = (start.storage::<i32>(), noisy.storage::<i32>());
        let ranges: Vec<_> = blocks.ranges().collect();
        let mut divergence = vec![0.0f32; n];
        let rows = x.storage_mut::<f32>().par_chunks_mut(width).zip(&mut divergence);
        rows.enumerate().for_each(|(row, (x, divergence))| {
            let rates = &rates[row * RATES..][..RATES];
            let codes = start[row * f..][..f].iter().zip(&noisy[row * f..][..f]);
            let of_blocks = codes.zip(&ranges).map(|((&start, &noisy), range)| {
                let place = |code: i32| code as usize - range.start;
                Step::new(rates, range.len()).divergence(
                    &mut x[range.clone()],
                    place(start),
                    place(noisy),
                )
            });
            *divergence = of_blocks.sum::<f64>() as f32;
        });
        Divergence { divergence: from_vec(divergence, [n, 1]), slope: x }
    }

    fn multinomial_kl_backward(grad: FlexTensor, slope: FlexTensor) -> FlexTensor {
        let (grad, mut slope) = (contiguous(grad), owned(slope));
        let ([_, width], grad) = (dims(&slope), slice(&grad));
        slope.storage_mut::<f32>().par_chunks_mut(width).enumerate().for_each(|(row, slope)| {
            loops::scale(slope, grad[row]);
        });
        slope
    }

    fn draw_reverse(
        x: FlexTensor,
        noisy: FlexTensor,
        rates: FlexTensor,
        uniforms: FlexTensor,
        blocks: &Blocks,
    ) -> FlexTensor {
        let (mut x, rates, uniforms) = (owned(x), contiguous(rates), contiguous(uniforms));
        let noisy = noisy.to_contiguous();
        let ([n, width], f, rates) = (dims(&x), blocks.len(), slice(&rates));
        let (noisy, uniforms) = (noisy.storage::<i32>(), slice(&uniforms));
        let ranges: Vec<_> = blocks.ranges().collect();
        let mut drawn = vec![0i32; n * f];
        let rows = x.storage_mut::<f32>().par_chunks_mut(width).zip(drawn.par_chunks_mut(f));
        rows.enumerate().for_each(|(row, (x, drawn))| {
            let rates = &rates[row * RATES..][..RATES];
            let from = noisy[row * f..][..f].iter().zip(&uniforms[row * f..][..f]);
            for ((code, range), (&noisy, &uniform)) in drawn.iter_mut().zip(&ranges).zip(from) {
                let step = Step::new(rates, range.len());
                let place = noisy as usize - range.start;
                *code = (range.start + step.draw(&mut x[range.clone()], place, uniform)) as i32;
            }
        });
        FlexTensor::from_data(TensorData::new(drawn, [n, f]))
    }
}
