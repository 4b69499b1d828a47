//! A field of numbers as the networks see it.

use crate::generators::parts::marginals::{Family, Marginal};
use crate::generators::parts::modes::{MAX_MODES, MIN_WEIGHT, Modes};
use crate::generators::parts::neural::InModes;
use crate::generators::parts::sample::Sample;
use crate::seed::Rng;
use serde::{Deserialize, Serialize};

/// A mode, and a number in its terms: of the values as they are or, for CopulaGAN, of their normal
/// scores.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Number {
    /// Turns values into normal scores, if that is wanted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    scores: Option<Marginal>,
    modes: Modes,
}

impl Number {
    /// Learns a column; its normal scores by a marginal of the given family, if one is given.
    pub fn new(values: &[f64], family: Option<Family>) -> Self {
        let scores = family.map(|family| Marginal::fit(family, &Sample::of(values)));
        let fit = |values: &[f64]| Modes::fit(values, MAX_MODES, MIN_WEIGHT);
        let modes = scores.as_ref().map_or_else(|| fit(values), |m| fit(&m.scores(values)));
        Self { scores, modes }
    }

    /// The value that a mode and a number stand for.
    pub fn decode(&self, mode: usize, number: f32) -> f64 {
        let x = self.modes.decode(mode, number);
        self.scores.as_ref().map_or(x, |marginal| marginal.value(x))
    }
}

impl InModes for Number {
    fn n_modes(&self) -> usize {
        self.modes.n_modes()
    }

    fn encode(&self, values: &[f64], rng: &mut Rng) -> Vec<(usize, f32)> {
        match &self.scores {
            None => InModes::encode(&self.modes, values, rng),
            Some(marginal) => InModes::encode(&self.modes, &marginal.scores(values), rng),
        }
    }
}
