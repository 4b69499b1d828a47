//! Whether a synthetic table tells what is true of one real row alone.

use super::attackers::{Attackers, Count, Doubt};
use super::distinct::Distinct;
use super::drawing;
use super::options::{Options, Undefined};
use super::predicate::Predicate;
use super::risk::Estimate;
use super::thinning::Thinning;
use crate::data::Frame;
use crate::seed::Seed;
use rayon::prelude::*;

/// What an attacker says about the one she singles out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Predicates {
    /// One rare value: one that occurs once, the least or the largest number, the only missing one.
    Univariate,
    /// What a synthetic row has in [`Options::predicate_columns`] columns; of a number, that it is
    /// at least as far from the median.
    Multivariate,
}

/// The risk that something is known to hold for exactly one row, whoever it is (Giomi et al. 2023,
/// section 4.1; Cohen and Nissim 2020). An interval of the risk above 0 is alarming.
///
/// The attacker draws predicates that match exactly one synthetic row, and succeeds with those that
/// match exactly one real row; the naive attacker draws predicates that compare random columns with
/// random values. Equal rows count as one row. Where fewer predicates than attacks are found, the
/// missing ones count as failures ([`Doubt::FewPredicates`]).
///
/// A predicate is less likely to match exactly one row of a smaller control table. So control
/// successes are those expected in a table of as many rows as the real one: exactly where control
/// is the larger, by subsets of it; else by comparing with subsets of the real table of control's
/// size, which widens the interval by the ratio of both sizes.
///
/// # Panics
/// If the frames do not have the same columns.
pub fn singling_out(
    real: &Frame,
    synthetic: &Frame,
    control: Option<&Frame>,
    predicates: Predicates,
    options: &Options,
    seed: Seed,
) -> Result<Attackers, Undefined> {
    Crowds::new(real, synthetic, control).attack(predicates, options, seed)
}

/// The distinct rows among which somebody is singled out.
pub(super) struct Crowds {
    real: Distinct,
    synthetic: Distinct,
    control: Option<Distinct>,
}

impl Crowds {
    pub fn new(real: &Frame, synthetic: &Frame, control: Option<&Frame>) -> Self {
        for other in [Some(synthetic), control].into_iter().flatten() {
            assert_eq!(other.columns().len(), real.columns().len(), "frames of the same columns");
        }
        let control = control.filter(|frame| frame.n_rows() > 0);
        let (real, synthetic) = (Distinct::new(real), Distinct::new(synthetic));
        Self { real, synthetic, control: control.map(Distinct::new) }
    }

    pub fn attack(
        &self,
        predicates: Predicates,
        options: &Options,
        seed: Seed,
    ) -> Result<Attackers, Undefined> {
        options.check(self.real.n_rows(), self.synthetic.n_rows())?;
        if self.real.columns().is_empty() {
            return Err(Undefined::NoColumns);
        }
        let attacks = options.attacks;
        let (synthetic, mut rng) = (&self.synthetic, seed.stream("predicates"));
        let (width, found) = match predicates {
            Predicates::Univariate => (1, drawing::univariate(synthetic, attacks, &mut rng)),
            Predicates::Multivariate => {
                let (width, attempts) = (options.predicate_columns, options.attempts);
                (width, drawing::multivariate(synthetic, attacks, width, attempts, &mut rng))
            }
        };
        let guesses = drawing::random(synthetic, attacks, width, &mut seed.stream("guesses"));
        let count = |predicates: &[Predicate]| Count {
            successes: predicates.par_iter().filter(|p| self.real.is_singled_out(p)).count(),
            attacks,
        };
        let main = count(&found);
        let control = self.control.as_ref();
        let control = control.map(|c| self.expected(c, &found, main.successes, options));
        let mut attackers = Attackers::new(main, count(&guesses), control, options.confidence);
        if found.len() < attacks {
            attackers.doubts.push(Doubt::FewPredicates { found: found.len() });
        }
        Ok(attackers)
    }

    /// The success rate to be expected on a table like `control` with as many rows as `real`.
    fn expected(
        &self,
        control: &Distinct,
        predicates: &[Predicate],
        main: usize,
        options: &Options,
    ) -> Estimate {
        let wilson = |successes| Estimate::wilson(successes, options.attacks, options.confidence);
        if control.n_rows() >= self.real.n_rows() {
            let subsets = Thinning::new(control.n_rows(), self.real.n_rows());
            return wilson(subsets.successes(control, predicates));
        }
        // A leak succeeds as far as the row that leaked is in the subset, so all of main's excess
        // over control is `ratio` times the excess on subsets of control's size.
        let subsets = Thinning::new(self.real.n_rows(), control.n_rows());
        let ratio = self.real.n_rows() as f64 / control.n_rows() as f64;
        let singled_out = predicates.par_iter().filter(|p| control.is_singled_out(p)).count();
        let excess = ratio * (subsets.successes(&self.real, predicates) - singled_out as f64);
        let expected = (main as f64 - excess).clamp(0.0, options.attacks as f64);
        Estimate { error: ratio * wilson(singled_out as f64).error, ..wilson(expected) }
    }
}
