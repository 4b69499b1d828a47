//! Which ratio of synthetic rows is best.

use super::{Contrast, base_of, contrast};
use crate::ctr::AnyModel;
use crate::experiment::{Scenario, Source};
use crate::generators::Way;
use crate::statistics::holm;
use crate::verdict::comparison::{Method, Runs};
use crate::verdict::pairing::Pairing;
use crate::verdict::run::{Arm, BySeed};
use crate::verdict::spread::Spreads;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// Fewer ratios make no sweep.
const LEAST: usize = 3;

/// The AUC of one model by the percentage of one label's rows that a source adds.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Ratios {
    /// The generator.
    pub generator: String,
    /// How it was fitted.
    #[serde(flatten)]
    pub way: Way,
    /// The model.
    pub model: AnyModel,
    /// The label of the rows added.
    pub label: u8,
    /// By ratio, that of 0 left out.
    pub ratios: Vec<AtRatio>,
    /// The percentage with the highest mean AUC; 0 is `base`.
    pub best: u16,
    /// All percentages that cannot be told from the best: those of which the interval of the difference
    /// to the best does not lie below 0, at a level that holds for all pairs of percentages together (Holm), since which
    /// is the best is seen by the same runs. The interval of the best ratio is from the first to the last.
    pub not_worse: Vec<u16>,
}

/// What one ratio does.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct AtRatio {
    /// Per cent of the training rows.
    pub percent: u16,
    /// Difference to `base` in points of AUC.
    pub gain: Contrast,
}

/// The arm of every percentage.
type Sweep = Vec<(u16, Arm)>;

/// What all sweeps are judged by.
#[derive(Clone, Copy)]
struct Known<'a> {
    values: &'a BTreeMap<Arm, BySeed>,
    spreads: &'a Spreads,
    pairing: &'a Pairing,
    confidence: f64,
}

/// Every source, label and model with at least three ratios.
pub(in crate::verdict) fn ratios(
    values: &BTreeMap<Arm, BySeed>,
    spreads: &Spreads,
    pairing: &Pairing,
    confidence: f64,
) -> Vec<Ratios> {
    let known = Known { values, spreads, pairing, confidence };
    let mut sweeps: BTreeMap<(Source, u8, AnyModel), Sweep> = BTreeMap::new();
    for arm in values.keys() {
        if let (Some(source), Some(model), Scenario::Added(added)) =
            (arm.source, arm.model, arm.scenario)
        {
            let (label, percent) = match (added.others(), added.clicks()) {
                (others, 0) => (0, others),
                (0, clicks) => (1, clicks),
                _ => continue,
            };
            sweeps.entry((source, label, model)).or_default().push((percent, *arm));
        }
    }
    let sweep = |((source, label, model), mut ratios): ((Source, u8, AnyModel), Sweep)| {
        let base = base_of(&ratios.first()?.1);
        if ratios.len() < LEAST || !values.contains_key(&base) {
            return None;
        }
        ratios.sort_by_key(|(percent, _)| *percent);
        let at = |(percent, arm): &(u16, Arm)| {
            let gain = contrast(arm, values, spreads, pairing, confidence)?;
            Some(AtRatio { percent: *percent, gain })
        };
        let mut all = vec![(0, base)];
        all.extend(&ratios);
        let (best, not_worse) = best(&all, known)?;
        Some(Ratios {
            generator: source.generator.name().to_owned(),
            way: source.way,
            model,
            label,
            ratios: ratios.iter().filter_map(at).collect(),
            best,
            not_worse,
        })
    };
    sweeps.into_iter().filter_map(sweep).collect()
}

/// The best ratio, and all that cannot be told from it.
fn best(ratios: &Sweep, known: Known<'_>) -> Option<(u16, Vec<u16>)> {
    let Known { values, spreads, pairing, confidence } = known;
    let mean = |arm: &Arm| {
        let of = &values[arm];
        of.values().sum::<f64>() / of.len() as f64
    };
    let mut by_mean: Vec<&(u16, Arm)> = ratios.iter().collect();
    by_mean.sort_by(|a, b| mean(&b.1).total_cmp(&mean(&a.1)));
    let p_lower = |higher: &Arm, lower: &Arm| {
        let runs = Runs::between(higher, lower, values, spreads)?;
        Some(runs.compare(pairing, Method::Fixed, confidence).evidence?.p_above(0.0))
    };
    let (best, _) = by_mean.first()?;
    let pairs = by_mean.iter().enumerate().flat_map(|(at, (_, higher))| {
        // A single seed tells nothing.
        by_mean[at + 1..].iter().map(move |(_, lower)| p_lower(higher, lower).unwrap_or(1.0))
    });
    let p = holm(&pairs.collect::<Vec<f64>>());
    let alpha = (1.0 - confidence) / 2.0;
    // The first of them are those of the best.
    let worse = by_mean[1..].iter().zip(&p).filter(|(_, p)| **p <= alpha);
    let worse: BTreeSet<u16> = worse.map(|((at, _), _)| *at).collect();
    let all = ratios.iter().map(|(at, _)| *at);
    Some((*best, all.filter(|at| !worse.contains(at)).collect()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ctr::ModelKind;
    use crate::experiment::Added;
    use crate::generators::{Conditioning, GeneratorKind};
    use crate::seed::Seed;
    use rand::RngExt;
    use rand_distr::StandardNormal;

    fn percent(scenario: &str) -> Scenario {
        scenario.parse().unwrap()
    }

    /// AUCs of a curve with a top at 60 %, with a little noise that all seeds share.
    fn sweep(noise: f64) -> BTreeMap<Arm, BySeed> {
        let source = Source::categories(GeneratorKind::GaussianCopula, Conditioning::Joint);
        let model = Some(ModelKind::DeepFm.into());
        let mut values = BTreeMap::new();
        for ratio in [0u16, 20, 40, 60, 80, 160] {
            let auc = |seed: u64| {
                let x = f64::from(ratio) / 100.0;
                let wobble = (43_758.545 * (seed as f64 * 1.7 + x * 31.0).sin()).rem_euclid(1.0);
                (seed, 98.0 - (x - 0.6).powi(2) + 0.1 * seed as f64 + noise * wobble)
            };
            let arm = match ratio {
                0 => Arm { source: None, scenario: Scenario::Base, model },
                _ => Arm { source: Some(source), scenario: percent(&format!("neg{ratio}")), model },
            };
            values.insert(arm, (1..=6).map(auc).collect());
        }
        values
    }

    /// Equal seeds make all of them alike.
    fn pairing(values: &BTreeMap<Arm, BySeed>) -> Pairing {
        let (base, arms): (Vec<_>, Vec<_>) =
            values.iter().partition(|(arm, _)| arm.source.is_none());
        let mut pairing = Pairing::default();
        pairing.add(base[0].1, &arms.iter().map(|(_, by_seed)| *by_seed).collect::<Vec<_>>());
        pairing
    }

    #[test]
    fn the_top_of_a_curve_is_found_and_what_cannot_be_told_from_it() {
        let none = Spreads::default();
        let found = &ratios(&sweep(0.005), &none, &pairing(&sweep(0.005)), 0.95)[0];
        assert_eq!((found.best, found.label, found.ratios.len()), (60, 0, 5));
        assert_eq!(found.not_worse, [60]);
        assert!((found.ratios[2].gain.mean - 0.36).abs() < 0.01);

        let found = &ratios(&sweep(0.12), &none, &pairing(&sweep(0.12)), 0.95)[0];
        assert!(found.not_worse.len() > 1 && found.not_worse.contains(&found.best));
        assert!(!found.not_worse.contains(&160));
    }

    /// Which is the best is seen by the same runs, so comparing the others with it alone would find one worse in 18 % of
    /// such sweeps.
    #[test]
    fn of_equal_ratios_hardly_any_is_found_worse() {
        let source = Source::categories(GeneratorKind::GaussianCopula, Conditioning::Joint);
        let model = Some(ModelKind::DeepFm.into());
        let mut wrong = 0;
        for sweep in 0..400 {
            let mut rng = Seed::master(sweep).stream("equal ratios");
            let mut values = BTreeMap::new();
            for ratio in (0..=200u16).step_by(10) {
                let arm = match ratio {
                    0 => Arm { source: None, scenario: Scenario::Base, model },
                    _ => Arm {
                        source: Some(source),
                        scenario: percent(&format!("neg{ratio}")),
                        model,
                    },
                };
                let auc = |seed: u64| (seed, 98.0 + rng.sample::<f64, _>(StandardNormal));
                values.insert(arm, (1..=10).map(auc).collect::<BySeed>());
            }
            let found = &ratios(&values, &Spreads::default(), &Pairing::default(), 0.95)[0];
            wrong += usize::from(found.not_worse.len() < 21);
        }
        assert!(wrong <= 30, "{wrong} of 400");
    }

    #[test]
    fn two_ratios_are_no_sweep_and_mixtures_are_none() {
        let mut values = sweep(0.01);
        let arms: Vec<Arm> = values.keys().copied().filter(|arm| arm.source.is_some()).collect();
        for arm in &arms[2..] {
            values.remove(arm);
        }
        let both = Arm { scenario: percent("pos20+neg20"), ..arms[0] };
        assert!(matches!(both.scenario, Scenario::Added(a) if Added::clicks(a) == 20));
        values.insert(both, BySeed::from([(1, 98.0)]));
        assert_eq!(ratios(&values, &Spreads::default(), &Pairing::default(), 0.95), []);
    }
}
