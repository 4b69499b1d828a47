//! Density by a tree of columns.

use crate::data::Coded;
use hashbrown::HashMap;
use rayon::prelude::*;

/// The tree of columns with the largest mutual information along its edges (Chow and Liu 1968): by
/// column its parent, None for the first.
///
/// The mutual information of a pair of columns is too large in a sample, by its degrees of freedom
/// over twice the rows; that is taken off (Miller 1955), since wide columns would be preferred.
pub fn parents(rows: &Coded) -> Vec<Option<usize>> {
    let n_columns = rows.n_columns();
    let pairs: Vec<(usize, usize)> =
        (0..n_columns).flat_map(|b| (0..b).map(move |a| (a, b))).collect();
    let entropies: Vec<Entropy> =
        rows.columns().par_iter().map(|c| Entropy::new(c.iter().map(|&c| c.into()))).collect();
    let information: Vec<f64> = pairs
        .par_iter()
        .map(|&(a, b)| {
            let joint = Entropy::new(keys(rows.column(a), rows.column(b)));
            entropies[a].corrected + entropies[b].corrected - joint.corrected
        })
        .collect();
    let information = |a: usize, b: usize| information[a.max(b) * (a.max(b) - 1) / 2 + a.min(b)];
    // Prim's algorithm from the first column.
    let mut parents = vec![None; n_columns];
    let mut outside: Vec<(usize, usize)> = (1..n_columns).map(|column| (column, 0)).collect();
    while !outside.is_empty() {
        let value = |&(column, parent): &(usize, usize)| information(column, parent);
        let best = (1..outside.len()).fold(0, |best, place| {
            if value(&outside[place]) > value(&outside[best]) { place } else { best }
        });
        let (column, parent) = outside.remove(best);
        parents[column] = Some(parent);
        for (other, nearest) in &mut outside {
            if information(*other, column) > information(*other, *nearest) {
                *nearest = column;
            }
        }
    }
    parents
}

/// An entropy in nats, corrected by Miller.
struct Entropy {
    corrected: f64,
}

impl Entropy {
    fn new(values: impl Iterator<Item = u64>) -> Self {
        let mut values: Vec<u64> = values.collect();
        values.sort_unstable();
        let n = values.len() as f64;
        let (mut sum, mut n_values) = (0.0, 0.0);
        for equal in values.chunk_by(|a, b| a == b) {
            let share = equal.len() as f64 / n;
            sum -= share * share.ln();
            n_values += 1.0;
        }
        Self { corrected: if n > 0.0 { sum + (n_values - 1.0) / (2.0 * n) } else { 0.0 } }
    }
}

/// The codes of two columns as one number, by row.
fn keys<'a>(parent: &'a [u32], child: &'a [u32]) -> impl Iterator<Item = u64> + 'a {
    parent.iter().zip(child).map(|(&parent, &child)| (u64::from(parent) << 32) | u64::from(child))
}

/// Probabilities along a tree of columns, estimated from rows.
///
/// A category has `(n_c + ½) / (n + C/2)` (Krichevsky and Trofimov 1981), and given its parent's
/// category `(n_pc + p(c)) / (n_p + 1)`, which falls back on the former where pairs are rare.
pub struct TreeDensity {
    parents: Vec<Option<usize>>,
    counts: Vec<Vec<u32>>,
    pairs: Vec<HashMap<u64, u32>>,
    n_rows: usize,
}

impl TreeDensity {
    /// Counts `rows` along the tree of `parents`.
    pub fn new(parents: &[Option<usize>], rows: &Coded) -> Self {
        let count = |(column, &size): (&Vec<u32>, &usize)| {
            let mut counts = vec![0; size];
            column.iter().for_each(|&code| counts[code as usize] += 1);
            counts
        };
        let count_pairs = |(column, parent): (usize, &Option<usize>)| {
            let mut counts = HashMap::new();
            if let &Some(parent) = parent {
                for key in keys(rows.column(parent), rows.column(column)) {
                    *counts.entry(key).or_default() += 1;
                }
            }
            counts
        };
        Self {
            parents: parents.to_vec(),
            counts: rows.columns().iter().zip(rows.sizes()).map(count).collect(),
            pairs: parents.par_iter().enumerate().map(count_pairs).collect(),
            n_rows: rows.n_rows(),
        }
    }

    /// The logarithm of the probability of each row.
    pub fn log_densities(&self, rows: &Coded) -> Vec<f64> {
        (0..rows.n_rows()).into_par_iter().map(|row| self.log_density(rows, row)).collect()
    }

    fn log_density(&self, rows: &Coded, row: usize) -> f64 {
        let code = |column: usize| rows.column(column)[row];
        let factors = self.parents.iter().enumerate().map(|(column, parent)| {
            let counts = &self.counts[column];
            let count = f64::from(counts[code(column) as usize]);
            let alone = (count + 0.5) / (self.n_rows as f64 + counts.len() as f64 / 2.0);
            let &Some(parent) = parent else { return alone };
            let key = (u64::from(code(parent)) << 32) | u64::from(code(column));
            let together = self.pairs[column].get(&key).map_or(0.0, |&count| f64::from(count));
            (together + alone) / (f64::from(self.counts[parent][code(parent) as usize]) + 1.0)
        });
        factors.map(f64::ln).sum()
    }
}
