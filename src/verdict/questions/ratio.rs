//! Which ratio of synthetic rows is best.

use super::{Contrast, base_of, contrast};
use crate::ctr::AnyModel;
use crate::experiment::{Scenario, Source};
use crate::generators::Way;
use crate::statistics::holm;
use crate::verdict::comparison::{Method, Runs};
use crate::verdict::pairing::Pairing;
use crate::verdict::run::{Arm, BySeed};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

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
    /// to the best does not lie below 0, at a level that holds for all of them together (Holm). The
    /// interval of the best ratio is from the first to the last.
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

/// The runs of every percentage.
type Sweep<'a> = Vec<(u16, &'a BySeed)>;

/// Every source, label and model with at least three ratios.
pub(in crate::verdict) fn ratios(
    values: &BTreeMap<Arm, BySeed>,
    pairing: &Pairing,
    confidence: f64,
) -> Vec<Ratios> {
    let mut sweeps: BTreeMap<(Source, u8, AnyModel), Sweep<'_>> = BTreeMap::new();
    for (arm, by_seed) in values {
        if let (Some(source), Some(model), Scenario::Added(added)) =
            (arm.source, arm.model, arm.scenario)
        {
            let (label, percent) = match (added.others(), added.clicks()) {
                (others, 0) => (0, others),
                (0, clicks) => (1, clicks),
                _ => continue,
            };
            sweeps.entry((source, label, model)).or_default().push((percent, by_seed));
        }
    }
    let sweep = |((source, label, model), mut ratios): ((Source, u8, AnyModel), Sweep<'_>)| {
        let arm = Arm { source: Some(source), scenario: Scenario::Base, model: Some(model) };
        let base = values.get(&base_of(&arm))?;
        if ratios.len() < LEAST {
            return None;
        }
        ratios.sort_by_key(|(percent, _)| *percent);
        let at = |(percent, of): &(u16, &BySeed)| {
            let gain = contrast(of, base, pairing, confidence)?;
            Some(AtRatio { percent: *percent, gain })
        };
        let mut all = vec![(0, base)];
        all.extend(&ratios);
        let (best, not_worse) = best(&all, pairing, confidence)?;
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
fn best(ratios: &[(u16, &BySeed)], pairing: &Pairing, confidence: f64) -> Option<(u16, Vec<u16>)> {
    let mean = |values: &BySeed| values.values().sum::<f64>() / values.len() as f64;
    let (best, of_best) = *ratios.iter().max_by(|a, b| mean(a.1).total_cmp(&mean(b.1)))?;
    let p_lower = |(_, values): &(u16, &BySeed)| {
        let runs = Runs { of: of_best.clone(), comparator: Some((*values).clone()) };
        let compared = runs.compare(pairing, Method::Fixed, confidence);
        // A single seed tells nothing.
        compared.evidence.map_or(1.0, |evidence| evidence.p_above(0.0))
    };
    let others: Vec<&(u16, &BySeed)> = ratios.iter().filter(|(at, _)| *at != best).collect();
    let p = holm(&others.iter().map(|other| p_lower(other)).collect::<Vec<f64>>());
    let alpha = (1.0 - confidence) / 2.0;
    let worse = |at: u16| others.iter().zip(&p).any(|((other, _), p)| *other == at && *p <= alpha);
    let all = ratios.iter().map(|(at, _)| *at);
    Some((best, all.filter(|at| !worse(*at)).collect()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ctr::ModelKind;
    use crate::experiment::Added;
    use crate::generators::{Conditioning, GeneratorKind};

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
        let found = &ratios(&sweep(0.005), &pairing(&sweep(0.005)), 0.95)[0];
        assert_eq!((found.best, found.label, found.ratios.len()), (60, 0, 5));
        assert_eq!(found.not_worse, [60]);
        assert!((found.ratios[2].gain.mean - 0.36).abs() < 0.01);

        let found = &ratios(&sweep(0.12), &pairing(&sweep(0.12)), 0.95)[0];
        assert!(found.not_worse.len() > 1 && found.not_worse.contains(&found.best));
        assert!(!found.not_worse.contains(&160));
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
        assert_eq!(ratios(&values, &Pairing::default(), 0.95), []);
    }
}
