//! What changes come to on average, and whether that is a regression.

use super::gate::Gate;
use super::measures::{MEASURES, Measure};
use super::pairs::Pair;
use super::statistics::{Loss, loss};
use serde::Serialize;
use std::collections::BTreeSet;

/// A measure's mean loss over cells and seeds.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Effect {
    /// The measure.
    pub measure: &'static str,
    /// Its unit; empty if it has none.
    pub unit: &'static str,
    /// The model whose cells these are; none for all together, or for measured tables.
    pub model: Option<String>,
    /// BASE's mean.
    pub base: f64,
    /// NEW's mean.
    pub new: f64,
    /// By how much NEW is worse.
    pub loss: Loss,
    /// The loss that is tolerated.
    pub tolerance: f64,
    /// The p-value from which on a loss cannot be noise: the rate of false alarms shared by all
    /// effects (Bonferroni).
    pub level: f64,
    /// Whether the loss is larger than what is tolerated and cannot be noise.
    pub regression: bool,
}

/// What is said of a loss beyond what is tolerated that cannot be told from noise.
pub(super) const MAY_BE_NOISE: &str = "may be noise";

impl Effect {
    /// In a word.
    pub fn verdict(&self) -> &'static str {
        match self.loss.mean {
            _ if self.regression => "REGRESSION",
            mean if mean <= 0.0 => "fine",
            mean if mean <= self.tolerance => "within tolerance",
            _ => MAY_BE_NOISE,
        }
    }
}

/// The effects on all measures that both runs have.
pub(super) fn effects(pairs: &[Pair<'_>], gate: &Gate) -> Vec<Effect> {
    let mut effects = Vec::new();
    for measure in &MEASURES {
        let pairs: Vec<&Pair<'_>> = pairs.iter().filter(|pair| judged(pair, measure)).collect();
        effects.extend(effect(measure, None, &pairs, gate));
        let models: BTreeSet<&str> =
            pairs.iter().filter_map(|pair| pair.base.text("model")).collect();
        if measure.by_model && models.len() > 1 {
            for model in models {
                let of_model = pairs.iter().filter(|pair| pair.base.text("model") == Some(model));
                let of_model: Vec<_> = of_model.copied().collect();
                effects.extend(effect(measure, Some(model), &of_model, gate));
            }
        }
    }
    let level = gate.false_alarms / effects.len().max(1) as f64;
    for effect in &mut effects {
        effect.level = level;
        effect.regression = effect.loss.mean > effect.tolerance && effect.loss.p_value <= level;
    }
    effects
}

/// Whether a pair has the measure and is a result: yardsticks, which have no seed, are of real rows.
fn judged(pair: &Pair<'_>, measure: &Measure) -> bool {
    let is_yardstick = pair.base.leaves.get("of/seed").is_some_and(|seed| seed.is_null());
    pair.kind == measure.kind && !is_yardstick && measure.loss(pair.base, pair.new).is_some()
}

fn effect(
    measure: &Measure,
    model: Option<&str>,
    pairs: &[&Pair<'_>],
    gate: &Gate,
) -> Option<Effect> {
    let losses: Vec<(String, f64)> = pairs
        .iter()
        .filter_map(|pair| Some((cluster(pair), measure.loss(pair.base, pair.new)?)))
        .collect();
    let loss = loss(&losses)?;
    let n = losses.len() as f64;
    let mean = |values: Vec<Option<f64>>| values.into_iter().flatten().sum::<f64>() / n;
    Some(Effect {
        measure: measure.name,
        unit: measure.unit,
        model: model.map(str::to_owned),
        base: mean(pairs.iter().map(|pair| (measure.value)(pair.base)).collect()),
        new: mean(pairs.iter().map(|pair| (measure.value)(pair.new)).collect()),
        loss,
        tolerance: (measure.tolerance)(gate),
        level: 0.0,
        regression: false,
    })
}

/// What makes differences alike: cells of one model and seed begin with the same weights; measured
/// tables have nothing in common, each generator having its own stream of random numbers.
fn cluster(pair: &Pair<'_>) -> String {
    match (pair.base.text("model"), pair.base.number("seed")) {
        (Some(model), Some(seed)) => format!("{model} {seed}"),
        _ => pair.name.to_owned(),
    }
}
