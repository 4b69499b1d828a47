//! Numbers in terms of the modes of their column.
//!
//! Mode-specific normalisation: a column is described by a mixture of normal distributions. A
//! value `x` becomes the mode it belongs to, drawn by the modes' responsibilities for it, and
//! `v = (x − mean) / (4 · deviation)` in that mode. So a network sees a column of many modes as a
//! category and a number of moderate size.
//!
//! Xu, Skoularidou, Cuesta-Infante and Veeramachaneni, "Modeling tabular data using conditional
//! GAN", NeurIPS 2019, section 4.2.

mod column;
mod mixture;
mod start;
#[cfg(test)]
mod tests;

use crate::seed::Rng;
use column::Column;
use mixture::Mixture;
use rand::RngExt;
use serde::{Deserialize, Serialize};

/// Most modes of a number, as published.
pub const MAX_MODES: usize = 10;

/// Modes of less weight are left out, as published.
pub const MIN_WEIGHT: f64 = 0.005;

/// A number is given in units of so many deviations of its mode.
const DEVIATIONS: f64 = 4.0;

/// The largest absolute value of an encoded number.
const CLIP: f64 = 0.99;

/// A normal distribution of a mixture.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Mode {
    /// Share of the column, above 0; all modes of a column have 1 together.
    pub weight: f64,
    /// In the column's units.
    pub mean: f64,
    /// Standard deviation in the column's units, above 0.
    pub deviation: f64,
}

/// The modes of a column of numbers, from the smallest mean to the largest.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(try_from = "Vec<Mode>", into = "Vec<Mode>")]
pub struct Modes {
    modes: Vec<Mode>,
    /// By mode: logarithm of its density at the mean, without the constant that all share.
    log_heights: Vec<f64>,
}

impl Modes {
    /// The modes of weight above `min_weight` in a variational mixture of at most `max_modes`
    /// normal distributions (published: 10 and 0.005); at least one mode.
    ///
    /// Values that are not finite are left out. A column of one distinct value has one mode, of a
    /// deviation next to nothing.
    pub fn fit(values: &[f64], max_modes: usize, min_weight: f64) -> Self {
        let column = Column::new(values);
        let mut modes = Mixture::fit(&column, max_modes.max(1)).modes(&column);
        let heaviest = modes.iter().map(|mode| mode.weight).fold(0.0, f64::max);
        modes.retain(|mode| mode.weight > min_weight || mode.weight == heaviest);
        modes.sort_by(|a, b| a.mean.total_cmp(&b.mean));
        let kept: f64 = modes.iter().map(|mode| mode.weight).sum();
        modes.iter_mut().for_each(|mode| mode.weight /= kept);
        Self::of(modes)
    }

    fn of(modes: Vec<Mode>) -> Self {
        let log_height = |mode: &Mode| mode.weight.ln() - mode.deviation.ln();
        let log_heights = modes.iter().map(log_height).collect();
        Self { modes, log_heights }
    }

    /// The number of modes, from 1.
    pub fn n_modes(&self) -> usize {
        self.modes.len()
    }

    /// The modes themselves.
    pub fn modes(&self) -> &[Mode] {
        &self.modes
    }

    /// By mode: the probability that a finite `x` came from it. They sum to 1.
    pub fn responsibilities(&self, x: f64) -> Vec<f64> {
        let log_density = |(mode, log_height): (&Mode, &f64)| {
            // Bounded, so that the modes can be told apart or are equal, however far `x` is.
            let distance = ((x - mode.mean) / mode.deviation).clamp(-1e150, 1e150);
            log_height - distance * distance / 2.0
        };
        let mut shares: Vec<f64> =
            self.modes.iter().zip(&self.log_heights).map(log_density).collect();
        let largest = shares.iter().copied().fold(f64::NEG_INFINITY, f64::max);
        shares.iter_mut().for_each(|share| *share = (*share - largest).exp());
        let total: f64 = shares.iter().sum();
        shares.iter_mut().for_each(|share| *share /= total);
        shares
    }

    /// A mode drawn by its responsibility for a finite `x`, and `x` in its terms:
    /// `(x − mean) / (4 · deviation)`, clipped to ±0.99.
    pub fn encode(&self, x: f64, rng: &mut Rng) -> (usize, f32) {
        let mode = draw(&self.responsibilities(x), rng);
        let Mode { mean, deviation, .. } = self.modes[mode];
        let v = (x - mean) / (DEVIATIONS * deviation);
        (mode, v.clamp(-CLIP, CLIP) as f32)
    }

    /// The number that `v`, clipped to ±1, stands for in a mode below [`Modes::n_modes`].
    pub fn decode(&self, mode: usize, v: f32) -> f64 {
        let Mode { mean, deviation, .. } = self.modes[mode];
        mean + DEVIATIONS * deviation * f64::from(v.clamp(-1.0, 1.0))
    }
}

/// A place of `shares`, which sum to 1, drawn by them.
fn draw(shares: &[f64], rng: &mut Rng) -> usize {
    let mut rest: f64 = rng.random();
    let place = shares.iter().position(|share| {
        rest -= share;
        rest < 0.0
    });
    // By rounding, nothing but a little may be left after the last of them.
    place.or_else(|| shares.iter().rposition(|&share| share > 0.0)).unwrap_or(0)
}

impl TryFrom<Vec<Mode>> for Modes {
    type Error = &'static str;

    fn try_from(modes: Vec<Mode>) -> Result<Self, Self::Error> {
        let total: f64 = modes.iter().map(|mode| mode.weight).sum();
        let sound = |mode: &Mode| {
            mode.weight > 0.0
                && mode.mean.is_finite()
                && mode.deviation.is_normal()
                && mode.deviation > 0.0
        };
        match modes.iter().all(sound) && (total - 1.0).abs() < 1e-9 {
            true => Ok(Self::of(modes)),
            false => Err("modes need a finite mean, a deviation above 0 and weights above 0 \
                          that sum to 1"),
        }
    }
}

impl From<Modes> for Vec<Mode> {
    fn from(modes: Modes) -> Self {
        modes.modes
    }
}
