//! What a run says of one claim, as `verdict.json` has it.

use super::answer::{Answer, Sides};
use super::claims::{Direction, Measure};
use super::comparison::{Aggregate, Numbers, OfValue};
use crate::ctr::AnyModel;
use crate::experiment::Scenario;
use crate::generators::{Conditioning, Reading};
use serde::{Deserialize, Serialize};

/// What a run says of one claim.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ClaimVerdict {
    /// The claim's name.
    pub id: String,
    /// Where it is claimed.
    #[serde(rename = "where")]
    pub place: String,
    /// Whether it is a question asked besides.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub added: bool,
    /// The claim.
    pub sentence: String,
    /// The answer.
    pub answer: Answer,
    /// The answer in words.
    pub words: String,
    /// What is measured.
    pub measure: Measure,
    /// On which side it is said to lie; none of claimed values alone.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub direction: Option<Direction>,
    /// Differences of less do not matter.
    pub margin: f64,
    /// The answer for every way of fitting that may be meant.
    pub ways: Vec<WayVerdict>,
    /// Of how many ways these were chosen, where that is more than they are.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub out_of: Option<usize>,
    /// How many comparisons are on which side.
    pub shares: Shares,
    /// Every comparison it rests on.
    pub comparisons: Vec<Comparison>,
    /// All comparisons together; none without a comparator, or of means over cells.
    pub together: Option<Aggregate>,
    /// Cells that the claim speaks of and the run does not have.
    pub missing: Vec<String>,
}

impl ClaimVerdict {
    /// Its comparisons, those first that tell most: first those that have the claim's answer, then against it, for it,
    /// of no effect, open; of one answer those first that lie farthest against the claim.
    pub fn telling(&self) -> Vec<&Comparison> {
        let rank = |comparison: &Comparison| {
            let of_answer = match comparison.answer {
                Answer::Contradicted => 0,
                Answer::Reproduced => 1,
                Answer::NoEffectThatMatters => 2,
                Answer::Undecided => 3,
            };
            (comparison.answer != self.answer, of_answer)
        };
        let against = |comparison: &Comparison| match self.direction {
            Some(Direction::Higher) => -comparison.numbers.mean,
            Some(Direction::Lower | Direction::NotHigher) => comparison.numbers.mean,
            None => {
                let claimed = comparison.value.map_or(0.0, |value| value.claimed);
                (comparison.numbers.mean - claimed).abs()
            }
        };
        let mut all: Vec<&Comparison> = self.comparisons.iter().collect();
        all.sort_by(|a, b| rank(a).cmp(&rank(b)).then_with(|| against(b).total_cmp(&against(a))));
        all
    }
}

/// How many comparisons are on which side of what they are compared with.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Shares {
    /// All.
    pub comparisons: usize,
    /// Whose estimate is above.
    pub above: usize,
    /// Whose whole interval is, each by itself.
    pub clearly_above: usize,
    /// Whose whole interval is below.
    pub clearly_below: usize,
}

/// The answer for one way of fitting the generators.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct WayVerdict {
    /// On which rows; none where no generator is spoken of.
    pub conditioning: Option<Conditioning>,
    /// And what it takes fields of numbers for.
    #[serde(default, skip_serializing_if = "Reading::is_categories")]
    pub reading: Reading,
    /// The answer.
    pub answer: Answer,
    /// What would settle it; none if it is settled, or if that cannot be told.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub settled_by: Option<Settled>,
}

/// What an open way of fitting would come to, were means and spread to stay.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Settled {
    /// How many more seeds it would take.
    pub more_seeds: usize,
    /// The answer that they would give.
    pub answer: Answer,
}

/// One comparison of a claim.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Comparison {
    /// The generator; none in the scenario `base`.
    pub generator: Option<String>,
    /// How it was fitted.
    pub conditioning: Option<Conditioning>,
    /// What it took fields of numbers for.
    #[serde(default, skip_serializing_if = "Reading::is_categories")]
    pub reading: Reading,
    /// The scenario; none where the mean over scenarios is meant.
    pub scenario: Option<Scenario>,
    /// The model; none where the mean over models is meant, or where it does not matter.
    pub model: Option<AnyModel>,
    /// What it is compared with.
    pub comparator: Option<String>,
    /// How that was fitted, where it could have been fitted as the compared was and was not.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub comparator_way: Option<String>,
    /// The answer: against the claim only at a level that holds for all its comparisons together
    /// (Holm), for it by its interval alone, since a claim needs all of them, but with the share of the level that
    /// is left to each of several ways of fitting.
    pub answer: Answer,
    /// What the seeds and the test rows say.
    #[serde(flatten)]
    pub numbers: Numbers,
    /// Whether the interval over test rows is only known not to be narrower than the truth.
    pub rows_interval_is_bound: bool,
    /// P-values corrected for the number of comparisons (Holm).
    pub p_adjusted: Option<Sides>,
    /// The claimed value, if there is one.
    pub value: Option<OfValue>,
    /// How many seeds of its arm there would have to be in all for an answer, and at least as many of the comparator;
    /// none if there is one, or if that cannot be told.
    pub seeds_needed: Option<usize>,
    /// The cells that it rests on: `cells/<name>.seed<k>.json` for every one of `seeds`. `*` stands for
    /// any model.
    pub cells: Vec<String>,
    /// Those of the comparator, for every one of `comparator_seeds`.
    pub comparator_cells: Vec<String>,
}
