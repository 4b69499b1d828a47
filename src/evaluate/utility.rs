//! What a click model learns from synthetic rows alone, beside what it learns from real ones.

use super::tables::{schema, table};
use crate::ctr::{self, MaskNetConfig, ModelConfig, ModelKind, TowerConfig, TrainingConfig};
use crate::data::{Coded, Table};
use crate::device::Device;
use crate::metrics;
use crate::progress::Progress;
use crate::seed::Seed;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// The AUCs of one model on real rows that no training saw: every second row of either label of the
/// holdout. The others decide when training stops.
///
/// As useful as real rows: both are equal. Alarming: trained on synthetic rows it is near 0.5.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ModelUtility {
    /// Trained on the synthetic rows.
    pub synthetic: Option<f64>,
    /// Trained on the real rows.
    pub real: Option<f64>,
}

/// Codes and labels of click logs.
pub(super) struct Logs<'a> {
    pub real: (&'a Coded, &'a [u8]),
    pub synthetic: (&'a Coded, &'a [u8]),
    pub holdout: (&'a Coded, &'a [u8]),
}

/// Trains the three click models on synthetic and on real rows, and scores the holdout (train on
/// synthetic, test on real: Esteban, Hyland and Rätsch 2017), with the settings that are published
/// for Frappe, and smaller batches where there are fewer rows. `notes` are told why an AUC is
/// missing.
pub(super) fn utility(
    logs: &Logs<'_>,
    device: Device,
    seed: Seed,
    progress: &dyn Progress,
    notes: &mut BTreeMap<String, String>,
) -> BTreeMap<String, ModelUtility> {
    let schema = schema(logs.real.0.sizes());
    let whole = |(rows, labels): (&Coded, &[u8])| table(&schema, rows, labels.to_vec());
    let (real, synthetic, holdout) = (whole(logs.real), whole(logs.synthetic), whole(logs.holdout));
    let [valid, test] = halves(holdout.labels()).map(|rows| holdout.select(&rows));
    let auc = |model: &ModelConfig, train: &Table| {
        let training = TrainingConfig {
            batch_size: (train.n_rows() / 50).clamp(64, 4096),
            ..TrainingConfig::default()
        };
        let seed = seed.derive(&format!("train/{}", model.kind()));
        let trained = ctr::train(
            device,
            model,
            &training,
            ctr::TrainingRows::new(train, &valid),
            seed,
            progress,
        )
        .map_err(|e| e.to_string())?;
        let auc = metrics::auc(test.labels(), &trained.predict(&test));
        auc.ok_or_else(|| match [0, 1].into_iter().find(|&label| test.count(label) == 0) {
            Some(label) => format!("none of the holdout's test rows has label {label}"),
            None => "a score is not a number".to_owned(),
        })
    };
    let measured = |kind: ModelKind| {
        let model = match kind {
            ModelKind::Dnn => ModelConfig::Dnn(TowerConfig::default()),
            ModelKind::DeepFm => ModelConfig::DeepFm(TowerConfig::default()),
            ModelKind::MaskNet => ModelConfig::MaskNet(MaskNetConfig::default()),
        };
        let mut whys = Vec::new();
        let mut noted = |rows: &str, auc: Result<f64, String>| {
            auc.map_err(|why| whys.push(format!("trained on {rows} rows: {why}"))).ok()
        };
        let utility = ModelUtility {
            synthetic: noted("synthetic", auc(&model, &synthetic)),
            real: noted("real", auc(&model, &real)),
        };
        if !whys.is_empty() {
            notes.insert(format!("utility/{}", kind.name()), whys.join("; "));
        }
        (kind.name().to_owned(), utility)
    };
    ModelKind::ALL.into_iter().map(measured).collect()
}

/// Every second row, label by label: rows may stand in any order, such as clicks and others in turn.
fn halves(labels: &[u8]) -> [Vec<usize>; 2] {
    let (mut halves, mut seen) = ([Vec::new(), Vec::new()], [0; 2]);
    for (row, &label) in labels.iter().enumerate() {
        let turn = &mut seen[usize::from(label)];
        halves[*turn % 2].push(row);
        *turn += 1;
    }
    halves
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_halves_have_both_labels_in_any_order() {
        assert_eq!(halves(&[1, 0, 1, 0, 1, 0]), [vec![0, 1, 4, 5], vec![2, 3]]);
        assert_eq!(halves(&[0, 0, 0, 1, 1]), [vec![0, 2, 3], vec![1, 4]]);
    }

    /// The models' AUCs on rows of one column that is their label, and the notes.
    fn measured(
        synthetic: &[u8],
        holdout: &[u8],
    ) -> (BTreeMap<String, ModelUtility>, BTreeMap<String, String>) {
        let real: Vec<u8> = (0..200).map(|row| u8::from(row % 3 == 0)).collect();
        let rows = |labels: &[u8]| {
            Coded::new(vec![labels.iter().map(|&label| label.into()).collect()], vec![2])
        };
        let logs = Logs {
            real: (&rows(&real), &real),
            synthetic: (&rows(synthetic), synthetic),
            holdout: (&rows(holdout), holdout),
        };
        let mut notes = BTreeMap::new();
        let models = utility(&logs, Device::Cpu, Seed::master(1), &(), &mut notes);
        (models, notes)
    }

    #[test]
    fn clicks_and_others_in_turn_have_an_auc() {
        let in_turn: Vec<u8> = (0..100).map(|row| (row % 2) as u8).collect();
        let (models, notes) = measured(&in_turn, &in_turn);
        assert!(
            models.values().all(|of| of.synthetic.is_some() && of.real.is_some()),
            "{models:?}"
        );
        assert!(notes.is_empty(), "{notes:?}");
    }

    #[test]
    fn a_missing_auc_has_a_reason() {
        let in_turn: Vec<u8> = (0..100).map(|row| (row % 2) as u8).collect();
        let (models, notes) = measured(&[1; 50], &in_turn);
        assert!(
            models.values().all(|of| of.synthetic.is_none() && of.real.is_some()),
            "{models:?}"
        );
        let why = "trained on synthetic rows: train has 50 rows, all with label 1; a click model \
                   needs rows of both labels";
        assert_eq!(notes["utility/dnn"], why);

        // The only click is among the rows that decide when training stops.
        let (models, notes) = measured(&in_turn, &[1, 0, 0, 0]);
        assert!(
            models.values().all(|of| of.synthetic.is_none() && of.real.is_none()),
            "{models:?}"
        );
        assert_eq!(notes.len(), 3);
        assert!(notes["utility/masknet"].contains("none of the holdout's test rows has label 1"));
    }
}
