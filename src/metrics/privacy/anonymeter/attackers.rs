//! The three attackers of each risk.

use super::risk::{Estimate, Rate};
use serde::{Deserialize, Serialize};

/// The success of three attackers, and the risk that follows (Giomi et al. 2023, section 4).
///
/// Success on rows that the synthetic table was learned from is not a leak by itself: what holds
/// for the population can be guessed of anybody. Success beyond that on rows it was not learned
/// from is.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Attackers {
    /// Number of main attacks, of which the rates are shares; the control has as many, or as many
    /// as it has rows.
    pub attacks: usize,
    /// Success on the real rows with the synthetic table. High alone is not alarming.
    pub main: Rate,
    /// Success on the real rows by guessing. A main rate not above it means that the attack is too
    /// weak to tell anything: no leak shown, none excluded.
    pub baseline: Rate,
    /// Success on the control rows with the synthetic table: what it tells of anybody. None
    /// without control rows.
    pub control: Option<Rate>,
    /// (main - control) / (1 - control): of what could not be known without having been in the
    /// table, the share that became known. An interval above 0 is alarming; 1 is a published
    /// table. None without control rows.
    pub risk: Option<Rate>,
    /// Why a number is missing or says little; empty is good.
    pub doubts: Vec<Doubt>,
}

/// Why a number of [`Attackers`] is missing or says little.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, thiserror::Error)]
#[serde(rename_all = "snake_case")]
pub enum Doubt {
    /// Without control rows a leak cannot be told from what holds for anybody.
    #[error("no control rows, so no risk: what leaks cannot be told from what holds for anybody")]
    NoControl,
    /// The attack is too weak.
    #[error("the attack does no better than guessing: it shows no leak and excludes none")]
    NoBetterThanGuessing,
    /// Nothing is left that could leak.
    #[error("all attacks on control rows succeed: nothing is left that could leak")]
    ControlAlwaysSucceeds,
    /// Singling out made fewer guesses than attacks; the missing ones count as failures.
    #[error("only {found} predicates single out a synthetic row: the risk may be underestimated")]
    FewPredicates {
        /// Number of predicates that the attacker could try.
        found: usize,
    },
}

/// Successes among attacks.
#[derive(Clone, Copy, Debug)]
pub(super) struct Count {
    pub successes: usize,
    pub attacks: usize,
}

impl Count {
    pub fn estimate(self, confidence: f64) -> Estimate {
        Estimate::wilson(self.successes as f64, self.attacks, confidence)
    }
}

impl Attackers {
    /// Compares the attackers.
    pub(super) fn new(
        main: Count,
        baseline: Count,
        control: Option<Estimate>,
        confidence: f64,
    ) -> Self {
        let (attack, guess) = (main.estimate(confidence), baseline.estimate(confidence));
        let mut doubts = Vec::new();
        if guess.value >= attack.value {
            doubts.push(Doubt::NoBetterThanGuessing);
        }
        if control.is_none() {
            doubts.push(Doubt::NoControl);
        }
        Self {
            attacks: main.attacks,
            main: attack.rate(),
            baseline: guess.rate(),
            control: control.map(Estimate::rate),
            risk: control.map(|control| attack.beyond(control).rate()),
            doubts,
        }
    }

    /// Of attackers whose control is a number of attacks like the others.
    pub(super) fn of_counts(
        main: Count,
        baseline: Count,
        control: Option<Count>,
        confidence: f64,
    ) -> Self {
        let expected = control.map(|count| count.estimate(confidence));
        let mut attackers = Self::new(main, baseline, expected, confidence);
        if control.is_some_and(|count| count.successes == count.attacks) {
            attackers.doubts.push(Doubt::ControlAlwaysSucceeds);
        }
        attackers
    }
}
