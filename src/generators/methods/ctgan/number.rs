//! A field of numbers as the networks see it.

use crate::generators::parts::marginals::{Family, Marginal, Sample};
use crate::generators::parts::modes::{MAX_MODES, MIN_WEIGHT, Modes};
use crate::generators::parts::neural::InModes;
use crate::seed::Rng;
use serde::{Deserialize, Serialize};
use std::collections::HashMap;

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
        let modes = Modes::fit(&seen(scores.as_ref(), values), MAX_MODES, MIN_WEIGHT);
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
        InModes::encode(&self.modes, &seen(self.scores.as_ref(), values), rng)
    }
}

/// The values or their normal scores, of which there are as many as distinct values.
fn seen(scores: Option<&Marginal>, values: &[f64]) -> Vec<f64> {
    let Some(marginal) = scores else { return values.to_vec() };
    let mut known = HashMap::new();
    let score = |&x: &f64| *known.entry(x.to_bits()).or_insert_with(|| marginal.score(x));
    values.iter().map(score).collect()
}
