//! Gower's distance from a few rows to all rows of a frame, a block at a time.

use crate::data::{Frame, Values};
use multiversion::multiversion;
use std::ops::Range;

/// Candidates whose distances to one target are computed at once: they stay in the nearest cache.
pub(super) const BLOCK: usize = 2048;

/// A category that no target of a chunk has.
const OTHER: u8 = u8::MAX;

/// Columns of targets and candidates, in that order, ready for distances.
pub(super) struct Space<'a> {
    /// Divided by their range.
    numbers: Vec<[Vec<f64>; 2]>,
    categories: Vec<[&'a [u32]; 2]>,
}

/// Some targets, fewer than [`OTHER`], and the block of candidates they are compared with.
///
/// Their categories of a column are numbered in a byte, so that 32 and more are compared at once.
pub(super) struct Chunk<'a> {
    space: &'a Space<'a>,
    /// By column and code.
    bytes: Vec<Vec<u8>>,
    block: Range<usize>,
    /// Of the block's rows, by column.
    categories: Vec<[u8; BLOCK]>,
    counts: [u8; BLOCK],
    distances: [f64; BLOCK],
}

impl<'a> Space<'a> {
    pub fn new(targets: &'a Frame, candidates: &'a Frame, columns: &[usize]) -> Self {
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
        Self { numbers, categories }
    }

    pub fn chunk(&self, targets: Range<usize>) -> Chunk<'_> {
        assert!(targets.len() <= usize::from(OTHER), "a byte for each target");
        let number = |[of_targets, of_candidates]: &[&[u32]; 2]| {
            let n_codes =
                of_targets.iter().chain(*of_candidates).max().map_or(0, |&m| m as usize + 1);
            let (mut bytes, mut next) = (vec![OTHER; n_codes], 0);
            for &code in &of_targets[targets.clone()] {
                if bytes[code as usize] == OTHER {
                    bytes[code as usize] = next;
                    next += 1;
                }
            }
            bytes
        };
        Chunk {
            space: self,
            bytes: self.categories.iter().map(number).collect(),
            block: 0..0,
            categories: vec![[OTHER; BLOCK]; self.categories.len()],
            counts: [0; BLOCK],
            distances: [0.0; BLOCK],
        }
    }
}

impl Chunk<'_> {
    /// Takes up another block of candidates, at most [`BLOCK`] long.
    pub fn turn_to(&mut self, block: Range<usize>) {
        let columns = self.space.categories.iter().zip(&self.bytes);
        for (([_, candidates], bytes), column) in columns.zip(&mut self.categories) {
            for (byte, &code) in column.iter_mut().zip(&candidates[block.clone()]) {
                *byte = bytes[code as usize];
            }
        }
        self.block = block;
    }

    /// The distances of `target` from all candidates of the block, in their order; none at all if
    /// all are sure to be above `bound`.
    pub fn distances_up_to(&mut self, bound: f64, target: usize) -> &[f64] {
        let n = self.block.len();
        let (counts, distances) = (&mut self.counts[..n], &mut self.distances[..n]);
        let columns: Vec<(&[u8], u8)> = (self.categories.iter().zip(&self.space.categories))
            .zip(&self.bytes)
            .map(|((column, [targets, _]), bytes)| (&column[..n], bytes[targets[target] as usize]))
            .collect();
        // A byte counts no more columns than this.
        let mut groups = columns.chunks(usize::from(u8::MAX));
        let fewest = count_different(groups.next().unwrap_or_default(), counts);
        if f64::from(fewest) > bound {
            return &[];
        }
        distances.fill(0.0);
        for [targets, candidates] in &self.space.numbers {
            add_gaps(&candidates[self.block.clone()], targets[target], distances);
        }
        add_counts(counts, distances);
        for group in groups {
            count_different(group, counts);
            add_counts(counts, distances);
        }
        if least(distances) > bound { &[] } else { distances }
    }
}

/// Both columns divided by the range of their numbers, or as they are if that is none.
fn scaled(a: &[f64], b: &[f64]) -> [Vec<f64>; 2] {
    let finite = || a.iter().chain(b).copied().filter(|x| x.is_finite());
    let range = finite().fold(f64::MIN, f64::max) - finite().fold(f64::MAX, f64::min);
    let range = if range > 0.0 && range.is_finite() { range } else { 1.0 };
    [a, b].map(|numbers| numbers.iter().map(|x| x / range).collect())
}

/// By row, the number of columns whose byte is not the one beside the column; returns the least.
#[multiversion(targets("x86_64+avx512f+avx512bw+avx512dq+avx512vl+avx2+fma", "x86_64+avx2+fma"))]
fn count_different(columns: &[(&[u8], u8)], counts: &mut [u8]) -> u8 {
    counts.fill(0);
    for &(column, byte) in columns {
        for (count, &other) in counts.iter_mut().zip(column) {
            *count += u8::from(other != byte);
        }
    }
    counts.iter().copied().min().unwrap_or_default()
}

/// Adds, by row, how far `number` is from `numbers`.
#[multiversion(targets("x86_64+avx512f+avx512bw+avx512dq+avx512vl+avx2+fma", "x86_64+avx2+fma"))]
fn add_gaps(numbers: &[f64], number: f64, sums: &mut [f64]) {
    for (sum, &other) in sums.iter_mut().zip(numbers) {
        let gap = (other - number).abs();
        // What is not a number is not below 1 either.
        let gap = if gap < 1.0 { gap } else { 1.0 };
        // Two infinities of one sign are the same.
        *sum += if other == number { 0.0 } else { gap };
    }
}

#[multiversion(targets("x86_64+avx512f+avx512bw+avx512dq+avx512vl+avx2+fma", "x86_64+avx2+fma"))]
fn add_counts(counts: &[u8], sums: &mut [f64]) {
    for (sum, &count) in sums.iter_mut().zip(counts) {
        *sum += f64::from(count);
    }
}

/// The least of some numbers.
#[multiversion(targets("x86_64+avx512f+avx512bw+avx512dq+avx512vl+avx2+fma", "x86_64+avx2+fma"))]
fn least(sums: &[f64]) -> f64 {
    const LANES: usize = 8;
    let mut least = [f64::INFINITY; LANES];
    let (lanes, rest) = sums.as_chunks::<LANES>();
    for lane in lanes {
        for (least, &sum) in least.iter_mut().zip(lane) {
            *least = if sum < *least { sum } else { *least };
        }
    }
    least.iter().chain(rest).copied().fold(f64::INFINITY, f64::min)
}
