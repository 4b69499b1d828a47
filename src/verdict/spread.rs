//! How much the runs of one model in one scenario scatter, whatever source their rows are from.
//!
//! Two seeds leave the spread of a cell all but unknown, and t intervals of so few, of unequal spread, hold the
//! truth in 90 instead of 95 of 100 cases, far less often where the spread happens to be small. The arms of
//! one model and scenario are alike: what they have in common is known beforehand, how much that is they say
//! themselves ([`VariancePrior`]).

use super::run::{Arm, BySeed};
use crate::ctr::AnyModel;
use crate::experiment::Scenario;
use crate::statistics::{Estimate, VariancePrior};
use std::collections::BTreeMap;

/// Fewer arms do not tell how alike they are.
const LEAST_ARMS: usize = 4;

/// What is known of an arm's spread from the others of its model and scenario.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Spreads(BTreeMap<(AnyModel, Scenario), VariancePrior>);

impl Spreads {
    /// From all arms that have two seeds.
    pub fn new(values: &BTreeMap<Arm, BySeed>) -> Self {
        let mut alike: BTreeMap<(AnyModel, Scenario), Vec<(f64, f64)>> = BTreeMap::new();
        for (arm, by_seed) in values {
            let runs: Vec<f64> = by_seed.values().copied().collect();
            if let (Some(model), Some(of)) = (arm.model, Estimate::of_mean(&runs)) {
                let variance = runs.len() as f64 * of.standard_error.powi(2);
                let group = alike.entry((model, arm.scenario)).or_default();
                group.push((variance, of.degrees_of_freedom));
            }
        }
        alike.retain(|_, arms| arms.len() >= LEAST_ARMS);
        let prior = |(of, arms): (_, Vec<(f64, f64)>)| Some((of, VariancePrior::new(&arms)?));
        Self(alike.into_iter().filter_map(prior).collect())
    }

    /// What is known beforehand of an arm.
    pub fn of(&self, arm: &Arm) -> Option<VariancePrior> {
        self.0.get(&(arm.model?, arm.scenario)).copied()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ctr::ModelKind;
    use crate::experiment::Source;
    use crate::generators::{Conditioning, GeneratorKind};

    #[test]
    fn arms_of_a_model_and_scenario_tell_of_each_other() {
        let arm = |generator, scenario: &str| Arm {
            source: Some(Source::categories(generator, Conditioning::Joint)),
            scenario: scenario.parse().unwrap(),
            model: Some(ModelKind::Dnn.into()),
        };
        let by_seed = |sd: f64| BySeed::from([(1, 98.0 - sd), (2, 98.0 + sd)]);
        let kinds = [
            GeneratorKind::Smoten,
            GeneratorKind::GaussianCopula,
            GeneratorKind::Ctgan,
            GeneratorKind::Tvae,
        ];
        let mut values: BTreeMap<Arm, BySeed> =
            kinds.into_iter().map(|kind| (arm(kind, "neg25"), by_seed(0.04))).collect();
        values.insert(arm(GeneratorKind::Smoten, "pos25"), by_seed(0.3));
        let spreads = Spreads::new(&values);
        let prior = spreads.of(&arm(GeneratorKind::TabDdpm, "neg25")).unwrap();
        // Of two values at a distance of d the variance is d²/2.
        assert!((prior.variance() - 0.08f64.powi(2) / 2.0).abs() < 1e-12);
        assert_eq!(spreads.of(&arm(GeneratorKind::Smoten, "pos25")), None, "an arm alone");
        let other = Arm { model: Some(ModelKind::DeepFm.into()), ..arm(kinds[0], "neg25") };
        assert_eq!(spreads.of(&other), None, "another model");

        values.remove(&arm(GeneratorKind::Tvae, "neg25"));
        assert_eq!(Spreads::new(&values), Spreads::default(), "three are too few");
    }
}
