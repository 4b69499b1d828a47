//! Categories as parts of the unit interval, and as values of a standard normal variable.

use crate::seed::Rng;
use rand::RngExt;
use serde::{Deserialize, Serialize};
use statrs::distribution::{ContinuousCDF, Normal};

/// A column's categories on `[0, 1]`.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(try_from = "Counts", into = "Counts")]
pub struct Marginal {
    /// Codes in the order of their first appearance.
    pub codes: Vec<u32>,
    /// By place in `codes`: where the interval begins, in rows; one more for the end of all.
    starts: Vec<usize>,
    /// Normal scores of the edges between neighbouring intervals.
    edges: Vec<f64>,
}

impl Marginal {
    pub fn new(column: &[u32]) -> Self {
        let n_codes = column.iter().max().map_or(0, |&code| code as usize + 1);
        let mut counts = vec![0; n_codes];
        let mut codes = Vec::new();
        for &code in column {
            if counts[code as usize] == 0 {
                codes.push(code);
            }
            counts[code as usize] += 1;
        }
        let counts = codes.iter().map(|&code| counts[code as usize]).collect();
        Self::of(codes, counts)
    }

    /// The marginal of categories with the given numbers of rows.
    fn of(codes: Vec<u32>, counts: Vec<usize>) -> Self {
        let mut starts = vec![0];
        for count in counts {
            starts.push(starts[starts.len() - 1] + count);
        }
        let n = starts[codes.len()] as f64;
        let edges = starts[1..codes.len()].iter().map(|&start| score(start as f64 / n)).collect();
        Self { codes, starts, edges }
    }

    /// The part of `[0, 1]` that belongs to the category at `place`.
    pub fn interval(&self, place: usize) -> (f64, f64) {
        let n = self.starts[self.codes.len()] as f64;
        (self.starts[place] as f64 / n, self.starts[place + 1] as f64 / n)
    }

    /// By code: its interval.
    pub fn intervals(&self) -> Vec<(f64, f64)> {
        let n_codes = self.codes.iter().max().map_or(0, |&code| code as usize + 1);
        let mut intervals = vec![(0.0, 1.0); n_codes];
        for (place, &code) in self.codes.iter().enumerate() {
            intervals[code as usize] = self.interval(place);
        }
        intervals
    }

    /// The category that a normal score stands for.
    pub fn code(&self, z: f64) -> u32 {
        self.codes[self.edges.partition_point(|&edge| edge <= z)]
    }
}

/// `Φ⁻¹`, finite on all of `[0, 1]`.
pub fn score(u: f64) -> f64 {
    Normal::standard().inverse_cdf(u.clamp(f64::MIN_POSITIVE, 1.0 - f64::EPSILON / 2.0))
}

/// The normal score of a uniform draw in an interval of `[0, 1]`.
pub fn draw_score(rng: &mut Rng, (low, high): (f64, f64)) -> f64 {
    score(low + (high - low) * rng.random::<f64>())
}

/// What determines a marginal: categories in order, and their numbers of rows.
#[derive(Clone, Serialize, Deserialize)]
struct Counts {
    codes: Vec<u32>,
    counts: Vec<usize>,
}

impl TryFrom<Counts> for Marginal {
    type Error = &'static str;

    fn try_from(Counts { codes, counts }: Counts) -> Result<Self, Self::Error> {
        let total = counts.iter().try_fold(0usize, |sum, &count| sum.checked_add(count));
        match codes.len() == counts.len() && !codes.is_empty() && !counts.contains(&0) {
            true if total.is_some() => Ok(Self::of(codes, counts)),
            _ => Err("a marginal needs a number of rows, from 1, for each of its categories"),
        }
    }
}

impl From<Marginal> for Counts {
    fn from(marginal: Marginal) -> Self {
        let counts = marginal.starts.windows(2).map(|pair| pair[1] - pair[0]).collect();
        Self { codes: marginal.codes, counts }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::seed::Seed;

    #[test]
    fn a_category_has_an_interval_as_wide_as_its_share_in_order_of_appearance() {
        let marginal = Marginal::new(&[2, 0, 2, 2]);
        assert_eq!(marginal.codes, [2, 0]);
        assert_eq!(marginal.intervals(), [(0.75, 1.0), (0.0, 1.0), (0.0, 0.75)]);
        // Φ⁻¹(0.75) = 0.674489750196…
        assert!((marginal.edges[0] - 0.674_489_750_196).abs() < 1e-12);
        assert_eq!([-9.0, 0.67, 0.68, 9.0].map(|z| marginal.code(z)), [2, 2, 0, 0]);
    }

    #[test]
    fn scores_are_finite_at_the_ends() {
        assert!(score(0.0).is_finite() && score(1.0).is_finite());
        assert!(score(0.0) < -8.0 && score(1.0) > 8.0);
    }

    #[test]
    fn a_category_comes_back_from_its_scores() {
        let mut rng = Seed::master(1).stream("scores");
        let column: Vec<u32> = (0..3000).map(|_| rng.random_range(0..60u32).pow(2) / 60).collect();
        let marginal = Marginal::new(&column);
        let intervals = marginal.intervals();
        let mut sums = [0.0; 2];
        for &code in &column {
            let z = draw_score(&mut rng, intervals[code as usize]);
            assert_eq!(marginal.code(z), code, "score {z}");
            sums = [sums[0] + z, sums[1] + z * z];
        }
        // Mean and variance of a standard normal variable, within five standard errors.
        let n = column.len() as f64;
        assert!((sums[0] / n).abs() < 5.0 / n.sqrt(), "mean {}", sums[0] / n);
        assert!((sums[1] / n - 1.0).abs() < 5.0 * (2.0 / n).sqrt(), "variance {}", sums[1] / n);
    }

    #[test]
    fn a_damaged_marginal_is_refused() {
        let marginal = Marginal::new(&[3, 1, 1]);
        let json = serde_json::to_string(&marginal).expect("json");
        let read: Marginal = serde_json::from_str(&json).expect("a marginal");
        assert_eq!(
            (read.codes, read.starts, read.edges),
            (marginal.codes, marginal.starts, marginal.edges)
        );
        for counts in ["[]", "[1]", "[1,0]", "[18446744073709551615,1]"] {
            let json = format!(r#"{{"codes":[3,1],"counts":{counts}}}"#);
            assert!(serde_json::from_str::<Marginal>(&json).is_err(), "{counts}");
        }
    }
}
