//! How often one run is better than another.

/// The probability that a run of `x` is above one of `y`, equal ones counting one half, averaged
/// over tasks (Agarwal et al. 2021): of each task all pairs are compared.
///
/// None if there are no tasks, not as many of both, a task without runs, or a value that is not a
/// number.
pub fn probability_of_improvement(x: &[&[f64]], y: &[&[f64]]) -> Option<f64> {
    let known = |tasks: &[&[f64]]| {
        tasks.iter().all(|runs| !runs.is_empty() && runs.iter().all(|value| !value.is_nan()))
    };
    let possible = !x.is_empty() && x.len() == y.len() && known(x) && known(y);
    possible.then(|| x.iter().zip(y).map(|(x, y)| of_task(x, y)).sum::<f64>() / x.len() as f64)
}

/// The share of pairs in which `x` is above.
pub(super) fn of_task(x: &[f64], y: &[f64]) -> f64 {
    let twice = |x: f64, y: f64| u64::from(x > y) + u64::from(x >= y);
    let pairs = x.iter().map(|&x| y.iter().map(|&y| twice(x, y)).sum::<u64>());
    pairs.sum::<u64>() as f64 / (2 * x.len() * y.len()) as f64
}
