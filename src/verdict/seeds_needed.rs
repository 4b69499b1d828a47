//! How many seeds would decide a comparison, were its mean and spread to stay.

use super::claims::{Claim, Direction};
use super::comparison::{Compared, SHARP};
use super::evidence::Evidence;
use crate::statistics::{
    ConfidenceSequence, Estimate, Interval, finding, runs_for_half_width, seeds_until_decided,
};

impl Compared {
    /// How many seeds of the arm there would have to be in all for an answer, were mean and spread to stay, at the
    /// one-sided levels of what speaks for the claim and of what speaks against it. The comparator keeps those that
    /// it has, and gets as many as the arm where these are fewer. None if that cannot be told.
    pub fn seeds_needed(
        &self,
        claim: &Claim,
        margin: f64,
        [in_favour, against]: [f64; 2],
    ) -> Option<usize> {
        let (numbers, n) = (&self.numbers, self.numbers.seeds.len());
        let Some(direction) = claim.direction else {
            // As if there were as many of either.
            let needed = runs_for_half_width(SHARP * margin, numbers.sd?, 1.0 - 2.0 * against);
            return needed.filter(|needed| *needed > n);
        };
        let from = numbers.mean - claim.threshold();
        let speaks_for_it = match direction {
            Direction::Higher => from > 0.0,
            Direction::Lower | Direction::NotHigher => from <= 0.0,
        };
        let alpha = if speaks_for_it { in_favour } else { against };
        let needed = self.seeds_until_decided(from, margin, 1.0 - 2.0 * alpha)?;
        // One more at least: few seeds that count as scattering as usual are reckoned with by themselves here, and a
        // comparator of fewer seeds as if it had as many.
        Some(needed.max(n + 1))
    }

    /// How many seeds of the arm there would have to be in all for the interval around `mean` to leave 0 or to
    /// lie within the margin, were the spread to stay.
    pub fn seeds_until_decided(&self, mean: f64, margin: f64, confidence: f64) -> Option<usize> {
        let (sd, n) = (self.numbers.sd?, self.numbers.seeds.len());
        match self.evidence? {
            Evidence::Sequential { sequence, .. } => {
                let sequence = ConfidenceSequence { confidence, ..sequence };
                sequence.seeds_until_decided(mean, sd, n, margin)
            }
            Evidence::Fixed(_) => {
                let of = |variance: f64, n: usize| {
                    Estimate::new(0.0, variance / n as f64, (n - 1) as f64)
                };
                let m = self.numbers.comparator_seeds.len();
                let difference = |n: usize| match self.of_two {
                    Some([a, b]) => of(a, n)?.less(&of(b, m.max(n))?),
                    None => of(sd * sd, n),
                };
                let half_width = |n: usize| {
                    difference(n).map_or(f64::INFINITY, |e| e.interval(confidence).half_width())
                };
                // Degrees of freedom may fall, and intervals widen a little, until the comparator has no more seeds.
                let decided = |n: &usize| {
                    finding(Interval::around(mean, half_width(*n)), margin).is_decided()
                };
                let before = (n..m).find(decided);
                before.or_else(|| seeds_until_decided(mean, margin, n.max(m), half_width))
            }
        }
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
            compared.seeds_until_decided(0.7, 0.01, 0.95).unwrap()
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
