//! Exact nearest neighbours by the number of fields that differ.

use super::groups::Groups;
use crate::progress::Progress;
use rayon::prelude::*;
use std::cmp::Ordering;

/// Rows per block of the exhaustive search: their counts stay in the first-level cache.
const BLOCK: usize = 4096;

/// How many columns the exhaustive search compares in the time in which one subset of the fields is
/// hashed, per row; and as much again, because hashing may finish few of the queries.
const SUBSET_COST: usize = 64;

/// Subsets hashed at once, which bounds the memory for their candidates.
const SUBSETS: usize = 16;

/// Finds nearest rows by the overlap metric.
///
/// Rows at distance `d` agree in exactly `F - d` of the `F` fields. So the distance is
/// deepened from 0: at `d`, for every subset of `d` fields dropped, the queries not finished are
/// hashed by their other fields, and all rows are looked up there in the order of the table. A
/// row is at distance `d` from a query in its bucket when it differs in every dropped field; it is
/// nearer else, and then already known. Hence a bucket needs to keep no more than its first `k`
/// rows. Where there are too many subsets (many fields, `d` in the middle), the rest of the
/// queries is compared with every row.
pub(super) struct Overlap {
    groups: Groups,
    columns: Vec<Vec<u32>>,
    /// Codes row by row.
    rows: Vec<u32>,
    /// By row: the sum of its codes' hashes, from which those of dropped fields are taken away.
    hashes: Vec<u64>,
    subset_cost: usize,
}

/// A row that others are searched near to, with what was found: by distance, then by row.
struct Query<'a> {
    codes: &'a [u32],
    found: Vec<u32>,
    /// Rows at the distance under search.
    candidates: Vec<u32>,
}

impl Overlap {
    pub(super) fn new(columns: &[Vec<u32>]) -> Self {
        let n_rows = columns.first().map_or(0, Vec::len);
        let compare = |a: usize, b: usize| {
            let orders = columns.iter().map(|column| column[a].cmp(&column[b]));
            orders.into_iter().find(|order| order.is_ne()).unwrap_or(Ordering::Equal)
        };
        let groups = Groups::new(n_rows, compare);
        let rows: Vec<u32> =
            (0..n_rows).flat_map(|row| columns.iter().map(move |c| c[row])).collect();
        let hashes = rows.chunks_exact(columns.len().max(1)).map(hash_all).collect();
        Self { groups, columns: columns.to_vec(), rows, hashes, subset_cost: SUBSET_COST }
    }

    /// The sets of equal rows.
    pub(super) fn groups(&self) -> &Groups {
        &self.groups
    }

    fn n_rows(&self) -> usize {
        self.columns.first().map_or(0, Vec::len)
    }

    fn row(&self, row: usize) -> &[u32] {
        let n_fields = self.columns.len();
        &self.rows[row * n_fields..][..n_fields]
    }

    /// The `k` rows nearest to each of `groups`, by distance, then by row.
    pub(super) fn nearest(
        &self,
        groups: &[u32],
        k: usize,
        progress: &dyn Progress,
    ) -> Vec<Vec<u32>> {
        let k = k.min(self.n_rows());
        let query = |&group: &u32| Query {
            codes: self.row(self.groups.rows(group)[0] as usize),
            found: Vec::with_capacity(k),
            candidates: Vec::new(),
        };
        let mut queries: Vec<Query> = groups.iter().map(query).collect();
        let mut open: Vec<usize> = (0..queries.len()).collect();
        for distance in 0..=self.columns.len() {
            let subsets = subsets(
                self.columns.len(),
                distance,
                open.len() * self.columns.len() / self.subset_cost,
            );
            let Some(subsets) = subsets else { break };
            self.search_at(&subsets, &mut queries, &open, k);
            let before = open.len();
            open.retain(|&at| queries[at].settle(k));
            progress.advance((before - open.len()) as u64);
        }
        let rest: Vec<(usize, Vec<u32>)> = open
            .par_iter()
            .map(|&at| {
                let found = self.search_all(queries[at].codes, k);
                progress.advance(1);
                (at, found)
            })
            .collect();
        for (at, found) in rest {
            queries[at].found = found;
        }
        queries.into_iter().map(|query| query.found).collect()
    }

    /// Collects, for the open queries, the candidates at the distance of the subsets' size.
    fn search_at(&self, subsets: &[Vec<usize>], queries: &mut [Query], open: &[usize], k: usize) {
        for batch in subsets.chunks(SUBSETS) {
            let candidates: Vec<Vec<(usize, u32)>> = batch
                .par_iter()
                .map(|dropped| self.search_subset(dropped, queries, open, k))
                .collect();
            for (at, row) in candidates.into_iter().flatten() {
                queries[at].candidates.push(row);
            }
        }
    }

    /// The first rows that agree with an open query in all but the `dropped` fields.
    fn search_subset(
        &self,
        dropped: &[usize],
        queries: &[Query],
        open: &[usize],
        k: usize,
    ) -> Vec<(usize, u32)> {
        let n_fields = self.columns.len();
        let kept: Vec<usize> = (0..n_fields).filter(|field| !dropped.contains(field)).collect();
        let without = |full: u64, codes: &[u32]| {
            dropped.iter().fold(full, |sum, &f| sum.wrapping_sub(hash(f, codes[f])))
        };
        let agree = |a: &[u32], b: &[u32]| kept.iter().all(|&field| a[field] == b[field]);

        let mut buckets = Buckets::new(open.len(), k);
        let mut bucket_of = Vec::with_capacity(open.len());
        for (place, &at) in open.iter().enumerate() {
            let codes = queries[at].codes;
            let full = hash_all(codes);
            let same = |other: usize| agree(codes, queries[open[other]].codes);
            bucket_of.push(buckets.find_or_insert(without(full, codes), place, same));
        }
        for (row, &full) in self.hashes.iter().enumerate() {
            let codes = self.row(row);
            let same = |place: usize| agree(codes, queries[open[place]].codes);
            buckets.push(without(full, codes), row as u32, same);
        }
        let mut candidates = Vec::new();
        for (&at, &bucket) in open.iter().zip(&bucket_of) {
            let codes = queries[at].codes;
            let far = |&&row: &&u32| dropped.iter().all(|&f| self.row(row as usize)[f] != codes[f]);
            candidates.extend(buckets.rows(bucket).iter().filter(far).map(|&row| (at, row)));
        }
        candidates
    }

    /// Compares a query with every row.
    fn search_all(&self, codes: &[u32], k: usize) -> Vec<u32> {
        let mut nearest: Vec<(u32, u32)> = Vec::with_capacity(k + 1);
        let mut counts = [0u32; BLOCK];
        for start in (0..self.n_rows()).step_by(BLOCK) {
            let end = self.n_rows().min(start + BLOCK);
            let counts = &mut counts[..end - start];
            counts.fill(0);
            for (column, &code) in self.columns.iter().zip(codes) {
                for (count, &other) in counts.iter_mut().zip(&column[start..end]) {
                    *count += u32::from(other != code);
                }
            }
            for (row, &count) in (start as u32..).zip(&*counts) {
                let full = nearest.len() == k;
                // Rows come in order, so at an equal distance the earlier one stays.
                if full && nearest.last().is_none_or(|&(worst, _)| count >= worst) {
                    continue;
                }
                if full {
                    nearest.pop();
                }
                let at = nearest.partition_point(|&(distance, _)| distance <= count);
                nearest.insert(at, (count, row));
            }
        }
        nearest.into_iter().map(|(_, row)| row).collect()
    }
}

impl Query<'_> {
    /// Takes the first candidates over, and says whether rows are still lacking.
    fn settle(&mut self, k: usize) -> bool {
        self.candidates.sort_unstable();
        self.candidates.truncate(k - self.found.len());
        self.found.append(&mut self.candidates);
        self.found.len() < k
    }
}

/// All subsets of `size` of `0..n`, unless there are more than `limit`.
fn subsets(n: usize, size: usize, limit: usize) -> Option<Vec<Vec<usize>>> {
    let count = (0..size).try_fold(1u128, |count, i| {
        count.checked_mul((n - i) as u128).map(|product| product / (i as u128 + 1))
    });
    if count.is_none_or(|count| count > limit as u128) {
        return None;
    }
    let extend = |subset: Vec<usize>| {
        let first = subset.last().map_or(0, |&last| last + 1);
        (first..n).map(move |next| [subset.as_slice(), &[next]].concat())
    };
    Some((0..size).fold(vec![vec![]], |all, _| all.into_iter().flat_map(extend).collect()))
}

/// Random-looking bits for a field's code, summed over fields (SplitMix64's finaliser).
fn hash(field: usize, code: u32) -> u64 {
    let mut z = ((field as u64) << 32 | u64::from(code)).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}

/// The sum of the hashes of a row's codes.
fn hash_all(codes: &[u32]) -> u64 {
    codes.iter().enumerate().map(|(field, &code)| hash(field, code)).fold(0, u64::wrapping_add)
}

/// A hash table of the first `k` rows for each distinct key of some queries.
struct Buckets {
    k: usize,
    /// Open addressing; a position in `keys` plus one, 0 for an empty slot.
    slots: Vec<u32>,
    /// By bucket: the hash and a query that has this key.
    keys: Vec<(u64, usize)>,
    lengths: Vec<usize>,
    rows: Vec<u32>,
}

impl Buckets {
    fn new(n_queries: usize, k: usize) -> Self {
        let slots = vec![0; (2 * n_queries).next_power_of_two()];
        Self { k, slots, keys: Vec::new(), lengths: Vec::new(), rows: Vec::new() }
    }

    /// The slot of the key, or the empty slot where it belongs.
    fn slot(&self, hash: u64, same: impl Fn(usize) -> bool) -> usize {
        let mask = self.slots.len() - 1;
        let mut slot = hash as usize & mask;
        loop {
            match self.slots[slot].checked_sub(1) {
                None => return slot,
                Some(bucket) => {
                    let (other, query) = self.keys[bucket as usize];
                    if other == hash && same(query) {
                        return slot;
                    }
                }
            }
            slot = (slot + 1) & mask;
        }
    }

    fn find_or_insert(&mut self, hash: u64, query: usize, same: impl Fn(usize) -> bool) -> usize {
        let slot = self.slot(hash, same);
        if self.slots[slot] == 0 {
            self.keys.push((hash, query));
            self.lengths.push(0);
            self.rows.resize(self.rows.len() + self.k, 0);
            self.slots[slot] = self.keys.len() as u32;
        }
        self.slots[slot] as usize - 1
    }

    /// Adds a row to the bucket of its key, if there is one and it is not full.
    fn push(&mut self, hash: u64, row: u32, same: impl Fn(usize) -> bool) {
        let slot = self.slot(hash, same);
        if let Some(bucket) = (self.slots[slot] as usize).checked_sub(1)
            && self.lengths[bucket] < self.k
        {
            self.rows[bucket * self.k + self.lengths[bucket]] = row;
            self.lengths[bucket] += 1;
        }
    }

    fn rows(&self, bucket: usize) -> &[u32] {
        &self.rows[bucket * self.k..][..self.lengths[bucket]]
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn neighbours_are_those_of_an_exhaustive_search(
            rows in prop::collection::vec(prop::collection::vec(0u32..5, 6), 1..60),
            fields in 1usize..7,
            k in 1usize..9,
            // Hashing to the end, hashing while many queries are open, comparing only.
            subset_cost in prop::sample::select(vec![1, 4, 16, usize::MAX]),
        ) {
            let columns: Vec<Vec<u32>> =
                (0..fields).map(|field| rows.iter().map(|row| row[field]).collect()).collect();
            let overlap = Overlap { subset_cost, ..Overlap::new(&columns) };
            let groups: Vec<u32> = (0..overlap.groups().len() as u32).collect();
            let nearest = overlap.nearest(&groups, k, &());
            for (row, codes) in rows.iter().enumerate() {
                let mut all: Vec<u32> = (0..rows.len() as u32).collect();
                let distance = |other: u32| {
                    let other = &rows[other as usize];
                    (0..fields).filter(|&field| codes[field] != other[field]).count()
                };
                all.sort_by_key(|&other| (distance(other), other));
                all.truncate(k);
                prop_assert_eq!(&nearest[overlap.groups().of(row as u32) as usize], &all);
            }
        }
    }

    #[test]
    fn subsets_are_complete_or_refused() {
        assert_eq!(subsets(3, 2, 3), Some(vec![vec![0, 1], vec![0, 2], vec![1, 2]]));
        assert_eq!(subsets(3, 0, 1), Some(vec![vec![]]));
        assert_eq!(subsets(4, 4, 1), Some(vec![vec![0, 1, 2, 3]]));
        assert_eq!(subsets(3, 2, 2), None);
        assert_eq!(subsets(300, 150, usize::MAX), None);
    }
}
