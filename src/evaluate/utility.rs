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

/// Rows of the holdout that decide when training stops; the others are those the AUC is of.
const VALID_SHARE: f64 = 0.5;

/// The AUCs of one model on real rows that no training saw.
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
/// for Frappe, and smaller batches where there are fewer rows.
pub(super) fn utility(
    logs: &Logs<'_>,
    device: Device,
    seed: Seed,
    progress: &dyn Progress,
) -> BTreeMap<String, ModelUtility> {
    let schema = schema(logs.real.0.sizes());
    let whole = |(rows, labels): (&Coded, &[u8])| table(&schema, rows, labels.to_vec());
    let (real, synthetic, holdout) = (whole(logs.real), whole(logs.synthetic), whole(logs.holdout));
    // Rows may stand in any order: every second one, not the first half.
    let every = (1.0 / VALID_SHARE) as usize;
    let part = |wanted: bool| {
        let rows: Vec<usize> =
            (0..holdout.n_rows()).filter(|row| row.is_multiple_of(every) == wanted).collect();
        holdout.select(&rows)
    };
    let (valid, test) = (part(true), part(false));
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
        .ok()?;
        metrics::auc(test.labels(), &trained.predict(&test))
    };
    let measured = |kind: ModelKind| {
        let model = match kind {
            ModelKind::Dnn => ModelConfig::Dnn(TowerConfig::default()),
            ModelKind::DeepFm => ModelConfig::DeepFm(TowerConfig::default()),
            ModelKind::MaskNet => ModelConfig::MaskNet(MaskNetConfig::default()),
        };
        let utility = ModelUtility { synthetic: auc(&model, &synthetic), real: auc(&model, &real) };
        (kind.name().to_owned(), utility)
    };
    ModelKind::ALL.into_iter().map(measured).collect()
}
