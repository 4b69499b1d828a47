//! The rows of one frame that are nearest to rows of another.

use super::gower::{BLOCK, Space};
use crate::data::Frame;
use crate::seed::Seed;
use rayon::prelude::*;

/// Targets that share a block of candidates while it is in cache.
const TARGETS: usize = 128;

/// For each row of `targets`, the `k` rows of `candidates` nearest to it in `columns`, nearest
/// first; all of them if there are fewer.
///
/// The distance is Gower's ("A general coefficient of similarity and some of its properties",
/// 1971) as Anonymeter has it: 1 for each category that differs, and for each number the
/// difference over the range of the column in both frames. A missing number is as far as can be,
/// 1, from every number and from another missing one; a missing category is one like any other.
/// Of rows at the same distance each is equally likely to come first, by random bits from `seed`.
///
/// # Panics
/// If a column is missing from a frame, or holds numbers in one of them alone.
pub fn nearest_rows(
    targets: &Frame,
    candidates: &Frame,
    columns: &[usize],
    k: usize,
    seed: Seed,
) -> Vec<Vec<usize>> {
    let space = Space::new(targets, candidates, columns);
    let ties = seed.counter("ties");
    let k = k.min(candidates.n_rows());
    let starts: Vec<usize> = (0..targets.n_rows()).step_by(TARGETS).collect();
    let chunks = starts.into_par_iter().map(|start| {
        let targets = start..(start + TARGETS).min(targets.n_rows());
        let mut found: Vec<_> = targets.clone().map(|_| Nearest::new(k)).collect();
        let mut chunk = space.chunk(targets.clone());
        for start in (0..candidates.n_rows()).step_by(BLOCK) {
            chunk.turn_to(start..(start + BLOCK).min(candidates.n_rows()));
            for (target, nearest) in targets.clone().zip(&mut found) {
                let first = target as u64 * candidates.n_rows() as u64 + start as u64;
                let distances = chunk.distances_up_to(nearest.bound(), target);
                for (row, &distance) in distances.iter().enumerate() {
                    let bits = || ties.word(first + row as u64);
                    nearest.offer(distance, start + row, bits);
                }
            }
        }
        found.into_iter().map(Nearest::rows).collect::<Vec<_>>()
    });
    chunks.collect::<Vec<_>>().into_iter().flatten().collect()
}

/// The nearest candidates of a target so far.
struct Nearest {
    k: usize,
    /// Ascending by distance, then by random bits.
    found: Vec<(f64, u64, usize)>,
}

impl Nearest {
    fn new(k: usize) -> Self {
        Self { k, found: Vec::with_capacity(k + 1) }
    }

    /// Candidates farther than this are not among them.
    fn bound(&self) -> f64 {
        match self.found.last() {
            Some(last) if self.found.len() == self.k => last.0,
            _ => f64::INFINITY,
        }
    }

    fn offer(&mut self, distance: f64, row: usize, bits: impl Fn() -> u64) {
        if distance > self.bound() {
            return;
        }
        let bits = bits();
        let place = self.found.partition_point(|&(d, b, _)| (d, b) <= (distance, bits));
        if place < self.k {
            self.found.insert(place, (distance, bits, row));
            self.found.truncate(self.k);
        }
    }

    fn rows(self) -> Vec<usize> {
        self.found.into_iter().map(|(.., row)| row).collect()
    }
}
