//! The four answers, and how those of cells make one of a claim.

use super::claims::Direction;
use serde::{Deserialize, Serialize};
use std::fmt;

/// What a run says of a claim.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Answer {
    /// The interval lies on the claimed side, and one more run might show the claimed value if there is one.
    Reproduced,
    /// It lies on the other side, or does not hold the claimed value.
    Contradicted,
    /// It lies within the margin around no difference.
    NoEffectThatMatters,
    /// None of these: more seeds are needed.
    Undecided,
}

impl fmt::Display for Answer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Reproduced => "reproduced",
            Self::Contradicted => "contradicted",
            Self::NoEffectThatMatters => "no effect that matters",
            Self::Undecided => "undecided",
        })
    }
}

/// How likely an estimate so far on one side is if the truth is not there. One-sided, each.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Sides {
    /// If the truth is at most what it is compared with.
    pub above: f64,
    /// If it is at least that.
    pub below: f64,
    /// If it is at least the margin away from that, on either side.
    pub within: f64,
    /// If it is at least the margin above.
    pub not_above: f64,
}

impl Sides {
    /// What they say of a direction, at the level `alpha` of a side.
    pub fn answer(&self, direction: Direction, alpha: f64) -> Answer {
        let (claimed, other) = match direction {
            Direction::Higher => (self.above, self.below),
            Direction::Lower => (self.below, self.above),
            // No difference that matters is what such a claim says.
            Direction::NotHigher if self.not_above <= alpha => return Answer::Reproduced,
            Direction::NotHigher => (1.0, self.above),
        };
        if self.within <= alpha {
            Answer::NoEffectThatMatters
        } else if claimed <= alpha {
            Answer::Reproduced
        } else if other <= alpha {
            Answer::Contradicted
        } else {
            Answer::Undecided
        }
    }

    /// All so many times as likely, at most 1.
    pub fn times(&self, factor: f64) -> Self {
        let times = |p: f64| (factor * p).min(1.0);
        Self {
            above: times(self.above),
            below: times(self.below),
            within: times(self.within),
            not_above: times(self.not_above),
        }
    }

    /// If there is no difference, on either side.
    pub fn two_sided(&self) -> f64 {
        (2.0 * self.above.min(self.below)).min(1.0)
    }

    /// Of the tests of a direction, the one that its cell must pass for the claim to hold there.
    pub fn claimed(&self, direction: Direction) -> f64 {
        match direction {
            Direction::Higher => self.above,
            Direction::Lower => self.below,
            Direction::NotHigher => self.not_above,
        }
    }
}

/// How small p-values must be.
#[derive(Clone, Copy, Debug)]
pub struct Levels {
    /// Of one side.
    pub alpha: f64,
    /// The ways of fitting that a claim may mean: as one of them is enough to reproduce it, each is
    /// given its share of the level for that.
    pub ways: usize,
}

impl Levels {
    /// For what is said in a claim's favour.
    pub fn in_favour(&self) -> f64 {
        self.alpha / self.ways.max(1) as f64
    }
}

/// The answer of one comparison: what its own p-values say, for the claim at the level that its ways
/// of fitting leave, against it only if those corrected for the number of comparisons say so too.
pub fn of_one(
    own: Option<&Sides>,
    adjusted: Option<&Sides>,
    direction: Direction,
    levels: Levels,
) -> Answer {
    let (Some(own), Some(adjusted)) = (own, adjusted) else { return Answer::Undecided };
    let corrected = || adjusted.answer(direction, levels.alpha);
    match own.answer(direction, levels.alpha) {
        Answer::Reproduced if own.claimed(direction) > levels.in_favour() => Answer::Undecided,
        Answer::Contradicted if corrected() != Answer::Contradicted => Answer::Undecided,
        answer => answer,
    }
}

/// The answer to a claim that every cell must bear out.
///
/// It is reproduced only if all cells are there and each bears it out by itself (an
/// intersection–union test needs no correction for their number), contradicted if one of them, with
/// the correction for their number, speaks against it, or has no effect that matters (as `trifling`
/// of them do) while others have one.
pub fn of_every(answers: &[Answer], complete: bool, trifling: usize) -> Answer {
    let is = |wanted: Answer| answers.iter().filter(|answer| **answer == wanted).count();
    let nothing = is(Answer::NoEffectThatMatters);
    let decided = answers.len() - is(Answer::Undecided);
    if answers.is_empty() {
        Answer::Undecided
    } else if is(Answer::Contradicted) > 0 {
        Answer::Contradicted
    } else if complete && is(Answer::Reproduced) == answers.len() {
        Answer::Reproduced
    } else if nothing == answers.len() && complete {
        Answer::NoEffectThatMatters
    } else if trifling > 0 && nothing < decided {
        Answer::Contradicted
    } else {
        Answer::Undecided
    }
}

/// The answer to a claim that may be meant in several ways, of which its authors used one that is
/// not known: it is reproduced if it is in one of them, and not if it is in none.
pub fn of_ways(answers: &[Answer]) -> Answer {
    let all = |wanted: &[Answer]| answers.iter().all(|answer| wanted.contains(answer));
    if answers.contains(&Answer::Reproduced) {
        Answer::Reproduced
    } else if answers.is_empty() {
        Answer::Undecided
    } else if all(&[Answer::NoEffectThatMatters]) {
        Answer::NoEffectThatMatters
    } else if all(&[Answer::Contradicted, Answer::NoEffectThatMatters]) {
        Answer::Contradicted
    } else {
        Answer::Undecided
    }
}

#[cfg(test)]
mod tests {
    use super::Answer::{Contradicted, NoEffectThatMatters, Reproduced, Undecided};
    use super::*;

    fn sides(above: f64, below: f64, within: f64, not_above: f64) -> Sides {
        Sides { above, below, within, not_above }
    }

    #[test]
    fn a_side_is_taken_at_its_level() {
        let [up, down, nothing, open] = [
            sides(0.02, 0.98, 0.6, 0.7),
            sides(0.98, 0.02, 0.6, 0.001),
            sides(0.02, 0.98, 0.02, 0.02),
            sides(0.03, 0.97, 0.03, 0.03),
        ];
        for (direction, wanted) in [
            (Direction::Higher, [Reproduced, Contradicted, NoEffectThatMatters, Undecided]),
            (Direction::Lower, [Contradicted, Reproduced, NoEffectThatMatters, Undecided]),
            (Direction::NotHigher, [Contradicted, Reproduced, Reproduced, Undecided]),
        ] {
            let answers = [up, down, nothing, open].map(|sides| sides.answer(direction, 0.025));
            assert_eq!(answers, wanted, "{direction:?}");
        }
    }

    #[test]
    fn only_what_speaks_against_a_claim_is_corrected() {
        let levels = Levels { alpha: 0.025, ways: 1 };
        let of = |own: Sides, adjusted: Sides, direction| {
            of_one(Some(&own), Some(&adjusted), direction, levels)
        };
        let (up, open) = (sides(0.02, 0.98, 0.6, 0.7), sides(0.04, 1.0, 1.0, 1.0));
        assert_eq!(of(up, open, Direction::Higher), Reproduced);
        assert_eq!(of(up, open, Direction::Lower), Undecided);
        assert_eq!(of(up, up, Direction::Lower), Contradicted);
        assert_eq!(of_one(None, None, Direction::Lower, levels), Undecided);
    }

    #[test]
    fn of_several_ways_each_has_its_share_of_the_level() {
        let up = sides(0.01, 0.99, 0.6, 0.7);
        let of = |ways, direction| {
            of_one(Some(&up), Some(&up), direction, Levels { alpha: 0.025, ways })
        };
        assert_eq!(of(2, Direction::Higher), Reproduced);
        assert_eq!(of(4, Direction::Higher), Undecided);
        // All ways must contradict, which makes nothing more likely.
        assert_eq!(of(4, Direction::Lower), Contradicted);
        assert_eq!(of(0, Direction::Higher), Reproduced, "where no generator is spoken of");
    }

    #[test]
    fn a_few_that_are_trifling_by_themselves_are_not_enough() {
        let answers = [NoEffectThatMatters, Reproduced];
        assert_eq!(of_every(&answers, true, 0), Undecided);
        assert_eq!(of_every(&answers, true, 1), Contradicted);
    }

    #[test]
    fn every_cell_must_bear_a_claim_out() {
        for (answers, complete, wanted) in [
            (vec![Reproduced, Reproduced], true, Reproduced),
            (vec![Reproduced, Reproduced], false, Undecided),
            (vec![Reproduced, Undecided], true, Undecided),
            (vec![Reproduced, Contradicted], true, Contradicted),
            (vec![Undecided, Contradicted], false, Contradicted),
            (vec![NoEffectThatMatters; 2], true, NoEffectThatMatters),
            (vec![NoEffectThatMatters; 2], false, Undecided),
            (vec![NoEffectThatMatters, Reproduced], true, Contradicted),
            (vec![NoEffectThatMatters, Undecided], true, Undecided),
            (vec![], true, Undecided),
        ] {
            let trifling = answers.iter().filter(|a| **a == NoEffectThatMatters).count();
            assert_eq!(of_every(&answers, complete, trifling), wanted, "{answers:?}");
        }
    }

    #[test]
    fn one_way_is_enough_to_reproduce_and_all_are_needed_to_contradict() {
        for (answers, wanted) in [
            (vec![Reproduced, Contradicted], Reproduced),
            (vec![Contradicted, Contradicted], Contradicted),
            (vec![Contradicted, Undecided], Undecided),
            (vec![Contradicted, NoEffectThatMatters], Contradicted),
            (vec![NoEffectThatMatters], NoEffectThatMatters),
            (vec![], Undecided),
        ] {
            assert_eq!(of_ways(&answers), wanted, "{answers:?}");
        }
    }
}
