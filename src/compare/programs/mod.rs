//! Time and memory of two programs, run in turn.
//!
//! [`interleave`] runs both on the same experiment in the order old, new, new, old and so on, so that
//! whatever drifts meets both alike, and keeps every repetition's numbers. [`judge`] tells from them
//! whether the new program is slower or larger; it can be repeated on the kept numbers.

mod child;
mod instructions;
mod interleave;
mod judgement;
mod measurements;

pub use instructions::{Instructions, count_instructions};
pub use interleave::{Interleaved, Programs, interleave};
pub use judgement::{CostJudgement, FEWEST, judge};
pub use measurements::{Measurements, Repetition, Usage};
