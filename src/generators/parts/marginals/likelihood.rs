//! The beta distribution of greatest likelihood.
//!
//! With `t` the place of a value in the column's range (0 at the smallest, 1 at the largest) and the
//! support `[−p, 1 + q]` of width `S = 1 + p + q`, the mean log density over the rows is
//!
//! `ℓ = (a − 1) E ln(t + p) + (b − 1) E ln(1 + q − t) − (a + b − 1) ln S − ln B(a, b)`.
//!
//! **Ends.** With `a < 1` the density is infinite at the end of the support, so ℓ has no maximum: it
//! grows without bound as `p → 0`. A recorded value stands for a cell, though, all the numbers that
//! are rounded to it. So the support must hold the whole cell of the smallest and of the largest value:
//! it reaches at least half the smallest gap between neighbouring values beyond them (half a unit for
//! integers), but no less than `1e-9` ranges.
//!
//! **Limits.** As `p`, `q`, `a` and `b` grow together, the family approaches gamma and normal
//! distributions, and ℓ may rise for ever by less and less. Shapes end at 10⁵, where ℓ is within some
//! 10⁻⁵ of the limit's.
//!
//! **Method.** Given the support, ℓ is concave in the shapes and depends on the rows by two means only:
//! Newton's method finds them. What remains is a function of `p` and `q`. The means for a `p` serve all
//! `q`, so a coarse grid on a logarithmic scale costs as many passes over the values as it has lines;
//! Newton's method with damping (Levenberg and Marquardt) goes on from its best point, inside bounds.

use super::beta::Beta;
use super::range::Range;
use super::shapes::Shapes;
use super::shapes_fit::{Curve, SHAPES, Start, ascent, best_shapes, free_shapes};
use crate::generators::parts::sample::Sample;

/// The least and the greatest reach of a support beyond the range, in ranges.
pub const REACH: (f64, f64) = (5e-10, 1e5);
/// Neighbouring lines of the grid are this factor apart, or a little less.
const GRID_FACTOR: f64 = 4.0;
const MAX_STEPS: usize = 100;
/// A climb ends where a step changed neither reach by more than this share.
const TOLERANCE: f64 = 1e-9;
/// A climb ends, too, where a step raised the mean log density by less than this.
const LEAST_GAIN: f64 = 1e-12;

/// The beta distribution of greatest likelihood.
pub fn fit(sample: &Sample, range: Range) -> Beta {
    let problem = Problem::new(sample, range);
    let Point { reach, shapes, .. } = problem.top();
    Beta::new(shapes, range, reach[0], reach[1])
}

/// The uniform distribution over the cells of all values.
pub fn uniform(sample: &Sample, range: Range) -> Beta {
    let reach = least_reach(sample, range);
    Beta::new(Shapes::new(1.0, 1.0), range, reach, reach)
}

/// Half the smallest gap between neighbouring values, in ranges.
fn least_reach(sample: &Sample, range: Range) -> f64 {
    let gaps = sample.values().windows(2).map(|pair| range.place(pair[1]) - range.place(pair[0]));
    (gaps.fold(1.0, f64::min) / 2.0).max(REACH.0)
}

/// Places in the range with their shares of the rows, and the least reach of the support.
struct Problem {
    /// `t` and `1 − t` of each distinct value.
    places: [Vec<f64>; 2],
    shares: Vec<f64>,
    least_reach: f64,
}

/// Means over the rows, for one side of the support: of `ln x`, `1/x` and `1/x²`, where `x` is the
/// distance from that end of the support.
#[derive(Clone, Copy)]
struct Means {
    ln: f64,
    inverse: f64,
    inverse_square: f64,
}

/// A support and the best shapes for it.
#[derive(Clone, Copy)]
struct Point {
    /// `p` and `q`.
    reach: [f64; 2],
    shapes: Shapes,
    /// Which shapes are held at their greatest value.
    held: [bool; 2],
    mean_ln_density: f64,
}

impl Problem {
    fn new(sample: &Sample, range: Range) -> Self {
        let n = sample.n_rows();
        let values = sample.values().iter();
        Self {
            places: [
                values.clone().map(|&x| range.place(x)).collect(),
                values.map(|&x| range.place_below_max(x)).collect(),
            ],
            shares: sample.counts().iter().map(|&count| count as f64 / n).collect(),
            least_reach: least_reach(sample, range),
        }
    }

    fn mean_ln(&self, side: usize, reach: f64) -> f64 {
        let rows = self.places[side].iter().zip(&self.shares);
        rows.map(|(place, share)| share * (place + reach).ln()).sum()
    }

    fn means(&self, side: usize, reach: f64) -> Means {
        let (mut inverse, mut inverse_square) = (0.0, 0.0);
        for (place, share) in self.places[side].iter().zip(&self.shares) {
            let x = 1.0 / (place + reach);
            inverse += share * x;
            inverse_square += share * x * x;
        }
        Means { ln: self.mean_ln(side, reach), inverse, inverse_square }
    }

    fn top(&self) -> Point {
        let top = self.climb(self.best_of_grid());
        // Where a shape reaches its bound, the curvature jumps, and a climb is slow to arrive there. With
        // the shape held at the bound it is not.
        let near_bound = [top.shapes.a, top.shapes.b].map(|shape| shape > SHAPES.1 / 2.0);
        let held = [[true, false], [false, true], [true, true]].into_iter();
        let held = held.filter(|held| (0..2).all(|i| near_bound[i] || !held[i]));
        held.map(|held| self.climb(self.at(top.reach, Start { held, ..Start::of(top.shapes) })))
            .fold(top, Point::better)
    }

    fn at(&self, reach: [f64; 2], start: Start) -> Point {
        Point::new(reach, [0, 1].map(|side| self.mean_ln(side, reach[side])), start)
    }

    /// The best point of a logarithmic grid of supports.
    fn best_of_grid(&self) -> Point {
        let span = (REACH.1 / self.least_reach).ln();
        let n_lines = (span / GRID_FACTOR.ln()).ceil();
        let line = |i: u32| (self.least_reach * (span * f64::from(i) / n_lines).exp()).min(REACH.1);
        let lines: Vec<f64> = (0..=n_lines as u32).map(line).collect();
        let ln =
            [0, 1].map(|side| lines.iter().map(|&p| self.mean_ln(side, p)).collect::<Vec<_>>());
        let uniform = Start::of(Shapes::new(1.0, 1.0));
        let mut best = self.at([self.least_reach; 2], uniform);
        for (&p, &ln_p) in lines.iter().zip(&ln[0]) {
            let mut start = uniform;
            for (&q, &ln_q) in lines.iter().zip(&ln[1]) {
                let point = Point::new([p, q], [ln_p, ln_q], start);
                start = Start::of(point.shapes);
                best = best.better(point);
            }
        }
        best
    }

    /// The maximum uphill from a point.
    fn climb(&self, mut point: Point) -> Point {
        let mut damping = 1e-3;
        for _ in 0..MAX_STEPS {
            let means = [0, 1].map(|side| self.means(side, point.reach[side]));
            let slope = point.slope(means);
            let Some((next, change)) = self.uphill(&point, &slope, &mut damping) else { break };
            let gain = next.mean_ln_density - point.mean_ln_density;
            point = next;
            if change < TOLERANCE || gain < LEAST_GAIN {
                break;
            }
        }
        point
    }

    /// The next point and the largest logarithm of a change of the reach, unless no step leads up.
    fn uphill(&self, point: &Point, slope: &Slope, damping: &mut f64) -> Option<(Point, f64)> {
        while *damping < 1e9 {
            let step = slope.step(self.free(point, slope), *damping);
            let reach = [0, 1].map(|side| {
                (point.reach[side] * step[side].clamp(-2.0, 2.0).exp())
                    .clamp(self.least_reach, REACH.1)
            });
            let change = [0, 1].map(|side| (reach[side] / point.reach[side]).ln().abs());
            let change = change[0].max(change[1]);
            if change == 0.0 {
                return None;
            }
            let next = self.at(reach, Start { shapes: point.shapes, held: point.held });
            if next.mean_ln_density > point.mean_ln_density {
                *damping = (*damping / 10.0).max(1e-12);
                return Some((next, change));
            }
            *damping *= 10.0;
        }
        None
    }

    /// Which ends of the support may move: those not held at a bound.
    fn free(&self, point: &Point, slope: &Slope) -> [bool; 2] {
        [0, 1].map(|side| {
            let (reach, rise) = (point.reach[side], slope.gradient[side]);
            !(reach <= self.least_reach && rise <= 0.0 || reach >= REACH.1 && rise >= 0.0)
        })
    }
}

impl Point {
    /// The best shapes for a support, of the means of `ln(t + p)` and `ln(1 + q − t)`.
    fn new(reach: [f64; 2], ln: [f64; 2], start: Start) -> Self {
        let ln_width = (1.0 + reach[0] + reach[1]).ln();
        let (ln_y, ln_w) = (ln[0] - ln_width, ln[1] - ln_width);
        let shapes = best_shapes([ln_y, ln_w], start);
        let mean_ln_density = shapes.ln_density(ln_y, ln_w) - ln_width;
        Self { reach, shapes, held: start.held, mean_ln_density }
    }

    fn better(self, other: Self) -> Self {
        if other.mean_ln_density > self.mean_ln_density { other } else { self }
    }

    /// The derivatives of ℓ by `ln p` and `ln q`, with the shapes following.
    fn slope(&self, means: [Means; 2]) -> Slope {
        let (width, shapes) = (1.0 + self.reach[0] + self.reach[1], [self.shapes.a, self.shapes.b]);
        let pull = (shapes[0] + shapes[1] - 1.0) / width;
        let curve = Curve::of(shapes);
        let mut gradient = [0.0; 2];
        let mut hessian = [[pull / width; 2]; 2];
        // By reach and shape: ∂²ℓ.
        let mut mixed = [[-1.0 / width; 2]; 2];
        for side in [0, 1] {
            gradient[side] = (shapes[side] - 1.0) * means[side].inverse - pull;
            hessian[side][side] -= (shapes[side] - 1.0) * means[side].inverse_square;
            mixed[side][side] += means[side].inverse;
        }
        let ln_width = width.ln();
        let rise = ascent(shapes, [means[0].ln - ln_width, means[1].ln - ln_width]);
        let free = free_shapes(shapes, rise, self.held);
        // The shapes follow: H + M C⁻¹ Mᵀ, where −C are the second derivatives by them.
        for side in [0, 1] {
            let followed = curve.solve(mixed[side], free);
            for other in [0, 1] {
                hessian[side][other] +=
                    followed[0] * mixed[other][0] + followed[1] * mixed[other][1];
            }
        }
        for side in [0, 1] {
            for other in [0, 1] {
                hessian[side][other] *= self.reach[side] * self.reach[other];
            }
            gradient[side] *= self.reach[side];
            hessian[side][side] += gradient[side];
        }
        Slope { gradient, hessian }
    }
}

/// Derivatives by `ln p` and `ln q`.
struct Slope {
    gradient: [f64; 2],
    hessian: [[f64; 2]; 2],
}

impl Slope {
    /// Newton's step where the damped curvature is that of a hill, else a step up the gradient.
    fn step(&self, free: [bool; 2], damping: f64) -> [f64; 2] {
        let scale = |side: usize| self.hessian[side][side].abs().max(1e-12);
        let diagonal = [0, 1].map(|side| damping * scale(side) - self.hessian[side][side]);
        let curve = Curve { diagonal, off: -self.hessian[0][1] };
        match curve.is_hill(free) {
            true => curve.solve(self.gradient, free),
            false => [0, 1].map(|side| match free[side] {
                true => self.gradient[side] / (scale(side) * (1.0 + damping)),
                false => 0.0,
            }),
        }
    }
}
