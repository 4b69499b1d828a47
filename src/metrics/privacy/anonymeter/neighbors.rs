//! The rows of one frame that are nearest to rows of another.

use crate::data::{Frame, Values};
use crate::seed::{Counter, Seed};
use multiversion::multiversion;
use rayon::prelude::*;

/// Candidates whose distances to one target are computed at once: they stay in the nearest cache.
const BLOCK: usize = 2048;

/// Targets that share a block of candidates while it is in cache.
const TARGETS: usize = 32;

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
    let starts: Vec<usize> = (0..targets.n_rows()).step_by(TARGETS).collect();
    let chunks = starts.into_par_iter().map(|start| {
        let end = (start + TARGETS).min(targets.n_rows());
        space.nearest(start..end, k.min(candidates.n_rows()), ties)
    });
    chunks.collect::<Vec<_>>().into_iter().flatten().collect()
}

/// Columns ready for distances, those of the targets first.
struct Space<'a> {
    /// Divided by their range.
    numbers: Vec<[Vec<f64>; 2]>,
    categories: Vec<[&'a [u32]; 2]>,
    n_candidates: usize,
}

impl<'a> Space<'a> {
    fn new(targets: &'a Frame, candidates: &'a Frame, columns: &[usize]) -> Self {
        let (mut numbers, mut categories) = (Vec::new(), Vec::new());
        for &column in columns {
            let [of_targets, of_candidates] = [targets, candidates].map(|f| &f.columns()[column]);
            match (&of_targets.values, &of_candidates.values) {
                (Values::Numbers(a), Values::Numbers(b)) => numbers.push(scaled(a, b)),
                (Values::Categories { codes: a, .. }, Values::Categories { codes: b, .. }) => {
                    categories.push([a.as_slice(), b]);
                }
                _ => panic!("column {} is numbers in one frame alone", of_targets.name),
            }
        }
        Self { numbers, categories, n_candidates: candidates.n_rows() }
    }

    /// The `k` nearest candidates of each of some targets.
    fn nearest(&self, targets: std::ops::Range<usize>, k: usize, ties: Counter) -> Vec<Vec<usize>> {
        let mut found: Vec<Nearest> = targets.map(|target| Nearest::new(target, k)).collect();
        let (mut counts, mut sums) = (vec![0u32; BLOCK], vec![0.0; BLOCK]);
        for start in (0..self.n_candidates).step_by(BLOCK) {
            let block = start..(start + BLOCK).min(self.n_candidates);
            let (counts, sums) = (&mut counts[..block.len()], &mut sums[..block.len()]);
            for nearest in &mut found {
                self.distances(nearest.target, block.clone(), counts, sums);
                if least(sums) <= nearest.bound() {
                    let first = nearest.target as u64 * self.n_candidates as u64;
                    for (row, &distance) in block.clone().zip(sums.iter()) {
                        nearest.offer(distance, row, || ties.word(first + row as u64));
                    }
                }
            }
        }
        found.into_iter().map(Nearest::rows).collect()
    }

    /// Distances from a target to a block of candidates into `sums`.
    fn distances(
        &self,
        target: usize,
        block: std::ops::Range<usize>,
        counts: &mut [u32],
        sums: &mut [f64],
    ) {
        counts.fill(0);
        for [targets, candidates] in &self.categories {
            count_different(&candidates[block.clone()], targets[target], counts);
        }
        sums.fill(0.0);
        for [targets, candidates] in &self.numbers {
            add_gaps(&candidates[block.clone()], targets[target], sums);
        }
        add_counts(counts, sums);
    }
}

/// Both columns divided by the range of their numbers, or as they are if that is none.
fn scaled(a: &[f64], b: &[f64]) -> [Vec<f64>; 2] {
    let finite = || a.iter().chain(b).copied().filter(|x| x.is_finite());
    let range = finite().fold(f64::MIN, f64::max) - finite().fold(f64::MAX, f64::min);
    let range = if range > 0.0 && range.is_finite() { range } else { 1.0 };
    [a, b].map(|numbers| numbers.iter().map(|x| x / range).collect())
}

const LANES: usize = 8;

#[multiversion(targets("x86_64+avx512f+avx512bw+avx512dq+avx512vl+avx2+fma", "x86_64+avx2+fma"))]
fn count_different(codes: &[u32], code: u32, counts: &mut [u32]) {
    for (count, &other) in counts.iter_mut().zip(codes) {
        *count += u32::from(other != code);
    }
}

#[multiversion(targets("x86_64+avx512f+avx512bw+avx512dq+avx512vl+avx2+fma", "x86_64+avx2+fma"))]
fn add_gaps(numbers: &[f64], number: f64, sums: &mut [f64]) {
    for (sum, &other) in sums.iter_mut().zip(numbers) {
        let gap = (other - number).abs();
        // What is not a number is not below 1 either.
        let gap = if gap < 1.0 { gap } else { 1.0 };
        // Two infinities of one sign.
        *sum += if other == number { 0.0 } else { gap };
    }
}

#[multiversion(targets("x86_64+avx512f+avx512bw+avx512dq+avx512vl+avx2+fma", "x86_64+avx2+fma"))]
fn add_counts(counts: &[u32], sums: &mut [f64]) {
    for (sum, &count) in sums.iter_mut().zip(counts) {
        *sum += f64::from(count);
    }
}

#[multiversion(targets("x86_64+avx512f+avx512bw+avx512dq+avx512vl+avx2+fma", "x86_64+avx2+fma"))]
fn least(sums: &[f64]) -> f64 {
    let mut least = [f64::INFINITY; LANES];
    let (lanes, rest) = sums.as_chunks::<LANES>();
    for lane in lanes {
        for (least, &sum) in least.iter_mut().zip(lane) {
            *least = if sum < *least { sum } else { *least };
        }
    }
    least.iter().chain(rest).copied().fold(f64::INFINITY, f64::min)
}

/// The nearest candidates of a target so far.
struct Nearest {
    target: usize,
    k: usize,
    /// Ascending by distance, then by the random bits.
    found: Vec<(f64, u64, usize)>,
}

impl Nearest {
    fn new(target: usize, k: usize) -> Self {
        Self { target, k, found: Vec::with_capacity(k + 1) }
    }

    /// The distance from which on no candidate is nearer.
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
