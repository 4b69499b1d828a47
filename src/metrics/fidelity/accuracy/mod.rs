//! Accuracy of single columns, pairs and triples in few categories, as in mostlyai-qa.

mod fields;
mod marginals;

use super::notes::Notes;
use super::undefined::{Undefined, need_rows};
use crate::data::Frame;
use fields::{Field, fields};
use marginals::{Marginal, Scratch, marginal};
use rayon::prelude::*;
use serde::{Deserialize, Serialize};

/// How accurate the distributions of single columns, of pairs and of triples are: means of one
/// minus the total variation distance, 0 to 1, 1 for equal tables.
///
/// Defined as in mostlyai-qa (1.10): of a column of categories the ten most frequent in the real
/// table remain, if they have at least five rows each, besides missing values; all others are one.
/// Numbers are cut into about ten intervals at real quantiles, or at each number if there are at
/// most ten; missing ones are an interval. All pairs and triples count, where mostlyai-qa draws
/// 10,000 triples, and nothing is rounded, where it rounds to five decimals.
///
/// The numbers called expected are those of a real sample of the same size, by a normal
/// approximation. Alarming where an accuracy is far below, a distribution not learned, and where it
/// is clearly above, rows that were copied.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Accuracy {
    /// Of single columns.
    pub univariate: Option<f64>,
    /// Of pairs of columns.
    pub bivariate: Option<f64>,
    /// Of triples of columns.
    pub trivariate: Option<f64>,
    /// Expected of single columns.
    pub univariate_expected: Option<f64>,
    /// Expected of pairs.
    pub bivariate_expected: Option<f64>,
    /// Expected of triples.
    pub trivariate_expected: Option<f64>,
}

/// The accuracy of two frames, and why what is None is not defined.
pub(super) fn accuracy(real: &Frame, synthetic: &Frame) -> (Accuracy, Notes) {
    let rows = need_rows(real.n_rows(), synthetic.n_rows());
    let fields = fields(real, synthetic);
    let mut notes = Notes::default();
    let mut means = |name, size| {
        let means = rows.and_then(|()| mean_of_subsets(&fields, size));
        let means = notes.note(name, means);
        (means.map(|means| means.accuracy), means.map(|means| means.expected))
    };
    let (univariate, univariate_expected) = means("univariate", 1);
    let (bivariate, bivariate_expected) = means("bivariate", 2);
    let (trivariate, trivariate_expected) = means("trivariate", 3);
    let accuracy = Accuracy {
        univariate,
        bivariate,
        trivariate,
        univariate_expected,
        bivariate_expected,
        trivariate_expected,
    };
    (accuracy, notes)
}

/// The mean over all subsets of so many fields.
fn mean_of_subsets(fields: &[Field], size: usize) -> Result<Marginal, Undefined> {
    let subsets = subsets(fields.len(), size);
    if subsets.is_empty() {
        return Err(Undefined::FewColumns(size));
    }
    let of_subset = |scratch: &mut Scratch, subset: &Vec<usize>| {
        marginal(&subset.iter().map(|&field| &fields[field]).collect::<Vec<_>>(), scratch)
    };
    let all: Vec<_> = subsets.par_iter().map_init(Scratch::new, of_subset).collect();
    let mean = |value: fn(&Marginal) -> f64| all.iter().map(value).sum::<f64>() / all.len() as f64;
    Ok(Marginal { accuracy: mean(|each| each.accuracy), expected: mean(|each| each.expected) })
}

/// All ascending choices of `size` of `n` positions.
fn subsets(n: usize, size: usize) -> Vec<Vec<usize>> {
    match size {
        0 => vec![Vec::new()],
        _ => {
            let with_last = |last: usize| {
                subsets(last, size - 1).into_iter().map(move |mut subset| {
                    subset.push(last);
                    subset
                })
            };
            (0..n).flat_map(with_last).collect()
        }
    }
}
