//! Rows of categories as points: multiple correspondence analysis.

use crate::data::Coded;
use crate::metrics::fidelity::undefined::{Side, Undefined};
use crate::seed::{Rng, Seed};
use nalgebra::{DMatrix, SymmetricEigen};
use rand_distr::{Distribution, StandardNormal};
use rayon::prelude::*;

/// Coordinates of a point.
pub const DIMENSIONS: usize = 8;

/// A row as a point.
pub type Point = [f64; DIMENSIONS];

/// Vectors of the Krylov space: so many that the axes of click logs no longer hang on the seed.
const VECTORS: usize = 40 * DIMENSIONS;

/// Numbers in its basis at most: with very many categories there are fewer vectors.
const BASIS: usize = 1 << 24;

/// Categories of fewer real rows are one category, with those the real table does not hold.
const RARE: u64 = 10;

/// Parallel tasks, each with sums of its own; fixed, so that sums have a fixed order.
const TASKS: usize = 8;

/// Where a row of codes lies in the space of a multiple correspondence analysis of the real rows.
///
/// A row's point is its principal coordinates on the first 8 axes (Greenacre 2017, ch. 18): the
/// mean, over its columns, of its categories' standard coordinates. Categories with fewer than ten
/// real rows are pooled column by column, and those that stand in the synthetic table alone with
/// them; were they not, single rare rows would take the axes. The real rows' mean is 0.
///
/// The axes are eigenvectors of the standardised Burt matrix, found in a block Krylov space with a
/// random start (Musco and Musco 2015, alg. 2), which takes products with the sparse indicator
/// matrix alone. Where the eighth and the ninth eigenvalue are equal the seed decides between them.
#[derive(Clone, Debug)]
pub struct Embedding {
    /// By column and code, the position of its category among all.
    position: Vec<Vec<u32>>,
    /// By position, what a row with that category adds to its point.
    coordinates: Vec<Point>,
    /// The real rows' variance on each axis, largest first.
    inertia: Point,
}

impl Embedding {
    /// The space of the rows of `real`. Undefined without a row or a column.
    pub fn new(real: &Coded, seed: Seed) -> Result<Self, Undefined> {
        if real.n_columns() == 0 {
            return Err(Undefined::FewColumns(1));
        }
        if real.n_rows() == 0 {
            return Err(Undefined::NoRows(Side::Real));
        }
        let (position, counts) = pooled(real);
        let columns = real.n_columns() as f64;
        // By position, the root of its share of all entries and what scales its vectors.
        let total = real.n_rows() as f64 * columns;
        let root: Vec<f64> = counts.iter().map(|&count| (count as f64 / total).sqrt()).collect();
        let scale = |root: f64| if root > 0.0 { 1.0 / root } else { 0.0 };
        let scale: Vec<f64> = root.iter().copied().map(scale).collect();
        let burt = Burt { real, position: &position, root: &root, scale: &scale };
        let (basis, images) = krylov(&burt, counts.len(), seed);
        // Rayleigh-Ritz: the eigenvectors within the space.
        let within = basis.transpose() * images;
        let eigen = SymmetricEigen::new((&within + within.transpose()) / 2.0);
        let mut order: Vec<usize> = (0..basis.ncols()).collect();
        order.sort_by(|&a, &b| eigen.eigenvalues[b].total_cmp(&eigen.eigenvalues[a]));
        let (mut coordinates, mut inertia) =
            (vec![[0.0; DIMENSIONS]; counts.len()], [0.0; DIMENSIONS]);
        for (axis, &vector) in order.iter().take(DIMENSIONS).enumerate() {
            // Rounding errors are no axis: the largest is never below one over the columns.
            if eigen.eigenvalues[vector] <= 1e-10 {
                break;
            }
            inertia[axis] = eigen.eigenvalues[vector];
            let vector = &basis * eigen.eigenvectors.column(vector);
            for (category, point) in coordinates.iter_mut().enumerate() {
                point[axis] = vector[category] * scale[category] / columns;
            }
        }
        Ok(Self { position, coordinates, inertia })
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
        let scaled: Vec<[f64; DIMENSIONS]> = (0..categories)
            .map(|c| {
                std::array::from_fn(
                    |k| if k < width { vectors[(c, k)] * self.scale[c] } else { 0.0 },
                )
            })
            .collect();
        let rows = self.real.n_rows();
        let chunk = rows.div_ceil(TASKS).max(1);
        let chunks: Vec<_> = (0..rows).step_by(chunk).collect();
        let sum_of = |&first: &usize| {
            let mut sums = vec![[0.0; DIMENSIONS]; categories];
            for row in first..(first + chunk).min(rows) {
                let categories = || {
                    let columns = self.real.columns().iter().zip(self.position);
                    columns.map(|(codes, position)| position[codes[row] as usize] as usize)
                };
                let mut of_row = [0.0; DIMENSIONS];
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
        let weight = 1.0 / (rows as f64 * columns * columns);
        let trivial: Vec<f64> = (0..width)
            .map(|k| (0..categories).map(|c| self.root[c] * vectors[(c, k)]).sum())
            .collect();
        DMatrix::from_fn(categories, width, |c, k| {
            let sum: f64 = sums.iter().map(|chunk| chunk[c][k]).sum();
            sum * self.scale[c] * weight - self.root[c] * trivial[k]
        })
    }
}

/// An orthonormal basis of a block Krylov space, of all the space if that is small, and its image
/// under the matrix.
fn krylov(burt: &Burt<'_>, categories: usize, seed: Seed) -> (DMatrix<f64>, DMatrix<f64>) {
    let mut rng = seed.stream("embedding");
    let width = VECTORS.min(BASIS / categories).max(DIMENSIONS).min(categories);
    let (mut basis, mut images) = (DMatrix::zeros(categories, 0), DMatrix::zeros(categories, 0));
    let mut next =
        DMatrix::from_fn(categories, DIMENSIONS.min(width), |_, _| StandardNormal.sample(&mut rng));
    while basis.ncols() < width {
        next = next.columns(0, next.ncols().min(width - basis.ncols())).into_owned();
        next = beyond(&basis, next, &mut rng);
        let image = burt.times(&next);
        basis = joined(&basis, &next);
        images = joined(&images, &image);
        next = image;
    }
    (basis, images)
}

/// An orthonormal basis of what `vectors` span beyond `basis`. Vectors that it holds already are
/// replaced by random ones: then the space is invariant, and others are to be looked for elsewhere.
fn beyond(basis: &DMatrix<f64>, mut vectors: DMatrix<f64>, rng: &mut Rng) -> DMatrix<f64> {
    // Twice at least, since what is left of a vector the basis nearly holds is rounding error.
    for pass in 0..5 {
        let before: Vec<f64> = vectors.column_iter().map(|vector| vector.norm()).collect();
        vectors -= basis * (basis.transpose() * &vectors);
        let mut replaced = false;
        for (mut vector, before) in vectors.column_iter_mut().zip(before) {
            if vector.norm() <= 1e-8 * before {
                vector.apply(|x| *x = StandardNormal.sample(rng));
                replaced = true;
            }
        }
        vectors = vectors.qr().q();
        if pass > 0 && !replaced {
            break;
        }
    }
    vectors
}

/// The columns of both.
fn joined(a: &DMatrix<f64>, b: &DMatrix<f64>) -> DMatrix<f64> {
    let values = a.iter().chain(b.iter()).copied();
    DMatrix::from_iterator(a.nrows(), a.ncols() + b.ncols(), values)
}
