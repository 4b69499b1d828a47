//! A beta distribution with location and scale.

use serde::{Deserialize, Serialize};

use super::likelihood::REACH;
use super::range::Range;
use super::shapes::Shapes;
use super::shapes_fit::SHAPES;

/// A beta distribution on a support that reaches beyond a column's range on both sides.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(try_from = "Parameters", into = "Parameters")]
pub struct Beta {
    shapes: Shapes,
    range: Range,
    /// How far the support reaches below the smallest and above the largest value, in ranges.
    below: f64,
    above: f64,
}

impl Beta {
    pub(super) fn new(shapes: Shapes, range: Range, below: f64, above: f64) -> Self {
        Self { shapes, range, below, above }
    }

    /// `Φ⁻¹(F(x))`.
    pub fn score(&self, x: f64) -> f64 {
        let width = 1.0 + self.below + self.above;
        let y = (self.range.place(x) + self.below) / width;
        let w = (self.range.place_below_max(x) + self.above) / width;
        self.shapes.score(y.clamp(0.0, 1.0), w.clamp(0.0, 1.0))
    }

    /// `F⁻¹(Φ(z))`.
    pub fn value(&self, z: f64) -> f64 {
        let width = 1.0 + self.below + self.above;
        let (y, w) = self.shapes.quantile(z);
        match y < w {
            true => self.range.value(y * width - self.below),
            false => self.range.value_below_max(w * width - self.above),
        }
    }
}

/// What tests look at.
#[cfg(test)]
impl Beta {
    /// The two shapes.
    pub fn shapes(&self) -> (f64, f64) {
        (self.shapes.a, self.shapes.b)
    }

    /// How far the support reaches below the smallest and above the largest value, in ranges.
    pub fn reach(&self) -> [f64; 2] {
        [self.below, self.above]
    }

    /// Where the support begins and ends.
    pub fn support(&self) -> (f64, f64) {
        (self.range.value(-self.below), self.range.value_below_max(-self.above))
    }

    /// The mean log density over the rows of a sample.
    pub fn mean_ln_density(&self, sample: &super::Sample) -> f64 {
        let width = 1.0 + self.below + self.above;
        let ln_y = sample.mean(|x| ((self.range.place(x) + self.below) / width).ln());
        let ln_w = sample.mean(|x| ((self.range.place_below_max(x) + self.above) / width).ln());
        let ln_unit = width.ln() + self.range.ln_width();
        self.shapes.ln_density(ln_y, ln_w) - ln_unit
    }
}

/// What determines a beta marginal: `below` and `above` say how far the support reaches beyond `min` and
/// `max`, in units of `max − min`.
#[derive(Serialize, Deserialize)]
struct Parameters {
    a: f64,
    b: f64,
    min: f64,
    max: f64,
    below: f64,
    above: f64,
}

impl TryFrom<Parameters> for Beta {
    type Error = &'static str;

    fn try_from(
        Parameters { a, b, min, max, below, above }: Parameters,
    ) -> Result<Self, Self::Error> {
        let within = |(least, greatest): (f64, f64), x: f64| least <= x && x <= greatest;
        let shapes = within(SHAPES, a) && within(SHAPES, b);
        let reach = within(REACH, below) && within(REACH, above);
        match Range::new(min, max) {
            Some(range) if shapes && reach => Ok(Self::new(Shapes::new(a, b), range, below, above)),
            _ => Err(
                "a beta marginal needs a range, shapes from 0.001 to 100000 and a support beyond its \
                 range by 5e-10 to 100000 ranges",
            ),
        }
    }
}

impl From<Beta> for Parameters {
    fn from(Beta { shapes, range, below, above }: Beta) -> Self {
        Self { a: shapes.a, b: shapes.b, min: range.ends().0, max: range.ends().1, below, above }
    }
}
