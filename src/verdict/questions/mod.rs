//! What else a run answers: the best ratio, longer training, where a gain comes from.

mod differences;
mod longer;
mod ratio;
mod why;

pub use differences::{Difference, differences};
pub use longer::{Longer, Moment, Survival};
pub use ratio::{AtRatio, Ratios};
pub use why::{Reason, Why};

pub(super) use longer::longer;
pub(super) use ratio::ratios;
pub(super) use why::why;

use super::comparison::{Method, Runs};
use super::pairing::Pairing;
use super::run::{Arm, BySeed};
use super::spread::Spreads;
use crate::experiment::Scenario;
use crate::statistics::Interval;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// A difference to `base` and its interval over seeds.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Contrast {
    /// The difference of the means.
    pub mean: f64,
    /// Its interval; none with too few seeds.
    pub interval: Option<Interval>,
    /// Seeds it rests on.
    pub seeds: usize,
}

/// The difference of an arm to its `base`: paired by seed if that is expected to tell more.
fn contrast(
    arm: &Arm,
    values: &BTreeMap<Arm, BySeed>,
    spreads: &Spreads,
    pairing: &Pairing,
    confidence: f64,
) -> Option<Contrast> {
    let runs = Runs::between(arm, &base_of(arm), values, spreads)?;
    let numbers = runs.compare(pairing, Method::Fixed, confidence).numbers;
    numbers.mean.is_finite().then_some(Contrast {
        mean: numbers.mean,
        interval: numbers.interval,
        seeds: numbers.seeds.len(),
    })
}

/// The `base` of an arm.
fn base_of(arm: &Arm) -> Arm {
    Arm { source: None, scenario: Scenario::Base, model: arm.model }
}
