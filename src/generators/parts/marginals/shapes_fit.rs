//! The best shapes of a beta distribution on `[0, 1]`.

use statrs::function::gamma::digamma;

use super::shapes::Shapes;
use super::special::trigamma;

/// Shapes are kept between these.
pub const SHAPES: (f64, f64) = (1e-3, 1e5);
const MAX_STEPS: usize = 100;
/// The iteration ends where its next step would change no shape by more than this share.
const TOLERANCE: f64 = 1e-9;

/// Where the search for the best shapes starts, and which of them are held at their greatest value.
#[derive(Clone, Copy)]
pub struct Start {
    /// Shapes near the best.
    pub shapes: Shapes,
    /// Which are held.
    pub held: [bool; 2],
}

impl Start {
    /// With no shape held.
    pub fn of(shapes: Shapes) -> Self {
        Self { shapes, held: [false; 2] }
    }
}

/// A symmetric 2 × 2 matrix: less the second derivatives.
pub struct Curve {
    /// Its diagonal.
    pub diagonal: [f64; 2],
    /// Off its diagonal.
    pub off: f64,
}

impl Curve {
    /// Of ℓ in the shapes.
    pub fn of(shapes: [f64; 2]) -> Self {
        let both = trigamma(shapes[0] + shapes[1]);
        Self { diagonal: shapes.map(|shape| trigamma(shape) - both), off: -both }
    }

    fn determinant(&self) -> f64 {
        self.diagonal[0] * self.diagonal[1] - self.off * self.off
    }

    /// Whether it is positive definite in the free unknowns.
    pub fn is_hill(&self, free: [bool; 2]) -> bool {
        let positive = [0, 1].into_iter().all(|i| !free[i] || self.diagonal[i] > 0.0);
        positive && (free != [true; 2] || self.determinant() > 0.0)
    }

    /// The solution among the free unknowns; the others are 0.
    pub fn solve(&self, right: [f64; 2], free: [bool; 2]) -> [f64; 2] {
        let [x, y] = self.diagonal;
        match free {
            [true, true] => [
                (y * right[0] - self.off * right[1]) / self.determinant(),
                (x * right[1] - self.off * right[0]) / self.determinant(),
            ],
            [true, false] => [right[0] / x, 0.0],
            [false, true] => [0.0, right[1] / y],
            [false, false] => [0.0; 2],
        }
    }
}

/// The derivatives of ℓ by the shapes.
pub fn ascent(shapes: [f64; 2], ln: [f64; 2]) -> [f64; 2] {
    let both = digamma(shapes[0] + shapes[1]);
    [0, 1].map(|i| ln[i] - digamma(shapes[i]) + both)
}

/// Which shapes may move: those neither held nor at a bound that ℓ rises beyond.
pub fn free_shapes(shapes: [f64; 2], rise: [f64; 2], held: [bool; 2]) -> [bool; 2] {
    [0, 1].map(|i| {
        let (least, greatest) = (shapes[i] <= SHAPES.0, shapes[i] >= SHAPES.1);
        !(held[i] || least && rise[i] <= 0.0 || greatest && rise[i] >= 0.0)
    })
}

/// The shapes of greatest likelihood on `[0, 1]`, of the means of `ln y` and `ln(1 − y)`: Newton's
/// method, no step further than a factor of 4 or the first bound in its way.
pub fn best_shapes(ln: [f64; 2], Start { shapes, held }: Start) -> Shapes {
    let [a, b] = [shapes.a, shapes.b];
    let mut shapes = [if held[0] { SHAPES.1 } else { a }, if held[1] { SHAPES.1 } else { b }];
    for _ in 0..MAX_STEPS {
        let rise = ascent(shapes, ln);
        let step = Curve::of(shapes).solve(rise, free_shapes(shapes, rise, held));
        // Of a step, the part that may be gone: the whole direction is shortened, or it may lead down.
        let part = |i: usize| match step[i] {
            up if up > 0.0 => ((4.0 * shapes[i]).min(SHAPES.1) - shapes[i]) / up,
            down if down < 0.0 => ((shapes[i] / 4.0).max(SHAPES.0) - shapes[i]) / down,
            _ => 1.0,
        };
        let part = part(0).min(part(1)).min(1.0);
        let next = [0, 1].map(|i| at_bound(shapes[i] + part * step[i]));
        let change = [0, 1].map(|i| (step[i] / shapes[i]).abs());
        shapes = next;
        if change[0].max(change[1]) < TOLERANCE {
            break;
        }
    }
    Shapes::new(shapes[0], shapes[1])
}

/// A shape, at the bound where but for rounding it is there.
fn at_bound(shape: f64) -> f64 {
    match shape {
        _ if shape >= SHAPES.1 * (1.0 - 1e-12) => SHAPES.1,
        _ if shape <= SHAPES.0 * (1.0 + 1e-12) => SHAPES.0,
        _ => shape,
    }
}
