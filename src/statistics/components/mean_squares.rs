//! The analysis of variance of a complete design.

use super::Source;
use super::design::Design;
use serde::{Deserialize, Serialize};

/// How far the means of a source's levels lie apart.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct MeanSquare {
    /// Degrees of freedom; 0 where the source does not vary.
    pub df: usize,
    /// The sum of squares over its degrees of freedom; 0 where it has none.
    pub value: f64,
}

/// By [`Source`], in its order.
pub(super) fn mean_squares(design: &Design) -> [MeanSquare; 5] {
    let Design { n_fits: a, n_draws: b, n_trains: c, ref values } = *design;
    // From the first value on: equal values have no variance, not that of rounding.
    let values: Vec<f64> = values.iter().map(|value| value - values[0]).collect();
    // Of each value its cell of a margin; the mean of the cell.
    let mean_over = |n: usize, cell: &dyn Fn(usize) -> usize| -> Vec<f64> {
        let mut sums = vec![0.0; n];
        values.iter().enumerate().for_each(|(i, value)| sums[cell(i)] += value);
        sums.iter().map(|sum| sum * n as f64 / values.len() as f64).collect()
    };
    let (fit, draw, train) = (|i: usize| i / (b * c), |i: usize| i / c, |i: usize| i % c);
    let grand = mean_over(1, &|_| 0)[0];
    let of_fit = mean_over(a, &fit);
    let of_draw = mean_over(a * b, &draw);
    let of_train = mean_over(c, &train);
    let of_fit_train = mean_over(a * c, &|i| fit(i) * c + train(i));
    let mean_square = |df: usize, effect: &dyn Fn(usize) -> f64| {
        let sum: f64 = (0..values.len()).map(|i| effect(i).powi(2)).sum();
        MeanSquare { df, value: if df == 0 { 0.0 } else { sum / df as f64 } }
    };
    let by_fit = |i: usize| of_fit[fit(i)];
    let by_fit_train = |i: usize| of_fit_train[fit(i) * c + train(i)];
    Source::ALL.map(|source| match source {
        Source::Fit => mean_square(a - 1, &|i| by_fit(i) - grand),
        Source::Draw => mean_square(a * (b - 1), &|i| of_draw[draw(i)] - by_fit(i)),
        Source::Train => mean_square(c - 1, &|i| of_train[train(i)] - grand),
        Source::FitTrain => mean_square((a - 1) * (c - 1), &|i| {
            by_fit_train(i) - by_fit(i) - of_train[train(i)] + grand
        }),
        Source::DrawTrain => mean_square(a * (b - 1) * (c - 1), &|i| {
            values[i] - of_draw[draw(i)] - by_fit_train(i) + by_fit(i)
        }),
    })
}

/// The variance of each source as far as mean squares tell it, which may be negative.
///
/// Expected mean squares (e.g. Searle, Casella and McCulloch 1992, chapter 4) of `a` fits, `b`
/// draws of each and `c` training seeds, with E, FT, D, T and F for the five variances:
/// draw × train E; fit × train E + b FT; train E + b FT + ab T; draw E + c D;
/// fit E + b FT + c D + bc F. Solved from the first to the last. A mean square without degrees of
/// freedom is 0, and what it would have taken away stays.
pub(super) fn variances(design: &Design, values: [f64; 5], dfs: [usize; 5]) -> [f64; 5] {
    let [a, b, c] = [design.n_fits, design.n_draws, design.n_trains].map(|n| n as f64);
    let of = |source: Source| values[source as usize];
    let rest = of(Source::DrawTrain);
    let fit_train = of(Source::FitTrain);
    let below_train = if dfs[Source::FitTrain as usize] > 0 { fit_train } else { rest };
    Source::ALL.map(|source| match source {
        _ if dfs[source as usize] == 0 => 0.0,
        Source::Fit => (of(source) - of(Source::Draw) - fit_train + rest) / (b * c),
        Source::Draw => (of(source) - rest) / c,
        Source::Train => (of(source) - below_train) / (a * b),
        Source::FitTrain => (fit_train - rest) / b,
        Source::DrawTrain => rest,
    })
}
