//! Rows of categories as points: multiple correspondence analysis.

use crate::data::Coded;
use crate::seed::Seed;
use nalgebra::{DMatrix, SymmetricEigen};
use rand_distr::{Distribution, StandardNormal};
use rayon::prelude::*;

/// Coordinates of a point.
pub const DIMENSIONS: usize = 8;

/// A row as a point.
pub type Point = [f64; DIMENSIONS];

/// Vectors iterated on: more than are kept, so that those are found in fewer steps.
const VECTORS: usize = 2 * DIMENSIONS;

/// Steps of the iteration.
const STEPS: usize = 12;

/// Categories of fewer real rows are one category, with those the real table does not hold.
const RARE: u64 = 10;

/// Rows per parallel task.
const CHUNK: usize = 1 << 15;

/// Where a row of codes lies in the space of a multiple correspondence analysis of the real rows.
///
/// A row's point is its principal coordinates on the first 8 axes (Greenacre 2017, ch. 18): the
/// mean, over its columns, of its categories' standard coordinates. Categories with fewer than ten
/// real rows are pooled column by column, and those that stand in the synthetic table alone with
/// them; were they not, single rare rows would take the axes. The real rows' mean is 0.
///
/// The axes are eigenvectors of the standardised Burt matrix, found by randomised subspace
/// iteration (Halko, Martinsson and Tropp 2011, alg. 4.4) on the sparse indicator matrix. Where
/// eigenvalues are nearly equal which of them are found depends on the seed.
#[derive(Clone, Debug)]
pub struct Embedding {
    /// By column and code, the position of its category among all.
    position: Vec<Vec<u32>>,
    /// By position, what a row with that category adds to its point.
    coordinates: Vec<Point>,
    /// Share of the real rows' variance on each axis, largest first.
    inertia: Point,
}

impl Embedding {
    /// The space of the rows of `real`, of which there is at least one, in at least one column.
    pub fn new(real: &Coded, seed: Seed) -> Self {
        let (position, counts) = pooled(real);
        let columns = real.n_columns() as f64;
        // By position, the root of its share of all entries and what scales its vectors.
        let total = real.n_rows() as f64 * columns;
        let root: Vec<f64> = counts.iter().map(|&count| (count as f64 / total).sqrt()).collect();
        let scale = |root: f64| if root > 0.0 { 1.0 / root } else { 0.0 };
        let scale: Vec<f64> = root.iter().copied().map(scale).collect();
        let burt = Burt { real, position: &position, root: &root, scale: &scale };
        let mut rng = seed.stream("embedding");
        let width = VECTORS.min(counts.len());
        let start = DMatrix::from_fn(counts.len(), width, |_, _| StandardNormal.sample(&mut rng));
        let mut basis: DMatrix<f64> = orthonormal(start);
        for _ in 0..STEPS {
            basis = orthonormal(burt.times(&basis));
        }
        // Rayleigh-Ritz: the eigenvectors within the subspace.
        let within = basis.transpose() * burt.times(&basis);
        let eigen = SymmetricEigen::new((&within + within.transpose()) / 2.0);
        let mut order: Vec<usize> = (0..width).collect();
        order.sort_by(|&a, &b| eigen.eigenvalues[b].total_cmp(&eigen.eigenvalues[a]));
        let (mut coordinates, mut inertia) =
            (vec![[0.0; DIMENSIONS]; counts.len()], [0.0; DIMENSIONS]);
        let largest = order.first().map_or(0.0, |&first| eigen.eigenvalues[first]);
        for (axis, &vector) in order.iter().take(DIMENSIONS).enumerate() {
            // Rounding errors are no axis.
            if eigen.eigenvalues[vector] <= 1e-10 * largest {
                break;
            }
            inertia[axis] = eigen.eigenvalues[vector];
            let vector = &basis * eigen.eigenvectors.column(vector);
            for (category, point) in coordinates.iter_mut().enumerate() {
                point[axis] = vector[category] * scale[category] / columns;
            }
        }
        Self { position, coordinates, inertia }
    }

    /// The points of rows coded as the real ones; equal for equal rows, to the last bit.
    pub fn points(&self, rows: &Coded) -> Vec<Point> {
        let point = |row: usize| {
            let mut point = [0.0; DIMENSIONS];
            for (codes, position) in rows.columns().iter().zip(&self.position) {
                let category = self.coordinates[position[codes[row] as usize] as usize];
                point.iter_mut().zip(category).for_each(|(x, of_category)| *x += of_category);
            }
            point
        };
        (0..rows.n_rows()).into_par_iter().map(point).collect()
    }

    /// The variance of the real rows on each axis, descending; 0 for axes there are none for.
    pub fn inertia(&self) -> &Point {
        &self.inertia
    }
}

/// By column and code the position of its category, and by position its number of real rows. A
/// column's categories stand together, its pooled one last.
fn pooled(real: &Coded) -> (Vec<Vec<u32>>, Vec<u64>) {
    let (mut positions, mut all) = (Vec::new(), Vec::new());
    for (codes, &size) in real.columns().iter().zip(real.sizes()) {
        let mut counts = vec![0u64; size];
        codes.iter().for_each(|&code| counts[code as usize] += 1);
        let first = all.len() as u32;
        let kept = counts.iter().filter(|&&count| count >= RARE).count() as u32;
        let mut next = first;
        let position = counts.iter().map(|&count| {
            let own = next;
            next += u32::from(count >= RARE);
            if count >= RARE { own } else { first + kept }
        });
        positions.push(position.collect());
        let (frequent, rare): (Vec<u64>, Vec<u64>) = counts.iter().partition(|&&n| n >= RARE);
        all.extend(frequent);
        all.push(rare.iter().sum());
    }
    (positions, all)
}

/// The standardised Burt matrix less its trivial axis, as a product with the indicator matrix and
/// its transpose.
struct Burt<'a> {
    real: &'a Coded,
    position: &'a [Vec<u32>],
    root: &'a [f64],
    scale: &'a [f64],
}

impl Burt<'_> {
    /// The product with `vectors`, one by column.
    fn times(&self, vectors: &DMatrix<f64>) -> DMatrix<f64> {
        let (categories, width) = vectors.shape();
        // Row by row, as wide as ever, so that a category's numbers stand together.
        let scaled: Vec<[f64; VECTORS]> = (0..categories)
            .map(|c| {
                std::array::from_fn(
                    |k| if k < width { vectors[(c, k)] * self.scale[c] } else { 0.0 },
                )
            })
            .collect();
        let chunks: Vec<_> = (0..self.real.n_rows()).step_by(CHUNK).collect();
        let sum_of = |&first: &usize| {
            let mut sums = vec![[0.0; VECTORS]; categories];
            for row in first..(first + CHUNK).min(self.real.n_rows()) {
                let categories = || {
                    let columns = self.real.columns().iter().zip(self.position);
                    columns.map(|(codes, position)| position[codes[row] as usize] as usize)
                };
                let mut of_row = [0.0; VECTORS];
                for category in categories() {
                    of_row.iter_mut().zip(&scaled[category]).for_each(|(sum, x)| *sum += x);
                }
                for category in categories() {
                    sums[category].iter_mut().zip(&of_row).for_each(|(sum, x)| *sum += x);
                }
            }
            sums
        };
        let sums: Vec<_> = chunks.par_iter().map(sum_of).collect();
        let columns = self.real.n_columns() as f64;
        let weight = 1.0 / (self.real.n_rows() as f64 * columns * columns);
        let trivial: Vec<f64> = (0..width)
            .map(|k| (0..categories).map(|c| self.root[c] * vectors[(c, k)]).sum())
            .collect();
        DMatrix::from_fn(categories, width, |c, k| {
            let sum: f64 = sums.iter().map(|chunk| chunk[c][k]).sum();
            sum * self.scale[c] * weight - self.root[c] * trivial[k]
        })
    }
}

/// An orthonormal basis of what the columns span.
fn orthonormal(columns: DMatrix<f64>) -> DMatrix<f64> {
    columns.qr().q()
}
