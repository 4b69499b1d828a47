//! Points of which many coincide.

use super::embedding::{DIMENSIONS, Point};
use std::cmp::Ordering;

/// The distinct points of some rows, in lexicographic order.
pub(super) struct Distinct {
    pub points: Vec<Point>,
    /// Rows at each.
    pub rows: Vec<u32>,
    /// By row, the position of its point.
    pub of_row: Vec<u32>,
}

impl Distinct {
    pub fn new(points: &[Point]) -> Self {
        let mut order: Vec<u32> = (0..points.len() as u32).collect();
        order.sort_unstable_by(|&a, &b| compare(&points[a as usize], &points[b as usize]));
        let mut distinct = Self { points: vec![], rows: vec![], of_row: vec![0; points.len()] };
        for row in order {
            let point = points[row as usize];
            if distinct.points.last() != Some(&point) {
                distinct.points.push(point);
                distinct.rows.push(0);
            }
            let position = distinct.points.len() - 1;
            distinct.rows[position] += 1;
            distinct.of_row[row as usize] = position as u32;
        }
        distinct
    }

    /// What each row has of its point.
    pub fn by_row(&self, of_point: &[f64]) -> Vec<f64> {
        self.of_row.iter().map(|&point| of_point[point as usize]).collect()
    }
}

fn compare(a: &Point, b: &Point) -> Ordering {
    // Adding 0.0 makes the negative zero positive.
    let orders = a.iter().zip(b).map(|(x, y)| (x + 0.0).total_cmp(&(y + 0.0)));
    orders.fold(Ordering::Equal, Ordering::then)
}

/// The squared distance of two points, the same bits for the same points.
pub(super) fn squared_distance(a: &Point, b: &Point) -> f64 {
    (0..DIMENSIONS).map(|i| (a[i] - b[i]).powi(2)).sum()
}
