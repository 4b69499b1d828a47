//! The distribution of a sample itself.

use serde::{Deserialize, Serialize};

use super::special::score_of_tails;
use crate::generators::parts::sample::Sample;

/// A distribution function with a step at each held value.
///
/// The score of a held value is taken in the middle of its step (the mid-distribution function:
/// `P(X < x) + P(X = x) / 2`), so that ties have one score and the mean of all is near 0; their variance
/// falls short of 1 where few values hold most rows. The value of a score is that whose step the
/// score lies in: draws hold each value in proportion to its rows.
///
/// Source: Parzen, "Quantile probability and statistical data modeling", Statistical Science 19 (2004).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(try_from = "Steps", into = "Steps")]
pub struct Empirical {
    values: Vec<f64>,
    counts: Vec<u64>,
    /// Normal scores of the middles of the steps, and of the edges between them.
    middles: Vec<f64>,
    edges: Vec<f64>,
}

impl Empirical {
    /// Of a sample that is not empty.
    pub(super) fn of(sample: &Sample) -> Self {
        let n = sample.n_rows();
        let score = |lower: f64| score_of_tails(lower / n, (n - lower) / n);
        let (mut middles, mut edges, mut rows) = (Vec::new(), Vec::new(), 0.0);
        for &count in sample.counts() {
            middles.push(score(rows + count as f64 / 2.0));
            rows += count as f64;
            edges.push(score(rows));
        }
        edges.pop();
        Self { values: sample.values().to_vec(), counts: sample.counts().to_vec(), middles, edges }
    }

    /// `Φ⁻¹(F(x))`; in the middle of the step at a held value. Below or above all values it is the score
    /// of probability 0 or 1, as far as that is finite.
    pub fn score(&self, x: f64) -> f64 {
        let place = self.values.partition_point(|&value| value < x);
        match self.values.get(place) {
            Some(&value) if value == x => self.middles[place],
            None => score_of_tails(1.0, 0.0),
            Some(_) if place == 0 => score_of_tails(0.0, 1.0),
            Some(_) => self.edges[place - 1],
        }
    }

    /// `F⁻¹(Φ(z))`, a held value.
    pub fn value(&self, z: f64) -> f64 {
        self.values[self.edges.partition_point(|&edge| edge < z)]
    }
}

/// What determines an empirical marginal.
#[derive(Serialize, Deserialize)]
struct Steps {
    values: Vec<f64>,
    counts: Vec<u64>,
}

impl TryFrom<Steps> for Empirical {
    type Error = &'static str;

    fn try_from(Steps { values, counts }: Steps) -> Result<Self, Self::Error> {
        let sample = Sample::counted(values.iter().copied().zip(counts.iter().copied()));
        match sample.values() == values && sample.counts() == counts && !values.is_empty() {
            true => Ok(Self::of(&sample)),
            false => Err(
                "an empirical marginal needs ascending values, each with a number of rows, from 1",
            ),
        }
    }
}

impl From<Empirical> for Steps {
    fn from(Empirical { values, counts, .. }: Empirical) -> Self {
        Self { values, counts }
    }
}
