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

/// Choices that one task makes: as many as a word has bits.
const CHUNK: usize = u32::BITS as usize;

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

    /// The largest standardised statistic of each of some random choices, at most 32.
    fn maxima(&self, size: usize, seed: &Seed) -> Vec<f64> {
        let mut rng = seed.stream("choices");
        let n_rows = self.weights.len() / self.n_statistics.max(1);
        let mut rows: Vec<u32> = (0..n_rows as u32).collect();
        // By row, a bit for each choice that draws it: the weights, which are many, are then read
        // once and in order.
        let mut drawn_by = vec![0u32; n_rows];
        for choice in 0..size {
            for (stratum, &n_drawn) in self.strata.iter().zip(&self.n_drawn) {
                // The beginning of a shuffle, which may start from any order.
                for place in stratum.start..stratum.start + n_drawn {
                    rows.swap(place, rng.random_range(place..stratum.end));
                    drawn_by[rows[place] as usize] |= 1 << choice;
                }
            }
        }
        let mut sums = vec![0; size * self.n_statistics];
        for (row, mut choices) in drawn_by.into_iter().enumerate() {
            while choices != 0 {
                let choice = choices.trailing_zeros() as usize;
                self.add(row, &mut sums[choice * self.n_statistics..][..self.n_statistics]);
                choices &= choices - 1;
            }
        }
        let maximum = |sums: &[u64]| {
            self.standardised(sums).into_iter().flatten().fold(f64::NEG_INFINITY, f64::max)
        };
        sums.chunks(self.n_statistics.max(1)).map(maximum).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// All ways to choose `k` of these rows.
    fn choices(rows: &[usize], k: usize) -> Vec<Vec<usize>> {
        match rows {
            _ if k == 0 => vec![Vec::new()],
            [] => Vec::new(),
            [first, others @ ..] => {
                let with = choices(others, k - 1).into_iter();
                let with = with.map(|choice| [&[*first], choice.as_slice()].concat());
                with.chain(choices(others, k)).collect()
            }
        }
    }

    #[test]
    fn a_statistic_counts_pairs_or_the_highest() {
        let scores = [3.0, 1.0, 3.0, -2.0, 7.0];
        assert_eq!(RankStatistic::midranks(&scores).weights, [7, 4, 7, 2, 10]);
        let weights = RankStatistic::highest(&scores, 2).weights;
        // Two and a half rows: that of 7, and three quarters of each of the two of 3.
        let shares = weights.into_iter().map(|weight| f64::from(weight) / WHOLE);
        assert_eq!(shares.collect::<Vec<f64>>(), [0.75, 0.0, 0.75, 0.0, 1.0]);
    }

    #[test]
    fn p_values_are_those_of_all_choices() {
        let scores = [[5.0, 1.0, 4.0, 3.0, 2.0, 9.0, 7.0, 8.0, 6.0], [0.0; 9]];
        let mut second = [1.0, 1.0, 2.0, 2.0, 0.0, 3.0, 0.0, 1.0, 0.0];
        let members = [0, 2, 5, 6, 7];
        let is_member: Vec<bool> = (0..9).map(|row| members.contains(&row)).collect();
        let strata = [0..4, 4..9];
        for _ in 0..2 {
            second.swap(0, 7);
            let statistics = [
                RankStatistic::midranks(&scores[0]),
                RankStatistic::highest(&scores[0], 4),
                RankStatistic::midranks(&second),
                RankStatistic::midranks(&scores[1]),
            ];
            // By definition: every choice of two of the first stratum and three of the second.
            let (first, second) = (choices(&[0, 1, 2, 3], 2), choices(&[4, 5, 6, 7, 8], 3));
            let all: Vec<Vec<usize>> = first
                .iter()
                .flat_map(|a| second.iter().map(|b| [a.as_slice(), b].concat()))
                .collect();
            assert_eq!(all.len(), 60);
            let sum = |statistic: &RankStatistic, choice: &[usize]| -> f64 {
                choice.iter().map(|&row| f64::from(statistic.weights[row])).sum()
            };
            let standardised = |statistic: &RankStatistic, choice: &[usize]| {
                let sums: Vec<f64> = all.iter().map(|choice| sum(statistic, choice)).collect();
                let mean = sums.iter().sum::<f64>() / 60.0;
                let variance = sums.iter().map(|sum| (sum - mean).powi(2)).sum::<f64>() / 60.0;
                (sum(statistic, choice) - mean) / variance.sqrt()
            };
            let permutations = 20_000;
            let seed = Seed::master(3);
            let tested = test(&statistics, &is_member, &strata, permutations, &seed);
            assert!(tested[3].is_none(), "a constant score");
            for (statistic, tested) in statistics[..3].iter().zip(&tested) {
                let tested = tested.expect("a statistic that varies");
                let observed = standardised(statistic, &members);
                assert!((tested.z - observed).abs() < 1e-9, "{} is not {observed}", tested.z);
                let as_large = all.iter().filter(|choice| {
                    let largest = statistics[..3].iter().map(|other| standardised(other, choice));
                    largest.fold(f64::NEG_INFINITY, f64::max) >= observed - 1e-9
                });
                let expected = as_large.count() as f64 / 60.0;
                let error = (expected * (1.0 - expected) / f64::from(permutations as u32)).sqrt();
                let off = (tested.p_value - expected).abs();
                assert!(off < 5.0 * error + 1e-4, "{} is not {expected}", tested.p_value);
            }
        }
    }

    #[test]
    fn members_may_be_more_or_fewer_than_others() {
        let scores: Vec<f64> = (0..40).map(f64::from).collect();
        for n_members in [4, 36] {
            // The highest rows are members.
            let is_member: Vec<bool> = (0..40).map(|row| row >= 40 - n_members).collect();
            let statistics = [RankStatistic::midranks(&scores)];
            let strata = std::slice::from_ref(&(0..40));
            let tested = test(&statistics, &is_member, strata, 199, &Seed::master(1));
            let tested = tested[0].expect("a statistic that varies");
            assert!(tested.z > 3.0 && tested.p_value == 1.0 / 200.0, "{tested:?}");
        }
    }
}
