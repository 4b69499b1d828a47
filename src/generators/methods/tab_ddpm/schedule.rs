//! How much noise each step adds.

use crate::nn::blocks::diffusion::{NO_NOISE, RATES};

/// No step replaces more than this share of the categories.
const MOST_NOISE: f64 = 0.999;

/// Nichol and Dhariwal's offset, which keeps the first steps from adding next to nothing.
const OFFSET: f64 = 0.008;

/// The cosine schedule (Nichol and Dhariwal 2021, equation 17).
///
/// With `f(u) = cos²((u + s)/(1 + s)·π/2)` and `s = 0.008`, step `t` of `T` replaces a share
/// `β_t = min(1 − f((t + 1)/T)/f(t/T), 0.999)` of the categories.
pub struct Schedule {
    /// `α_t = 1 − β_t`.
    keep: Vec<f64>,
    /// `ᾱ_t = α_0 ⋯ α_t`.
    kept: Vec<f64>,
}

impl Schedule {
    /// A schedule of so many steps.
    pub fn cosine(steps: usize) -> Self {
        let remaining = |t: usize| {
            let time = t as f64 / steps as f64;
            ((time + OFFSET) / (1.0 + OFFSET) * std::f64::consts::FRAC_PI_2).cos().powi(2)
        };
        let beta = |t: usize| (1.0 - remaining(t + 1) / remaining(t)).min(MOST_NOISE);
        let keep: Vec<f64> = (0..steps).map(|t| 1.0 - beta(t)).collect();
        let kept = keep.iter().scan(1.0, |product, keep| {
            *product *= keep;
            Some(*product)
        });
        Self { kept: kept.collect(), keep }
    }

    /// Number of steps.
    pub fn steps(&self) -> usize {
        self.keep.len()
    }

    /// `ᾱ_t`: the share of the categories that are still the row's own after step `t`.
    pub fn kept(&self, t: usize) -> f64 {
        self.kept[t]
    }

    /// `α_t`, `β_t = 1 − α_t`, `ᾱ_{t−1}` and `1 − ᾱ_{t−1}`.
    pub fn step(&self, t: usize) -> [f64; RATES] {
        let before = if t == 0 { 1.0 } else { self.kept[t - 1] };
        [self.keep[t], 1.0 - self.keep[t], before, 1.0 - before]
    }

    /// What the operations on step `t` need: the numbers of [`step`](Self::step), the last of them
    /// above 0.
    pub fn rates(&self, t: usize) -> [f32; RATES] {
        let mut rates = self.step(t).map(|number| number as f32);
        rates[3] = rates[3].max(NO_NOISE);
        rates
    }
}
