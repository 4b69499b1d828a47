//! Whether paired differences lie on one side of 0.

/// Above this number of differences the normal approximation stands in for the exact distribution.
const MOST_EXACT: usize = 50;

/// Wilcoxon's signed-rank test (1945): the differences are ranked by size, ties share the mean of
/// their ranks, and the ranks of the positive ones are added up.
///
/// Differences of 0 are left out, as Wilcoxon did. With up to 50 differences left the p-values are
/// exact given the ties: every rank is positive or negative with probability one half. With more
/// they are those of the normal distribution, its variance corrected for ties, no correction for
/// continuity.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct SignedRank {
    /// How many differences are not 0.
    pub n: usize,
    /// Ranks of the positive differences, added up.
    pub rank_sum: f64,
    /// How likely so many high ranks are positive if the differences lie evenly around 0.
    pub p_above: f64,
    /// How likely so many high ranks are negative.
    pub p_below: f64,
    /// How likely either is.
    pub p_two_sided: f64,
}

impl SignedRank {
    /// The test of these differences. None if there are none, or if one is not a finite number.
    pub fn new(differences: &[f64]) -> Option<Self> {
        Self::of(differences, MOST_EXACT)
    }

    /// The same with exact p-values whatever the number of differences, in time and memory that grow
    /// with its cube and square.
    pub fn exact(differences: &[f64]) -> Option<Self> {
        Self::of(differences, usize::MAX)
    }

    /// Exact for up to so many differences.
    fn of(differences: &[f64], most_exact: usize) -> Option<Self> {
        if differences.is_empty() || differences.iter().any(|value| !value.is_finite()) {
            return None;
        }
        let mut ordered: Vec<f64> = differences.iter().copied().filter(|&d| d != 0.0).collect();
        ordered.sort_unstable_by(|a, b| a.abs().total_cmp(&b.abs()));
        let n = ordered.len();
        let mut twice_ranks = Vec::with_capacity(n);
        let mut twice_sum = 0;
        for tied in ordered.chunk_by(|a, b| a.abs() == b.abs()) {
            let twice_rank = 2 * twice_ranks.len() + tied.len() + 1;
            twice_sum += twice_rank * tied.iter().filter(|&&d| d > 0.0).count();
            twice_ranks.extend(std::iter::repeat_n(twice_rank, tied.len()));
        }
        let (p_above, p_below) = if n > most_exact {
            normal_tails(&twice_ranks, twice_sum)
        } else {
            let shares = shares_of_sums(&twice_ranks);
            (shares[twice_sum..].iter().sum(), shares[..=twice_sum].iter().sum())
        };
        let p_two_sided = (2.0 * f64::min(p_above, p_below)).min(1.0);
        Some(Self { n, rank_sum: twice_sum as f64 / 2.0, p_above, p_below, p_two_sided })
    }
}

/// By sum, the share of all choices of a sign for each rank whose positive ranks add up to it.
pub(super) fn shares_of_sums(ranks: &[usize]) -> Vec<f64> {
    let mut shares = vec![0.0; ranks.iter().sum::<usize>() + 1];
    shares[0] = 1.0;
    let mut largest = 0;
    for &rank in ranks {
        largest += rank;
        for sum in (0..=largest).rev() {
            let with_it = if sum >= rank { shares[sum - rank] } else { 0.0 };
            shares[sum] = (shares[sum] + with_it) / 2.0;
        }
    }
    shares
}

/// The probabilities of so high and of so low a sum of ranks.
fn normal_tails(twice_ranks: &[usize], twice_sum: usize) -> (f64, f64) {
    let mean = twice_ranks.iter().sum::<usize>() as f64 / 2.0;
    // Of independent signs: a quarter of the square of each. Ties, which share ranks, make it less.
    let squares: f64 = twice_ranks.iter().map(|&rank| (rank as f64).powi(2)).sum();
    let z = (twice_sum as f64 - mean) / (squares / 4.0).sqrt();
    (super::student::normal_tail(z), super::student::normal_tail(-z))
}
