//! One comparison of a claim: an arm with its comparator, or with nothing.

use super::answer::{Answer, Sides};
use super::evidence::Evidence;
use super::pairing::{Pairing, shared};
use super::run::{Arm, BySeed};
use super::spread::Spreads;
use crate::statistics::{
    Bootstrap, ConfidenceSequence, Estimate, Interval, Power, SignedRank, Task, UsualVariance,
    hodges_lehmann, hodges_lehmann_interval, interquartile_mean, probability_of_improvement,
};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// How seeds were chosen, and so how their numbers are read.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Method {
    /// Their number was fixed beforehand: t intervals.
    Fixed,
    /// They were added until the answer was clear: intervals that hold however often one looks.
    Sequential(ConfidenceSequence),
}

/// The runs of a comparison.
#[derive(Clone, Debug, PartialEq)]
pub struct Runs {
    /// The measure, by seed.
    pub of: BySeed,
    /// That of the comparator; none where the measure itself is meant.
    pub comparator: Option<BySeed>,
    /// What either is taken to scatter at least, where their number of seeds was fixed.
    pub least: [Option<UsualVariance>; 2],
}

/// What the runs of a comparison say, in the unit of the measure.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Numbers {
    /// The seeds of the arm that count.
    pub seeds: Vec<u64>,
    /// Those of the comparator.
    pub comparator_seeds: Vec<u64>,
    /// Whether differences are taken seed by seed.
    pub paired: bool,
    /// The mean, or the difference of means.
    pub mean: f64,
    /// The standard deviation of one run, or of the difference of one, as it is reckoned with: of few seeds at least
    /// the usual one.
    pub sd: Option<f64>,
    /// What more seeds would do, on the same test rows.
    pub interval: Option<Interval>,
    /// What other test rows would do, with these models (DeLong).
    pub rows_interval: Option<Interval>,
    /// What both would do.
    pub both_interval: Option<Interval>,
    /// An interval that holds together with those of all comparisons with the same runs (Dunnett), widened to hold its
    /// own where that reaches farther; none without its own.
    pub simultaneous_interval: Option<Interval>,
    /// Of the differences of shared seeds: Wilcoxon's signed-rank test, two-sided.
    pub wilcoxon_p: Option<f64>,
    /// Their Hodges–Lehmann estimate.
    pub hodges_lehmann: Option<f64>,
    /// Its interval without a distribution; none with so few seeds that it cannot be.
    pub hodges_lehmann_interval: Option<Interval>,
    /// The effect that so many seeds would have shown in four of five cases.
    pub smallest_effect: Option<f64>,
    /// By one-sided tests, before correction for their number.
    pub p: Option<Sides>,
}

/// How the value that a claim names compares.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct OfValue {
    /// What is claimed.
    pub claimed: f64,
    /// What was measured less that, as uncertain as both are.
    pub interval: Option<Interval>,
    /// Two-sided.
    pub p: f64,
    /// The same, corrected for the number of the claim's comparisons (Holm).
    pub p_adjusted: f64,
}

/// A comparison worked out.
#[derive(Clone, Debug)]
pub(super) struct Compared {
    pub evidence: Option<Evidence>,
    pub numbers: Numbers,
    /// Variance of one run, or of the difference of one, and its degrees of freedom.
    spread: Option<(f64, f64)>,
    /// Variance of one run of either arm, where they are compared apart.
    pub of_two: Option<[f64; 2]>,
}

impl Runs {
    /// Those of an arm and of another.
    pub(super) fn between(
        arm: &Arm,
        other: &Arm,
        values: &BTreeMap<Arm, BySeed>,
        spreads: &Spreads,
    ) -> Option<Self> {
        let (of, comparator) = (values.get(arm)?, values.get(other)?);
        Some(Self {
            of: of.clone(),
            comparator: Some(comparator.clone()),
            least: [spreads.least(&[*arm], of), spreads.least(&[*other], comparator)],
        })
    }

    /// Whether all runs are equal, on either side.
    pub(super) fn hang_on_no_seed(&self) -> bool {
        let equal = |runs: &BySeed| {
            let mut values = runs.values();
            let first = values.next();
            values.all(|value| Some(value) == first)
        };
        equal(&self.of) && self.comparator.as_ref().is_none_or(equal)
    }

    /// Works a comparison out.
    pub(super) fn compare(&self, pairing: &Pairing, method: Method, confidence: f64) -> Compared {
        let values = |by_seed: &BySeed| by_seed.values().copied().collect::<Vec<f64>>();
        let seeds = |by_seed: &BySeed| by_seed.keys().copied().collect::<Vec<u64>>();
        let none = BySeed::new();
        let other = self.comparator.as_ref();
        let pairs = other.map_or(Vec::new(), |other| shared(&self.of, other));
        let differences: Vec<f64> = match other {
            Some(_) => pairs.iter().map(|(_, a, b)| a - b).collect(),
            None => values(&self.of),
        };
        let (n, m) = (self.of.len(), other.map_or(0, BySeed::len));
        let paired = match (other, method) {
            (None, _) => false,
            (Some(_), Method::Sequential(_)) => true,
            (Some(_), Method::Fixed) => pairing.is_worth_it(pairs.len(), n, m),
        };
        let apart = other.filter(|_| !paired);
        let alone = |by_seed: &BySeed, least: &Option<UsualVariance>| {
            let of = Estimate::of_mean(&values(by_seed))?;
            Some(least.as_ref().map_or(of, |usual| of.with_at_least(usual, by_seed.len())))
        };
        let mut of_two = None;
        let (estimate, of_one) = match (apart, other) {
            (Some(other), _) => {
                let both = alone(&self.of, &self.least[0]).zip(alone(other, &self.least[1]));
                of_two = both.map(|(a, b)| [a.variance_of_one(n), b.variance_of_one(m)]);
                // Two that have the usual variance have the same one, and know no more of it.
                let shared = self.least[0].filter(|usual| self.least[1] == Some(*usual));
                let most = shared.map_or(f64::INFINITY, |usual| {
                    usual.degrees_of_freedom.max(n.max(m).saturating_sub(1) as f64)
                });
                let estimate = both.and_then(|(a, b)| a.less(&b)).map(|difference| Estimate {
                    degrees_of_freedom: difference.degrees_of_freedom.min(most),
                    ..difference
                });
                (estimate, of_two.map(|[a, b]| a + b))
            }
            (None, Some(_)) => {
                let of = Estimate::of_mean(&differences);
                (of, of.map(|of| of.variance_of_one(differences.len())))
            }
            (None, None) => {
                let of = alone(&self.of, &self.least[0].filter(|_| method == Method::Fixed));
                (of, of.map(|of| of.variance_of_one(n)))
            }
        };
        let spread = of_one.zip(estimate.map(|estimate| estimate.degrees_of_freedom));
        let mean_of = |values: &[f64]| values.iter().sum::<f64>() / values.len() as f64;
        let mean = match apart {
            Some(other) => mean_of(&values(&self.of)) - mean_of(&values(other)),
            None => mean_of(&differences),
        };
        let sd = spread.map(|(variance, _)| variance.sqrt());
        let evidence = match method {
            Method::Fixed => estimate.map(Evidence::Fixed),
            Method::Sequential(sequence) => {
                sd.map(|sd| Evidence::Sequential { mean, sd, n: differences.len(), sequence })
            }
        };
        let of_pairs: Vec<u64> = pairs.iter().map(|(seed, ..)| *seed).collect();
        let smallest = match (sd, apart) {
            // Beyond its interval, by as much as four of five means are at least.
            (Some(sd), _) if matches!(method, Method::Sequential(_)) => {
                let half = evidence.map_or(f64::INFINITY, |e| e.interval(confidence).half_width());
                let error = sd / (differences.len() as f64).sqrt();
                Some(half + FOUR_OF_FIVE * error).filter(|least| least.is_finite())
            }
            (Some(sd), Some(_)) => {
                let of_one = sd / std::f64::consts::SQRT_2;
                Power::USUAL.smallest_effect_of_two(of_one, [n, m])
            }
            (Some(sd), None) => Power::USUAL.smallest_effect(sd, differences.len()),
            (None, _) => None,
        };
        let tested = &differences[..if other.is_some() { differences.len() } else { 0 }];
        let numbers = Numbers {
            seeds: if paired { of_pairs.clone() } else { seeds(&self.of) },
            comparator_seeds: if paired { of_pairs } else { seeds(other.unwrap_or(&none)) },
            paired,
            mean,
            sd,
            interval: evidence.map(|evidence| evidence.interval(confidence)),
            rows_interval: None,
            both_interval: None,
            simultaneous_interval: None,
            wilcoxon_p: SignedRank::new(tested).map(|test| test.p_two_sided),
            hodges_lehmann: hodges_lehmann(tested),
            hodges_lehmann_interval: hodges_lehmann_interval(tested, confidence),
            smallest_effect: smallest,
            p: None,
        };
        Compared { evidence, numbers, spread, of_two }
    }
}

impl Compared {
    /// Takes back what the runs seem to say of chance.
    pub fn forget_chance(&mut self) {
        (self.evidence, self.spread, self.of_two) = (None, None, None);
        let numbers = &mut self.numbers;
        (numbers.sd, numbers.interval, numbers.smallest_effect) = (None, None, None);
        (numbers.wilcoxon_p, numbers.hodges_lehmann_interval) = (None, None);
    }

    /// One-sided p-values around `than`.
    pub fn sides(&self, than: f64, margin: f64) -> Option<Sides> {
        Some(self.evidence?.sides(than, margin))
    }

    /// The measured number less a published one that is the mean of `runs` runs, whose own spread
    /// is not known and is taken to be ours.
    pub fn against_value(&self, claimed: f64, runs: usize, confidence: f64) -> OfValue {
        let (mean, published) = (self.numbers.mean - claimed, 1.0 / runs as f64);
        let estimate = match (self.evidence, self.spread) {
            (Some(Evidence::Fixed(estimate)), Some((variance, _))) => {
                let both = estimate.standard_error.powi(2) + variance * published;
                Estimate::new(mean, both, estimate.degrees_of_freedom)
            }
            (Some(Evidence::Sequential { .. }), Some((variance, degrees))) => {
                // The wider of the two ways of looking, as if it were a standard error.
                let t = Estimate::new(0.0, 1.0, degrees).map(|e| e.interval(confidence));
                let quantile = t.map_or(f64::INFINITY, |interval| interval.half_width());
                let half = self.numbers.interval.map_or(f64::INFINITY, |i| i.half_width());
                let both = (half / quantile).powi(2) + variance * published;
                Estimate::new(mean, both, degrees)
            }
            _ => None,
        };
        OfValue {
            claimed,
            interval: estimate.map(|estimate| estimate.interval(confidence)),
            p: estimate.map_or(1.0, |estimate| estimate.p_two_sided(0.0)),
            p_adjusted: 1.0,
        }
    }
}

/// Four of five normal values lie above this many standard deviations below their mean.
const FOUR_OF_FIVE: f64 = 0.841_621;

/// A value without a direction must be known to this many margins.
pub(super) const SHARP: f64 = 3.0;

/// What a claim's value, if it has one, makes of the answer to its direction. A value is held if
/// the interval of the difference to it holds 0 or lies within the margin, refuted if it does neither
/// with the correction for the number of comparisons (`p_adjusted`); without a direction the
/// interval must also be narrow enough to show three margins.
pub(super) fn with_value(
    side: Option<Answer>,
    value: &OfValue,
    numbers: &Numbers,
    alpha: f64,
    margin: f64,
) -> Answer {
    let near = value.interval.is_some_and(|interval| interval.lies_within(margin));
    let (held, refuted) = (value.p > alpha || near, value.p_adjusted <= alpha && !near);
    match side {
        Some(Answer::Contradicted) => Answer::Contradicted,
        Some(Answer::NoEffectThatMatters) => Answer::NoEffectThatMatters,
        _ if value.interval.is_none() => Answer::Undecided,
        _ if refuted => Answer::Contradicted,
        _ if !held => Answer::Undecided,
        Some(answer) => answer,
        None => {
            let sharp = numbers.interval.is_some_and(|i| i.half_width() <= SHARP * margin);
            if sharp { Answer::Reproduced } else { Answer::Undecided }
        }
    }
}

/// What the bootstrap over all runs of a claim's comparisons says (Agarwal et al. 2021).
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Aggregate {
    /// The interquartile mean of all differences.
    pub interquartile_mean: f64,
    /// Its interval.
    pub interquartile_mean_interval: Option<Interval>,
    /// How likely a run is above one of its comparator, averaged over the comparisons.
    pub probability_of_improvement: Option<f64>,
    /// Its interval.
    pub probability_of_improvement_interval: Option<Interval>,
}

/// Aggregates comparisons that each have a comparator and at least two shared seeds. Those of one number have
/// the same comparator.
pub(super) fn aggregate(runs: &[(usize, &Runs)], bootstrap: &Bootstrap) -> Option<Aggregate> {
    struct Pairs {
        group: usize,
        seeds: Vec<u64>,
        /// The differences, and what they are of.
        columns: [Vec<f64>; 3],
    }
    let mut pairs: Vec<Pairs> = Vec::new();
    for &(group, runs) in runs {
        let shared = shared(&runs.of, runs.comparator.as_ref()?);
        if shared.len() >= 2 {
            let of = |get: fn(&(u64, f64, f64)) -> f64| shared.iter().map(get).collect();
            let columns = [of(|p| p.1 - p.2), of(|p| p.1), of(|p| p.2)];
            pairs.push(Pairs { group, seeds: shared.iter().map(|p| p.0).collect(), columns });
        }
    }
    let runs = |at: usize| -> Vec<&[f64]> { pairs.iter().map(|p| &p.columns[at][..]).collect() };
    let tasks = |at: usize| -> Vec<Task<'_>> {
        pairs
            .iter()
            .map(|p| Task { group: p.group, seeds: &p.seeds, runs: &p.columns[at] })
            .collect()
    };
    Some(Aggregate {
        interquartile_mean: interquartile_mean(&runs(0).concat())?,
        interquartile_mean_interval: bootstrap.interquartile_mean(&tasks(0)),
        probability_of_improvement: probability_of_improvement(&runs(1), &runs(2)),
        probability_of_improvement_interval: bootstrap
            .probability_of_improvement(&tasks(1), &tasks(2)),
    })
}

#[cfg(test)]
mod tests {
    use super::Answer::{Contradicted, NoEffectThatMatters, Reproduced, Undecided};
    use super::*;

    /// Numbers of an interval as wide as `half` to either side.
    fn numbers(half: f64) -> Numbers {
        let of = (1..=4).map(|seed| (seed, 98.0 + 0.001 * seed as f64)).collect();
        let runs = Runs { of, comparator: None, least: [None; 2] };
        let mut numbers = runs.compare(&Pairing::default(), Method::Fixed, 0.95).numbers;
        numbers.interval = Some(Interval::around(numbers.mean, half));
        numbers
    }

    fn value(interval: Interval, p: f64, p_adjusted: f64) -> OfValue {
        OfValue { claimed: 98.0, interval: Some(interval), p, p_adjusted }
    }

    #[test]
    fn a_value_is_held_refuted_or_not_known_well_enough() {
        let wide = Interval { low: -0.2, high: 0.1 };
        let far = Interval { low: 0.1, high: 0.3 };
        let near = Interval { low: 0.01, high: 0.03 };
        for (side, of, half, wanted) in [
            (None, value(wide, 0.4, 1.0), 0.1, Reproduced),
            // Three margins are 0.105.
            (None, value(wide, 0.4, 1.0), 0.11, Undecided),
            (None, value(far, 0.001, 0.004), 0.1, Contradicted),
            // Refuted by itself, but not among so many.
            (None, value(far, 0.02, 0.08), 0.1, Undecided),
            // A difference that does not matter refutes nothing.
            (None, value(near, 0.001, 0.004), 0.1, Reproduced),
            (Some(Reproduced), value(wide, 0.4, 1.0), 0.5, Reproduced),
            (Some(Reproduced), value(far, 0.001, 0.004), 0.1, Contradicted),
            (Some(Contradicted), value(wide, 0.4, 1.0), 0.1, Contradicted),
            (Some(NoEffectThatMatters), value(far, 0.001, 0.004), 0.1, NoEffectThatMatters),
            (Some(Undecided), value(wide, 0.4, 1.0), 0.1, Undecided),
        ] {
            let answer = with_value(side, &of, &numbers(half), 0.05, 0.035);
            assert_eq!(answer, wanted, "{side:?} {of:?} {half}");
        }
        let unknown = OfValue { interval: None, ..value(wide, 1.0, 1.0) };
        assert_eq!(with_value(Some(Reproduced), &unknown, &numbers(0.1), 0.05, 0.035), Undecided);
    }

    #[test]
    fn a_published_run_has_a_run_s_own_chance() {
        let runs = Runs {
            of: [(1, 1.0), (2, 2.0), (3, 3.0), (4, 4.0)].into(),
            comparator: None,
            least: [None; 2],
        };
        let compared = runs.compare(&Pairing::default(), Method::Fixed, 0.95);
        // Variance 5/3; of the difference to the mean of two runs 5/3 (1/4 + 1/2).
        let wanted = Estimate::against_published(&[1.0, 2.0, 3.0, 4.0], 2.0, 2).unwrap();
        let of = compared.against_value(2.0, 2, 0.95);
        let interval = of.interval.unwrap();
        assert!((interval.low - wanted.interval(0.95).low).abs() < 1e-9);
        assert!((of.p - wanted.p_two_sided(0.0)).abs() < 1e-9);

        // Looking often makes the same interval wider, once it says anything.
        let runs = Runs { of: (1..).zip([1.0, 2.0, 3.0, 4.0].repeat(3)).collect(), ..runs };
        let half_width = |method| {
            let compared = runs.compare(&Pairing::default(), method, 0.95);
            compared.against_value(2.0, 2, 0.95).interval.unwrap().half_width()
        };
        let often = half_width(Method::Sequential(ConfidenceSequence::default()));
        assert!(often.is_finite() && often > 1.05 * half_width(Method::Fixed), "{often}");
    }

    #[test]
    fn few_seeds_count_with_at_least_the_usual_spread() {
        let usual = UsualVariance { variance: 4.0, degrees_of_freedom: 6.0 };
        let of: BySeed = [(1, 1.0), (2, 1.2)].into();
        let other: BySeed = [(1, 0.1), (2, 0.5), (3, 0.3), (4, 0.7)].into();
        let interval = |comparator: Option<&BySeed>, least, method| {
            let runs = Runs { of: of.clone(), comparator: comparator.cloned(), least };
            runs.compare(&Pairing::default(), method, 0.95).numbers.interval.unwrap()
        };
        let moderated = Estimate::new(1.1, 4.0 / 2.0, 6.0).unwrap();
        let of_other = Estimate::of_mean(&[0.1, 0.5, 0.3, 0.7]).unwrap();
        let found = interval(Some(&other), [Some(usual), None], Method::Fixed);
        assert_eq!(found, moderated.less(&of_other).unwrap().interval(0.95));
        let found = interval(None, [Some(usual), None], Method::Fixed);
        assert_eq!(found, moderated.interval(0.95));
        // Both have one and the same variance, of which six degrees of freedom are known, not twelve.
        let both = interval(Some(&other), [Some(usual); 2], Method::Fixed);
        let known = Estimate::new(0.7, 4.0 / 2.0 + 4.0 / 4.0, 6.0).unwrap().interval(0.95);
        assert!((both.low - known.low).abs() < 1e-12 && (both.high - known.high).abs() < 1e-12);
        // Where seeds are added there are soon enough of them.
        let many = |from: f64| -> BySeed {
            (1..=8).map(|seed| (seed, from + 0.01 * seed as f64)).collect()
        };
        let often = |comparator: Option<BySeed>, least| {
            let runs = Runs { of: many(1.0), comparator, least };
            let often = Method::Sequential(ConfidenceSequence::default());
            runs.compare(&Pairing::default(), often, 0.95).numbers.interval.unwrap()
        };
        for other in [None, Some((1..).zip([0.5, 0.1].repeat(4)).collect())] {
            let without = often(other.clone(), [None; 2]);
            assert!(without.half_width() < 1.0, "{without:?}");
            assert_eq!(often(other, [Some(usual); 2]), without);
        }
    }

    #[test]
    fn seeds_that_are_added_are_paired_whatever_they_are_alike() {
        let by_seed = |values: [f64; 3]| (1..).zip(values).collect::<BySeed>();
        let (of, other) = (by_seed([1.0, 2.0, 4.0]), by_seed([0.5, 1.0, 2.0]));
        let runs = Runs { of, comparator: Some(other), least: [None; 2] };
        let sequence = Method::Sequential(ConfidenceSequence::default());
        let numbers = runs.compare(&Pairing::default(), sequence, 0.95).numbers;
        assert!(numbers.paired);
        assert!(!runs.compare(&Pairing::default(), Method::Fixed, 0.95).numbers.paired);
    }
}
