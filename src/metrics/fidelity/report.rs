//! All of it.

use super::accuracy::{Accuracy, accuracy};
use super::columns::{ColumnFidelity, columns};
use super::constraints::{ConstraintViolations, constraint_violations};
use super::given_label::{GivenLabel, given_label};
use super::notes::Notes;
use super::pairs::{PairFidelity, pairs};
use super::quality::{Quality, quality};
use super::support::support;
use crate::data::{Coding, Frame};
use crate::progress::Progress;
use crate::seed::Seed;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// What is measured, beyond what always is.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct FidelityOptions {
    /// A column for each of whose values the rows are compared too. It takes part in all other
    /// numbers like any column.
    pub label: Option<String>,
    /// Groups of columns whose combinations must be real ones.
    pub constraints: Vec<Vec<String>>,
    /// Bins that columns of numbers are cut into, at quantiles of the real ones, for the total
    /// variation and Jensen-Shannon distances and the embedding; at least 2.
    pub bins: usize,
}

impl Default for FidelityOptions {
    fn default() -> Self {
        Self { label: None, constraints: Vec::new(), bins: 10 }
    }
}

/// How alike a synthetic table is to the real one. Every number beside that of a real holdout of
/// the same size: a single one says little.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Fidelity {
    /// `score`, `column_shapes` and `column_pair_trends` of SDMetrics' QualityReport.
    #[serde(flatten)]
    pub quality: Quality,
    /// Each column, by name.
    pub columns: BTreeMap<String, ColumnFidelity>,
    /// Each pair of columns.
    pub pairs: Vec<PairFidelity>,
    /// Single columns, pairs and triples in few categories.
    pub triples: Accuracy,
    /// The rows of each label.
    pub given_label: Vec<GivenLabel>,
    /// Rows that break constraints.
    pub constraints: Vec<ConstraintViolations>,
    /// See [`Support`](super::Support).
    pub alpha_precision: Option<f64>,
    /// See [`Support`](super::Support).
    pub beta_recall: Option<f64>,
    /// See [`Support`](super::Support).
    pub authenticity: Option<f64>,
    /// Why a number is None, by its place: `columns/price/range_coverage`.
    pub notes: BTreeMap<String, String>,
}

/// Compares a synthetic frame with the real one. Takes time in proportion to the rows and to the
/// triples of columns.
///
/// # Panics
/// If the frames do not have the same columns in the same order.
pub fn fidelity(
    real: &Frame,
    synthetic: &Frame,
    options: &FidelityOptions,
    seed: Seed,
    progress: &dyn Progress,
) -> Fidelity {
    let names = |frame: &Frame| -> Vec<String> {
        frame.columns().iter().map(|column| column.name.clone()).collect()
    };
    assert_eq!(names(real), names(synthetic), "frames of the same columns");
    progress.start("fidelity", 6);
    let coding = Coding::new(real, options.bins);
    let coded = [coding.code(real), coding.code(synthetic)];
    let (columns, mut notes) = columns([real, synthetic], [&coded[0], &coded[1]]);
    progress.advance(1);

    let (pairs, of_pairs) = pairs(real, synthetic);
    let (quality, of_quality) = quality(real, synthetic, &pairs);
    notes.0.extend(of_pairs.0.into_iter().chain(of_quality.0));
    progress.advance(1);

    let (triples, of_triples) = accuracy(real, synthetic);
    notes.add_all("triples", of_triples);
    progress.advance(1);

    let by_label = options.label.as_ref().map(|label| given_label(real, synthetic, label));
    let given_label = match by_label.unwrap_or_else(|| Err("no label was named".to_owned())) {
        Ok((given_label, of_label)) => {
            notes.add_all("given_label", of_label);
            given_label
        }
        Err(reason) => {
            notes.add("given_label", reason);
            Vec::new()
        }
    };
    progress.advance(1);

    let constraint = |group: &Vec<String>| constraint(real, synthetic, group, &mut notes);
    let constraints = options.constraints.iter().map(constraint).collect();
    progress.advance(1);

    let support = support(&coded[0], &coded[1], seed.derive("support"));
    let of_support = ["alpha_precision", "beta_recall", "authenticity"];
    let [alpha_precision, beta_recall, authenticity] = match support {
        Ok(support) => {
            [support.alpha_precision, support.beta_recall, support.authenticity].map(Some)
        }
        Err(reason) => of_support.map(|name| notes.note(name, Err(reason))),
    };
    progress.finish();
    Fidelity {
        quality,
        columns,
        pairs,
        triples,
        given_label,
        constraints,
        alpha_precision,
        beta_recall,
        authenticity,
        notes: notes.0,
    }
}

fn constraint(
    real: &Frame,
    synthetic: &Frame,
    group: &[String],
    notes: &mut Notes,
) -> ConstraintViolations {
    let path = format!("constraints/{}", group.join(","));
    let positions: Option<Vec<usize>> = group.iter().map(|name| real.position(name)).collect();
    let violations = match positions {
        Some(positions) => notes.note(&path, constraint_violations(real, synthetic, &positions)),
        None => {
            notes.add(&path, "a column of the group is not in the tables".to_owned());
            None
        }
    };
    let share = violations.map(|n| n as f64 / synthetic.n_rows() as f64);
    ConstraintViolations { columns: group.to_vec(), violations, share }
}
