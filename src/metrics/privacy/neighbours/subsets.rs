//! Counting by what rows share, in time linear in their number.
//!
//! Let `A_j` rows agree with a query in exactly `j` of `F` columns. Over all sets of `m` columns,
//! the rows that agree with it in the whole set number `M_m = Σ_j C(j, m) A_j`, because a row that
//! agrees in `j` columns is met once for each choice of `m` of them. Each such set is one grouping
//! of the rows, and the equations give the `A_j` from `A_F` down.
//!
//! A set is grouped by adding a column to the groups of a smaller one. What has no partner on the
//! other side in the smaller set has none in the larger, so ever fewer queries and rows are left.

use super::distinct::Reduced;
use crate::progress::Progress;
use hashbrown::HashMap;
use rayon::prelude::*;
use std::sync::atomic::{AtomicU64, Ordering};

/// Columns chosen before the sets that contain them are shared out over threads no further.
const PARALLEL_DEPTH: usize = 3;

/// The sets of all but at most `deepest` columns, and the smaller ones on the way to them.
pub struct Sets {
    n_columns: usize,
    deepest: usize,
    /// `[next column][columns left out]`: how many sets are still to come.
    to_come: Vec<Vec<f64>>,
}

impl Sets {
    /// Those of so many columns.
    pub fn new(n_columns: usize, deepest: usize) -> Self {
        let mut to_come = vec![vec![0.0; deepest + 1]; n_columns + 1];
        for next in (0..n_columns).rev() {
            for left_out in 0..=deepest {
                let with = 1.0 + to_come[next + 1][left_out];
                let without =
                    if left_out < deepest { to_come[next + 1][left_out + 1] } else { 0.0 };
                to_come[next][left_out] = with + without;
            }
        }
        Self { n_columns, deepest, to_come }
    }

    /// Their number.
    pub fn len(&self) -> f64 {
        self.to_come[0][0]
    }

    /// The columns that can be chosen next, each with the number of columns left out by then.
    fn choices(&self, next: usize, left_out: usize) -> Vec<(usize, usize)> {
        let last = self.n_columns.min(next + self.deepest - left_out + 1);
        (next..last).map(|column| (column, left_out + column - next)).collect()
    }
}

/// By query and distance up to `deepest`, how many rows are that far.
pub fn count(reduced: &Reduced, sets: &Sets, progress: &dyn Progress) -> Vec<u32> {
    let n_queries = reduced.queries.len();
    let mut order: Vec<usize> = (0..sets.n_columns).collect();
    // Those with the most codes leave the fewest partners.
    order.sort_by_key(|&column| std::cmp::Reverse(reduced.sizes[column]));
    let search = Search {
        reduced,
        sets,
        order,
        agreements: (0..(sets.deepest + 1) * n_queries).map(|_| AtomicU64::new(0)).collect(),
        progress,
    };
    search.visit(&Grouping::of_all(reduced), 0, 0);
    if sets.deepest == sets.n_columns {
        let n_rows = reduced.rows.group.len() as u64;
        search.agreements[sets.n_columns * n_queries..]
            .iter()
            .for_each(|of_no_column| of_no_column.store(n_rows, Ordering::Relaxed));
    }
    let agreements = search.agreements.iter().map(|n| n.load(Ordering::Relaxed)).collect();
    solve(agreements, sets, n_queries)
}

struct Search<'a> {
    reduced: &'a Reduced,
    sets: &'a Sets,
    /// The columns as they are chosen.
    order: Vec<usize>,
    /// `[columns left out][query]`: over all sets that leave out so many, the rows that agree.
    agreements: Vec<AtomicU64>,
    progress: &'a dyn Progress,
}

/// Queries and rows that have partners, grouped by their codes in a set of columns.
struct Grouping {
    n_columns: usize,
    n_groups: usize,
    queries: Vec<Member>,
    rows: Vec<Member>,
}

#[derive(Clone, Copy)]
struct Member {
    position: u32,
    group: u32,
}

impl Grouping {
    /// One group of all.
    fn of_all(reduced: &Reduced) -> Self {
        let all = |n: usize| (0..n as u32).map(|position| Member { position, group: 0 }).collect();
        let (queries, rows) = (all(reduced.queries.len()), all(reduced.rows.len()));
        Self { n_columns: 0, n_groups: 1, queries, rows }
    }
}

/// Numbers of groups by their keys.
enum Groups {
    /// By key, one more than the number; 0 for a key that is not there.
    Table {
        numbers: Vec<u32>,
        n_groups: u32,
    },
    Map(HashMap<u64, u32>),
}

impl Groups {
    /// None yet, with keys below `n_keys`, for so many queries and rows.
    fn new(n_keys: u64, n_members: usize) -> Self {
        if n_keys <= 4 * n_members as u64 {
            Self::Table { numbers: vec![0; n_keys as usize], n_groups: 0 }
        } else {
            Self::Map(HashMap::new())
        }
    }

    fn len(&self) -> usize {
        match self {
            Self::Table { n_groups, .. } => *n_groups as usize,
            Self::Map(numbers) => numbers.len(),
        }
    }

    /// The number of the group, a new one if there is none.
    fn number(&mut self, key: u64) -> u32 {
        match self {
            Self::Table { numbers, n_groups } => {
                let number = &mut numbers[key as usize];
                if *number == 0 {
                    *n_groups += 1;
                    *number = *n_groups;
                }
                *number - 1
            }
            Self::Map(numbers) => {
                let next = numbers.len() as u32;
                *numbers.entry(key).or_insert(next)
            }
        }
    }

    fn get(&self, key: u64) -> Option<u32> {
        match self {
            Self::Table { numbers, .. } => numbers[key as usize].checked_sub(1),
            Self::Map(numbers) => numbers.get(&key).copied(),
        }
    }
}

impl Search<'_> {
    /// Counts the sets that contain those of `grouping` and of the columns from `next` on.
    fn visit(&self, grouping: &Grouping, next: usize, left_out: usize) {
        let visit = |&(column, left_out): &(usize, usize)| {
            let last = column + 1 == self.sets.n_columns;
            let grouping = self.add(grouping, column, !last);
            if grouping.queries.is_empty() {
                self.progress.advance(1 + self.sets.to_come[column + 1][left_out] as u64);
            } else {
                self.progress.advance(1);
                self.visit(&grouping, column + 1, left_out);
            }
        };
        let choices = self.sets.choices(next, left_out);
        if grouping.n_columns < PARALLEL_DEPTH {
            choices.par_iter().for_each(visit);
        } else {
            choices.iter().for_each(visit);
        }
    }

    /// Adds a column to the set, and what agrees in it to the agreements. Whether rows are still
    /// needed after that is told by `keep_rows`.
    fn add(&self, grouping: &Grouping, column: usize, keep_rows: bool) -> Grouping {
        let column = self.order[column];
        let size = self.reduced.sizes[column] as u64;
        let key = |member: &Member, codes: &[u32]| {
            u64::from(member.group) * size + u64::from(codes[member.position as usize])
        };
        let codes = &self.reduced.query_codes[column];
        let n_members = grouping.queries.len() + grouping.rows.len();
        let mut groups = Groups::new(grouping.n_groups as u64 * size, n_members);
        let mut queries = Vec::with_capacity(grouping.queries.len());
        for query in &grouping.queries {
            let group = groups.number(key(query, codes));
            queries.push(Member { position: query.position, group });
        }
        let n_groups = groups.len();
        let mut counts = vec![0u32; n_groups];
        let (codes, copies) = (&self.reduced.row_codes[column], &self.reduced.rows.copies);
        let mut rows = Vec::new();
        for row in &grouping.rows {
            if let Some(group) = groups.get(key(row, codes)) {
                counts[group as usize] += copies[row.position as usize];
                if keep_rows {
                    rows.push(Member { position: row.position, group });
                }
            }
        }
        queries.retain(|query| counts[query.group as usize] > 0);
        let n_columns = grouping.n_columns + 1;
        let left_out = self.sets.n_columns - n_columns;
        if left_out <= self.sets.deepest {
            let agreements = &self.agreements[left_out * self.reduced.queries.len()..];
            for query in &queries {
                // Sums of integers: the order of the threads does not show.
                agreements[query.position as usize]
                    .fetch_add(counts[query.group as usize].into(), Ordering::Relaxed);
            }
        }
        Grouping { n_columns, n_groups, queries, rows }
    }
}

/// From the agreements in sets of columns the rows at each distance.
fn solve(mut agreements: Vec<u64>, sets: &Sets, n_queries: usize) -> Vec<u32> {
    let width = sets.deepest + 1;
    let mut counts = vec![0; n_queries * width];
    for distance in 0..width {
        let (nearer, here) = agreements.split_at_mut(distance * n_queries);
        for (nearer_distance, nearer) in nearer.chunks_exact(n_queries.max(1)).enumerate() {
            let (agreeing, in_set) = (sets.n_columns - nearer_distance, sets.n_columns - distance);
            let choices = binomial(agreeing, in_set);
            for (here, &nearer) in here.iter_mut().zip(nearer) {
                // Modulo 2^64 like the sums; what is left is a number of rows.
                *here = here.wrapping_sub(choices.wrapping_mul(nearer));
            }
        }
        for (query, &count) in here[..n_queries].iter().enumerate() {
            counts[query * width + distance] = count as u32;
        }
    }
    counts
}

/// `n` choose `k`, modulo 2^64.
fn binomial(n: usize, k: usize) -> u64 {
    let mut row = vec![0u64; k + 1];
    row[0] = 1;
    for _ in 0..n {
        for i in (1..=k).rev() {
            row[i] = row[i].wrapping_add(row[i - 1]);
        }
    }
    row[k]
}
