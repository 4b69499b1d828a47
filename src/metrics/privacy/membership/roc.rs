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
        let low = quantile(self.members(least), n_members, Side::Low)?;
        let high = quantile(self.members(most), n_members, Side::High)?;
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
fn quantile(k: f64, n: usize, side: Side) -> Option<f64> {
    let rest = n as f64 - k;
    match side {
        Side::Low if k <= 0.0 => Some(0.0),
        Side::Low => Some(Beta::new(k, rest + 1.0).ok()?.inverse_cdf(MISSES / 4.0)),
        Side::High if rest <= 0.0 => Some(1.0),
        Side::High => Some(Beta::new(k + 1.0, rest).ok()?.inverse_cdf(1.0 - MISSES / 4.0)),
    }
}
