//! How alike a synthetic table is to the real one.
//!
//! [`fidelity`] measures everything but the two-sample test, which needs a classifier. Frames have
//! the same columns and, column by column, one vocabulary for both. Where SDMetrics 0.32 has a
//! number ours equals it, missing values included, but for tables of more than 50,000 rows, from
//! which its report draws.

mod accuracy;
mod columns;
mod constraints;
mod given_label;
mod notes;
mod pairs;
mod quality;
mod report;
mod support;
mod two_sample;
mod undefined;

pub use accuracy::Accuracy;
pub use columns::{
    ColumnFidelity, Marginal, boundary_adherence, category_adherence, category_coverage,
    jensen_shannon, ks_complement, marginals, range_coverage, total_variation, tv_complement,
};
pub use constraints::{ConstraintViolations, constraint_violations};
pub use given_label::GivenLabel;
pub use pairs::PairFidelity;
pub use quality::Quality;
pub use report::{Fidelity, FidelityOptions, fidelity};
pub use support::{DIMENSIONS, Embedding, Point, Support, support};
pub use two_sample::{Learner, TwoSample, two_sample_auc};
pub use undefined::{Side, Undefined};
