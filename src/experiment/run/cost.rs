//! What work is predicted to cost: its floating-point operations, and the memory it needs.

use crate::ctr::{ModelConfig, TrainingConfig};
use crate::data::Table;

/// Passes after which early stopping mostly ends a training with the published settings.
const USUAL_EPOCHS: usize = 16;

/// Operations on each unit beside the matrix products: normalisation, activation, dropout.
const PER_UNIT: usize = 100;

/// Memory that a process needs whatever it does, in bytes.
const PROGRAM: f64 = 5e7;

/// Weights of a model's matrix products, and units of all its layers.
fn size(model: &ModelConfig, fields: usize) -> (usize, usize) {
    let tower = |inputs: usize, hidden: &[usize]| {
        let widths: Vec<usize> =
            std::iter::once(inputs).chain(hidden.iter().copied()).chain([1]).collect();
        let weights: usize = widths.windows(2).map(|pair| pair[0] * pair[1]).sum();
        (weights, widths.iter().sum::<usize>())
    };
    match model {
        ModelConfig::Dnn(c) | ModelConfig::DeepFm(c) => {
            tower(fields * c.embedding_dim, &c.hidden_units)
        }
        ModelConfig::MaskNet(c) => {
            let inputs = fields * c.embedding_dim;
            let mask = (inputs as f64 * c.reduction_ratio) as usize;
            let (weights, units) = tower(c.blocks * c.block_width, &c.hidden_units);
            let block = 2 * inputs * mask + inputs * c.block_width;
            (weights + c.blocks * block, units + c.blocks * (2 * inputs + mask + c.block_width))
        }
    }
}

/// Operations of training a model on so many rows.
pub(super) fn of_training(
    model: &ModelConfig,
    training: &TrainingConfig,
    rows: usize,
    fields: usize,
) -> f64 {
    let (weights, units) = size(model, fields);
    let per_row = 6 * weights + PER_UNIT * units;
    per_row as f64 * rows as f64 * training.epochs.min(USUAL_EPOCHS) as f64
}

/// Bytes at the peak of training a model on so many rows.
pub(super) fn memory_of_training(
    model: &ModelConfig,
    training: &TrainingConfig,
    rows: usize,
    train: &Table,
) -> f64 {
    let fields = train.n_fields();
    let (weights, units) = size(model, fields);
    let codes: usize = train.schema().fields.iter().map(|field| field.n_codes()).sum();
    let embedding = match model {
        ModelConfig::Dnn(c) | ModelConfig::DeepFm(c) => c.embedding_dim,
        ModelConfig::MaskNet(c) => c.embedding_dim,
    };
    // The weights, the best epoch's, gradients and two moments; codes of the rows twice; what a
    // batch's layers keep for the way back, with the gradients.
    let parameters = 20 * (weights + codes * embedding);
    let batch = 4 * 6 * units * training.batch_size.min(rows);
    PROGRAM + (parameters + 8 * rows * fields + batch) as f64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn frappe_epochs_cost_what_was_counted() {
        let once = TrainingConfig { epochs: 1, ..TrainingConfig::default() };
        let deepfm = of_training(&ModelConfig::DeepFm(Default::default()), &once, 202_027, 10);
        // 444 GFLOP of matrix products in an epoch, and the rest.
        assert!((444e9..500e9).contains(&deepfm), "{deepfm:e}");
        let masknet = of_training(&ModelConfig::MaskNet(Default::default()), &once, 202_027, 10);
        assert!((1.1..1.6).contains(&(masknet / deepfm)), "{}", masknet / deepfm);
        let published = TrainingConfig::default();
        let all = of_training(&ModelConfig::DeepFm(Default::default()), &published, 202_027, 10);
        assert!((all / deepfm - 16.0).abs() < 1e-9);
    }
}
