//! Logistic regression on one-hot codes.

use crate::data::Coded;
use rayon::prelude::*;

/// Logistic regression on one-hot codes, with a squared penalty on all weights but the intercept.
///
/// The log odds of a row are `b + Σ_f w_f[code_f]`; `b` and `w` minimise
/// `Σ_i log(1 + exp(-± log odds_i)) + l2/2 ‖w‖²`, which is scikit-learn's `LogisticRegression` with
/// `C = 1 / l2` on one-hot rows. The minimum is unique: the penalty also settles that the codes of
/// a field always sum to one.
///
/// Found by Newton's method. Its linear systems are solved by conjugate gradients (preconditioned
/// with the diagonal, since codes differ in how frequent they are by orders of magnitude) to a
/// precision that grows as the gradient shrinks (Nocedal and Wright 2006, algorithm 7.1). A product
/// with the Hessian costs two passes over the codes. All sums have a fixed order.
#[derive(Clone, Debug, PartialEq)]
pub struct Logistic {
    intercept: f64,
    /// By column and code.
    weights: Vec<Vec<f64>>,
}

/// The gradient has to shrink to this share of what it is without weights.
const TOLERANCE: f64 = 1e-7;
const MAX_NEWTON_STEPS: usize = 60;
const MAX_CONJUGATE_STEPS: usize = 250;
/// Rows that one task takes at a time.
const CHUNK: usize = 8192;

impl Logistic {
    /// Fitted to rows whose label is 1 or another one. `l2` above 0 is the weight of the penalty.
    ///
    /// Where a label is missing no intercept is best. All weights are then 0, as they are without
    /// columns, and the log odds those of the labels with half a row more of each.
    ///
    /// # Panics
    /// If there are not as many labels as rows.
    pub fn fit(rows: &Coded, labels: &[u8], l2: f64) -> Self {
        Self::fit_within(rows, labels, l2, TOLERANCE)
    }

    /// As [`fit`](Self::fit), but only until the gradient is `tolerance` times as long as it is
    /// without weights, for many columns that say the same things: the last digits are slow there.
    pub fn fit_within(rows: &Coded, labels: &[u8], l2: f64, tolerance: f64) -> Self {
        assert!(rows.n_columns() == 0 || rows.n_rows() == labels.len(), "one label per row");
        let n_ones = labels.iter().filter(|&&label| label == 1).count();
        let n_others = labels.len() - n_ones;
        let prior = ((n_ones as f64 + 0.5) / (n_others as f64 + 0.5)).ln();
        let mut at = Point::new(rows.sizes());
        at.intercept = prior;
        if n_ones > 0 && n_others > 0 && rows.n_columns() > 0 {
            let targets = labels.iter().map(|&label| f64::from(u8::from(label == 1))).collect();
            Problem { rows, targets, l2 }.minimise(&mut at, tolerance);
        }
        Self { intercept: at.intercept, weights: at.weights }
    }

    /// The log odds of label 1, by row.
    ///
    /// # Panics
    /// If `rows` are not coded like those that this was fitted to.
    pub fn scores(&self, rows: &Coded) -> Vec<f64> {
        assert!(
            rows.sizes().iter().copied().eq(self.weights.iter().map(Vec::len)),
            "rows coded alike"
        );
        log_odds(rows, self.intercept, &self.weights)
    }

    /// The intercept.
    pub fn intercept(&self) -> f64 {
        self.intercept
    }

    /// The weights of a column's codes.
    pub fn weights(&self, column: usize) -> &[f64] {
        &self.weights[column]
    }
}

fn log_odds(rows: &Coded, intercept: f64, weights: &[Vec<f64>]) -> Vec<f64> {
    let mut sums = vec![intercept; rows.n_rows()];
    sums.par_chunks_mut(CHUNK).enumerate().for_each(|(chunk, sums)| {
        for (column, weights) in rows.columns().iter().zip(weights) {
            for (sum, &code) in sums.iter_mut().zip(&column[chunk * CHUNK..]) {
                *sum += weights[code as usize];
            }
        }
    });
    sums
}

/// An intercept and the weights of all codes, or a direction or gradient among such.
#[derive(Clone)]
struct Point {
    intercept: f64,
    weights: Vec<Vec<f64>>,
}

impl Point {
    fn new(sizes: &[usize]) -> Self {
        Self { intercept: 0.0, weights: sizes.iter().map(|&size| vec![0.0; size]).collect() }
    }

    fn dot(&self, other: &Self) -> f64 {
        let columns = self.weights.iter().zip(&other.weights);
        let products = columns.map(|(a, b)| a.iter().zip(b).map(|(a, b)| a * b).sum::<f64>());
        self.intercept * other.intercept + products.sum::<f64>()
    }

    /// Every coordinate `a` becomes `combine(a, b)`, `b` being that of `other`.
    fn combine(&mut self, other: &Self, combine: impl Fn(f64, f64) -> f64) {
        self.intercept = combine(self.intercept, other.intercept);
        for (mine, theirs) in self.weights.iter_mut().zip(&other.weights) {
            for (a, &b) in mine.iter_mut().zip(theirs) {
                *a = combine(*a, b);
            }
        }
    }
}

struct Problem<'a> {
    rows: &'a Coded,
    targets: Vec<f64>,
    l2: f64,
}

impl Problem<'_> {
    fn minimise(&self, at: &mut Point, tolerance: f64) {
        let mut odds = log_odds(self.rows, at.intercept, &at.weights);
        let mut enough = None;
        for _ in 0..MAX_NEWTON_STEPS {
            let probabilities: Vec<f64> =
                odds.par_iter().map(|odds| 1.0 / (1.0 + (-odds).exp())).collect();
            let errors: Vec<f64> =
                probabilities.iter().zip(&self.targets).map(|(p, target)| p - target).collect();
            let mut gradient = self.gathered(&errors);
            self.add_penalty(&mut gradient, at);
            let norm = gradient.dot(&gradient).sqrt();
            // The gradient without weights may itself be nothing: equal halves.
            let first = *enough.get_or_insert(norm);
            let floor = 1e-10 * (1.0 + self.targets.len() as f64).sqrt();
            if norm <= tolerance * first || norm <= floor {
                break;
            }
            let curvatures: Vec<f64> = probabilities.iter().map(|p| p * (1.0 - p)).collect();
            let precision = (norm / first).sqrt().min(0.1);
            let step = self.newton_step(&gradient, &curvatures, precision * norm);
            let slope = gradient.dot(&step);
            let step_odds = log_odds(self.rows, step.intercept, &step.weights);
            let Some(length) = self.length(at, &odds, &step, &step_odds, slope) else { break };
            at.combine(&step, |a, b| a + length * b);
            for (odds, step) in odds.iter_mut().zip(&step_odds) {
                *odds += length * step;
            }
        }
    }

    /// How far to go, halved until the objective falls enough (Armijo); None if it does not.
    fn length(
        &self,
        at: &Point,
        odds: &[f64],
        step: &Point,
        step_odds: &[f64],
        slope: f64,
    ) -> Option<f64> {
        let (mut at_step, mut step_step) = (0.0, 0.0);
        let mut at_at = 0.0;
        for (at, step) in at.weights.iter().flatten().zip(step.weights.iter().flatten()) {
            at_at += at * at;
            at_step += at * step;
            step_step += step * step;
        }
        let objective = |length: f64| {
            let parts: Vec<f64> = (0..odds.len().div_ceil(CHUNK))
                .into_par_iter()
                .map(|chunk| {
                    let rows = chunk * CHUNK..odds.len().min((chunk + 1) * CHUNK);
                    rows.map(|row| {
                        let odds = odds[row] + length * step_odds[row];
                        // log(1 + exp(odds)) - target · odds, without overflow.
                        odds.max(0.0) + (-odds.abs()).exp().ln_1p() - self.targets[row] * odds
                    })
                    .sum()
                })
                .collect();
            let squares = at_at + length * (2.0 * at_step + length * step_step);
            parts.iter().sum::<f64>() + self.l2 / 2.0 * squares
        };
        let now = objective(0.0);
        // What rounding alone may add near the minimum.
        let slack = 1e-14 * now.abs();
        let mut lengths = std::iter::successors(Some(1.0), |length| Some(length / 2.0)).take(30);
        lengths.find(|&length| objective(length) <= now + 1e-4 * length * slope + slack)
    }

    /// The solution of `H step = -gradient` to a residual of `precision`.
    fn newton_step(&self, gradient: &Point, curvatures: &[f64], precision: f64) -> Point {
        let mut diagonal = self.gathered(curvatures);
        for weights in &mut diagonal.weights {
            weights.iter_mut().for_each(|weight| *weight += self.l2);
        }
        let preconditioned = |residual: &Point| {
            let mut point = residual.clone();
            point.combine(&diagonal, |a, b| a / b.max(f64::MIN_POSITIVE));
            point
        };
        let mut step = Point::new(self.rows.sizes());
        let mut residual = gradient.clone();
        residual.combine(gradient, |_, b| -b);
        let mut direction = preconditioned(&residual);
        let mut size = residual.dot(&direction);
        for _ in 0..MAX_CONJUGATE_STEPS {
            let product = self.times_hessian(&direction, curvatures);
            let curvature = direction.dot(&product);
            if curvature <= 0.0 {
                break;
            }
            let length = size / curvature;
            step.combine(&direction, |a, b| a + length * b);
            residual.combine(&product, |a, b| a - length * b);
            if residual.dot(&residual).sqrt() <= precision {
                break;
            }
            let next = preconditioned(&residual);
            let next_size = residual.dot(&next);
            direction.combine(&next, |a, b| b + next_size / size * a);
            size = next_size;
        }
        step
    }

    fn times_hessian(&self, direction: &Point, curvatures: &[f64]) -> Point {
        let mut along = log_odds(self.rows, direction.intercept, &direction.weights);
        for (along, curvature) in along.iter_mut().zip(curvatures) {
            *along *= curvature;
        }
        let mut product = self.gathered(&along);
        self.add_penalty(&mut product, direction);
        product
    }

    fn add_penalty(&self, gradient: &mut Point, at: &Point) {
        for (gradient, at) in gradient.weights.iter_mut().zip(&at.weights) {
            for (gradient, at) in gradient.iter_mut().zip(at) {
                *gradient += self.l2 * at;
            }
        }
    }

    /// By code, the sum of the values of its rows: the transposed one-hot matrix times `values`.
    fn gathered(&self, values: &[f64]) -> Point {
        let columns = self.rows.columns().par_iter().zip(self.rows.sizes());
        let weights = columns.map(|(column, &size)| {
            let mut sums = vec![0.0; size];
            for (&code, value) in column.iter().zip(values) {
                sums[code as usize] += value;
            }
            sums
        });
        Point { intercept: values.iter().sum(), weights: weights.collect() }
    }
}
