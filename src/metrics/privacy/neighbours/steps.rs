//! Numbers as steps of a ruler: a bound on their distance in a few instructions.
//!
//! This is the idea of the vector approximation file (Weber, Schek and Blott 1998): scan all rows,
//! but of each only as much as it takes to see that it cannot be among the nearest.

use super::scale::Range;

/// The ruler of a table: a distance of 1 is so many steps.
#[derive(Clone, Copy, Debug)]
pub struct Ruler {
    /// Steps of a distance of 1. Those of all columns together are less than [`u16::MAX`].
    pub steps: u16,
}

/// Widths of the range that the ruler is long: one for the range, one on each side for numbers
/// outside, one apart, and the place of a missing number.
const WIDTHS: u16 = 5;

impl Ruler {
    /// For rows of so many columns.
    pub fn new(n_columns: usize) -> Self {
        let fitting = usize::from(u16::MAX - 1) / n_columns.max(usize::from(WIDTHS));
        Self { steps: fitting as u16 }
    }

    /// The step at which a number stands.
    pub fn step(&self, number: f64, range: &Range) -> u16 {
        let steps = self.steps;
        if !(range.width.is_finite() && range.low.is_finite()) {
            // Without a range nothing can be told.
            0
        } else if number.is_nan() {
            WIDTHS * steps
        } else if range.width == 0.0 {
            if number == range.low { steps } else { 3 * steps }
        } else {
            let place = (1.0 + (number - range.low) / range.width).clamp(0.0, 3.0);
            (place * f64::from(steps)) as u16
        }
    }

    /// A lower bound, in steps, on the distance of numbers that stand at two steps: one less than
    /// they are apart, since either stands anywhere on its step, and one for rounding.
    #[inline(always)]
    pub fn bound(&self, a: u16, b: u16) -> u16 {
        (a.max(b) - a.min(b)).saturating_sub(2).min(self.steps)
    }

    /// Rows whose bounds reach this, summed over columns, are not nearer than `distance`, summed
    /// over columns. Where all numbers are equal and a byte tells all categories apart, bounds are
    /// distances, so ties are told.
    pub fn reach(&self, distance: f64) -> u16 {
        match self.steps {
            // Too many columns for a ruler.
            0 => u16::MAX,
            steps => (distance * f64::from(steps)).ceil() as u16,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn number() -> impl Strategy<Value = f64> {
        prop_oneof![
            -3.0..3.0,
            (-4i32..5).prop_map(f64::from),
            Just(f64::NAN),
            Just(1e300),
            Just(f64::NEG_INFINITY),
            -1e-9..1e-9,
        ]
    }

    proptest! {
        #[test]
        fn steps_bound_the_distance(
            a in number(),
            b in number(),
            low in prop_oneof![-2.0..2.0, Just(f64::INFINITY), Just(0.0)],
            width in prop_oneof![0.0..4.0, Just(0.0), Just(f64::INFINITY), Just(f64::NAN), Just(f64::NEG_INFINITY)],
            n_columns in 1usize..70_000,
        ) {
            let (ruler, range) = (Ruler::new(n_columns), Range { low, width });
            let bound = ruler.bound(ruler.step(a, &range), ruler.step(b, &range));
            let distance = range.distance(a, b);
            // A row that is nearer than any other so far is looked at.
            let farther = ruler.reach(distance + 1e-9);
            prop_assert!(bound < farther, "{} {}", bound, distance);
            prop_assert!((bound as usize * n_columns) < u16::MAX.into());
            prop_assert_eq!(ruler.reach(f64::INFINITY), u16::MAX);
        }
    }
}
