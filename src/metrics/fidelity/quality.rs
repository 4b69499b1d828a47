//! The score of SDMetrics' QualityReport.

use super::columns::shape;
use super::notes::Notes;
use super::pairs::PairFidelity;
use super::undefined::mean;
use crate::data::Frame;
use serde::{Deserialize, Serialize};

/// SDMetrics' QualityReport of a single table (version 0.32): how alike single columns and pairs
/// are, 0 to 1, 1 for equal tables.
///
/// SDMetrics draws 50,000 rows of larger tables at random for its pairs; these numbers are of all
/// rows. Columns and pairs without a score are left out of the means, as there.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Quality {
    /// The mean of the two below, or the one that is defined. Compare it with that of a real
    /// holdout; many defects leave it high.
    pub score: Option<f64>,
    /// Column Shapes: the mean over the columns of `ks_complement` (numbers) or `tv_complement`
    /// (categories).
    pub column_shapes: Option<f64>,
    /// Column Pair Trends: the mean of the pairs' `trend`, over the pairs that are associated in
    /// the real table. None where no pair is.
    pub column_pair_trends: Option<f64>,
}

/// The report on two frames with these pairs, and why what is None is not defined.
pub(super) fn quality(real: &Frame, synthetic: &Frame, pairs: &[PairFidelity]) -> (Quality, Notes) {
    let mut notes = Notes::default();
    let columns = real.columns().iter().zip(synthetic.columns());
    let shapes = mean(columns.map(|(real, synthetic)| shape(real, synthetic).ok()));
    let column_shapes = notes.note("column_shapes", shapes);
    let trends = mean(pairs.iter().map(|pair| pair.trend));
    let column_pair_trends = notes.note("column_pair_trends", trends);
    let score = notes.note("score", mean([column_shapes, column_pair_trends].into_iter()));
    (Quality { score, column_shapes, column_pair_trends }, notes)
}
