//! What changes come to on average, and whether that is a regression.

use super::entry::Kind;
use super::gate::Gate;
use super::measures::{MEASURES, Measure};
use super::pairs::Pair;
use super::statistics::{Loss, SeedLoss, loss, usual_variance};
use serde::Serialize;
use std::collections::BTreeMap;

/// What a mean is over.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Scope {
    /// All cells, or all measured tables.
    All,
    /// The cells of a model.
    Model,
    /// Those of a generator fitted one way.
    Source,
    /// Those of a scenario.
    Scenario,
    /// One cell or table over its seeds.
    Arm,
}

impl Scope {
    /// Whether it is a part, which is judged by noise between seeds alone.
    pub fn is_part(self) -> bool {
        !matches!(self, Scope::All | Scope::Model)
    }

    /// The scopes besides all.
    fn of_kind(kind: Kind) -> &'static [Scope] {
        match kind {
            Kind::Cell => &[Scope::Model, Scope::Source, Scope::Scenario, Scope::Arm],
            Kind::Quality => &[Scope::Arm],
        }
    }

    /// Which model, source, scenario or arm a pair belongs to; none if to no such.
    fn name(self, pair: &Pair<'_>) -> Option<String> {
        match self {
            Scope::All => None,
            Scope::Model => pair.base.text("model").map(str::to_owned),
            Scope::Source => pair.source(),
            Scope::Scenario => pair.base.text("scenario").map(str::to_owned),
            Scope::Arm => Some(pair.arm()),
        }
    }

    /// What makes losses alike. Cells of one model and seed begin with the same weights, those of one
    /// source and fit share synthetic rows. Measured tables have nothing in common, each generator
    /// having its own stream of random numbers.
    fn cluster(self, pair: &Pair<'_>) -> String {
        match (self, pair.base.text("model")) {
            (_, None) => pair.name.to_owned(),
            (Scope::Source, _) => pair.seeds()[0].to_string(),
            (_, Some(model)) => format!("{model} {}", pair.seeds()[1]),
        }
    }
}

/// A measure's mean loss over cells and seeds.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Effect {
    /// The measure.
    pub measure: &'static str,
    /// Its unit; empty if it has none.
    pub unit: &'static str,
    /// What the mean is over.
    pub scope: Scope,
    /// Which model, source, scenario or arm; none of all.
    pub of: Option<String>,
    /// BASE's mean.
    pub base: f64,
    /// NEW's mean.
    pub new: f64,
    /// By how much NEW is worse.
    pub loss: Loss,
    /// The loss that is tolerated.
    pub tolerance: f64,
    /// The p-value from which on a loss cannot be noise. Of the rate of false alarms, the means over all
    /// and over each model share one half, the parts the other (Bonferroni).
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

/// The effects on all measures that both runs have: means over all, over each model and, where arms have
/// several seeds, over each part, since a loss of one part may vanish in the gains and the number of the
/// others.
pub(super) fn effects(pairs: &[Pair<'_>], gate: &Gate) -> Vec<Effect> {
    let mut effects: Vec<Effect> =
        MEASURES.iter().flat_map(|measure| of_measure(measure, pairs, gate)).collect();
    let parts = effects.iter().filter(|effect| effect.scope.is_part()).count();
    let share = if parts > 0 { gate.false_alarms / 2.0 } else { gate.false_alarms };
    let means = effects.len() - parts;
    for effect in &mut effects {
        let number = if effect.scope.is_part() { parts } else { means };
        effect.level = share / number as f64;
        effect.regression =
            effect.loss.mean > effect.tolerance && effect.loss.p_value <= effect.level;
    }
    effects
}

fn of_measure(measure: &Measure, pairs: &[Pair<'_>], gate: &Gate) -> Vec<Effect> {
    let judged: Vec<&Pair<'_>> = pairs.iter().filter(|pair| is_judged(pair, measure)).collect();
    let usual = usual_variance(&losses(measure, Scope::All, &judged));
    let mut seeds: BTreeMap<String, usize> = BTreeMap::new();
    judged.iter().for_each(|pair| *seeds.entry(pair.arm()).or_default() += 1);
    let effect = |scope, of, pairs: &[&Pair<'_>]| {
        let loss = loss(&losses(measure, scope, pairs), usual)?;
        Some(effect(measure, scope, of, pairs, loss, gate))
    };
    let mut effects: Vec<Effect> = effect(Scope::All, None, &judged).into_iter().collect();
    for &scope in Scope::of_kind(measure.kind) {
        let mut groups: BTreeMap<String, Vec<&Pair<'_>>> = BTreeMap::new();
        for pair in judged.iter().filter(|pair| !scope.is_part() || seeds[&pair.arm()] > 1) {
            if let Some(name) = scope.name(pair) {
                groups.entry(name).or_default().push(pair);
            }
        }
        // A group of all is no other mean.
        let groups = groups.into_iter().filter(|(_, group)| group.len() < judged.len());
        effects.extend(groups.filter_map(|(name, group)| effect(scope, Some(name), &group)));
    }
    effects
}

/// Whether a pair has the measure and is a result: yardsticks, which have no seed, are of real rows.
fn is_judged(pair: &Pair<'_>, measure: &Measure) -> bool {
    let is_yardstick = pair.base.leaves.get("of/seed").is_some_and(|seed| seed.is_null());
    pair.kind == measure.kind && !is_yardstick && measure.loss(pair.base, pair.new).is_some()
}

fn losses(measure: &Measure, scope: Scope, pairs: &[&Pair<'_>]) -> Vec<SeedLoss> {
    let of_pair = |pair: &&Pair<'_>| {
        let loss = measure.loss(pair.base, pair.new)?;
        Some(SeedLoss { arm: pair.arm(), cluster: scope.cluster(pair), seeds: pair.seeds(), loss })
    };
    pairs.iter().filter_map(of_pair).collect()
}

fn effect(
    measure: &Measure,
    scope: Scope,
    of: Option<String>,
    pairs: &[&Pair<'_>],
    loss: Loss,
    gate: &Gate,
) -> Effect {
    let mean = |values: Vec<Option<f64>>| values.into_iter().flatten().sum::<f64>() / loss.n as f64;
    Effect {
        measure: measure.name,
        unit: measure.unit,
        scope,
        of,
        base: mean(pairs.iter().map(|pair| (measure.value)(pair.base)).collect()),
        new: mean(pairs.iter().map(|pair| (measure.value)(pair.new)).collect()),
        loss,
        tolerance: (measure.tolerance)(gate),
        level: 0.0,
        regression: false,
    }
}
