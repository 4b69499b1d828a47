//! Which cells a claim compares with which.

use super::claims::{Claim, Comparator, Over};
use super::comparison::Runs;
use super::run::{Arm, BySeed};
use super::spread::Spreads;
use crate::ctr::AnyModel;
use crate::experiment::{Scenario, Source};
use crate::generators::{AnyGenerator, Reading, Way};
use std::collections::{BTreeMap, BTreeSet};

/// What is compared with what.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Pair {
    /// The ways of fitting under which the claim is looked at; none without a generator. Several where
    /// the generator is fitted alike in all of them.
    pub ways: Vec<Option<Way>>,
    pub source: Option<Source>,
    /// None where several are averaged, as with `model`.
    pub scenario: Option<Scenario>,
    pub model: Option<AnyModel>,
    pub comparator: Option<Comparator>,
    /// What is averaged on this side; mostly one arm.
    pub arms: Vec<Arm>,
    /// And on the other, in the same order; empty without a comparator.
    pub others: Vec<Arm>,
}

/// The comparisons of a claim that a run can make, and the cells that it lacks for others.
#[derive(Default)]
pub(super) struct Pairs {
    pub found: Vec<Pair>,
    /// With the way of fitting under which they are asked for.
    pub missing: BTreeSet<(Option<Way>, Arm)>,
}

/// The arm that another is compared with: of another generator the same scenario and model, fitted
/// the same way if there are several.
pub(super) fn comparator_of(
    arm: &Arm,
    comparator: Comparator,
    values: &BTreeMap<Arm, BySeed>,
) -> Option<Arm> {
    comparators_of(&[*arm], comparator, values).pop()
}

/// The same of a source's arms that are averaged: those of a generator are all fitted in one way.
fn comparators_of(
    arms: &[Arm],
    comparator: Comparator,
    values: &BTreeMap<Arm, BySeed>,
) -> Vec<Arm> {
    let Some(source) = arms.first().and_then(|arm| arm.source) else { return Vec::new() };
    match comparator {
        Comparator::Base => arms
            .iter()
            .map(|arm| Arm { source: None, scenario: Scenario::Base, model: arm.model })
            .collect(),
        Comparator::Generator(generator, named)
            if generator == source.generator && named.allows(source.way) =>
        {
            Vec::new()
        }
        Comparator::Generator(generator, named) => {
            let fitted = |way| -> Vec<Arm> {
                let source = Some(Source { generator, way });
                arms.iter().map(|arm| Arm { source, ..*arm }).collect()
            };
            let meant = ways_like(generator, source.way).filter(move |way| named.allows(*way));
            let mut ways = meant.map(fitted);
            // A run may have been made with one of the ways alone.
            let has = |arms: &Vec<Arm>| arms.iter().all(|arm| values.contains_key(arm));
            ways.clone().find(has).or_else(|| ways.next()).unwrap_or_default()
        }
    }
}

/// The ways of fitting a generator, those first that are most like `way`.
fn ways_like(generator: AnyGenerator, way: Way) -> impl Iterator<Item = Way> + Clone {
    let readings = generator.readings().iter().copied();
    let mut ways: Vec<Way> = readings
        .flat_map(|reading| {
            generator.conditionings().iter().map(move |&conditioning| Way { conditioning, reading })
        })
        .collect();
    ways.sort_by_key(|w| (w.reading != way.reading, w.conditioning != way.conditioning));
    ways.into_iter()
}

/// What a claim compares, given what a run has.
pub(super) fn of_claim(claim: &Claim, values: &BTreeMap<Arm, BySeed>) -> Pairs {
    let mut missing = BTreeSet::new();
    let mut found = Vec::new();
    let comparators: Vec<Option<Comparator>> = match claim.comparator.as_slice() {
        [] => vec![None],
        several => several.iter().copied().map(Some).collect(),
    };
    for (way, sources) in ways(claim, values) {
        for &comparator in &comparators {
            for &source in &sources {
                let all = arms(claim, source);
                let together = match claim.over {
                    Over::Each => 1,
                    Over::Mean => all.len().max(1),
                };
                for arms in all.chunks(together) {
                    let others = comparator.map_or_else(Vec::new, |comparator| {
                        comparators_of(arms, comparator, values)
                    });
                    let lacking = lacking(arms, &others, values);
                    if !lacking.is_empty() {
                        missing.extend(lacking.into_iter().map(|arm| (way, arm)));
                        continue;
                    }
                    let pair = Pair {
                        ways: vec![way],
                        source,
                        scenario: (arms.len() == 1).then_some(arms[0].scenario),
                        model: arms[0].model.filter(|_| arms.len() == 1),
                        comparator,
                        arms: arms.to_vec(),
                        others,
                    };
                    add(&mut found, pair);
                }
            }
        }
    }
    Pairs { found, missing }
}

/// The arms that a comparison needs and a run does not have. A mean is one over all its cells or none, since over
/// others it says something else; of those that share no seed, all are lacking.
fn lacking(arms: &[Arm], others: &[Arm], values: &BTreeMap<Arm, BySeed>) -> Vec<Arm> {
    let there = |arm: &&Arm| values.contains_key(arm);
    let absent: Vec<Arm> = arms.iter().chain(others).filter(|arm| !there(arm)).copied().collect();
    let apart = |side: &[Arm]| side.len() > 1 && mean(side, values).is_empty();
    match absent.is_empty() && (apart(arms) || apart(others)) {
        true => [arms, others].concat(),
        false => absent,
    }
}

/// Adds a comparison, or to one that is there already the way of fitting under which it is met again: what
/// stands once in the run counts once.
fn add(found: &mut Vec<Pair>, pair: Pair) {
    let same = |other: &&mut Pair| {
        other.comparator == pair.comparator
            && other.arms == pair.arms
            && other.others == pair.others
    };
    match found.iter_mut().find(same) {
        Some(there) => there.ways.extend(pair.ways),
        None => found.push(pair),
    }
}

/// The ways of fitting that a claim may mean and the run has, with the sources of each; all that it
/// may mean where the run has none.
fn ways(claim: &Claim, values: &BTreeMap<Arm, BySeed>) -> Vec<(Option<Way>, Vec<Option<Source>>)> {
    if claim.generators.is_empty() {
        return vec![(None, vec![None])];
    }
    let run_has = |way: &Way| {
        let of_claim = |source: &Source| {
            source.way == *way
                && claim.generators.contains(&source.generator)
                && source.generator.readings().contains(&way.reading)
        };
        values.keys().any(|arm| arm.source.as_ref().is_some_and(of_claim))
    };
    let meant: Vec<Way> = claim
        .reading
        .iter()
        .flat_map(|&reading| {
            claim.conditioning.iter().map(move |&conditioning| Way { conditioning, reading })
        })
        .collect();
    let mut ways: Vec<Way> = meant.iter().copied().filter(run_has).collect();
    if ways.is_empty() {
        ways = meant;
    }
    let of_way = |way: Way| {
        let sources = claim.generators.iter().filter_map(|&generator| fitted(generator, way));
        (Some(way), sources.map(Some).collect())
    };
    ways.into_iter().map(of_way).collect()
}

/// A generator as it is fitted where all are fitted in one way. CopulaGAN that reads categories is
/// CTGAN, and not asked for.
fn fitted(generator: AnyGenerator, way: Way) -> Option<Source> {
    let conditioning = match generator.conditionings() {
        [only] => *only,
        _ => way.conditioning,
    };
    let reading = match generator.readings() {
        [Reading::Numbers] if way.reading == Reading::Categories => return None,
        [only] => *only,
        _ => way.reading,
    };
    Some(Source { generator, way: Way { conditioning, reading } })
}

/// The arms of a source that a claim speaks of.
fn arms(claim: &Claim, source: Option<Source>) -> Vec<Arm> {
    let models: Vec<Option<AnyModel>> = match claim.models.as_slice() {
        [] => vec![None],
        models => models.iter().copied().map(Some).collect(),
    };
    let of_scenario = |&scenario: &Scenario| {
        models.iter().map(move |&model| Arm { source, scenario, model }).collect::<Vec<_>>()
    };
    claim.scenarios.iter().flat_map(of_scenario).collect()
}

impl Pair {
    /// The values of both sides by seed; means over the arms where there are several, under the seeds
    /// that all arms have.
    pub fn runs(&self, values: &BTreeMap<Arm, BySeed>, spreads: &Spreads) -> Runs {
        let of = mean(&self.arms, values);
        let comparator = (!self.others.is_empty()).then(|| mean(&self.others, values));
        let of_other = comparator.as_ref().and_then(|runs| spreads.least(&self.others, runs));
        Runs { least: [spreads.least(&self.arms, &of), of_other], of, comparator }
    }
}

/// For every list of cells that a compared mean is over, that mean of every source that has all of them, whether it is
/// compared or not; by their arms.
pub(super) fn means(pairs: &[Pair], values: &BTreeMap<Arm, BySeed>) -> BTreeMap<Vec<Arm>, BySeed> {
    let sides = pairs.iter().flat_map(|pair| [&pair.arms, &pair.others]);
    let sides: BTreeSet<&Vec<Arm>> = sides.filter(|arms| arms.len() > 1).collect();
    let sources: BTreeSet<Option<Source>> = values.keys().map(|arm| arm.source).collect();
    let of = |arms: &Vec<Arm>, source| arms.iter().map(|arm| Arm { source, ..*arm }).collect();
    sides
        .into_iter()
        .flat_map(|arms| sources.iter().map(move |&source| of(arms, source)))
        .filter(|arms: &Vec<Arm>| arms.iter().all(|arm| values.contains_key(arm)))
        .map(|arms| (arms.clone(), mean(&arms, values)))
        .collect()
}

/// How a comparator was fitted, if it could have been fitted as the compared was and was not.
pub(super) fn other_way(pair: &Pair) -> Option<Way> {
    let (of, other) = (pair.source?, pair.others.first()?.source?);
    let conditioning =
        other.generator.conditionings().len() > 1 && other.way.conditioning != of.way.conditioning;
    let reading = other.generator.readings().len() > 1 && other.way.reading != of.way.reading;
    (conditioning || reading).then_some(other.way)
}

/// What the files of arms are called, up to their seed.
pub(super) fn names(arms: &[Arm]) -> Vec<String> {
    // Any model's cell holds what is the same for all.
    let any = |arm: &Arm| if arm.model.is_none() { ".*" } else { "" };
    arms.iter().map(|arm| format!("{arm}{}", any(arm))).collect()
}

fn mean(arms: &[Arm], values: &BTreeMap<Arm, BySeed>) -> BySeed {
    let all: Vec<&BySeed> = arms.iter().filter_map(|arm| values.get(arm)).collect();
    let Some(first) = all.first() else { return BySeed::new() };
    let mean_under = |seed: u64| {
        let of_seed: Option<Vec<f64>> =
            all.iter().map(|by_seed| by_seed.get(&seed).copied()).collect();
        of_seed.map(|values| (seed, values.iter().sum::<f64>() / values.len() as f64))
    };
    first.keys().filter_map(|&seed| mean_under(seed)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ctr::ModelKind;
    use crate::generators::Conditioning;
    use crate::generators::GeneratorKind::{self, Ctgan, Resample, UniformItem};
    use crate::verdict::claims::Named;

    fn arm(generator: GeneratorKind, conditioning: Conditioning) -> Arm {
        let source = Some(Source::categories(generator, conditioning));
        Arm { source, scenario: Scenario::NEG25, model: Some(ModelKind::Dnn.into()) }
    }

    fn of(generator: GeneratorKind, way: Way) -> Arm {
        let source = Some(Source { generator: generator.into(), way });
        Arm { source, scenario: Scenario::NEG25, model: Some(ModelKind::Dnn.into()) }
    }

    /// What a claim of three generators compares.
    fn claims() -> crate::verdict::Claims {
        let text = "title = 't'\nsource = 's'\n[[claim]]\nid = 'a'\nsentence = 'b'\n\
                    scenarios = ['neg25']\nmodels = ['dnn']\ncomparator = 'base'\n\
                    direction = 'higher'\ngenerators = ['smoten', 'ctgan', 'copula-gan']";
        crate::verdict::Claims::parse("c.toml", text).unwrap()
    }

    /// The sources that it means, given what a run has.
    fn meant(there: &[Arm]) -> Vec<(String, Vec<String>)> {
        let claims = claims();
        let values = there.iter().map(|arm| (*arm, BySeed::new())).collect();
        let name = |source: Option<Source>| source.map(|s| s.to_string()).unwrap_or_default();
        let of_way = |(way, sources): (Option<Way>, Vec<Option<Source>>)| {
            (way.unwrap().to_string(), sources.into_iter().map(name).collect())
        };
        ways(&claims.claims[0], &values).into_iter().map(of_way).collect()
    }

    #[test]
    fn a_claim_is_looked_at_in_every_reading_that_a_run_has() {
        use Conditioning::Joint;
        let [categories, numbers] = [Way::categories(Joint), Way::numbers(Joint)];
        let owned = |names: &[&str]| names.iter().map(|name| name.to_string()).collect::<Vec<_>>();
        let of_categories = ("joint".to_owned(), owned(&["smoten.joint", "ctgan.joint"]));
        let names = ["smoten.joint", "ctgan.joint.numbers", "copula-gan.joint.numbers"];
        let of_numbers = ("joint.numbers".to_owned(), owned(&names));
        assert_eq!(meant(&[of(Ctgan, categories)]), std::slice::from_ref(&of_categories));
        let alone = meant(&[of(GeneratorKind::CopulaGan, numbers)]);
        assert_eq!(alone, std::slice::from_ref(&of_numbers));
        let both = meant(&[of(Ctgan, categories), of(Ctgan, numbers)]);
        assert_eq!(both, [of_categories, of_numbers]);
        // What bore CopulaGAN's name on categories does not count.
        assert_eq!(meant(&[of(GeneratorKind::CopulaGan, categories)]).len(), 4);
    }

    /// SMOTEN reads no numbers, so it is compared once, in the answers of both readings.
    #[test]
    fn what_stands_once_in_a_run_counts_once() {
        use Conditioning::Joint;
        use GeneratorKind::Smoten;
        let [categories, numbers] = [Way::categories(Joint), Way::numbers(Joint)];
        let base = Arm { source: None, scenario: Scenario::Base, ..of(Ctgan, categories) };
        let there = [of(Smoten, categories), of(Ctgan, categories), of(Ctgan, numbers), base];
        let values = there.iter().map(|arm| (*arm, BySeed::new())).collect();
        let pairs = of_claim(&claims().claims[0], &values);
        let found: Vec<_> =
            pairs.found.iter().map(|pair| (pair.arms[0], pair.ways.clone())).collect();
        let both = vec![Some(categories), Some(numbers)];
        let expected = [both, vec![Some(categories)], vec![Some(numbers)]];
        assert_eq!(found, there.into_iter().zip(expected).collect::<Vec<_>>());
        let missing: Vec<_> = pairs.missing.into_iter().collect();
        assert_eq!(missing, [(Some(numbers), of(GeneratorKind::CopulaGan, numbers))]);
    }

    #[test]
    fn a_comparator_reads_as_the_compared_does_if_it_can() {
        use Conditioning::{Joint, PerClass};
        let of_ctgan = |there: &[Arm], comparator: GeneratorKind| {
            let values = there.iter().map(|arm| (*arm, BySeed::new())).collect();
            let arm = of(Ctgan, Way::numbers(Joint));
            comparator_of(&arm, Comparator::Generator(comparator.into(), Named::default()), &values)
        };
        use GeneratorKind::{GaussianCopula, Tvae};
        let both = [of(Tvae, Way::categories(Joint)), of(Tvae, Way::numbers(Joint))];
        assert_eq!(of_ctgan(&both, Tvae), Some(both[1]));
        assert_eq!(of_ctgan(&both[..1], Tvae), Some(both[0]));
        assert_eq!(of_ctgan(&[], GaussianCopula), Some(of(GaussianCopula, Way::numbers(Joint))));
        assert_eq!(of_ctgan(&[], Resample), Some(of(Resample, Way::categories(PerClass))));
    }

    #[test]
    fn a_comparator_reads_as_it_is_said_to() {
        use Conditioning::{Joint, PerClass};
        let both = [of(Ctgan, Way::categories(Joint)), of(Ctgan, Way::numbers(Joint))];
        let values = both.iter().map(|arm| (*arm, BySeed::new())).collect();
        let other = |way, generator: GeneratorKind, reading| {
            let named = Named { reading: Some(reading), ..Named::default() };
            comparator_of(&of(Ctgan, way), Comparator::Generator(generator.into(), named), &values)
        };
        let (categories, numbers) = (Reading::Categories, Reading::Numbers);
        assert_eq!(other(Way::numbers(Joint), Ctgan, categories), Some(both[0]));
        assert_eq!(other(Way::categories(PerClass), Ctgan, numbers), Some(both[1]));
        assert_eq!(other(Way::numbers(Joint), Ctgan, numbers), None);
        let missing = other(Way::categories(Joint), GeneratorKind::Tvae, numbers);
        assert_eq!(missing, Some(of(GeneratorKind::Tvae, Way::numbers(Joint))));
    }

    #[test]
    fn a_comparator_is_fitted_as_it_is_said_to_be() {
        use Conditioning::{Joint, PerClass};
        let all = [Joint, PerClass].map(|c| [Way::categories(c), Way::numbers(c)]);
        let values = all.iter().flatten().map(|&way| (of(Ctgan, way), BySeed::new())).collect();
        let other = |way, generator: GeneratorKind| {
            let named = Named { conditioning: Some(Joint), ..Named::default() };
            comparator_of(&of(Ctgan, way), Comparator::Generator(generator.into(), named), &values)
        };
        for (joint, per_class) in all[0].into_iter().zip(all[1]) {
            assert_eq!(other(per_class, Ctgan), Some(of(Ctgan, joint)), "the same reading");
            assert_eq!(other(joint, Ctgan), None, "itself");
        }
        let missing = other(Way::numbers(PerClass), GeneratorKind::Tvae);
        assert_eq!(missing, Some(of(GeneratorKind::Tvae, Way::numbers(Joint))));
    }

    #[test]
    fn a_comparator_is_fitted_the_same_way_or_the_only_one_there_is() {
        use Conditioning::{Joint, PerClass};
        let of = |way, there: &[Arm], comparator: GeneratorKind| {
            let values = there.iter().map(|arm| (*arm, BySeed::new())).collect();
            comparator_of(
                &arm(Ctgan, way),
                Comparator::Generator(comparator.into(), Named::default()),
                &values,
            )
        };
        let both = [arm(UniformItem, Joint), arm(UniformItem, PerClass)];
        assert_eq!(of(Joint, &both, UniformItem), Some(both[0]));
        assert_eq!(of(PerClass, &both, UniformItem), Some(both[1]));
        // A run may have been made with one of the ways alone.
        assert_eq!(of(PerClass, &both[..1], UniformItem), Some(both[0]));
        assert_eq!(of(PerClass, &[], UniformItem), Some(both[1]), "the one to be named as missing");
        assert_eq!(of(Joint, &both, Resample), Some(arm(Resample, PerClass)));
        assert_eq!(of(Joint, &both, Ctgan), None);
    }
}
