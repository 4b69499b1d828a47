//! What attacks achieve on rows, or on users.

use super::permutations::{RankStatistic, Tested, test};
use super::roc::{AtFpr, ONE_IN, Roc};
use crate::metrics::DeLong;
use crate::seed::Seed;
use rayon::prelude::*;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

/// What all attacks achieve on rows, or on users.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Level {
    /// The attack that is furthest above chance: it has the largest of the standardised statistics.
    pub strongest: String,
    /// By which of its measures: `auc`, `tpr_at_fpr 0.001` or `tpr_at_fpr 0.01`.
    pub strongest_by: String,
    /// What that attack achieves.
    #[serde(flatten)]
    pub achieved: Achieved,
    /// Number of members.
    pub members: usize,
    /// Number of non-members.
    pub non_members: usize,
    /// What each attack achieves, by name.
    pub attacks: BTreeMap<String, Achieved>,
}

/// What an attack achieves.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Achieved {
    /// How often a member is scored above a non-member, ties half: 0.5 by chance, 1 at best.
    /// Alarming where it is above 0.5 for certain (`alarm`).
    pub auc: f64,
    /// The AUC's 95 % interval, after DeLong. None where scores separate the two perfectly or are
    /// all equal, or one has a single row: then they do not tell how precise the AUC is.
    pub auc_interval: Option<[f64; 2]>,
    /// The share of members found where 0.1 % or 1 % of non-members are taken for members: as large
    /// as that by chance. None with fewer than 1,000 or 100 non-members.
    pub tpr_at_fpr: AtFpr<f64>,
    /// Its interval, which covers in at least 95 % of cases, the threshold being uncertain too:
    /// Clopper-Pearson limits at the thresholds that the binomial quantiles of non-members pass.
    pub tpr_interval: AtFpr<[f64; 2]>,
    /// The chance that any measure of any attack would be as far above chance without a leak: the
    /// p-value of the best measure, corrected for all that were tried.
    pub p_value: f64,
    /// Whether that is at most 5 %. Of tables without any leak, 5 % have an attack that alarms.
    pub alarm: bool,
}

/// The p-value from which on there is no alarm.
const ALARM: f64 = 0.05;

impl Level {
    /// Of the scores of named attacks, all of the same rows, which lie stratum by stratum. None
    /// without attacks, members or non-members.
    pub(super) fn new(
        scores: &[(String, Vec<f64>)],
        is_member: &[bool],
        strata: &[Range<usize>],
        permutations: usize,
        seed: &Seed,
    ) -> Option<Self> {
        let members = is_member.iter().filter(|&&member| member).count();
        let non_members = is_member.len() - members;
        let labels: Vec<u8> = is_member.iter().map(|&member| u8::from(member)).collect();
        // Rates that are not reported, for want of rows, are not tested either.
        let tested_at: Vec<usize> =
            ONE_IN.into_iter().filter(|&one_in| non_members >= one_in).collect();
        let n_measures = 1 + tested_at.len();
        let statistics: Vec<RankStatistic> = scores
            .par_iter()
            .flat_map_iter(|(_, scores)| {
                let highest = tested_at.iter().map(|&n| RankStatistic::highest(scores, n));
                std::iter::once(RankStatistic::midranks(scores)).chain(highest)
            })
            .collect();
        let tested = test(&statistics, is_member, strata, permutations, seed);
        let achieved: Vec<Achieved> = scores
            .par_iter()
            .zip(tested.par_chunks(n_measures))
            .map(|((_, scores), tested)| {
                let delong = DeLong::new(&labels, scores)?;
                Some(Achieved::new(&delong, &Roc::new(is_member, scores), tested))
            })
            .collect::<Option<_>>()?;
        let z = |place: usize| tested[place].map_or(f64::NEG_INFINITY, |tested| tested.z);
        let best = (0..tested.len()).reduce(|a, b| if z(b) > z(a) { b } else { a })?;
        let names = scores.iter().map(|(name, _)| name.clone());
        Some(Self {
            strongest: scores[best / n_measures].0.clone(),
            strongest_by: match best % n_measures {
                0 => "auc".to_owned(),
                rate => format!("tpr_at_fpr {}", 1.0 / tested_at[rate - 1] as f64),
            },
            achieved: achieved[best / n_measures],
            members,
            non_members,
            attacks: names.zip(achieved).collect(),
        })
    }

    /// Why some attack has no interval of its AUC; nothing if all have one.
    pub fn without_interval(&self) -> Option<String> {
        let single = self.members == 1 || self.non_members == 1;
        let missing = self.attacks.values().filter(|attack| attack.auc_interval.is_none());
        let why = |attack: &Achieved| match attack.auc {
            _ if single => "there is a single member or non-member",
            // Without a variance it is 0, 1 or, where all are tied, one half.
            auc if auc > 0.25 && auc < 0.75 => "all scores of an attack are equal",
            _ => "scores tell members and others apart perfectly",
        };
        let reasons: BTreeSet<&str> = missing.map(why).collect();
        let reasons: Vec<&str> = reasons.into_iter().collect();
        (!reasons.is_empty()).then(|| format!("null where {}", reasons.join(", and where ")))
    }
}

impl Achieved {
    fn new(delong: &DeLong, roc: &Roc, tested: &[Option<Tested>]) -> Self {
        let auc = delong.auc();
        let deviation = delong.variance().sqrt();
        // Φ⁻¹(0.975).
        let around = 1.959_963_984_540_054 * deviation;
        let interval = [(auc - around).max(0.0), (auc + around).min(1.0)];
        let rates = AtFpr::new(|one_in| roc.true_positives(one_in));
        let p_values = tested.iter().map(|tested| tested.map_or(1.0, |tested| tested.p_value));
        let p_value = p_values.fold(1.0, f64::min);
        Self {
            auc,
            auc_interval: (deviation > 0.0).then_some(interval),
            tpr_at_fpr: rates.map(|rate| rate.0),
            tpr_interval: rates.map(|rate| rate.1),
            p_value,
            alarm: p_value <= ALARM,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Of attacks whose members' scores are these; the others' are 0.
    fn level(members: &[(&str, Vec<f64>)]) -> Level {
        let of = |(name, scores): &(&str, Vec<f64>)| {
            ((*name).to_owned(), [&scores[..], &[0.0; 3]].concat())
        };
        let scores: Vec<_> = members.iter().map(of).collect();
        let n = members[0].1.len();
        let is_member: Vec<bool> = (0..n + 3).map(|row| row < n).collect();
        let all = 0..is_member.len();
        Level::new(&scores, &is_member, std::slice::from_ref(&all), 19, &Seed::master(1))
            .expect("members and others")
    }

    #[test]
    fn a_missing_interval_has_its_own_reason() {
        let (equal, perfect, some) = (vec![0.0; 4], vec![1.0; 4], vec![0.0, 0.0, 1.0, 1.0]);
        let why = |members: &[(&str, Vec<f64>)]| level(members).without_interval();
        let told = "null where all scores of an attack are equal";
        assert_eq!(why(&[("a", equal.clone()), ("b", some.clone())]).as_deref(), Some(told));
        let told = "null where scores tell members and others apart perfectly";
        assert_eq!(why(&[("a", perfect.clone()), ("b", some.clone())]).as_deref(), Some(told));
        let both = why(&[("a", equal), ("b", perfect)]).expect("no interval");
        assert!(both.contains("equal, and where scores tell"), "{both}");
        assert_eq!(why(&[("b", some)]), None);
        let told = "null where there is a single member or non-member";
        assert_eq!(why(&[("a", vec![1.0])]).as_deref(), Some(told));
    }
}
