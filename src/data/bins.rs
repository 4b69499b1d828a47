//! Numbers into bins, reversibly.

use super::config::Binning;
use super::schema::Encoding;

/// Bins for the values of train, among which a missing one is not a number.
///
/// Every bin holds at least one value of train and is represented by the lower median of its
/// values, so that decoding gives a number that occurs, and encoding that number gives the bin
/// again. Values between two bins belong to the lower one.
pub(super) fn fit(binning: Binning, values: impl Iterator<Item = f64>) -> Encoding {
    let (mut numbers, mut missing) = (Vec::new(), false);
    for value in values {
        match value.is_nan() {
            true => missing = true,
            false => numbers.push(value),
        }
    }
    numbers.sort_unstable_by(f64::total_cmp);
    let starts = match binning {
        Binning::Quantiles(n) => quantile_starts(&numbers, n),
        Binning::Log2 => log2_starts(&numbers),
    };
    let ends = starts.iter().skip(1).copied().chain([numbers.len()]);
    let representatives =
        starts.iter().zip(ends).map(|(&start, end)| numbers[(start + end - 1) / 2]);
    let representatives = representatives.collect();
    let edges = starts.iter().skip(1).map(|&start| match binning {
        Binning::Quantiles(_) => numbers[start],
        Binning::Log2 => log2_lower_bound(numbers[start], numbers[start - 1]),
    });
    Encoding::Bins { edges: edges.collect(), representatives, missing }
}

/// Positions in the sorted `numbers` where the quantile bins start.
fn quantile_starts(numbers: &[f64], n: usize) -> Vec<usize> {
    if numbers.is_empty() {
        return Vec::new();
    }
    let mut starts = vec![0];
    for k in 1..n {
        let quantile = numbers[k * numbers.len() / n];
        let start = numbers.partition_point(|&number| number < quantile);
        if start > starts[starts.len() - 1] {
            starts.push(start);
        }
    }
    starts
}

/// Positions in the sorted `numbers` where the bins of [`log2_key`] start.
fn log2_starts(numbers: &[f64]) -> Vec<usize> {
    let changes = |i: &usize| *i == 0 || log2_key(numbers[*i]) != log2_key(numbers[*i - 1]);
    (0..numbers.len()).filter(changes).collect()
}

/// The bin of `x`: `⌊x⌋` up to 2, `⌊ln(x)²⌋` above, told apart by the first part.
fn log2_key(x: f64) -> (bool, f64) {
    if x > 2.0 { (true, x.ln().powi(2).floor()) } else { (false, x.floor()) }
}

/// Where the bin of `number` begins; `below` is the next smaller number, in another bin.
fn log2_lower_bound(number: f64, below: f64) -> f64 {
    let bound = match log2_key(number) {
        (true, key) => key.sqrt().exp(),
        (false, key) => key,
    };
    // Rounding must not move a number of train across its own bound.
    if bound > below && bound <= number { bound } else { number }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quantiles_of_distinct_numbers_have_equal_shares() {
        let encoding = fit(Binning::Quantiles(4), (0..100).rev().map(f64::from));
        let Encoding::Bins { edges, representatives, missing } = encoding else { panic!("bins") };
        assert_eq!(edges, [25.0, 50.0, 75.0]);
        assert_eq!(representatives, [12.0, 37.0, 62.0, 87.0]);
        assert!(!missing);
    }

    #[test]
    fn log2_follows_the_criteo_transform() {
        let numbers = [-1.0, 0.0, 1.0, 2.0, 3.0, 4.0, 7.0, 8.0, 100.0, f64::NAN];
        let encoding = fit(Binning::Log2, numbers.into_iter());
        let Encoding::Bins { edges, representatives, missing } = encoding else { panic!("bins") };
        // ⌊ln(x)²⌋ is 1 for 3 and 4, 3 for 7, 4 for 8 and 21 for 100.
        assert_eq!(representatives, [-1.0, 0.0, 1.0, 2.0, 3.0, 7.0, 8.0, 100.0]);
        let log = |key: f64| key.sqrt().exp();
        assert_eq!(edges, [0.0, 1.0, 2.0, log(1.0), log(3.0), log(4.0), log(21.0)]);
        assert!(missing);
    }
}
