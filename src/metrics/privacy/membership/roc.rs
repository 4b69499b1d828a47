//! How many members an attack finds at few false positives.

use serde::{Deserialize, Serialize};
use statrs::distribution::{Beta, Binomial, ContinuousCDF, DiscreteCDF};

/// The false-positive rates of a report, as one in so many rows.
pub(super) const ONE_IN: [usize; 2] = [1000, 100];

/// Something for each of the false-positive rates of a report; None where there are too few rows.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct AtFpr<T> {
    /// At 0.1 %.
    #[serde(rename = "0.001")]
    pub per_mille: Option<T>,
    /// At 1 %.
    #[serde(rename = "0.01")]
    pub per_cent: Option<T>,
}

impl<T: Copy> AtFpr<T> {
    pub(super) fn new(mut at: impl FnMut(usize) -> Option<T>) -> Self {
        let [per_mille, per_cent] = ONE_IN;
        Self { per_mille: at(per_mille), per_cent: at(per_cent) }
    }

    pub(super) fn map<U>(&self, part: impl Fn(T) -> U) -> AtFpr<U> {
        AtFpr { per_mille: self.per_mille.map(&part), per_cent: self.per_cent.map(&part) }
    }
}

/// The curve of true against false positives of an attack.
pub(super) struct Roc {
    /// Non-members and members above each threshold, from the highest on.
    corners: Vec<(usize, usize)>,
}

/// How often an interval misses at most.
const MISSES: f64 = 0.05;

impl Roc {
    /// Of scores, higher ones saying that a row is a member. None is not a number.
    pub(super) fn new(is_member: &[bool], scores: &[f64]) -> Self {
        let mut rows: Vec<(f64, bool)> =
            scores.iter().copied().zip(is_member.iter().copied()).collect();
        rows.sort_unstable_by(|a, b| b.0.total_cmp(&a.0));
        let mut corners = vec![(0, 0)];
        let (mut others, mut members) = (0, 0);
        for tied in rows.chunk_by(|a, b| a.0 == b.0) {
            let tied_members = tied.iter().filter(|row| row.1).count();
            members += tied_members;
            others += tied.len() - tied_members;
            corners.push((others, members));
        }
        Self { corners }
    }

    fn totals(&self) -> (usize, usize) {
        self.corners[self.corners.len() - 1]
    }

    /// The number of members found at a threshold that some number of non-members, not
    /// necessarily whole, pass. Between the corners of tied rows a random part of them passes.
    fn members(&self, others: f64) -> f64 {
        let after = self.corners.partition_point(|corner| corner.0 as f64 <= others);
        let from = self.corners[after - 1];
        let Some(&to) = self.corners.get(after) else { return from.1 as f64 };
        let part = (others - from.0 as f64) / (to.0 - from.0) as f64;
        from.1 as f64 + part * (to.1 - from.1) as f64
    }

    /// The true-positive rate at a false-positive rate of one in so many, with its interval. None
    /// where there are fewer non-members than that, or no member.
    ///
    /// The interval covers in at least 95 % of cases whatever the scores, thresholds being no more
    /// certain than the rates: the number of non-members above the threshold of the true rate is
    /// binomial, and lies between two of its quantiles; at the thresholds that these numbers pass,
    /// the members found have Clopper-Pearson limits. Each of the four may fail with 1.25 %.
    pub(super) fn true_positives(&self, one_in: usize) -> Option<(f64, [f64; 2])> {
        let (n_others, n_members) = self.totals();
        if n_others < one_in || n_members == 0 {
            return None;
        }
        let found = self.members(n_others as f64 / one_in as f64);
        let passing = Binomial::new(1.0 / one_in as f64, n_others as u64).ok()?;
        let least = passing.inverse_cdf(MISSES / 4.0) as f64;
        let most = passing.inverse_cdf(1.0 - MISSES / 4.0) as f64;
        let low = limit(self.members(least), n_members, Side::Low)?;
        let high = limit(self.members(most), n_members, Side::High)?;
        Some((found / n_members as f64, [low, high]))
    }
}

#[derive(Clone, Copy)]
enum Side {
    Low,
    High,
}

/// A limit of Clopper and Pearson (1934) for a share of which `k` of `n` are seen; `k` is not whole
/// where tied rows are halved.
fn limit(k: f64, n: usize, side: Side) -> Option<f64> {
    let rest = n as f64 - k;
    match side {
        Side::Low if k <= 0.0 => Some(0.0),
        Side::Low => Some(Beta::new(k, rest + 1.0).ok()?.inverse_cdf(MISSES / 4.0)),
        Side::High if rest <= 0.0 => Some(1.0),
        Side::High => Some(Beta::new(k + 1.0, rest).ok()?.inverse_cdf(1.0 - MISSES / 4.0)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::seed::Seed;
    use rand::RngExt;
    use rand_distr::{Distribution, StandardNormal};
    use statrs::distribution::Normal;

    #[test]
    fn rates_are_those_of_two_thresholds_mixed() {
        let mut rng = Seed::master(1).stream("roc");
        for n_others in [100, 137, 250, 1000] {
            let is_member: Vec<bool> = (0..n_others + 80).map(|row| row >= n_others).collect();
            let scores: Vec<f64> =
                is_member.iter().map(|_| f64::from(rng.random_range(0..30u8))).collect();
            let passing = |threshold: f64, member: bool| {
                let rows = is_member.iter().zip(&scores);
                rows.filter(|row| *row.0 == member && *row.1 >= threshold).count() as f64
            };
            let allowed = n_others as f64 / 100.0;
            // From the highest threshold on, the last that few enough pass, and the next.
            let strict =
                (0..=30u8).rev().map(f64::from).take_while(|&t| passing(t, false) <= allowed);
            let strict = strict.last().expect("none passes 30");
            let part = (allowed - passing(strict, false))
                / (passing(strict - 1.0, false) - passing(strict, false));
            let expected =
                (1.0 - part) * passing(strict, true) + part * passing(strict - 1.0, true);
            let (rate, [low, high]) =
                Roc::new(&is_member, &scores).true_positives(100).expect("enough rows");
            assert!((rate - expected / 80.0).abs() < 1e-12, "{rate} with {n_others}");
            assert!(low <= rate && rate <= high);
        }
    }

    #[test]
    fn too_few_rows_have_no_rate() {
        let roc = |members: usize, others: usize| {
            let is_member: Vec<bool> = (0..members + others).map(|row| row < members).collect();
            Roc::new(&is_member, &vec![1.0; members + others])
        };
        assert_eq!(roc(10, 99).true_positives(100), None);
        assert_eq!(roc(0, 100).true_positives(100), None);
        // All rows are tied: a hundredth of them passes.
        assert_eq!(roc(10, 100).true_positives(100).map(|rate| rate.0), Some(0.01));
    }

    #[test]
    fn limits_leave_their_tails() {
        // P(X >= k) under the low limit and P(X <= k) under the high one, summed term by term.
        let tail = |p: f64, from: u32, to: u32| -> f64 {
            let term = |k: u32| {
                let ways = (0..k).map(|i| f64::from(20 - i) / f64::from(i + 1)).product::<f64>();
                ways * p.powi(k as i32) * (1.0 - p).powi(20 - k as i32)
            };
            (from..=to).map(term).sum()
        };
        for k in [1, 7, 19] {
            let low = limit(f64::from(k), 20, Side::Low).expect("a limit");
            let high = limit(f64::from(k), 20, Side::High).expect("a limit");
            assert!((tail(low, k, 20) - 0.0125).abs() < 1e-9, "{k} of 20");
            assert!((tail(high, 0, k) - 0.0125).abs() < 1e-9, "{k} of 20");
        }
        assert_eq!(limit(0.0, 20, Side::Low), Some(0.0));
        assert_eq!(limit(20.0, 20, Side::High), Some(1.0));
    }

    #[test]
    fn intervals_cover_the_true_rate() {
        let normal = Normal::standard();
        let truth = 1.0 - normal.cdf(normal.inverse_cdf(0.99) - 1.0);
        let (mut covered, mut width, tries) = (0, 0.0, 400);
        for attempt in 0..tries {
            let mut rng = Seed::master(attempt).stream("scores");
            let is_member: Vec<bool> = (0..900).map(|row| row < 400).collect();
            let score = |&member: &bool| {
                let noise: f64 = StandardNormal.sample(&mut rng);
                noise + f64::from(u8::from(member))
            };
            let scores: Vec<f64> = is_member.iter().map(score).collect();
            let (_, [low, high]) =
                Roc::new(&is_member, &scores).true_positives(100).expect("enough rows");
            covered += u64::from(low <= truth && truth <= high);
            width += (high - low) / tries as f64;
        }
        // It covers more often than it promises, but is no wider than it needs to be.
        assert!(covered * 100 >= 95 * tries, "{covered} of {tries}");
        assert!(width < 0.25, "{width}");
    }
}
