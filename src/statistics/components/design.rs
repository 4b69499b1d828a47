//! The complete part of a crossed design.

use super::{CrossedResult, LedgerError};
use std::collections::BTreeMap;

/// Values of all combinations: every fit has as many draws, every draw is trained on with every
/// training seed.
#[derive(Debug, PartialEq)]
pub(super) struct Design {
    pub n_fits: usize,
    pub n_draws: usize,
    pub n_trains: usize,
    /// By fit, by draw, by training seed.
    pub values: Vec<f64>,
}

/// By fit and its draw, the values by training seed.
type Draws = BTreeMap<(u64, u64), BTreeMap<u64, f64>>;

impl Design {
    /// The largest complete design among `results` that a greedy search finds.
    ///
    /// Training seeds are given up one by one, that which the fewest draws were trained with first
    /// (of equals the largest). For the seeds that are left, the draws count that have them all,
    /// and of each number of draws per fit the fits that have so many (their first ones). Of all
    /// these designs the one of the most values is taken, of equals that in which more of the
    /// three seeds vary, then that of more training seeds and of more draws.
    pub fn largest(results: &[CrossedResult]) -> Result<Self, LedgerError> {
        let draws = by_draw(results)?;
        let mut trains: Vec<u64> = draws.values().flat_map(|draw| draw.keys().copied()).collect();
        trains.sort_unstable();
        trains.dedup();
        let mut best: Option<Self> = None;
        let n_values = |design: &Option<Self>| design.as_ref().map_or(1, |d| d.values.len());
        // Fewer training seeds cannot make more values than there are draws to train with them.
        while draws.len() * trains.len() >= n_values(&best) && !trains.is_empty() {
            for design in complete(&draws, &trains) {
                if best.as_ref().is_none_or(|best| design.rank() > best.rank()) {
                    best = Some(design);
                }
            }
            let n_draws = |train: &u64| draws.values().filter(|d| d.contains_key(train)).count();
            let fewest = trains.iter().enumerate().rev().min_by_key(|(_, train)| n_draws(train));
            let fewest = fewest.map_or(0, |(index, _)| index);
            trains.remove(fewest);
        }
        best.filter(|best| best.values.len() > 1).ok_or(LedgerError::TooFew(results.len()))
    }

    fn rank(&self) -> (usize, usize) {
        let levels = [self.n_fits, self.n_draws, self.n_trains];
        (self.values.len(), levels.iter().filter(|&&n| n > 1).count())
    }
}

fn by_draw(results: &[CrossedResult]) -> Result<Draws, LedgerError> {
    let mut draws = Draws::new();
    for &CrossedResult { fit, draw, train, value } in results {
        if !value.is_finite() {
            return Err(LedgerError::NotFinite { fit, draw, train, value });
        }
        if draws.entry((fit, draw)).or_default().insert(train, value).is_some() {
            return Err(LedgerError::Twice { fit, draw, train });
        }
    }
    Ok(draws)
}

/// For each number of draws per fit, most first, the design of all fits that have so many.
fn complete(draws: &Draws, trains: &[u64]) -> Vec<Design> {
    let mut by_fit: BTreeMap<u64, Vec<Vec<f64>>> = BTreeMap::new();
    for (&(fit, _), values) in draws {
        let all: Option<Vec<f64>> = trains.iter().map(|t| values.get(t).copied()).collect();
        if let Some(all) = all {
            by_fit.entry(fit).or_default().push(all);
        }
    }
    let most = by_fit.values().map(Vec::len).max().unwrap_or(0);
    let of = |n_draws: usize| {
        let fits: Vec<_> = by_fit.values().filter(|draws| draws.len() >= n_draws).collect();
        let values = fits.iter().flat_map(|draws| draws[..n_draws].iter().flatten().copied());
        let values = values.collect();
        Design { n_fits: fits.len(), n_draws, n_trains: trains.len(), values }
    };
    (1..=most).rev().map(of).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn result(fit: u64, draw: u64, train: u64) -> CrossedResult {
        CrossedResult { fit, draw, train, value: (100 * fit + 10 * draw + train) as f64 }
    }

    fn all(fits: u64, draws: u64, trains: u64) -> Vec<CrossedResult> {
        let cells = (0..fits * draws * trains).map(|i| (i % fits, i / fits));
        cells.map(|(fit, i)| result(fit, i % draws, i / draws)).collect()
    }

    #[test]
    fn a_complete_design_is_kept_in_order() {
        let design = Design::largest(&all(2, 2, 2)).expect("complete");
        assert_eq!(design.values, [0.0, 1.0, 10.0, 11.0, 100.0, 101.0, 110.0, 111.0]);
        assert_eq!((design.n_fits, design.n_draws, design.n_trains), (2, 2, 2));
    }

    #[test]
    fn what_is_incomplete_is_left_out() {
        // One training seed has begun.
        let mut results = all(3, 2, 3);
        results.push(result(1, 0, 7));
        assert_eq!(Design::largest(&results), Design::largest(&all(3, 2, 3)));
        // A draw of one fit is missing under one seed: that fit goes, or the draw everywhere, or
        // the seed. 3 · 2 · 2 values and 2 · 2 · 3 are as many; more training seeds are kept.
        let mut results = all(3, 2, 3);
        results.retain(|r| (r.fit, r.draw, r.train) != (1, 0, 2));
        let design = Design::largest(&results).expect("much is left");
        assert_eq!((design.n_fits, design.n_draws, design.n_trains), (2, 2, 3));
        assert_eq!(design.values[6], 200.0);
        // Draws are nested: their numbers need not agree.
        let mut results = all(2, 2, 2);
        results.iter_mut().filter(|r| r.fit == 1).for_each(|r| r.draw += 5);
        let design = Design::largest(&results).expect("complete");
        assert_eq!((design.n_fits, design.n_draws, design.n_trains), (2, 2, 2));
    }

    #[test]
    fn of_equally_many_values_more_seeds_vary() {
        // Four draws of one fit, or two of both.
        let mut results = all(2, 4, 1);
        results.retain(|r| r.fit == 0 || r.draw < 2);
        let design = Design::largest(&results).expect("one train seed");
        assert_eq!((design.n_fits, design.n_draws, design.n_trains), (2, 2, 1));
        // The first and the last training seed are of one draw each: the last goes.
        let mut results = all(1, 2, 3);
        results.retain(|r| (r.draw, r.train) != (0, 0) && (r.draw, r.train) != (1, 2));
        assert_eq!(Design::largest(&results).expect("two are left").values, [10.0, 11.0]);
    }

    #[test]
    fn results_must_be_two_at_least_finite_and_different() {
        assert_eq!(Design::largest(&[]), Err(LedgerError::TooFew(0)));
        assert_eq!(Design::largest(&all(1, 1, 1)), Err(LedgerError::TooFew(1)));
        let apart = [result(0, 0, 0), result(0, 0, 0)];
        let twice = LedgerError::Twice { fit: 0, draw: 0, train: 0 };
        assert_eq!(Design::largest(&apart), Err(twice));
        let mut results = all(1, 1, 2);
        results[1].value = f64::INFINITY;
        let error = Design::largest(&results).expect_err("infinite");
        assert_eq!(error.to_string(), "fit 0, draw 0, train 1: inf is not a finite number");
    }
}
