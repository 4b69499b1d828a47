//! The closest records of mixed rows.

use super::nearest::{MOST_COLUMNS, two_nearest};
use super::scale::Scale;
use super::scan;
use crate::data::{Coded, Frame, Values};
use crate::progress::Progress;
use serde::{Deserialize, Serialize};

/// How far the closest rows of a query are.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Nearest {
    /// The distance to the closest row, from 0 to 1.
    pub first: f64,
    /// The distance to the second closest row. Rows are counted, not distances: where the closest
    /// row stands twice, this is the first again. None if there is one row.
    pub second: Option<f64>,
}

impl Nearest {
    /// The nearest-neighbour distance ratio, first by second, from 0 to 1: near 0 the query has a
    /// neighbour that stands out. 1 where both are 0, since neither row is closer than the other.
    pub fn ratio(&self) -> Option<f64> {
        self.second.map(|second| if second == 0.0 { 1.0 } else { self.first / second })
    }
}

/// By query, its closest rows. None if there is no row, or no column.
///
/// The distance of two rows is the mean over columns of 0 or 1 for categories that agree or do not
/// (a missing value is a category), and for numbers of their difference in terms of `scale`, 1 at
/// most; where one is missing 1, where both are 0. This is the distance of SDMetrics' DCR measures,
/// which take the scale of the rows.
///
/// Exact, whatever the number of threads.
///
/// # Panics
/// If the frames and the scale have different columns.
pub fn closest(
    queries: &Frame,
    rows: &Frame,
    scale: &Scale,
    progress: &dyn Progress,
) -> Option<Vec<Nearest>> {
    assert_eq!(queries.columns().len(), rows.columns().len(), "frames of the same columns");
    assert_eq!(queries.columns().len(), scale.columns().len(), "a scale of the same columns");
    let n_columns = queries.columns().len();
    if rows.n_rows() == 0 || n_columns == 0 {
        return None;
    }
    if let (true, Some(queries), Some(rows)) =
        (n_columns <= MOST_COLUMNS, categories(queries), categories(rows))
    {
        let share = |distance: u32| f64::from(distance) / n_columns as f64;
        let nearest = two_nearest(&queries, &rows, progress).into_iter();
        let nearest = nearest.filter_map(|[first, second]| {
            Some(Nearest { first: share(first?), second: second.map(share) })
        });
        return Some(nearest.collect());
    }
    Some(scan::two_nearest(queries, rows, scale, progress))
}

/// The codes of a frame without numbers.
fn categories(frame: &Frame) -> Option<Coded> {
    let columns = frame.columns().iter().map(|column| match &column.values {
        Values::Categories { vocabulary, codes } => Some((codes.clone(), vocabulary.len())),
        Values::Numbers(_) => None,
    });
    let (columns, sizes) = columns.collect::<Option<Vec<_>>>()?.into_iter().unzip();
    Some(Coded::new(columns, sizes))
}
