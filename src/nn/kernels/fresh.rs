//! Vectors that parallel passes write, without clearing their memory first.

use rayon::prelude::*;
use std::mem::MaybeUninit;

/// Memory that is written as a whole before anybody reads it.
pub struct Fresh<'a>(pub(super) &'a mut [MaybeUninit<f32>]);

impl<'a> Fresh<'a> {
    /// The memory, now that it is written.
    ///
    /// # Safety
    /// Every element must have been written.
    pub(super) unsafe fn written(self) -> &'a mut [f32] {
        // SAFETY: by the caller's word; `MaybeUninit<f32>` is laid out as `f32`.
        unsafe { &mut *(std::ptr::from_mut(self.0) as *mut [f32]) }
    }

    /// Writes `value(j)` to each of its `len` elements `j`.
    #[inline(always)]
    pub fn write(self, len: usize, value: impl Fn(usize) -> f32) -> &'a mut [f32] {
        assert_eq!(self.0.len(), len, "the number of values");
        // Counted by a length that the caller knows, so that it can leave its bounds unchecked.
        for (j, element) in (0..len).zip(&mut *self.0) {
            element.write(value(j));
        }
        // SAFETY: the loop went over every element.
        unsafe { self.written() }
    }

    /// Writes what `values`, as many, are.
    pub fn copy(self, values: &[f32]) -> &'a mut [f32] {
        self.write(values.len(), |j| values[j])
    }

    /// Writes pieces of `width` elements, one after the other: `write(i, piece)` writes the `i`-th
    /// and gives back what it has written.
    #[inline(always)]
    pub fn pieces(
        self,
        width: usize,
        mut write: impl for<'b> FnMut(usize, Fresh<'b>) -> &'b mut [f32],
    ) -> &'a mut [f32] {
        for (i, piece) in self.0.chunks_mut(width).enumerate() {
            let given = (piece.as_ptr().cast(), piece.len());
            let written = write(i, Fresh(piece));
            assert_eq!((written.as_ptr(), written.len()), given, "what was given");
        }
        // SAFETY: each piece came back initialised, and the pieces make up the memory.
        unsafe { self.written() }
    }

    /// Number of elements.
    pub fn len(&self) -> usize {
        self.0.len()
    }
}

/// Memory for so many numbers.
fn unwritten(len: usize) -> Vec<MaybeUninit<f32>> {
    let mut vector = Vec::with_capacity(len);
    // SAFETY: `MaybeUninit` needs no initialisation, and the capacity is there.
    unsafe { vector.set_len(len) };
    vector
}

/// A vector of `len` numbers that `fill` writes and gives back.
pub fn whole(len: usize, fill: impl for<'a> FnOnce(Fresh<'a>) -> &'a mut [f32]) -> Vec<f32> {
    let mut vector = unwritten(len);
    let given = (vector.as_ptr().cast(), len);
    let written = fill(Fresh(&mut vector));
    assert_eq!((written.as_ptr(), written.len()), given, "what was given");
    // SAFETY: the whole of it came back initialised.
    unsafe { initialised(vector) }
}

/// Vectors of `rows` rows of the given widths, written in parallel: `fill(i, fresh)` writes the
/// `i`-th block of `block` rows of each and gives back what it has written, with a result.
pub fn filled<const N: usize, T, F>(
    rows: usize,
    block: usize,
    widths: [usize; N],
    fill: F,
) -> ([Vec<f32>; N], Vec<T>)
where
    T: Send,
    F: for<'a> Fn(usize, [Fresh<'a>; N]) -> ([&'a mut [f32]; N], T) + Sync,
{
    let mut vectors = widths.map(|width| unwritten(rows * width));
    let mut rest = vectors.each_mut().map(|vector| &mut vector[..]);
    let mut blocks = Vec::with_capacity(rows.div_ceil(block));
    for first in (0..rows).step_by(block) {
        let n = block.min(rows - first);
        let mut widths = widths.iter();
        blocks.push(rest.each_mut().map(|rest| {
            let width = widths.next().expect("as many widths as vectors");
            Fresh(rest.split_off_mut(..n * width).expect("so many elements are left"))
        }));
    }
    let results = blocks.into_par_iter().enumerate().map(|(i, fresh)| {
        let given = fresh.each_ref().map(|fresh| (fresh.0.as_ptr().cast(), fresh.len()));
        let (written, result) = fill(i, fresh);
        assert_eq!(written.map(|block| (block.as_ptr(), block.len())), given, "what was given");
        result
    });
    let results = results.collect();
    // SAFETY: each block came back initialised, and the blocks make up the vectors.
    (vectors.map(|vector| unsafe { initialised(vector) }), results)
}

/// The vector, now that it is written.
///
/// # Safety
/// Every element must have been written.
unsafe fn initialised(vector: Vec<MaybeUninit<f32>>) -> Vec<f32> {
    let mut vector = std::mem::ManuallyDrop::new(vector);
    // SAFETY: the parts are those of a vector whose elements are laid out as `f32` and, by the
    // caller's word, initialised.
    unsafe { Vec::from_raw_parts(vector.as_mut_ptr().cast(), vector.len(), vector.capacity()) }
}
