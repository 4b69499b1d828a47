//! Whether a gain survives longer training.

use super::{Contrast, base_of, contrast};
use crate::ctr::{AnyModel, Epoch};
use crate::experiment::{CellRecord, Scenario};
use crate::generators::Way;
use crate::statistics::{Finding, Interval, finding};
use crate::verdict::pairing::Pairing;
use crate::verdict::run::{Arm, BySeed, Run};
use crate::verdict::spread::Spreads;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// A training that stops early stops after so many epochs without a better validation AUC, as
/// published for these models.
const PATIENCE: usize = 2;

/// A validation AUC is better than the best so far if it is so by this.
const LEAST_GAIN: f64 = 1e-6;

/// Epochs that are looked at, where there are so many.
const EPOCHS: [usize; 7] = [1, 5, 10, 20, 30, 50, 100];

/// The difference of an arm to `base` in the course of training.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Longer {
    /// The generator.
    pub generator: String,
    /// How it was fitted.
    #[serde(flatten)]
    pub way: Way,
    /// The scenario.
    pub scenario: Scenario,
    /// The model.
    pub model: AnyModel,
    /// Moments of training, in their order.
    pub moments: Vec<Moment>,
    /// What the gain in the last quarter of training is, by the margin of the claims.
    pub at_the_end: Survival,
}

/// What becomes of a gain.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Survival {
    /// The interval lies above 0.
    Gain,
    /// It lies below 0.
    Loss,
    /// It lies within the margin.
    Nothing,
    /// None of these.
    Undecided,
}

/// A moment of training.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Moment {
    /// `stop` where early stopping would have ended with its best weights, `quarter` in the mean over the
    /// epochs of the last quarter, `best` at the best validation AUC of all epochs, else the epoch's number.
    pub when: String,
    /// Mean test AUC of `base` in percent.
    pub base: f64,
    /// Difference to it in points.
    pub gain: Contrast,
}

impl Moment {
    /// What tables call it.
    pub fn title(&self) -> String {
        match self.when.as_str() {
            "stop" => "early stop".to_owned(),
            "quarter" => "last quarter".to_owned(),
            "best" => "best epoch".to_owned(),
            epoch => format!("epoch {epoch}"),
        }
    }
}

/// A moment's test AUC in percent by arm and seed.
type AtMoment = BTreeMap<Arm, BySeed>;

/// Every arm whose cells kept the test figures of every epoch, and whose `base` did.
pub(in crate::verdict) fn longer(
    run: &Run,
    pairing: &Pairing,
    margin: f64,
    confidence: f64,
) -> Vec<Longer> {
    let mut moments: Vec<(String, AtMoment)> =
        vec![("stop".to_owned(), run.values_of(|cell| test_auc(early_stop(&cell.history)?)))];
    let last = run.cells.iter().filter(|cell| watched(cell)).map(|cell| cell.history.len()).min();
    let Some(last) = last else { return Vec::new() };
    let mut epochs: Vec<usize> = EPOCHS.into_iter().filter(|epoch| *epoch < last).collect();
    epochs.push(last);
    for epoch in epochs {
        let at = run.values_of(|cell| test_auc(cell.history.get(epoch - 1)?));
        moments.push((epoch.to_string(), at));
    }
    // At a constant learning rate a single epoch scatters by as much as gains are; their mean does not.
    moments.push(("quarter".to_owned(), run.values_of(|cell| last_quarter(&cell.history))));
    moments.push(("best".to_owned(), run.values_of(|cell| test_auc(best(&cell.history)?))));
    let spreads: Vec<Spreads> = moments.iter().map(|(_, values)| Spreads::new(values)).collect();
    let arms: Vec<Arm> = moments[0].1.keys().copied().filter(|arm| arm.source.is_some()).collect();
    let of_arm = |arm: Arm| {
        let at = |((when, values), spreads): (&(String, AtMoment), &Spreads)| {
            let base = values.get(&base_of(&arm))?;
            let gain = contrast(&arm, values, spreads, pairing, confidence)?;
            let mean = base.values().sum::<f64>() / base.len() as f64;
            Some(Moment { when: when.clone(), base: mean, gain })
        };
        let all: Vec<Moment> = moments.iter().zip(&spreads).filter_map(at).collect();
        let end = all.iter().find(|moment| moment.when == "quarter")?;
        let interval = end.gain.interval.unwrap_or(Interval::EVERYTHING);
        let at_the_end = match finding(interval, margin) {
            Finding::Above => Survival::Gain,
            Finding::Below => Survival::Loss,
            Finding::Within => Survival::Nothing,
            Finding::Open => Survival::Undecided,
        };
        let source = arm.source?;
        Some(Longer {
            generator: source.generator.name().to_owned(),
            way: source.way,
            scenario: arm.scenario,
            model: arm.model?,
            moments: all,
            at_the_end,
        })
    };
    arms.into_iter().filter_map(of_arm).collect()
}

fn watched(cell: &CellRecord) -> bool {
    cell.history.iter().all(|epoch| epoch.test_auc.is_some()) && !cell.history.is_empty()
}

fn test_auc(epoch: &Epoch) -> Option<f64> {
    Some(100.0 * epoch.test_auc?)
}

/// The epoch whose weights a training that stops early would have kept.
fn early_stop(history: &[Epoch]) -> Option<&Epoch> {
    let mut best: Option<&Epoch> = None;
    let mut without_gain = 0;
    for epoch in history {
        if best.is_none_or(|best| epoch.valid_auc >= best.valid_auc + LEAST_GAIN) {
            (best, without_gain) = (Some(epoch), 0);
            continue;
        }
        without_gain += 1;
        if without_gain == PATIENCE {
            break;
        }
    }
    best
}

/// The mean over the last quarter of the epochs, of few over the last alone.
fn last_quarter(history: &[Epoch]) -> Option<f64> {
    let n = (history.len() / 4).max(1);
    let quarter = history.get(history.len().checked_sub(n)?..)?;
    let sum: Option<f64> = quarter.iter().map(test_auc).sum();
    Some(sum? / n as f64)
}

/// The epoch of the best validation AUC of all.
fn best(history: &[Epoch]) -> Option<&Epoch> {
    history.iter().max_by(|a, b| a.valid_auc.total_cmp(&b.valid_auc))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn history(valid: &[f64]) -> Vec<Epoch> {
        let epoch = |(i, &valid_auc): (usize, &f64)| Epoch {
            epoch: i + 1,
            train_loss: 0.1,
            valid_auc,
            valid_logloss: 0.2,
            valid_logloss_clicks: 0.3,
            valid_logloss_others: 0.1,
            test_auc: Some(valid_auc - 0.01),
            test_logloss: Some(0.2),
            learning_rate: 1e-3,
            seconds: 1.0,
        };
        valid.iter().enumerate().map(epoch).collect()
    }

    #[test]
    fn early_stopping_keeps_the_best_of_what_it_saw() {
        let history = history(&[0.6, 0.7, 0.69, 0.71, 0.70, 0.705, 0.9]);
        assert_eq!(early_stop(&history).unwrap().epoch, 4);
        assert_eq!(best(&history).unwrap().epoch, 7);
        assert_eq!(early_stop(&[]), None);
        let close = |epochs: &[Epoch], mean: f64| {
            assert!((last_quarter(epochs).unwrap() - mean).abs() < 1e-9);
        };
        close(&history, 89.0);
        let twice: Vec<Epoch> = history.iter().chain(&history).cloned().collect();
        close(&twice, (70.0 + 70.5 + 90.0) / 3.0 - 1.0);
        assert_eq!(last_quarter(&[]), None);
        // As good is not better.
        assert_eq!(early_stop(&self::history(&[0.6, 0.6, 0.6, 0.9])).unwrap().epoch, 1);
    }
}
