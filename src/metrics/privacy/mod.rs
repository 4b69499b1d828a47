//! What a synthetic table tells about the rows it was learned from.

pub mod anonymeter;
mod cap;
mod closest_record;
mod dcr_protection;
mod disclosure;
mod distances;
mod identical;
mod logistic;
pub mod membership;
pub mod neighbours;
mod new_rows;
mod random_rows;
mod together;

pub use cap::{Cap, cap};
pub use closest_record::{ClosestRecord, share_closer};
pub use dcr_protection::{
    DcrBaselineProtection, DcrOverfittingProtection, dcr_baseline_protection,
    dcr_overfitting_protection,
};
pub use disclosure::{DisclosureProtection, disclosure_protection};
pub use distances::{Distances, distances};
pub use identical::{IdenticalRows, identical_rows};
pub use logistic::Logistic;
pub use new_rows::{MATCH_TOLERANCE, new_row_share};
pub use random_rows::random_rows;
pub use together::{groups, holdout_in_train, kept_together, set_apart};
