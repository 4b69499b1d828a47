//! Whether claims hold: answers with their uncertainty.
//!
//! [`claims`] says what is claimed, [`Run`] what was found; [`verify`] brings both together into a
//! [`Verdict`]. Reads results only.

mod answer;
mod claim_verdict;
pub mod claims;
mod comparison;
mod error;
mod evidence;
mod judge;
mod ledger;
mod open;
mod over_rows;
mod pairing;
mod pairs;
mod questions;
mod run;
mod seeds_needed;
mod spread;
mod verify;
mod words;

pub use answer::{Answer, Sides};
pub use claim_verdict::{ClaimVerdict, Comparison, Settled, Shares, WayVerdict};
pub use claims::{Claim, Claims};
pub use comparison::{Aggregate, Numbers, OfValue};
pub use error::VerdictError;
pub use ledger::LedgerOf;
pub use open::{Round, next_round, not_planned};
pub use questions::{
    AtRatio, Contrast, Difference, Longer, Moment, Ratios, Reason, Survival, Why, differences,
};
pub use run::{Arm, BySeed, Run, arm_of, has_one_seed};
pub use verify::{Alike, Verdict, verify};
pub use words::MOST_SEEDS;
