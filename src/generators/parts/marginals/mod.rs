//! The distribution of a field read as numbers, and its values as those of a standard normal variable.

mod beta;
mod empirical;
mod likelihood;
mod normal;
mod range;
mod shapes;
mod shapes_fit;
mod special;

#[cfg(test)]
mod tests;

pub use beta::Beta;
pub use empirical::Empirical;
pub use normal::Normal;

use crate::generators::parts::sample::Sample;
use range::Range;
use serde::{Deserialize, Serialize};
use std::collections::HashMap;

/// Scores end here and at minus this, where `F` is a step of single precision short of 1: `Φ⁻¹(1 − 2⁻²³)`.
/// So a row far from all others has a say over correlations that is bounded. Seen from outside, the scores
/// of `copulas` 0.14.1 end there too.
const MAX_SCORE: f64 = 5.166_578_119_728_753;

/// The family of distributions that a number's marginal is fitted in.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Family {
    /// Beta distributions with location and scale, by maximum likelihood: the default of SDV's Gaussian
    /// copula.
    #[default]
    Beta,
    /// The sample itself.
    Empirical,
    /// Normal distributions, by maximum likelihood.
    Normal,
    /// The uniform distribution over the range, half the smallest gap between values added to both ends.
    Uniform,
}

/// A fitted distribution function `F`, between values and normal scores.
///
/// Both ways are monotone and finite for finite arguments. Scores are held within ±5.17; values are not,
/// so scores beyond that give values beyond those that 5.17 stands for. With beta marginals a score costs
/// from 0.2 microseconds (a continued fraction, longer with larger shapes), a value some ten times as much.
/// So whoever turns many scores into held values should score the cut points between these once and look
/// the scores up among them: for every family, and `z` within ±5.17, `value(z)` lies above a cut point if
/// `z` lies above its score, and below if below.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Marginal {
    /// One value: its score is 0.
    Constant(f64),
    /// A beta distribution; a uniform one is that with shapes 1.
    Beta(Beta),
    /// A sample's own distribution.
    Empirical(Empirical),
    /// A normal distribution.
    Normal(Normal),
}

impl Marginal {
    /// Fits a family to a sample. With one distinct value it is constant, without any constant 0.
    pub fn fit(family: Family, sample: &Sample) -> Self {
        let Some(range) = Range::of(sample) else {
            return Self::Constant(sample.ends().map_or(0.0, |(value, _)| value));
        };
        match family {
            Family::Beta => Self::Beta(likelihood::fit(sample, range)),
            Family::Empirical => Self::Empirical(Empirical::of(sample)),
            Family::Normal => Self::Normal(Normal::of(sample, range)),
            Family::Uniform => Self::Beta(likelihood::uniform(sample, range)),
        }
    }

    /// The normal score of a value, `Φ⁻¹(F(x))`, held within ±5.17.
    pub fn score(&self, x: f64) -> f64 {
        let score = match self {
            Self::Constant(_) => 0.0,
            Self::Beta(beta) => beta.score(x),
            Self::Empirical(empirical) => empirical.score(x),
            Self::Normal(normal) => normal.score(x),
        };
        score.clamp(-MAX_SCORE, MAX_SCORE)
    }

    /// The normal scores of a column, each reckoned once for every distinct value.
    pub fn scores(&self, values: &[f64]) -> Vec<f64> {
        let mut known = HashMap::new();
        let score = |&x: &f64| *known.entry(x.to_bits()).or_insert_with(|| self.score(x));
        values.iter().map(score).collect()
    }

    /// The value of a normal score, `F⁻¹(Φ(z))`.
    pub fn value(&self, z: f64) -> f64 {
        match self {
            Self::Constant(value) => *value,
            Self::Beta(beta) => beta.value(z),
            Self::Empirical(empirical) => empirical.value(z),
            Self::Normal(normal) => normal.value(z),
        }
    }
}
