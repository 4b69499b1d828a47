//! Matrices in slices, and their products.

use super::fresh::Fresh;

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

/// Writes `a·b`, or adds it to what is there, on this thread alone.
///
/// # Safety
/// `output.first` must point to `output.len` elements that nobody else uses meanwhile, initialised
/// if they are added to.
unsafe fn multiply(output: Output, a: Matrix, b: Matrix, add: bool) {
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
            gemm::Parallelism::None,
        );
    }
}

impl<'a> Fresh<'a> {
    /// `a·b`, which must have as many elements as there is memory.
    pub fn product(self, a: Matrix, b: Matrix) -> &'a mut [f32] {
        let ([rows, _], [_, width]) = (a.shape, b.shape);
        assert_eq!(rows * width, self.0.len(), "the size of a product");
        let first = self.0.as_mut_ptr().cast();
        // SAFETY: the memory is borrowed mutably, and the product, as large as it, fills it.
        unsafe {
            multiply(Output { first, len: self.0.len(), stride: width, width }, a, b, false);
            self.written()
        }
    }
}

/// `output + a·b`, written to `output`.
pub fn add_product(output: &mut [f32], a: Matrix, b: Matrix) {
    let width = b.shape[1];
    let output = Output { first: output.as_mut_ptr(), len: output.len(), stride: width, width };
    // SAFETY: the slice is borrowed mutably and initialised.
    unsafe { multiply(output, a, b, true) }
}

/// The transpose of a matrix of `columns` columns stored row by row, stored row by row.
pub fn transpose(elements: &[f32], columns: usize) -> Vec<f32> {
    /// A square of so many rows and columns stays in the fastest cache.
    const SIDE: usize = 16;
    let rows = elements.len() / columns;
    let mut transposed = vec![0.0; elements.len()];
    for top in (0..rows).step_by(SIDE) {
        for left in (0..columns).step_by(SIDE) {
            for row in top..rows.min(top + SIDE) {
                for column in left..columns.min(left + SIDE) {
                    transposed[column * rows + row] = elements[row * columns + column];
                }
            }
        }
    }
    transposed
}
