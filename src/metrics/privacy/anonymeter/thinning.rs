//! Singling out in a random subset of a table.

use super::distinct::Distinct;
use super::predicate::Predicate;
use rayon::prelude::*;

/// Random subsets of `subset` of `rows` rows.
pub(super) struct Thinning {
    /// By number of rows, the probability that none of them is in the subset.
    absent: Vec<f64>,
}

impl Thinning {
    pub fn new(rows: usize, subset: usize) -> Self {
        let absent = (0..rows).scan(1.0, |absent, n| {
            let next = *absent * (rows - subset).saturating_sub(n) as f64 / (rows - n) as f64;
            Some(std::mem::replace(absent, next))
        });
        let all = if subset == 0 { 1.0 } else { 0.0 };
        Self { absent: absent.chain([all]).collect() }
    }

    /// The number of predicates expected to match exactly one distinct row of a subset of `table`.
    pub fn successes(&self, table: &Distinct, predicates: &[Predicate]) -> f64 {
        let each: Vec<f64> =
            predicates.par_iter().map(|predicate| self.success(table, predicate)).collect();
        each.iter().sum()
    }

    /// Of distinct rows that occur so many times each, one is in the subset and the others are not.
    fn success(&self, table: &Distinct, predicate: &Predicate) -> f64 {
        let times: Vec<usize> = table.matches(predicate).map(|times| times as usize).collect();
        let all: usize = times.iter().sum();
        times.iter().map(|times| self.absent[all - times] - self.absent[all]).sum()
    }
}
