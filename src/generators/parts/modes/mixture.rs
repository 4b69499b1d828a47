//! A mixture of normal distributions in one dimension, by variational inference.
//!
//! The prior of the weights is a Dirichlet process of concentration `α`, cut off after `K`
//! components (stick-breaking): component `k` takes the part `v_k ~ Beta(1, α)` of what the
//! components before it have left. Mean and precision of a component have a normal-gamma prior.
//! With `N_k` rows, by responsibility, in component `k`, the posterior's factors are
//!
//! ```text
//! v_k         ~ Beta(1 + N_k, α + Σ_{j > k} N_j)
//! precision_k ~ Gamma(ν_k / 2, ν_k · variance_k / 2), ν_k = 1 + N_k
//! mean_k      ~ Normal(m_k, 1 / (β_k · precision_k)), β_k = 1 + N_k
//! ```
//!
//! The responsibilities and these factors are improved in turn; neither step lowers the bound on
//! the evidence.
//!
//! Bishop, "Pattern recognition and machine learning", 2006, section 10.2; Blei and Jordan,
//! "Variational inference for Dirichlet process mixtures", Bayesian Analysis 1, 2006. Priors and
//! the rule when to stop are those of scikit-learn's `BayesianGaussianMixture`. Three things
//! differ. Components are put in order of size before the stick is broken, which raises the bound
//! (Kurihara, Welling and Teh, "Collapsed variational Dirichlet process mixture models", IJCAI
//! 2007). Nothing is added to variances: the prior keeps them above 0, and a constant would mean
//! another thing in every unit. More steps are allowed, since where modes are superfluous 100 of
//! them are often not enough to empty them.

use super::Mode;
use super::column::Column;
use super::start::groups;
use statrs::function::beta::ln_beta;
use statrs::function::gamma::{digamma, ln_gamma};
use std::f64::consts::PI;

/// `α` of the Dirichlet process: small, for few components.
const CONCENTRATION: f64 = 0.001;

/// Steps end when the bound, a logarithm, rises by less than this …
pub(super) const TOLERANCE: f64 = 1e-3;

/// … or after so many of them.
pub(super) const MAX_STEPS: usize = 1000;

/// Responsibilities of less than `e^-40` are lost beside the largest in any case.
const NEGLIGIBLE: f64 = -40.0;

/// A component's factors of the posterior, on the column's standard scale, where the prior's mean
/// is 0 and its variance 1.
#[derive(Clone, Copy, Debug)]
struct Component {
    /// `1 + N_k`: its rows, and the one that the prior counts for; also `β_k` and `ν_k`.
    rows: f64,
    /// `α + Σ_{j > k} N_j`: the rows of smaller components.
    smaller: f64,
    /// `m_k`.
    mean: f64,
    /// Reciprocal of the precision's mean.
    variance: f64,
}

impl Component {
    /// `E[log density]` at the component's own mean, the weight left out.
    fn log_height(&self) -> f64 {
        let log_precision = digamma(self.rows / 2.0) - (self.rows / 2.0 * self.variance).ln();
        (log_precision - 1.0 / self.rows - (2.0 * PI).ln()) / 2.0
    }

    /// What the component adds to the bound: the logarithms of the posterior's normalising
    /// constants, without those of the prior.
    fn log_evidence(&self) -> f64 {
        let half = self.rows / 2.0;
        ln_beta(self.rows, self.smaller) + ln_gamma(half)
            - half * (half * self.variance).ln()
            - self.rows.ln() / 2.0
    }
}

/// `x ↦ log_height − half_precision · (x − mean)²`.
pub(super) struct Bell {
    log_height: f64,
    mean: f64,
    half_precision: f64,
}

impl Bell {
    pub(super) fn log_density(&self, x: f64) -> f64 {
        self.log_height - self.half_precision * (x - self.mean).powi(2)
    }
}

/// Rows of a column, each with a part of it: their number, and sums of their values.
#[derive(Clone, Copy, Debug)]
struct Part {
    rows: f64,
    /// Where the sums are taken from, so that they lose no digits: near the part's mean.
    origin: f64,
    /// Of distances to the origin.
    sum: f64,
    /// Of their squares.
    squares: f64,
}

impl Part {
    fn from(origin: f64) -> Self {
        Self { rows: 0.0, origin, sum: 0.0, squares: 0.0 }
    }

    fn add(&mut self, x: f64, rows: f64) {
        let distance = x - self.origin;
        self.rows += rows;
        self.sum += rows * distance;
        self.squares += rows * distance * distance;
    }
}

/// A mixture of normal distributions on the standard scale of a column.
pub(super) struct Mixture {
    components: Vec<Component>,
}

impl Mixture {
    /// A fitted mixture of at most `max_components`, and of no more than there are distinct
    /// values.
    pub fn fit(column: &Column, max_components: usize) -> Self {
        let mut mixture = Self::start(column, max_components);
        let mut last = f64::NEG_INFINITY;
        for _ in 0..MAX_STEPS {
            let bound = mixture.step(column);
            if (bound - last).abs() < TOLERANCE {
                break;
            }
            last = bound;
        }
        mixture
    }

    /// Each row wholly in one component.
    pub(super) fn start(column: &Column, max_components: usize) -> Self {
        let parts = groups(column, max_components).into_iter().map(|group| {
            let mut part = Part::from(column.values[group.start]);
            group.for_each(|place| part.add(column.values[place], column.counts[place]));
            part
        });
        Self { components: posterior(parts.collect()) }
    }

    /// Improves the responsibilities, then the posterior. Answers with the bound on the logarithm
    /// of the evidence, without its constant terms.
    pub(super) fn step(&mut self, column: &Column) -> f64 {
        let (parts, entropy) = self.parts(column);
        self.components = posterior(parts);
        entropy + self.components.iter().map(Component::log_evidence).sum::<f64>()
    }

    /// The column's rows, parted by responsibility, and the entropy of the responsibilities.
    fn parts(&self, column: &Column) -> (Vec<Part>, f64) {
        let bells = self.bells();
        let mut parts: Vec<Part> = bells.iter().map(|bell| Part::from(bell.mean)).collect();
        let mut shares = vec![0.0; bells.len()];
        let mut entropy = 0.0;
        for (&x, &rows) in column.values.iter().zip(&column.counts) {
            for (log, bell) in shares.iter_mut().zip(&bells) {
                *log = bell.log_density(x);
            }
            let largest = shares.iter().copied().fold(f64::NEG_INFINITY, f64::max);
            let (mut total, mut log_sum) = (0.0, 0.0);
            for share in &mut shares {
                let log = *share - largest;
                *share = if log > NEGLIGIBLE { log.exp() } else { 0.0 };
                total += *share;
                log_sum += *share * log;
            }
            entropy += rows * (total.ln() - log_sum / total);
            for (part, share) in parts.iter_mut().zip(&shares) {
                if *share > 0.0 {
                    part.add(x, rows * share / total);
                }
            }
        }
        (parts, entropy)
    }

    /// By component: the logarithm of its weight times its density, expected of the posterior.
    pub(super) fn bells(&self) -> Vec<Bell> {
        let mut log_rest = 0.0;
        let bell = |component: &Component| {
            let whole = digamma(component.rows + component.smaller);
            let log_weight = log_rest + digamma(component.rows) - whole;
            log_rest += digamma(component.smaller) - whole;
            let log_height = log_weight + component.log_height();
            Bell { log_height, mean: component.mean, half_precision: 0.5 / component.variance }
        };
        self.components.iter().map(bell).collect()
    }

    /// The components in the column's units, their weights at the posterior's means.
    pub fn modes(&self, column: &Column) -> Vec<Mode> {
        let mut rest = 1.0;
        let mode = |component: &Component| {
            let whole = component.rows + component.smaller;
            let weight = rest * component.rows / whole;
            rest *= component.smaller / whole;
            let (mean, deviation) = column.unscaled(component.mean, component.variance.sqrt());
            Mode { weight, mean, deviation }
        };
        let mut modes: Vec<Mode> = self.components.iter().map(mode).collect();
        // The stick is cut off after the last of them.
        let total: f64 = modes.iter().map(|mode| mode.weight).sum();
        modes.iter_mut().for_each(|mode| mode.weight /= total);
        modes
    }
}

/// The factors of the posterior for given responsibilities, in order of size.
fn posterior(mut parts: Vec<Part>) -> Vec<Component> {
    parts.sort_by(|a, b| b.rows.total_cmp(&a.rows));
    let mut smaller: f64 = parts.iter().map(|part| part.rows).sum();
    let component = |part: &Part| {
        smaller = (smaller - part.rows).max(0.0);
        let rows = 1.0 + part.rows;
        // Of the part's rows and one more, the prior's, which is at 0.
        let mean = (part.rows * part.origin + part.sum) / rows;
        let shift = part.origin - mean;
        let squares =
            part.squares + 2.0 * shift * part.sum + part.rows * shift * shift + mean * mean;
        Component { rows, smaller: CONCENTRATION + smaller, mean, variance: (1.0 + squares) / rows }
    };
    parts.iter().map(component).collect()
}
