//! Where rows lie: α-precision, β-recall, authenticity.

mod curve;
mod embedding;
mod kd_tree;
mod points;

pub use embedding::{DIMENSIONS, Embedding, Point};

use super::undefined::{Side, Undefined};
use crate::data::Coded;
use crate::seed::Seed;
use curve::agreement;
use kd_tree::KdTree;
use points::{Distinct, squared_distance};
use rayon::prelude::*;
use serde::{Deserialize, Serialize};

/// Whether synthetic rows lie where real ones do, whether they lie everywhere real ones do, and
/// whether they are rows of their own (Alaa et al. 2022, arXiv 2102.08921), in the [`Embedding`].
///
/// Each number beside that of a real holdout of the same size, which need not be 1. Numbers are
/// 0 to 1.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Support {
    /// 1 if for every α as many synthetic rows are in the ball around the real rows' mean that
    /// holds a share α of these. Lower where synthetic rows are too typical or outliers. Near 1
    /// for a holdout, whose rows are a little too typical as the axes fit the real ones.
    pub alpha_precision: f64,
    /// 1 if for every β a share β of the real rows is covered by the ball around the synthetic
    /// rows' mean that holds a share β of those: the synthetic row nearest to the real one is in
    /// the ball and not further from it than the nearest other real row. Low where a part of
    /// the real rows is never made. For a holdout about its share of all rows, real ones and its
    /// own: 0.5 if it is as large. 1 only for the real table itself.
    pub beta_recall: f64,
    /// The share of synthetic rows that are further from the nearest real row than that is from the
    /// nearest other real row. About 0.5 for a holdout; alarming far below that, where
    /// synthetic rows are copies with noise. A copy of a row that occurs twice is not authentic.
    pub authenticity: f64,
}

/// α-precision, β-recall and authenticity of rows coded alike.
///
/// As in the authors' implementation a real row's neighbourhood reaches to the nearest other real
/// row. Other than there, the integrals are exact and ties shared out instead of taken at 30 levels,
/// the β ball is that of all synthetic rows and not of those nearest to a real one, and
/// authenticity looks at the synthetic row's nearest real row (as in the paper). Of equally near
/// rows the one with the lower coordinates is taken.
///
/// Undefined if there are fewer than two real rows, or none synthetic.
pub fn support(real: &Coded, synthetic: &Coded, seed: Seed) -> Result<Support, Undefined> {
    for (side, rows, needed) in [(Side::Real, real, 2), (Side::Synthetic, synthetic, 1)] {
        if rows.n_rows() < needed {
            return Err(Undefined::FewRows { side, needed });
        }
    }
    let embedding = Embedding::new(real, seed)?;
    Ok(support_of_points(&embedding.points(real), &embedding.points(synthetic)))
}

/// The same of points, two real ones and a synthetic one at least.
fn support_of_points(real: &[Point], synthetic: &[Point]) -> Support {
    let (centre, synthetic_centre) = (mean(real), mean(synthetic));
    let from = |centre: &Point, points: &[Point]| -> Vec<f64> {
        points.iter().map(|point| squared_distance(point, centre)).collect()
    };
    let alpha_precision = agreement(&mut from(&centre, real), &mut from(&centre, synthetic));

    let indexed = |points: &[Point]| {
        let distinct = Distinct::new(points);
        let tree = KdTree::new(&distinct.points);
        (distinct, tree)
    };
    let ((real, real_tree), (synthetic, synthetic_tree)) =
        rayon::join(|| indexed(real), || indexed(synthetic));
    // By distinct point, the squared distance of a row there from the nearest other real row.
    let other_real = |(position, point): (usize, &Point)| match real.rows[position] {
        1 => real_tree.nearest(point, Some(position as u32)).map_or(f64::INFINITY, |other| other.0),
        _ => 0.0,
    };
    let other_real: Vec<f64> = real.points.par_iter().enumerate().map(other_real).collect();
    let from_synthetic_centre = from(&synthetic_centre, &synthetic.points);
    let covered = |(position, point): (usize, &Point)| {
        let nearest = synthetic_tree.nearest(point, None);
        let near = nearest.filter(|&(distance, _)| distance <= other_real[position]);
        near.map_or(f64::INFINITY, |(_, nearest)| from_synthetic_centre[nearest as usize])
    };
    let covered: Vec<f64> = real.points.par_iter().enumerate().map(covered).collect();
    let beta_recall =
        agreement(&mut synthetic.by_row(&from_synthetic_centre), &mut real.by_row(&covered));

    let authentic = |(position, point): (usize, &Point)| {
        let nearest = real_tree.nearest(point, None);
        let authentic =
            nearest.is_some_and(|(distance, near)| distance > other_real[near as usize]);
        if authentic { synthetic.rows[position] as usize } else { 0 }
    };
    let authentic: usize = synthetic.points.par_iter().enumerate().map(authentic).sum();
    let authenticity = authentic as f64 / synthetic.of_row.len() as f64;
    Support { alpha_precision, beta_recall, authenticity }
}

/// The mean of some points.
fn mean(points: &[Point]) -> Point {
    let mut mean = [0.0; DIMENSIONS];
    for point in points {
        mean.iter_mut().zip(point).for_each(|(sum, x)| *sum += x);
    }
    mean.map(|sum| sum / points.len() as f64)
}

#[cfg(test)]
mod tests;
