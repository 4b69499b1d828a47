//! The two classifiers of the two-sample test: a straight one and one that sees interactions.

use super::tables::{schema, table};
use crate::ctr::{self, ModelConfig, TowerConfig, TrainingConfig};
use crate::data::Coded;
use crate::device::Device;
use crate::metrics::privacy::Logistic;
use crate::seed::Seed;

/// Strength of the logistic regression's regulariser: half of it times the squared weights is added
/// to the summed loss.
const L2: f64 = 1.0;

/// Every so manieth row decides when the network's training stops.
const VALID_EVERY: usize = 8;

/// Log odds by a logistic regression on one-hot codes, which sees every column on its own.
pub(super) fn logistic(train: &Coded, labels: &[u8], test: &Coded, _: Seed) -> Vec<f64> {
    Logistic::fit(train, labels, L2).scores(test)
}

/// Scores by a small DNN of ours, which sees what columns mean together.
///
/// Where it cannot be trained (a single row of a label) all scores are equal.
pub(super) fn dnn(train: &Coded, labels: &[u8], test: &Coded, seed: Seed) -> Vec<f64> {
    let schema = schema(train.sizes());
    // Rows of both labels in turn, so that every part has both.
    let of = |label: u8| (0..labels.len()).filter(move |&row| labels[row] == label);
    let pick = |valid: bool| {
        let chosen = |&(place, _): &(usize, usize)| (place % VALID_EVERY == 0) == valid;
        let rows: Vec<usize> = [0, 1]
            .into_iter()
            .flat_map(|l| of(l).enumerate().filter(chosen))
            .map(|r| r.1)
            .collect();
        let labels = rows.iter().map(|&row| labels[row]).collect();
        table(&schema, &train.select(&rows), labels)
    };
    let (fitted, valid) = (pick(false), pick(true));
    let model = ModelConfig::Dnn(TowerConfig {
        embedding_dim: 8,
        embedding_regularizer: 1e-4,
        hidden_units: vec![64, 32],
        batch_norm: true,
        dropout: 0.1,
    });
    let training = TrainingConfig {
        epochs: 10,
        batch_size: (fitted.n_rows() / 60).clamp(32, 1024),
        learning_rate: 3e-3,
        patience: 1,
        ..TrainingConfig::default()
    };
    match ctr::train(
        Device::Cpu,
        &model,
        &training,
        ctr::TrainingRows::new(&fitted, &valid),
        seed,
        &(),
    ) {
        Ok(trained) => trained.predict(&table(&schema, test, vec![0; test.n_rows()])),
        Err(_) => vec![0.0; test.n_rows()],
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::metrics::auc;
    use rand::RngExt;

    /// Two columns whose codes are equal in rows of one label and independent in the others.
    fn interaction(n: usize, stream: &str) -> (Coded, Vec<u8>) {
        let mut rng = Seed::master(3).stream(stream);
        let labels: Vec<u8> = (0..n).map(|row| (row % 2) as u8).collect();
        let first: Vec<u32> = labels.iter().map(|_| rng.random_range(0..4)).collect();
        let second = labels.iter().zip(&first).map(|(&label, &code)| match label {
            1 => code,
            _ => rng.random_range(0..4),
        });
        (Coded::new(vec![first.clone(), second.collect()], vec![4, 4]), labels)
    }

    #[test]
    fn only_the_network_sees_an_interaction() {
        let ((train, labels), (test, truth)) =
            (interaction(4000, "train"), interaction(2000, "test"));
        let score = |learner: fn(&Coded, &[u8], &Coded, Seed) -> Vec<f64>| {
            auc(&truth, &learner(&train, &labels, &test, Seed::master(1))).expect("both labels")
        };
        let (straight, deep) = (score(logistic), score(dnn));
        // Sums of two noises, which spread more where they are of one code.
        assert!((straight - 0.5).abs() < 0.1, "{straight}");
        // Equal codes are 1 of 1 in rows of label 1, 1 of 4 in the others: 0.875 at best.
        assert!(deep > 0.85, "{deep}");
    }

    #[test]
    fn where_a_label_is_missing_nothing_is_told_apart() {
        let (train, _) = interaction(40, "train");
        let scores = dnn(&train, &[1; 40], &train, Seed::master(1));
        assert_eq!(scores, [0.0; 40]);
    }
}
