//! Matrices in slices, and their products.

use super::fresh::{self, Fresh};
use gemm::Parallelism;
use rayon::prelude::*;

/// A matrix whose elements lie in a slice, a fixed number of elements from row to row and from
/// column to column.
#[derive(Clone, Copy)]
pub struct Matrix<'a> {
    elements: &'a [f32],
    shape: [usize; 2],
    strides: [usize; 2],
}

impl<'a> Matrix<'a> {
    /// Rows of `width` elements, one after the other.
    pub fn new(elements: &'a [f32], width: usize) -> Self {
        Self { elements, shape: [elements.len() / width, width], strides: [width, 1] }
    }

    /// Elements that lie so many apart from row to row and from column to column.
    pub fn strided(elements: &'a [f32], shape: [usize; 2], strides: [usize; 2]) -> Self {
        Self { elements, shape, strides }
    }

    /// Some of the columns.
    fn columns(self, columns: std::ops::Range<usize>) -> Self {
        assert!(columns.end <= self.shape[1], "columns {columns:?} of {:?}", self.shape);
        let first = self.elements.len().min(columns.start * self.strides[1]);
        let shape = [self.shape[0], columns.len()];
        Self { elements: &self.elements[first..], shape, ..self }
    }

    /// Rows and columns exchanged; no element moves.
    pub fn transposed(self) -> Self {
        let ([rows, columns], [down, right]) = (self.shape, self.strides);
        Self { shape: [columns, rows], strides: [right, down], ..self }
    }

    /// Whether every element that shape and strides name is there.
    fn is_whole(&self) -> bool {
        let [rows, columns] = self.shape;
        rows == 0
            || columns == 0
            || (rows - 1) * self.strides[0] + (columns - 1) * self.strides[1] < self.elements.len()
    }
}

/// Where a product is written: rows of `width` elements, `stride` elements apart.
struct Output {
    first: *mut f32,
    len: usize,
    stride: usize,
    width: usize,
}

/// Writes `a·b`, or adds it to what is there.
///
/// # Safety
/// `output.first` must point to `output.len` elements. Nobody else may meanwhile use those that
/// belong to the output's rows; they must be initialised if they are added to.
unsafe fn multiply(output: Output, a: Matrix, b: Matrix, add: bool, threads: Parallelism) {
    let ([rows, inner], [inner_b, columns]) = (a.shape, b.shape);
    assert_eq!((inner, columns), (inner_b, output.width), "the shapes of a product");
    assert!(a.is_whole() && b.is_whole(), "a matrix reaches beyond its elements");
    assert!(
        rows == 0 || (rows - 1) * output.stride + columns <= output.len,
        "a product of {rows} rows does not fit"
    );
    let [a_strides, b_strides] = [a.strides, b.strides].map(|strides| strides.map(|s| s as isize));
    // SAFETY: the assertions above bound every element read and written.
    unsafe {
        gemm::gemm(
            rows,
            columns,
            inner,
            output.first,
            1,
            output.stride as isize,
            add,
            a.elements.as_ptr(),
            a_strides[1],
            a_strides[0],
            b.elements.as_ptr(),
            b_strides[1],
            b_strides[0],
            1.0,
            1.0,
            false,
            false,
            false,
            threads,
        );
    }
}

impl<'a> Fresh<'a> {
    /// `a·b`, which must have as many elements as there is memory, on this thread alone.
    pub fn product(self, a: Matrix, b: Matrix) -> &'a mut [f32] {
        self.product_by(a, b, Parallelism::None)
    }

    fn product_by(self, a: Matrix, b: Matrix, threads: Parallelism) -> &'a mut [f32] {
        let ([rows, _], [_, width]) = (a.shape, b.shape);
        assert_eq!(rows * width, self.0.len(), "the size of a product");
        let first = self.0.as_mut_ptr().cast();
        // SAFETY: the memory is borrowed mutably, and the product, as large as it, fills it.
        unsafe {
            let output = Output { first, len: self.0.len(), stride: width, width };
            multiply(output, a, b, false, threads);
            self.written()
        }
    }
}

/// Multiplications of a product from which on it is shared out among all threads.
const SHARED: usize = 192 * 192 * 192;

/// `a·b`, row by row. Every sum runs over the inner dimension in order, whatever the number of threads.
pub fn product(a: Matrix, b: Matrix) -> Vec<f32> {
    let ([rows, inner], [_, columns]) = (a.shape, b.shape);
    let large = rows.saturating_mul(inner).saturating_mul(columns) >= SHARED;
    let threads = if large { Parallelism::Rayon(0) } else { Parallelism::None };
    fresh::whole(rows * columns, |fresh| fresh.product_by(a, b, threads))
}

/// `output + a·b`, written to `output`, on this thread alone.
pub fn add_product(output: &mut [f32], a: Matrix, b: Matrix) {
    let width = b.shape[1];
    let output = Output { first: output.as_mut_ptr(), len: output.len(), stride: width, width };
    // SAFETY: the slice is borrowed mutably and initialised.
    unsafe { multiply(output, a, b, true, Parallelism::None) }
}

/// Columns of a product that are made at once.
///
/// The products' left factor is the transpose of rows. The library copies what it multiplies to
/// consecutive memory, except a left factor of so few columns that the copy does not pay: this
/// many, for its widest vectors.
fn strip() -> usize {
    #[cfg(target_arch = "x86_64")]
    if is_x86_feature_detected!("avx512f") {
        return 64;
    }
    32
}

/// Rows of the factors of a [`transposed_product`] that are read at once.
const DEPTH: usize = 1024;

/// Memory of which every task writes columns of its own.
struct Shared(*mut f32);

// SAFETY: the tasks' columns are disjoint.
unsafe impl Sync for Shared {}

impl Shared {
    /// The memory from element `i` on.
    fn from(&self, i: usize) -> *mut f32 {
        self.0.wrapping_add(i)
    }
}

/// `aᵀ·b` of matrices `a` and `b` stored row by row, `k` and `m` columns wide: `[k, m]`, the
/// gradient of a layer's weights. Sums run over the rows in order whatever the number of threads.
pub fn transposed_product(a: &[f32], k: usize, b: &[f32], m: usize) -> Vec<f32> {
    assert_eq!(a.len() / k, b.len() / m, "rows of a product");
    if m < strip() {
        return narrow_product(a, k, b, m);
    }
    let mut product = vec![0.0; k * m];
    let (len, shared) = (product.len(), Shared(product.as_mut_ptr()));
    let strip = strip();
    let strips: Vec<_> = (0..m).step_by(strip).map(|j| j..m.min(j + strip)).collect();
    let share = strips.len().div_ceil(rayon::current_num_threads());
    strips.par_chunks(share).for_each(|strips| {
        for (a, b) in a.chunks(DEPTH * k).zip(b.chunks(DEPTH * m)) {
            for columns in strips {
                let (first, len) = (shared.from(columns.start), len - columns.start);
                let output = Output { first, len, stride: m, width: columns.len() };
                let a = Matrix::new(a, k).transposed();
                // SAFETY: the memory is the vector's, zeros at first, and these columns are
                // written by this task alone.
                unsafe {
                    let b = Matrix::new(b, m).columns(columns.clone());
                    multiply(output, a, b, true, Parallelism::None);
                }
            }
        }
    });
    product
}

/// [`transposed_product`] of a `b` whose columns are too few to be shared out.
fn narrow_product(a: &[f32], k: usize, b: &[f32], m: usize) -> Vec<f32> {
    let parts = a.par_chunks(DEPTH * k).zip(b.par_chunks(DEPTH * m)).map(|(a, b)| {
        let mut part = vec![0.0; k * m];
        add_product(&mut part, Matrix::new(a, k).transposed(), Matrix::new(b, m));
        part
    });
    let parts: Vec<_> = parts.collect();
    (0..k * m).map(|i| parts.iter().map(|part| part[i]).sum()).collect()
}

/// The transpose of a matrix of `columns` columns stored row by row, stored row by row.
pub fn transpose(elements: &[f32], columns: usize) -> Vec<f32> {
    /// A square of so many rows and columns stays in the fastest cache.
    const SIDE: usize = 16;
    let rows = elements.len() / columns;
    let mut transposed = vec![0.0; elements.len()];
    transposed.par_chunks_mut(SIDE * rows).enumerate().for_each(|(i, transposed)| {
        let left = i * SIDE;
        for top in (0..rows).step_by(SIDE) {
            for (column, transposed) in transposed.chunks_exact_mut(rows).enumerate() {
                for row in top..rows.min(top + SIDE) {
                    transposed[row] = elements[row * columns + left + column];
                }
            }
        }
    });
    transposed
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn products_are_sums_of_products() {
        let values = |n: usize, period: usize| -> Vec<f32> {
            (0..n).map(|i| (i % period) as f32 / period as f32 - 0.5).collect()
        };
        // More rows than are read at once; more columns than are made at once, and a single one.
        for (n, k, m) in [(DEPTH + 5, 3, 130), (DEPTH + 5, 7, 1)] {
            let (a, b) = (values(n * k, 17), values(n * m, 23));
            let found = transposed_product(&a, k, &b, m);
            for i in 0..k {
                for j in 0..m {
                    let products = (0..n).map(|row| f64::from(a[row * k + i] * b[row * m + j]));
                    let (found, wanted) = (f64::from(found[i * m + j]), products.sum::<f64>());
                    let off = (found - wanted).abs();
                    assert!(off < 1e-3, "[{i}, {j}]: {found} instead of {wanted}");
                }
            }
        }
    }

    #[test]
    fn transposing_exchanges_rows_and_columns() {
        let (rows, columns) = (37, 18);
        let matrix: Vec<f32> = (0..rows * columns).map(|i| i as f32).collect();
        let transposed = transpose(&matrix, columns);
        for row in 0..rows {
            for column in 0..columns {
                assert_eq!(transposed[column * rows + row], matrix[row * columns + column]);
            }
        }
    }

    #[test]
    #[should_panic(expected = "beyond its elements")]
    fn a_product_reads_nothing_beyond_a_matrix() {
        let short = Matrix { elements: &[1.0; 5], shape: [2, 3], strides: [3, 1] };
        add_product(&mut [0.0; 2], short, Matrix::new(&[1.0; 3], 1));
    }
}
