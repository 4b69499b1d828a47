//! A ledger of variance: which seed makes results differ.

mod design;
mod mean_squares;

use super::Interval;
use crate::seed::Seed;
use design::Design;
pub use mean_squares::MeanSquare;
use mean_squares::{mean_squares, variances};
use rand_distr::{ChiSquared, Distribution};
use serde::{Deserialize, Serialize};

/// The confidence of a variance's interval.
const CONFIDENCE: f64 = 0.95;
/// Draws that an interval is made of: its ends are off by a few hundredths of themselves.
const PIVOTS: usize = 10_000;

/// A result under three seeds.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct CrossedResult {
    /// Seed of the generator's fit; any one number where there is no fit.
    pub fit: u64,
    /// Seed of the draw. Draws of different fits are different, whatever their seeds.
    pub draw: u64,
    /// Seed of the model's training.
    pub train: u64,
    /// What came out, such as a difference of AUCs in points.
    pub value: f64,
}

/// What makes results differ.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Source {
    /// The fit of the generator.
    Fit,
    /// The draw from a fit.
    Draw,
    /// The training of the model.
    Train,
    /// That a training seed does not do the same to all fits.
    FitTrain,
    /// That it does not do the same to all draws of a fit, and all that is left.
    DrawTrain,
}

impl Source {
    /// All of them.
    pub const ALL: [Self; 5] =
        [Self::Fit, Self::Draw, Self::Train, Self::FitTrain, Self::DrawTrain];
}

/// How much one source makes results differ.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Component {
    /// The source.
    pub source: Source,
    /// Its mean square.
    pub mean_square: MeanSquare,
    /// Its variance. None where the design cannot tell it.
    pub estimate: Option<VarianceEstimate>,
    /// Why not, and where its variance went.
    pub missing: Option<String>,
}

/// The variance of a source, in squared units of the results.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct VarianceEstimate {
    /// Unbiased; negative where chance has it so.
    pub raw: f64,
    /// The same, at least 0.
    pub variance: f64,
    /// An interval of confidence 0.95, at least 0. That of generalised pivots (Weerahandi 1993):
    /// each mean square is replaced by itself times its degrees of freedom over a draw from the χ²
    /// of so many, and the ends are quantiles of the variances of 10,000 such replacements.
    pub interval: Interval,
    /// The share of `variance` in the sum of all; 0 where that is 0.
    pub share: f64,
}

/// Where the spread of results comes from, by analysis of variance.
///
/// A result of fit `f`, its draw `d` and training seed `t` is
/// `μ + F_f + D_d(f) + T_t + FT_ft + E_fdt`, all but `μ` random and independent; the ledger holds
/// their variances. Where one of the three seeds does not vary, a source that needs it has no
/// estimate of its own.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Ledger {
    /// Fits, draws of each fit, and training seeds of the complete design.
    pub levels: [usize; 3],
    /// Results left out, so that the design is complete.
    pub n_left_out: usize,
    /// The mean of the complete design.
    pub mean: f64,
    /// By source, in the order of [`Source::ALL`].
    pub components: Vec<Component>,
    /// The standard error of `mean` over other fits, draws and training seeds, as far as the
    /// design can tell: a seed that does not vary is taken as given.
    pub standard_error: f64,
    /// By how much one more fit, one more draw of each fit, and one more training seed would make
    /// the square of `standard_error` smaller, for each training that it takes. None for a seed
    /// that does not vary: what it adds is not known. A fit brings draws of its own, so a draw
    /// gains more than a fit hardly ever, but what a fit itself costs is not counted.
    pub gain_per_training: [Option<f64>; 3],
    /// The one of [`Source::Fit`], [`Source::Draw`] and [`Source::Train`] of the largest gain. None
    /// where none has any.
    pub advice: Option<Source>,
    /// The variance over test rows (DeLong), where it was given. No number of seeds makes it
    /// smaller, so it has no part in shares and standard error.
    pub test_rows: Option<f64>,
}

/// Why there is no ledger.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum LedgerError {
    /// Nothing to compare.
    #[error("the seeds of {0} results have no two in a complete design; give two results at least")]
    TooFew(usize),
    /// The same seeds again.
    #[error("two results of fit {fit}, draw {draw}, train {train}; give one")]
    Twice {
        /// Seed of the fit.
        fit: u64,
        /// Seed of the draw.
        draw: u64,
        /// Seed of the training.
        train: u64,
    },
    /// A result that is no number.
    #[error("fit {fit}, draw {draw}, train {train}: {value} is not a finite number")]
    NotFinite {
        /// Seed of the fit.
        fit: u64,
        /// Seed of the draw.
        draw: u64,
        /// Seed of the training.
        train: u64,
        /// The result.
        value: f64,
    },
}

impl Ledger {
    /// The ledger of crossed results. Where combinations are missing, that of a large complete
    /// part of them: training seeds that few draws have are given up first, then the draws that
    /// lack any that is left.
    pub fn of(results: &[CrossedResult]) -> Result<Self, LedgerError> {
        let design = Design::largest(results)?;
        let squares = mean_squares(&design);
        let dfs = squares.map(|square| square.df);
        let raw = variances(&design, squares.map(|square| square.value), dfs);
        let clipped = raw.map(|variance| variance.max(0.0));
        let total: f64 = clipped.iter().sum();
        let intervals = intervals(&design, &squares);
        let component = |source: Source| {
            let i = source as usize;
            let estimate = VarianceEstimate {
                raw: raw[i],
                variance: clipped[i],
                interval: intervals[i],
                share: if total > 0.0 { clipped[i] / total } else { 0.0 },
            };
            let missing = (dfs[i] == 0).then(|| missing(source, &design));
            Component {
                source,
                mean_square: squares[i],
                estimate: missing.is_none().then_some(estimate),
                missing,
            }
        };
        let levels = [design.n_fits, design.n_draws, design.n_trains];
        let gains = gain_per_training(levels, &clipped);
        let best = gains
            .iter()
            .zip(Source::ALL)
            .filter_map(|(gain, source)| Some((*gain.as_ref()?, source)));
        let best = best.filter(|(gain, _)| *gain > 0.0).max_by(|a, b| a.0.total_cmp(&b.0));
        Ok(Self {
            levels,
            n_left_out: results.len() - design.values.len(),
            mean: design.values.iter().sum::<f64>() / design.values.len() as f64,
            components: Source::ALL.map(component).into(),
            standard_error: variance_of_mean(levels, &clipped).sqrt(),
            gain_per_training: gains,
            advice: best.map(|(_, source)| source),
            test_rows: None,
        })
    }

    /// The same, with the variance over test rows.
    pub fn with_test_rows(self, variance: f64) -> Self {
        Self { test_rows: Some(variance), ..self }
    }

    /// The component of a source.
    pub fn component(&self, source: Source) -> &Component {
        &self.components[source as usize]
    }
}

fn variance_of_mean(levels: [usize; 3], variances: &[f64; 5]) -> f64 {
    let [a, b, c] = levels.map(|n| n as f64);
    let [fit, draw, train, fit_train, draw_train] = variances;
    fit / a + draw / (a * b) + train / c + fit_train / (a * c) + draw_train / (a * b * c)
}

fn gain_per_training(levels: [usize; 3], variances: &[f64; 5]) -> [Option<f64>; 3] {
    let now = variance_of_mean(levels, variances);
    [0, 1, 2].map(|seed| {
        let mut more = levels;
        more[seed] += 1;
        let trainings = levels.iter().product::<usize>() / levels[seed];
        let gain = now - variance_of_mean(more, variances);
        (levels[seed] > 1).then_some(gain / trainings as f64)
    })
}

/// Why a source has no estimate, and where its variance is: the first seed named that does not
/// vary decides.
fn missing(source: Source, design: &Design) -> String {
    let [one_fit, one_draw, one_train] =
        [design.n_fits, design.n_draws, design.n_trains].map(|n| n == 1);
    let text = match source {
        Source::Fit => "one fit only: what other fits would change is not seen",
        Source::Train => "one training seed only: what others would change is not seen",
        Source::Draw if one_fit => "one draw only: what other draws would change is not seen",
        Source::Draw => "one draw of each fit: what draws change is in the variance of fits",
        Source::FitTrain if one_train && one_fit => "one fit and one training seed only",
        Source::FitTrain if one_train => "one training seed only: it is in the variance of fits",
        Source::FitTrain => "one fit only: it is in the variance of training seeds",
        Source::DrawTrain if one_draw && one_train => {
            "one draw of each fit and one training seed only: it is in the variance of fits"
        }
        Source::DrawTrain if one_draw && one_fit => {
            "one draw only: it is in the variance of training seeds"
        }
        Source::DrawTrain if one_draw => {
            "one draw of each fit: it is in the variance of fit × train"
        }
        Source::DrawTrain => "one training seed only: it is in the variance of draws",
    };
    text.into()
}

/// By source; nothing depends on chance: the draws are always the same.
fn intervals(design: &Design, squares: &[MeanSquare; 5]) -> [Interval; 5] {
    let mut rng = Seed::master(0).stream("verdict/ledger");
    let dfs = squares.map(|square| square.df);
    let chi_squared = dfs.map(|df| ChiSquared::new(df as f64).ok());
    let mut pivots: [Vec<f64>; 5] = Default::default();
    for _ in 0..PIVOTS {
        let mut drawn = [0.0; 5];
        for ((drawn, square), chi_squared) in drawn.iter_mut().zip(squares).zip(&chi_squared) {
            let share = chi_squared.as_ref().map(|chi| square.df as f64 / chi.sample(&mut rng));
            *drawn = share.map_or(0.0, |share| share * square.value);
        }
        let variances = variances(design, drawn, dfs);
        pivots.iter_mut().zip(variances).for_each(|(all, one)| all.push(one.max(0.0)));
    }
    pivots.map(|mut pivots| {
        pivots.sort_unstable_by(f64::total_cmp);
        let at = |share: f64| pivots[(share * (PIVOTS - 1) as f64).round() as usize];
        let outside = (1.0 - CONFIDENCE) / 2.0;
        Interval { low: at(outside), high: at(1.0 - outside) }
    })
}
