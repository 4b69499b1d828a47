//! Pair by pair of columns.

mod association;
mod contingency;
mod correlation;
mod intervals;

use super::notes::Notes;
use super::undefined::{Side, Undefined, need_rows};
use crate::data::{Column, Frame, Values};
use contingency::{Contingency, Scratch, Sorted, contingency};
use rayon::prelude::*;
use serde::{Deserialize, Serialize};
use std::borrow::Cow;

/// SDMetrics counts a pair of numbers whose real correlation is further than this from 0.
const CORRELATION_THRESHOLD: f64 = 0.5;

/// SDMetrics counts any other pair whose real Cramér's V is above this.
const ASSOCIATION_THRESHOLD: f64 = 0.3;

/// How alike the joint distribution of two columns is in two tables.
///
/// Missing values are a category. Numbers are cut as SDMetrics' QualityReport cuts them: at ten
/// intervals of equal width between the smallest and the largest number of each table by itself, so
/// that shifting a synthetic column as a whole changes nothing here (it does in its column's
/// numbers and in [`Accuracy`](super::Accuracy)).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct PairFidelity {
    /// The one column's name.
    pub a: String,
    /// The other's.
    pub b: String,
    /// One minus the total variation distance of the two contingency tables (SDMetrics'
    /// `ContingencySimilarity`, but of all rows): 0 to 1, 1 for equal ones. With many categories
    /// far below 1 for a real holdout too.
    pub contingency_similarity: Option<f64>,
    /// How strongly the columns are associated in the real table: Cramér's V without correction for
    /// bias, 0 to 1, what `scipy.stats.contingency.association` gives.
    pub cramers_v_real: Option<f64>,
    /// The same in the synthetic table. Alarming where it is much lower, an association that was
    /// lost, or much higher.
    pub cramers_v_synthetic: Option<f64>,
    /// Pearson's correlation of two columns of numbers in the real table, of the rows that have
    /// both.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub correlation_real: Option<f64>,
    /// The same in the synthetic table.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub correlation_synthetic: Option<f64>,
    /// One minus half the difference of the two correlations (SDMetrics' `CorrelationSimilarity`),
    /// 0 to 1.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub correlation_similarity: Option<f64>,
    /// What of these is averaged in SDMetrics' Column Pair Trends: `correlation_similarity` of two
    /// columns of numbers if their real correlation is above 0.5 or below -0.5, else
    /// `contingency_similarity` if the real Cramér's V is above 0.3. None for other pairs, which
    /// SDMetrics leaves out.
    pub trend: Option<f64>,
}

/// All pairs of columns of two frames, in the order of the columns, and why what is None is not
/// defined.
pub(super) fn pairs(real: &Frame, synthetic: &Frame) -> (Vec<PairFidelity>, Notes) {
    let columns: Vec<_> = real.columns().par_iter().zip(synthetic.columns()).collect();
    let codes: Vec<_> =
        columns.par_iter().map(|&(real, synthetic)| codes(real, synthetic)).collect();
    let sorted: Vec<_> = codes
        .par_iter()
        .map(|codes| match codes {
            Ok(codes) => Ok([0, 1].map(|table| Sorted::new(&codes.codes[table], codes.size))),
            Err(reason) => Err(*reason),
        })
        .collect();
    let rows = need_rows(real.n_rows(), synthetic.n_rows());
    let n = columns.len();
    let positions: Vec<_> = (0..n).flat_map(|a| (a + 1..n).map(move |b| (a, b))).collect();
    let pair = |scratch: &mut Scratch, &(a, b): &(usize, usize)| {
        let contingency = match (rows, &sorted[a], &sorted[b]) {
            (Ok(()), Ok(a), Ok(b)) => Ok(contingency(a, b, scratch)),
            (Err(reason), ..) | (_, &Err(reason), _) | (.., &Err(reason)) => Err(reason),
        };
        pair(columns[a], columns[b], contingency)
    };
    let all: Vec<_> = positions.par_iter().map_init(Scratch::default, pair).collect();
    let mut notes = Notes::default();
    let pair = |(pair, of_pair): (PairFidelity, Notes)| {
        notes.add_all(&format!("pairs/{}/{}", pair.a, pair.b), of_pair);
        pair
    };
    (all.into_iter().map(pair).collect(), notes)
}

type BothTables<'a> = (&'a Column, &'a Column);

fn pair(
    a: BothTables<'_>,
    b: BothTables<'_>,
    contingency: Result<Contingency, Undefined>,
) -> (PairFidelity, Notes) {
    let mut notes = Notes::default();
    let similarity = contingency.map(|known| known.similarity);
    let contingency_similarity = notes.note("contingency_similarity", similarity);
    let mut cramers_v = |path, table: usize, side| {
        let of_table = |known: Contingency| known.cramers_v[table].ok_or(Undefined::Constant(side));
        notes.note(path, contingency.and_then(of_table))
    };
    let mut pair = PairFidelity {
        a: a.0.name.clone(),
        b: b.0.name.clone(),
        contingency_similarity,
        cramers_v_real: cramers_v("cramers_v_real", 0, Side::Real),
        cramers_v_synthetic: cramers_v("cramers_v_synthetic", 1, Side::Synthetic),
        correlation_real: None,
        correlation_synthetic: None,
        correlation_similarity: None,
        trend: None,
    };
    let values = [&a.0.values, &b.0.values, &a.1.values, &b.1.values];
    if let [Values::Numbers(x), Values::Numbers(y), Values::Numbers(u), Values::Numbers(v)] = values
    {
        let real = correlation::correlation(x, y, Side::Real);
        let synthetic = correlation::correlation(u, v, Side::Synthetic);
        pair.correlation_real = notes.note("correlation_real", real);
        pair.correlation_synthetic = notes.note("correlation_synthetic", synthetic);
        let similarity = real.and_then(|r| synthetic.map(|s| correlation::similarity(r, s)));
        pair.correlation_similarity = notes.note("correlation_similarity", similarity);
        let counts = pair.correlation_real.is_some_and(|r| r.abs() > CORRELATION_THRESHOLD);
        pair.trend = pair.correlation_similarity.filter(|_| counts);
    } else {
        let counts = pair.cramers_v_real.is_some_and(|v| v > ASSOCIATION_THRESHOLD);
        pair.trend = pair.contingency_similarity.filter(|_| counts);
    }
    (pair, notes)
}

/// A column as codes in both tables, real one first.
struct Codes<'a> {
    codes: [Cow<'a, [u32]>; 2],
    size: usize,
}

fn codes<'a>(real: &'a Column, synthetic: &'a Column) -> Result<Codes<'a>, Undefined> {
    match (&real.values, &synthetic.values) {
        (Values::Categories { vocabulary, codes }, Values::Categories { codes: others, .. }) => {
            Ok(Codes { codes: [codes.into(), others.into()], size: vocabulary.len() })
        }
        (Values::Numbers(real), Values::Numbers(synthetic)) => {
            let real = intervals::codes(real, Side::Real)?;
            let synthetic = intervals::codes(synthetic, Side::Synthetic)?;
            Ok(Codes { codes: [real.into(), synthetic.into()], size: intervals::CODES })
        }
        _ => Err(Undefined::OtherKind("one kind")),
    }
}
