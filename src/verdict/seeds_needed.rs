//! How many seeds would decide a comparison, were its mean and spread to stay.

use super::answer::{self, Answer, Levels};
use super::claims::Claim;
use super::comparison::{Compared, SHARP};
use super::evidence::Evidence;
use crate::statistics::{Estimate, finding, first_number, runs_for_half_width};

impl Compared {
    /// How many seeds of the arm there would have to be in all for an answer, were mean and spread to stay, in a
    /// claim of so many comparisons. The comparator keeps those that it has, and gets as many as the arm where
    /// these are fewer. None if that cannot be told.
    pub fn seeds_needed(
        &self,
        claim: &Claim,
        margin: f64,
        levels: Levels,
        comparisons: usize,
    ) -> Option<usize> {
        let (numbers, n) = (&self.numbers, self.numbers.seeds.len());
        let Some(direction) = claim.direction else {
            // As if there were as many of either.
            let needed = runs_for_half_width(SHARP * margin, numbers.sd?, 1.0 - 2.0 * levels.alpha);
            return needed.filter(|needed| *needed > n);
        };
        // One more at least: few seeds that count as scattering as usual are reckoned with by themselves here, and a
        // comparator of fewer seeds as if it had as many.
        self.first_number(n + 1, |evidence| {
            let own = evidence.sides(claim.threshold(), margin);
            // Holm's correction is this or less.
            let corrected = own.times(comparisons as f64);
            answer::of_one(Some(&own), Some(&corrected), direction, levels) != Answer::Undecided
        })
    }

    /// How many seeds of the arm there would have to be in all for the interval around the mean to leave 0 or to
    /// lie within the margin, were the spread to stay.
    pub fn seeds_until_decided(&self, margin: f64, confidence: f64) -> Option<usize> {
        self.first_number(self.numbers.seeds.len(), |evidence| {
            finding(evidence.interval(confidence), margin).is_decided()
        })
    }

    /// The first number of seeds of the arm, from `from` on, whose evidence is enough.
    fn first_number(&self, from: usize, enough: impl Fn(&Evidence) -> bool) -> Option<usize> {
        let enough = |n: usize| self.evidence_of(n).is_some_and(|evidence| enough(&evidence));
        // Degrees of freedom may fall, and intervals widen a little, until the comparator has no more seeds.
        let m = self.numbers.comparator_seeds.len();
        let before = (from..m).find(|&n| enough(n));
        before.or_else(|| first_number(from.max(m), enough))
    }

    /// What so many seeds of the arm would say.
    fn evidence_of(&self, n: usize) -> Option<Evidence> {
        let (mean, sd) = (self.numbers.mean, self.numbers.sd?);
        let of = |variance: f64, n: usize| {
            Estimate::new(0.0, variance / n as f64, n.saturating_sub(1) as f64)
        };
        let m = self.numbers.comparator_seeds.len();
        Some(match (self.evidence?, self.of_two) {
            (Evidence::Sequential { sequence, .. }, _) => {
                Evidence::Sequential { mean, sd, n, sequence }
            }
            (Evidence::Fixed(_), two) => {
                let difference = match two {
                    Some([a, b]) => of(a, n)?.less(&of(b, m.max(n))?)?,
                    None => of(sd * sd, n)?,
                };
                Evidence::Fixed(Estimate { mean, ..difference })
            }
        })
    }
}

#[cfg(test)]
mod tests {
    use crate::verdict::BySeed;
    use crate::verdict::comparison::{Method, Runs};
    use crate::verdict::pairing::Pairing;

    /// By Welch's formula for each number of seeds, written out.
    #[test]
    fn seeds_needed_reckon_with_those_that_the_comparator_has() {
        use statrs::distribution::{ContinuousCDF, StudentsT};
        // Standard deviations of 1 and 2, not paired: no seed is shared.
        let arm = |from: u64, n: u64, mean: f64, sd: f64| -> BySeed {
            let scale = sd * ((n - 1) as f64 / n as f64).sqrt();
            (0..n).map(|i| (from + i, mean + if i % 2 == 0 { scale } else { -scale })).collect()
        };
        let needed = |m: u64| {
            let (of, other) = (arm(1, 6, 0.7, 1.0), arm(101, m, 0.0, 2.0));
            let runs = Runs { of, comparator: Some(other), least: [None; 2] };
            let compared = runs.compare(&Pairing::default(), Method::Fixed, 0.95);
            compared.seeds_until_decided(0.01, 0.95).unwrap()
        };
        let wanted = |m: usize| {
            let shows = |n: &usize| {
                let (a, b) = (1.0 / *n as f64, 4.0 / m.max(*n) as f64);
                let of_b = (m.max(*n) - 1) as f64;
                let degrees = (a + b).powi(2) / (a * a / (n - 1) as f64 + b * b / of_b);
                let t = StudentsT::new(0.0, 1.0, degrees).unwrap().inverse_cdf(0.975);
                t * (a + b).sqrt() < 0.7
            };
            (6..1000).find(shows).unwrap()
        };
        for m in [4, 6, 60, 100, 200] {
            assert_eq!(needed(m), wanted(m as usize), "{m} seeds of the comparator");
        }
        assert!(needed(200) < needed(100) && needed(100) < needed(6));
    }
}
