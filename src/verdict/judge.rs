//! From claims and results to answers.

use super::answer::{self, Answer, Levels, Sides};
use super::claim_verdict::{ClaimVerdict, Comparison, Settled, Shares, WayVerdict};
use super::claims::{Claim, Claims, Comparator, Direction, Measure, Over};
use super::comparison::{self, Compared, Method, Numbers, OfValue, Runs};
use super::over_rows::{RowsVariance, TestRows};
use super::pairing::Pairing;
use super::run::{Arm, BySeed, Run};
use super::spread::Spreads;
use super::{pairs, words};
use crate::generators::Way;
use crate::seed::Seed;
use crate::statistics::{Bootstrap, Estimate, Interval, ManyToOne, holm};
use std::collections::{BTreeMap, BTreeSet};

/// How often runs are drawn again by the bootstrap.
const RESAMPLES: usize = 2000;

/// What judging needs besides the claim.
pub(super) struct Judge<'a> {
    pub claims: &'a Claims,
    pub method: Method,
    pub values: &'a BTreeMap<Measure, BTreeMap<Arm, BySeed>>,
    /// How much AUCs scatter. Shares of identical rows are as different as the generators.
    pub spreads: &'a Spreads,
    pub pairings: &'a BTreeMap<(Measure, Comparator), Pairing>,
    /// Whether the claims are about other data than the run: then their values are.
    pub elsewhere: bool,
}

/// A comparison before its answer.
struct Draft {
    pair: pairs::Pair,
    runs: Runs,
    compared: Compared,
    rows: Option<RowsVariance>,
}

impl Judge<'_> {
    /// Answers one claim.
    pub fn judge(&self, claim: &Claim, rows: &mut TestRows<'_>) -> ClaimVerdict {
        let margin = self.claims.margin_of(claim);
        let values = &self.values[&claim.measure];
        let pairs::Pairs { found, missing } = match self.elsewhere && claim.is_of_values() {
            true => pairs::Pairs::default(),
            false => pairs::of_claim(claim, values),
        };
        let spreads = match claim.measure {
            Measure::Auc => self.spreads.with_means(&pairs::means(&found, values)),
            Measure::IdenticalRows => Spreads::default(),
        };
        let drafted = found.into_iter().map(|pair| self.draft(claim, pair, values, &spreads, rows));
        let mut drafts: Vec<Draft> = drafted.collect();
        self.add_simultaneous(&mut drafts);
        let sides: Vec<Option<Sides>> =
            drafts.iter().map(|draft| draft.compared.sides(claim.threshold(), margin)).collect();
        let adjusted = adjust(&sides);
        let mut of_values: Vec<Option<OfValue>> =
            drafts.iter().map(|draft| self.of_value(claim, draft)).collect();
        let p: Vec<f64> = of_values.iter().map(|v| v.map_or(1.0, |v| v.p)).collect();
        for (value, p) in of_values.iter_mut().zip(holm(&p)) {
            value.iter_mut().for_each(|value| value.p_adjusted = p);
        }
        // A way of which all cells are missing is open, and keeps the claim from being contradicted in all.
        let mut known_ways: Vec<Option<Way>> = drafts
            .iter()
            .flat_map(|draft| draft.pair.ways.iter().copied())
            .chain(missing.iter().map(|(way, _)| *way))
            .collect();
        known_ways.sort_unstable();
        known_ways.dedup();
        let alpha = 1.0 - self.claims.confidence;
        // Ways that were looked at elsewhere have their share of the level too.
        let of_sources = known_ways.iter().any(Option::is_some);
        let out_of = Some(self.claims.ways).filter(|n| of_sources && *n > known_ways.len());
        let levels = Levels { alpha: alpha / 2.0, ways: out_of.unwrap_or(known_ways.len()) };
        let mut comparisons = Vec::new();
        for (i, draft) in drafts.iter().enumerate() {
            let side = claim.direction.map(|direction| {
                answer::of_one(sides[i].as_ref(), adjusted[i].as_ref(), direction, levels)
            });
            let answer = match &of_values[i] {
                Some(value) => {
                    let numbers = &draft.compared.numbers;
                    comparison::with_value(side, value, numbers, alpha, margin)
                }
                None => side.unwrap_or(Answer::Undecided),
            };
            let (p, p_adjusted) = (sides[i], adjusted[i]);
            let mut comparison = self.comparison(draft, answer, [p, p_adjusted], of_values[i]);
            // Where the side is known, the claimed value is open: its own run will not be repeated.
            if answer == Answer::Undecided && side != Some(Answer::Reproduced) {
                comparison.seeds_needed =
                    draft.compared.seeds_needed(claim, margin, levels, drafts.len());
            }
            comparisons.push(comparison);
        }
        let of_way = |way| self.of_way(claim, way, &drafts, &comparisons, &missing, levels);
        let ways: Vec<WayVerdict> = known_ways.iter().map(of_way).collect();
        let answers: Vec<Answer> = ways.iter().map(|way| way.answer).collect();
        let bootstrap = Bootstrap {
            resamples: RESAMPLES,
            confidence: self.claims.confidence,
            seed: Seed::master(0).derive(&format!("bootstrap/{}", claim.id)),
        };
        // What shares the runs of its comparator is drawn together.
        let comparators: BTreeSet<&[Arm]> =
            drafts.iter().map(|draft| draft.pair.others.as_slice()).collect();
        let group = |draft: &Draft| comparators.range(..draft.pair.others.as_slice()).count();
        let runs: Vec<(usize, &Runs)> =
            drafts.iter().map(|draft| (group(draft), &draft.runs)).collect();
        let mut verdict = ClaimVerdict {
            id: claim.id.clone(),
            place: claim.place.clone(),
            added: claim.added,
            sentence: claim.sentence.clone(),
            answer: match answer::of_ways(&answers) {
                // Nor is it contradicted in all.
                against if out_of.is_some() && against != Answer::Reproduced => Answer::Undecided,
                answer => answer,
            },
            out_of,
            words: String::new(),
            measure: claim.measure,
            direction: claim.direction,
            margin,
            ways,
            shares: shares(claim.threshold(), &comparisons),
            comparisons,
            together: comparison::aggregate(&runs, &bootstrap).filter(|_| claim.over == Over::Each),
            missing: missing
                .iter()
                .map(|(_, arm)| arm.to_string())
                .collect::<BTreeSet<_>>()
                .into_iter()
                .collect(),
        };
        verdict.words = match self.elsewhere && claim.is_of_values() {
            true => "Undecided: the values that it claims are of other data.".to_owned(),
            false => words::of_claim(claim, &verdict),
        };
        verdict
    }

    fn draft(
        &self,
        claim: &Claim,
        pair: pairs::Pair,
        values: &BTreeMap<Arm, BySeed>,
        spreads: &Spreads,
        rows: &mut TestRows<'_>,
    ) -> Draft {
        let runs = pair.runs(values, spreads);
        let key = pair.comparator.map(|comparator| (claim.measure, comparator));
        let pairing = key.and_then(|key| self.pairings.get(&key)).copied().unwrap_or_default();
        let mut compared = runs.compare(&pairing, self.method, self.claims.confidence);
        // An AUC that no seed changes is one run told several times.
        if claim.measure == Measure::Auc && runs.hang_on_no_seed() {
            compared.forget_chance();
        }
        let over_rows = match (pair.arms.as_slice(), pair.others.as_slice()) {
            ([arm], others @ ([] | [_])) => {
                let numbers = &compared.numbers;
                let other = others.first().map(|other| (*other, &numbers.comparator_seeds[..]));
                rows.variance(claim.measure, (*arm, &numbers.seeds), other)
            }
            _ => None,
        };
        Draft { pair, runs, compared, rows: over_rows }
    }

    /// Dunnett's intervals of all comparisons that share the runs of their comparator.
    fn add_simultaneous(&self, drafts: &mut [Draft]) {
        let mut shared: BTreeMap<Vec<Arm>, Vec<usize>> = BTreeMap::new();
        for (at, draft) in drafts.iter().enumerate() {
            if !draft.pair.others.is_empty() {
                shared.entry(draft.pair.others.clone()).or_default().push(at);
            }
        }
        for members in shared.into_values().filter(|members| members.len() > 1) {
            let values = |by_seed: &BySeed| by_seed.values().copied().collect::<Vec<f64>>();
            let groups: Vec<Vec<f64>> =
                members.iter().map(|&at| values(&drafts[at].runs.of)).collect();
            let groups: Vec<&[f64]> = groups.iter().map(Vec::as_slice).collect();
            let control = drafts[members[0]].runs.comparator.as_ref().map(values);
            let together = control.and_then(|control| ManyToOne::new(&groups, &control));
            let intervals = together.map(|together| together.intervals(self.claims.confidence));
            for (&at, interval) in members.iter().zip(intervals.into_iter().flatten()) {
                // Where a comparison's own runs scatter more than all do together, Dunnett's is too narrow for it.
                let numbers = &mut drafts[at].compared.numbers;
                numbers.simultaneous_interval = numbers.interval.map(|own| own.hull(&interval));
            }
        }
    }

    fn of_value(&self, claim: &Claim, draft: &Draft) -> Option<OfValue> {
        let claimed = claim.value.as_ref().filter(|_| !self.elsewhere)?.of(draft.pair.model)?;
        Some(draft.compared.against_value(claimed, claim.runs, self.claims.confidence))
    }

    fn comparison(
        &self,
        draft: &Draft,
        answer: Answer,
        [p, p_adjusted]: [Option<Sides>; 2],
        value: Option<OfValue>,
    ) -> Comparison {
        let confidence = self.claims.confidence;
        let mut numbers = draft.compared.numbers.clone();
        numbers.p = p;
        if let Some(rows) = draft.rows {
            let alone = Estimate::new(numbers.mean, rows.variance, f64::INFINITY);
            numbers.rows_interval = alone.map(|estimate| estimate.interval(confidence));
            let half = numbers.interval.map(|interval| interval.half_width());
            numbers.both_interval = half.zip(numbers.rows_interval).map(|(seeds, rows)| {
                // Half widths of independent uncertainties add up like their standard deviations.
                Interval::around(numbers.mean, seeds.hypot(rows.half_width()))
            });
        }
        let pair = &draft.pair;
        Comparison {
            generator: pair.source.map(|source| source.generator.name().to_owned()),
            conditioning: pair.source.map(|source| source.way.conditioning),
            reading: pair.source.map(|source| source.way.reading).unwrap_or_default(),
            scenario: pair.scenario,
            model: pair.model,
            comparator: pair.comparator.map(Comparator::name),
            comparator_way: pairs::other_way(pair).map(|way| way.title(" ")),
            answer,
            rows_interval_is_bound: draft.rows.is_some_and(|rows| rows.is_bound),
            p_adjusted,
            value,
            seeds_needed: None,
            cells: pairs::names(&pair.arms),
            comparator_cells: pairs::names(&pair.others),
            numbers,
        }
    }

    /// The answer for one of the ways that may be meant.
    fn of_way(
        &self,
        claim: &Claim,
        way: &Option<Way>,
        drafts: &[Draft],
        comparisons: &[Comparison],
        missing: &BTreeSet<(Option<Way>, Arm)>,
        levels: Levels,
    ) -> WayVerdict {
        let members: Vec<&Comparison> = drafts
            .iter()
            .zip(comparisons)
            .filter(|(draft, _)| draft.pair.ways.contains(way))
            .map(|(_, comparison)| comparison)
            .collect();
        let answers: Vec<Answer> = members.iter().map(|comparison| comparison.answer).collect();
        // Only a claimed side is missed by an effect that does not matter.
        let has_side = matches!(claim.direction, Some(Direction::Higher | Direction::Lower));
        let trifling = |comparison: &&&Comparison| {
            has_side && comparison.p_adjusted.is_some_and(|p| p.within <= levels.in_favour())
        };
        let complete = !missing.iter().any(|(of, _)| of == way);
        let answer = answer::of_every(&answers, complete, members.iter().filter(trifling).count());
        let open = answer == Answer::Undecided && complete;
        WayVerdict {
            conditioning: way.map(|way| way.conditioning),
            reading: way.map(|way| way.reading).unwrap_or_default(),
            answer,
            settled_by: if open { self.settled_by(claim, &members) } else { None },
        }
    }

    /// What would settle a way that has these comparisons.
    fn settled_by(&self, claim: &Claim, comparisons: &[&Comparison]) -> Option<Settled> {
        let margin = self.claims.margin_of(claim);
        let comes = |c: &&Comparison| match c.answer {
            Answer::Undecided => comes_to(claim, c.numbers.mean, margin),
            answer => answer,
        };
        let more = |c: &&Comparison| Some(c.seeds_needed?.saturating_sub(c.numbers.seeds.len()));
        let open = || comparisons.iter().filter(|c| c.answer == Answer::Undecided);
        // One cell is enough against it.
        let against = open().filter(|c| comes(c) == Answer::Contradicted).filter_map(more).min();
        if let Some(more_seeds) = against {
            return Some(Settled { more_seeds, answer: Answer::Contradicted });
        }
        let answers: Vec<Answer> = comparisons.iter().map(comes).collect();
        let nothing = answers.iter().filter(|a| **a == Answer::NoEffectThatMatters).count();
        let answer = answer::of_every(&answers, true, nothing);
        let more_seeds = open().map(more).collect::<Option<Vec<usize>>>()?.into_iter().max()?;
        (answer != Answer::Undecided).then_some(Settled { more_seeds, answer })
    }
}

/// The answer that seeds enough would give if the truth were where the mean is.
fn comes_to(claim: &Claim, mean: f64, margin: f64) -> Answer {
    let from = mean - claim.threshold();
    let on_its_side = match claim.direction {
        // What is claimed is a value, of which the mean must be known well enough.
        None => true,
        // An interval comes to lie within the margin before it leaves 0 if its middle is nearer to 0 than to the margin.
        Some(Direction::NotHigher) => from < 0.5 * margin,
        Some(_) if from.abs() < 0.5 * margin => return Answer::NoEffectThatMatters,
        Some(Direction::Higher) => from > 0.0,
        Some(Direction::Lower) => from < 0.0,
    };
    if on_its_side { Answer::Reproduced } else { Answer::Contradicted }
}

fn shares(than: f64, comparisons: &[Comparison]) -> Shares {
    let count =
        |is: &dyn Fn(&Numbers) -> bool| comparisons.iter().filter(|c| is(&c.numbers)).count();
    Shares {
        comparisons: comparisons.len(),
        above: count(&|n| n.mean > than),
        clearly_above: count(&|n| n.interval.is_some_and(|i| i.low > than)),
        clearly_below: count(&|n| n.interval.is_some_and(|i| i.high < than)),
    }
}

/// Holm's correction of every side's p-values.
fn adjust(sides: &[Option<Sides>]) -> Vec<Option<Sides>> {
    let corrected = |get: fn(&Sides) -> f64| {
        holm(&sides.iter().map(|s| s.as_ref().map_or(1.0, get)).collect::<Vec<f64>>())
    };
    let above = corrected(|s| s.above);
    let below = corrected(|s| s.below);
    let within = corrected(|s| s.within);
    let not_above = corrected(|s| s.not_above);
    let at = |i: usize| Sides {
        above: above[i],
        below: below[i],
        within: within[i],
        not_above: not_above[i],
    };
    sides.iter().enumerate().map(|(i, sides)| sides.map(|_| at(i))).collect()
}

/// How alike equal seeds make the runs of a run folder, by measure and comparator.
pub(super) fn pairings(
    run_values: &BTreeMap<Measure, BTreeMap<Arm, BySeed>>,
    claims: &Claims,
) -> BTreeMap<(Measure, Comparator), Pairing> {
    let keys = claims.claims.iter().flat_map(|claim| {
        claim.comparator.iter().map(move |&comparator| (claim.measure, comparator))
    });
    let keys: BTreeSet<(Measure, Comparator)> = keys.collect();
    let of = |(measure, comparator)| pairing(&run_values[&measure], comparator);
    keys.into_iter().map(|key| (key, of(key))).collect()
}

/// How alike equal seeds make all runs and those of one comparator.
pub(super) fn pairing(values: &BTreeMap<Arm, BySeed>, comparator: Comparator) -> Pairing {
    let mut compared: BTreeMap<Arm, Vec<&BySeed>> = BTreeMap::new();
    for (arm, by_seed) in values {
        if let Some(other) = pairs::comparator_of(arm, comparator, values) {
            compared.entry(other).or_default().push(by_seed);
        }
    }
    let mut pairing = Pairing::default();
    for (other, arms) in compared {
        if let Some(of_other) = values.get(&other) {
            pairing.add(of_other, &arms);
        }
    }
    pairing
}

/// The measures of a run that claims speak of.
pub(super) fn values(run: &Run) -> BTreeMap<Measure, BTreeMap<Arm, BySeed>> {
    [Measure::Auc, Measure::IdenticalRows].map(|measure| (measure, run.values(measure))).into()
}
