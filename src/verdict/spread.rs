//! How much the runs of one model in one scenario, or their means over several, usually scatter, whatever source their
//! rows are from.
//!
//! Two seeds leave the spread of an arm all but unknown, and where it happens to be small the arm seems to
//! differ from everything. So an arm with few seeds counts as scattering at least as much as the arms of its model and
//! scenario do on the average ([`UsualVariance`]). An arm that really scatters less is known less well
//! than it might be; one that scatters more is taken as it is.

use super::run::{Arm, BySeed};
use crate::ctr::AnyModel;
use crate::experiment::Scenario;
use crate::statistics::{Estimate, UsualVariance};
use std::collections::BTreeMap;

/// Fewer arms do not tell what is usual.
const LEAST_ARMS: usize = 4;

/// With so many seeds an arm's own spread is known well enough.
const ENOUGH_SEEDS: usize = 5;

/// The cells that an arm is of, or that a mean of several arms is over.
type Cells = Vec<(AnyModel, Scenario)>;

/// How much arms, and means of several arms, usually scatter, by the cells that they are of.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Spreads(BTreeMap<Cells, UsualVariance>);

impl Spreads {
    /// From all arms that have two seeds.
    pub fn new(values: &BTreeMap<Arm, BySeed>) -> Self {
        Self(usual(values.iter().map(|(arm, runs)| (std::slice::from_ref(arm), runs))))
    }

    /// With those of means too, which scatter in another way than what they are of. Each is given once.
    pub fn with_means(&self, means: &BTreeMap<Vec<Arm>, BySeed>) -> Self {
        let mut all = self.0.clone();
        all.extend(usual(means.iter().map(|(arms, runs)| (&arms[..], runs))));
        Self(all)
    }

    /// What an arm with these runs, or a mean of several, is taken to scatter at least; none where they are enough by
    /// themselves, or where nothing is known.
    pub fn least(&self, arms: &[Arm], runs: &BySeed) -> Option<UsualVariance> {
        let known = self.0.get(&cells(arms)?).copied();
        known.filter(|_| runs.len() < ENOUGH_SEEDS)
    }
}

/// The cells of arms; none where the model does not matter.
fn cells(arms: &[Arm]) -> Option<Cells> {
    arms.iter().map(|arm| Some((arm.model?, arm.scenario))).collect()
}

/// What is usual, where enough that are of the same cells have two seeds.
fn usual<'a>(all: impl Iterator<Item = (&'a [Arm], &'a BySeed)>) -> BTreeMap<Cells, UsualVariance> {
    let mut alike: BTreeMap<Cells, Vec<(f64, f64)>> = BTreeMap::new();
    for (arms, by_seed) in all {
        let runs: Vec<f64> = by_seed.values().copied().collect();
        if let (Some(cells), Some(of)) = (cells(arms), Estimate::of_mean(&runs)) {
            let group = alike.entry(cells).or_default();
            group.push((of.variance_of_one(runs.len()), of.degrees_of_freedom));
        }
    }
    alike.retain(|_, group| group.len() >= LEAST_ARMS);
    let of_group =
        |(cells, group): (_, Vec<(f64, f64)>)| Some((cells, UsualVariance::new(&group)?));
    alike.into_iter().filter_map(of_group).collect()
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
        let two = by_seed(0.01);
        let usual = spreads.least(&[arm(GeneratorKind::TabDdpm, "neg25")], &two).unwrap();
        // Of two values at a distance of d the variance is d²/2.
        assert!((usual.variance - 0.08f64.powi(2) / 2.0).abs() < 1e-12);
        assert!((usual.degrees_of_freedom - 4.0).abs() < 1e-9);
        let five: BySeed = (1..=5).map(|seed| (seed, 98.0)).collect();
        assert_eq!(spreads.least(&[arm(kinds[0], "neg25")], &five), None, "seeds enough");
        assert_eq!(spreads.least(&[arm(kinds[0], "pos25")], &two), None, "an arm alone");
        let other = Arm { model: Some(ModelKind::DeepFm.into()), ..arm(kinds[0], "neg25") };
        assert_eq!(spreads.least(&[other], &two), None, "another model");

        // Means over both scenarios are of other cells, and tell of each other.
        let both = kinds.map(|kind| [arm(kind, "neg25"), arm(kind, "pos25")]);
        let means = |n: usize| {
            let list = both[..n].iter().map(|arms| (arms.to_vec(), by_seed(0.02)));
            spreads.with_means(&list.collect())
        };
        assert_eq!(spreads.least(&both[0], &two), None, "arms tell nothing of means");
        let least = means(4).least(&both[0], &two).unwrap();
        assert!((least.variance - 0.04f64.powi(2) / 2.0).abs() < 1e-12);
        assert_eq!(means(4).least(&both[0][..1], &two), Some(usual), "nor means of arms");
        assert_eq!(means(4).least(&both[0], &five), None, "seeds enough");
        assert_eq!(means(3).least(&both[0], &two), None, "three are too few");

        values.remove(&arm(GeneratorKind::Tvae, "neg25"));
        assert_eq!(Spreads::new(&values), Spreads::default(), "three are too few");
    }
}
