//! What tests of several methods need.

use crate::data::{Field, Schema, Table};
use burn::tensor::Tensor;
use burn::tensor::backend::Backend;
use std::sync::Arc;

/// Four rows whose only field repeats the label.
pub fn repeating_rows() -> Table {
    let fields = vec![Field::categorical("a", vec!["x".into(), "y".into()])];
    let schema = Arc::new(Schema { label: "label".into(), fields });
    Table::new(schema, vec![vec![0, 1, 1, 0]], vec![0, 1, 1, 0])
}

/// That after a step of Adam at a rate of 0.001 along a gradient of 0 all weights have moved
/// towards 0 if there is a penalty on them, and not at all if there is none.
pub fn assert_shrunk<B: Backend, const D: usize>(
    before: Tensor<B, D>,
    after: Tensor<B, D>,
    penalty: f64,
) {
    let [before, after] =
        [before, after].map(|weights| weights.into_data().convert::<f64>().to_vec().expect("f64"));
    for (before, after) in before.into_iter().zip::<Vec<f64>>(after) {
        match penalty > 0.0 {
            true => assert!((before - after) * before.signum() > 1e-4, "{before} to {after}"),
            false => assert_eq!(before, after),
        }
    }
}
