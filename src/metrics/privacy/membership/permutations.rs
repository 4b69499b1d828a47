//! Whether attacks beat chance, however many are tried.

use crate::seed::Seed;
use rand::RngExt;
use rayon::prelude::*;
use std::ops::Range;

/// A linear rank statistic: whole weights of rows, so that sums are exact.
///
/// Its value is the sum of the weights of the members.
pub(super) struct RankStatistic {
    weights: Vec<u32>,
}

/// What a row among the highest weighs.
const WHOLE: f64 = (1 << 20) as f64;

impl RankStatistic {
    /// Twice the midranks: the statistic is the AUC, shifted and stretched (Mann and Whitney 1947).
    pub(super) fn midranks(scores: &[f64]) -> Self {
        Self::by_tied(scores, |above, tied| {
            // Ranks count from the lowest.
            (2 * (scores.len() - above) - tied + 1) as u32
        })
    }

    /// 1 for the highest scores, one in so many rows, and a part of it for rows tied at the end:
    /// the statistic is the number of members among them.
    pub(super) fn highest(scores: &[f64], one_in: usize) -> Self {
        let n_highest = scores.len() as f64 / one_in as f64;
        Self::by_tied(scores, |above, tied| {
            let part = (n_highest - above as f64) / tied as f64;
            (part.clamp(0.0, 1.0) * WHOLE).round() as u32
        })
    }

    /// Weights by the numbers of rows above and tied with each.
    fn by_tied(scores: &[f64], weight: impl Fn(usize, usize) -> u32) -> Self {
        let mut rows: Vec<(f64, usize)> = scores.iter().copied().zip(0..).collect();
        rows.sort_unstable_by(|a, b| b.0.total_cmp(&a.0));
        let mut weights = vec![0; scores.len()];
        let mut above = 0;
        for tied in rows.chunk_by(|a, b| a.0 == b.0) {
            let weight = weight(above, tied.len());
            tied.iter().for_each(|&(_, row)| weights[row] = weight);
            above += tied.len();
        }
        Self { weights }
    }
}

/// What a permutation test of several statistics found for one of them.
#[derive(Clone, Copy, Debug)]
pub(super) struct Tested {
    /// The statistic, standardised: how far above what is expected without a leak.
    pub z: f64,
    /// The chance that any of the statistics would come as far above, without a leak.
    pub p_value: f64,
}

/// Tests statistics of the same rows by permuting which rows are members, within each stratum.
///
/// Without a leak the scores say nothing of who is a member, so every choice of as many members of
/// a stratum was as likely. The p-value of a statistic is the share of choices, the real one
/// counted in, under which the largest of all standardised statistics is no smaller: Westfall and
/// Young 1993, "Resampling-based multiple testing", the single-step maxT procedure. It needs no
/// assumption on how attacks hang together, and holds for any number of rows. None for a statistic
/// that no choice changes.
pub(super) fn test(
    statistics: &[RankStatistic],
    is_member: &[bool],
    strata: &[Range<usize>],
    permutations: usize,
    seed: &Seed,
) -> Vec<Option<Tested>> {
    let choices = Choices::new(statistics, is_member, strata);
    let observed = choices.standardised(&choices.sums(|row| is_member[row] == choices.drawn));
    const CHUNK: usize = 32;
    let maxima: Vec<f64> = (0..permutations.div_ceil(CHUNK))
        .into_par_iter()
        .flat_map_iter(|chunk| {
            let size = CHUNK.min(permutations - chunk * CHUNK);
            choices.maxima(size, &seed.derive(&format!("chunk/{chunk}")))
        })
        .collect();
    let p_value = |z: f64| {
        let as_large = maxima.iter().filter(|&&maximum| maximum >= z).count();
        (as_large + 1) as f64 / (permutations + 1) as f64
    };
    observed.into_iter().map(|z| z.map(|z| Tested { z, p_value: p_value(z) })).collect()
}

/// The choices of members among rows.
struct Choices<'a> {
    n_statistics: usize,
    /// Row by row, the weights in all statistics.
    weights: Vec<u32>,
    strata: &'a [Range<usize>],
    /// By stratum, how many rows are drawn.
    n_drawn: Vec<usize>,
    /// Whether members are drawn, or the other rows: whichever are fewer.
    drawn: bool,
    /// Of the sums of drawn rows, by statistic.
    means: Vec<f64>,
    deviations: Vec<f64>,
}

impl<'a> Choices<'a> {
    fn new(statistics: &[RankStatistic], is_member: &[bool], strata: &'a [Range<usize>]) -> Self {
        let n_members = is_member.iter().filter(|&&member| member).count();
        let drawn = 2 * n_members <= is_member.len();
        let count = |rows: &Range<usize>| {
            is_member[rows.clone()].iter().filter(|&&member| member == drawn).count()
        };
        let n_drawn: Vec<usize> = strata.iter().map(count).collect();
        let moments = |statistic: &RankStatistic| {
            let (mut mean, mut variance) = (0.0, 0.0);
            for (rows, &n_drawn) in strata.iter().zip(&n_drawn) {
                let weights = &statistic.weights[rows.clone()];
                let (n, drawn) = (weights.len() as f64, n_drawn as f64);
                let sum: u64 = weights.iter().map(|&weight| u64::from(weight)).sum();
                let centre = sum as f64 / n.max(1.0);
                mean += drawn * centre;
                let squares: f64 = weights.iter().map(|&w| (f64::from(w) - centre).powi(2)).sum();
                // Of a sum of draws without replacement; a single row is certain.
                if weights.len() > 1 {
                    variance += drawn * (n - drawn) / n * squares / (n - 1.0);
                }
            }
            (mean, variance.sqrt())
        };
        let (means, deviations) = statistics.iter().map(moments).unzip();
        let rows = 0..is_member.len();
        let weights = rows.flat_map(|row| statistics.iter().map(move |s| s.weights[row])).collect();
        Self { n_statistics: statistics.len(), weights, strata, n_drawn, drawn, means, deviations }
    }

    fn add(&self, row: usize, sums: &mut [u64]) {
        let weights = &self.weights[row * self.n_statistics..][..self.n_statistics];
        for (sum, &weight) in sums.iter_mut().zip(weights) {
            *sum += u64::from(weight);
        }
    }

    fn sums(&self, is_drawn: impl Fn(usize) -> bool) -> Vec<u64> {
        let mut sums = vec![0; self.n_statistics];
        let rows = self.strata.iter().flat_map(Range::clone);
        rows.filter(|&row| is_drawn(row)).for_each(|row| self.add(row, &mut sums));
        sums
    }

    /// How far the members' sums are above their means, given the drawn rows' sums.
    fn standardised(&self, sums: &[u64]) -> Vec<Option<f64>> {
        let sign = if self.drawn { 1.0 } else { -1.0 };
        let moments = self.means.iter().zip(&self.deviations);
        let standardised = sums.iter().zip(moments).map(|(&sum, (mean, &deviation))| {
            (deviation > 0.0).then(|| sign * (sum as f64 - mean) / deviation)
        });
        standardised.collect()
    }

    /// The largest standardised statistic of each of some random choices.
    fn maxima(&self, size: usize, seed: &Seed) -> Vec<f64> {
        let mut rng = seed.stream("choices");
        let mut rows: Vec<u32> =
            (0..(self.weights.len() / self.n_statistics.max(1)) as u32).collect();
        let choice = |_| {
            let mut sums = vec![0; self.n_statistics];
            for (stratum, &n_drawn) in self.strata.iter().zip(&self.n_drawn) {
                // The beginning of a shuffle, which may start from any order.
                for place in stratum.start..stratum.start + n_drawn {
                    rows.swap(place, rng.random_range(place..stratum.end));
                    self.add(rows[place] as usize, &mut sums);
                }
            }
            let standardised = self.standardised(&sums).into_iter().flatten();
            standardised.fold(f64::NEG_INFINITY, f64::max)
        };
        (0..size).map(choice).collect()
    }
}
