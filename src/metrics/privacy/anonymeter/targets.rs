//! Who is attacked.

use crate::data::Frame;
use crate::seed::Seed;
use rand::seq::index;

/// As many rows of `frame` as there are attacks, or all, each at most once and in random order.
pub(super) fn targets(frame: &Frame, attacks: usize, seed: Seed, name: &str) -> Frame {
    frame.select(&positions(frame.n_rows(), attacks, seed, name))
}

/// `n` of the positions below `length`, or all, each at most once and in random order.
pub(super) fn positions(length: usize, n: usize, seed: Seed, name: &str) -> Vec<usize> {
    index::sample(&mut seed.stream(name), length, n.min(length)).into_vec()
}
