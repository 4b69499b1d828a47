//! Every arm beside one comparator, whether a claim speaks of it or not.

use super::Contrast;
use crate::ctr::AnyModel;
use crate::experiment::{Scenario, Source};
use crate::statistics::finding;
use crate::verdict::claims::{Claims, Comparator, Measure};
use crate::verdict::comparison::Runs;
use crate::verdict::run::{Arm, Run};
use crate::verdict::spread::Spreads;
use crate::verdict::{judge, pairs, verify};

/// The difference of one arm's test AUC to that of its comparator.
#[derive(Clone, Debug, PartialEq)]
pub struct Difference {
    /// Where the synthetic rows come from.
    pub source: Source,
    /// What the model was trained on.
    pub scenario: Scenario,
    /// The model.
    pub model: AnyModel,
    /// What it is compared with.
    pub other: Arm,
    /// In points, with its interval over seeds: the one that answers to claims go by.
    pub change: Contrast,
    /// How many seeds of the source there would have to be in all for that interval to leave 0 or to lie within the
    /// margin; none if that cannot be told; as many as there are where it does.
    pub seeds_needed: Option<usize>,
}

/// The differences of all arms to `comparator`, in points of AUC. Of a generator they are taken in the
/// same scenario, fitted the same way where there are several ways.
pub fn differences(run: &Run, claims: &Claims, comparator: Comparator) -> Vec<Difference> {
    let values = run.values(Measure::Auc);
    let pairing = judge::pairing(&values, comparator);
    let spreads = Spreads::new(&values);
    let method = verify::method(run, claims);
    let of_arm = |arm: &Arm| {
        let other = pairs::comparator_of(arm, comparator, &values)?;
        let runs = Runs::between(arm, &other, &values, &spreads)?;
        let compared = runs.compare(&pairing, method, claims.confidence);
        let numbers = &compared.numbers;
        let change = Contrast {
            mean: Some(numbers.mean).filter(|mean| mean.is_finite())?,
            interval: numbers.interval,
            seeds: numbers.seeds.len(),
        };
        Some(Difference {
            source: arm.source?,
            scenario: arm.scenario,
            model: arm.model?,
            other,
            seeds_needed: match numbers.interval {
                Some(i) if finding(i, claims.margin).is_decided() => Some(change.seeds),
                // One more at least, as of claims.
                _ => compared
                    .seeds_until_decided(claims.margin, claims.confidence)
                    .map(|needed| needed.max(change.seeds + 1)),
            },
            change,
        })
    };
    values.keys().filter_map(of_arm).collect()
}
