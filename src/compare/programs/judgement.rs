//! Whether the new program is slower or larger than the old one.

use super::measurements::{Measurements, Repetition, Usage};
use crate::compare::Gate;
use crate::compare::statistics::median;
use crate::statistics::{SignedRank, hodges_lehmann};
use serde::Serialize;
use statrs::distribution::{ContinuousCDF, Normal};

/// With fewer repetitions than this no p-value can be small enough: all signs alike have the
/// chance 2⁻¹⁰ = 0.00098.
pub const FEWEST: usize = 10;

/// How probable a red light for time, and one for memory, is at most without a change: together one
/// in 500.
const LEVEL: f64 = 0.001;

/// What a program takes, of one kind, compared.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct CostJudgement {
    /// What it is.
    pub what: String,
    /// Its unit.
    pub unit: &'static str,
    /// The old program's median.
    pub old: f64,
    /// The new program's.
    pub new: f64,
    /// By which share the new program takes more: the Hodges-Lehmann estimate of the logarithm of
    /// the ratio within repetitions.
    pub more: f64,
    /// The chance of so much without a change: Wilcoxon's signed-rank test, one-sided. None for
    /// numbers of instructions, which do not vary.
    pub p_value: Option<f64>,
    /// The smallest increase, as a share, that so many repetitions of such a spread show in 95 of
    /// 100 cases.
    pub shown: Option<f64>,
    /// The increase that is tolerated, as a share; none for what is for information.
    pub tolerance: Option<f64>,
    /// Whether it takes more than is tolerated and that cannot be noise.
    pub regression: bool,
}

impl CostJudgement {
    /// In a word.
    pub fn verdict(&self) -> &'static str {
        match self.tolerance {
            None => "for information",
            Some(_) if self.regression => "REGRESSION",
            Some(_) if self.p_value.is_some() && self.shown.is_none() => "not judged",
            Some(_) if self.more <= 0.0 => "fine",
            Some(tolerance) if self.more <= tolerance => "within tolerance",
            Some(_) => "may be noise",
        }
    }
}

/// Judges processor time, peak memory and, where they were counted, instructions; time by the clock
/// and the stages' seconds stand beside them for information.
///
/// Processor time is judged and not time by the clock, which hangs on what else the machine does. An
/// increase is a regression if its estimate is above the tolerance and the signed-rank test's
/// p-value is at most 0.001. Without a change the signs of the logarithms are as likely either way,
/// whatever the noise and whatever drifts, since the programs take turns in going first; so false
/// alarms are at most one in 1,000 for either.
pub fn judge(measurements: &Measurements, gate: &Gate) -> Vec<CostJudgement> {
    let repetitions = &measurements.repetitions;
    let judged = |what: &str, unit, tolerance, get: &dyn Fn(&Usage) -> f64| {
        judgement(what, unit, tolerance, repetitions, get)
    };
    let mut judgements = Vec::new();
    judgements.extend(judged("processor time", "s", Some(gate.time), &|u| u.user_seconds));
    judgements.extend(judged("peak memory", "MB", Some(gate.memory), &|u| u.peak_mb));
    let counts = measurements.instructions.as_ref().and_then(|instructions| instructions.counts);
    judgements.extend(counts.map(|[old, new]| CostJudgement {
        what: "instructions".to_owned(),
        unit: "million",
        old: old / 1e6,
        new: new / 1e6,
        more: new / old - 1.0,
        p_value: None,
        shown: None,
        tolerance: Some(gate.instructions),
        regression: new / old - 1.0 > gate.instructions,
    }));
    judgements.extend(judged("time by the clock", "s", None, &|u| u.wall_seconds));
    for stage in ["fit", "sample", "train", "evaluate"] {
        let seconds = |usage: &Usage| usage.stages.get(stage).copied().unwrap_or(0.0);
        judgements.extend(judged(&format!("stage {stage}"), "s", None, &seconds));
    }
    judgements
}

/// None where some repetition has nothing to compare.
fn judgement(
    what: &str,
    unit: &'static str,
    tolerance: Option<f64>,
    repetitions: &[Repetition],
    get: &dyn Fn(&Usage) -> f64,
) -> Option<CostJudgement> {
    let all = |side: fn(&Repetition) -> &Usage| -> Vec<f64> {
        repetitions.iter().map(|repetition| get(side(repetition))).collect()
    };
    let (old, new) = (all(|r| &r.old), all(|r| &r.new));
    if old.iter().chain(&new).any(|&value| value <= 0.0) || old.is_empty() {
        return None;
    }
    let logarithms: Vec<f64> = new.iter().zip(&old).map(|(new, old)| (new / old).ln()).collect();
    let more = hodges_lehmann(&logarithms)?.exp_m1();
    let p_value = SignedRank::exact(&logarithms)?.p_above;
    let regression = tolerance.is_some_and(|tolerance| more > tolerance && p_value <= LEVEL);
    let shown = tolerance.and_then(|tolerance| shown(&logarithms, tolerance));
    Some(CostJudgement {
        what: what.to_owned(),
        unit,
        old: median(old),
        new: median(new),
        more,
        p_value: Some(p_value),
        shown,
        tolerance,
        regression,
    })
}

/// The smallest increase that would be found in 95 of 100 cases; none with too few repetitions.
///
/// For normal noise, whose standard deviation the median absolute deviation gives; the signed-rank
/// test has 3/π of the t-test's efficiency.
fn shown(logarithms: &[f64], tolerance: f64) -> Option<f64> {
    if logarithms.len() < FEWEST {
        return None;
    }
    let centre = median(logarithms.to_vec());
    let deviation =
        1.4826 * median(logarithms.iter().map(|value| (value - centre).abs()).collect());
    let efficiency = 3.0 / std::f64::consts::PI;
    let error = deviation / (efficiency * logarithms.len() as f64).sqrt();
    let normal = Normal::standard();
    let power = normal.inverse_cdf(0.95);
    let significant = (normal.inverse_cdf(1.0 - LEVEL) + power) * error;
    let large = tolerance.ln_1p() + power * error;
    Some(significant.max(large).exp_m1())
}
