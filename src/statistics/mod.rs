//! Statistics, one file per test.

mod bootstrap;
mod components;
mod confidence_sequence;
mod dunnett;
mod equivalence;
mod estimate;
mod finding;
mod hodges_lehmann;
mod holm;
mod improvement;
mod interquartile_mean;
mod interval;
mod many_to_one;
mod noncentral_t;
mod power;
mod quadrature;
mod scale;
mod student;
mod test_rows;
mod usual_variance;
mod wilcoxon;

pub use bootstrap::{Bootstrap, Task};
pub use components::{
    Component, CrossedResult, Ledger, LedgerError, MeanSquare, Source, VarianceEstimate,
};
pub use confidence_sequence::ConfidenceSequence;
pub use dunnett::Dunnett;
pub use equivalence::equivalence_p;
pub use estimate::Estimate;
pub use finding::{Finding, finding, first_number};
pub use hodges_lehmann::{hodges_lehmann, hodges_lehmann_interval};
pub use holm::holm;
pub use improvement::probability_of_improvement;
pub use interquartile_mean::interquartile_mean;
pub use interval::Interval;
pub use many_to_one::{ManyToOne, runs_of_control};
pub use noncentral_t::noncentral_t_cdf;
pub use power::{Power, power, runs_for_half_width};
pub use test_rows::difference_over_rows;
pub use usual_variance::UsualVariance;
pub use wilcoxon::SignedRank;
