//! From numbers to places on an axis.

use crate::report::written;

/// An axis: which numbers it shows, and how.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Scale {
    low: f64,
    high: f64,
    logarithmic: bool,
}

/// Ticks that an axis has, about.
const TICKS: f64 = 5.0;

/// Most characters of a logarithmic axis' numbers together.
const CHARACTERS: usize = 24;

/// Numbers nearer to 0 have no place on a logarithmic axis, and larger ones on none.
const LEAST: f64 = 1e-100;
const MOST: f64 = 1e100;

/// How many times the one end of a logarithmic axis is the other, at least.
const NARROWEST: f64 = 4.0;

impl Scale {
    /// From the least to the largest of some numbers and a margin; none without one.
    pub fn linear(values: impl IntoIterator<Item = f64>) -> Option<Self> {
        let (low, high) = ends(values.into_iter().filter(|value| value.abs() < MOST))?;
        // Of numbers so near each other the ticks could not be told apart.
        let apart = high - low > 1e-9 * high.abs().max(low.abs()).max(LEAST);
        let margin = if apart { 0.05 * (high - low) } else { 0.5 * high.abs().max(1.0) };
        Some(Self { low: low - margin, high: high + margin, logarithmic: false })
    }

    /// Equal factors are equally far apart; numbers that are not above 0 have no place.
    pub fn logarithmic(values: impl IntoIterator<Item = f64>) -> Option<Self> {
        let places = |value: &f64| (LEAST..MOST).contains(value);
        let (low, high) = ends(values.into_iter().filter(places))?;
        // Wide enough that small differences look small.
        let factor = (high / low).powf(0.05).max((NARROWEST * low / high).sqrt());
        Some(Self { low: low / factor, high: high * factor, logarithmic: true })
    }

    /// From 0 to 1, ends included.
    pub fn shares() -> Self {
        Self { low: -0.02, high: 1.02, logarithmic: false }
    }

    /// The number at the axis' beginning.
    pub fn low(&self) -> f64 {
        self.low
    }

    /// Where a number lies: 0 at the axis' beginning, 1 at its end; beyond these, beyond the axis.
    pub fn place(&self, value: f64) -> f64 {
        match self.logarithmic {
            true => (value / self.low).ln() / (self.high / self.low).ln(),
            false => (value - self.low) / (self.high - self.low),
        }
    }

    /// Round numbers on the axis, and how they are written.
    pub fn ticks(&self) -> Vec<(f64, String)> {
        match self.logarithmic {
            true => self.powers(),
            false => {
                let step = step(self.low, self.high);
                let decimals = (-step.log10().floor()).clamp(0.0, 9.0) as usize;
                let first = (self.low / step).ceil() as i64;
                let last = (self.high / step).floor() as i64;
                let tick = |i: i64| (i as f64 * step, written(i as f64 * step, decimals));
                (first..=last).map(tick).collect()
            }
        }
    }

    /// Powers of ten, and two and five times these if there are few.
    fn powers(&self) -> Vec<(f64, String)> {
        let decades = (self.high / self.low).log10();
        let factors: &[f64] = match decades {
            wide if wide > 3.0 => &[1.0],
            _ => &[1.0, 2.0, 5.0],
        };
        let every = (decades / 7.0).ceil().max(1.0) as usize;
        let first = self.low.log10().floor() as i32;
        let last = self.high.log10().ceil() as i32;
        let of_power = |power: i32| {
            factors.iter().map(move |factor| {
                let decimals = (-power).clamp(0, 9) as usize;
                let value = factor * 10f64.powi(power);
                (value, written(value, decimals))
            })
        };
        let all = (first..=last).step_by(every).flat_map(of_power);
        let on_it = |(value, _): &(f64, String)| (self.low..=self.high).contains(value);
        let all: Vec<(f64, String)> = all.filter(on_it).collect();
        let longest = all.iter().map(|(_, text)| text.chars().count()).max().unwrap_or(0);
        // Long numbers need room.
        let is_power = |value: f64| (value.log10() - value.log10().round()).abs() < 1e-9;
        let powers = all.iter().filter(|(value, _)| is_power(*value)).count();
        match all.len() * longest > CHARACTERS && powers > 0 {
            true => all.into_iter().filter(|(value, _)| is_power(*value)).collect(),
            false => all,
        }
    }
}

fn ends(values: impl Iterator<Item = f64>) -> Option<(f64, f64)> {
    values.fold(None, |ends: Option<(f64, f64)>, value| {
        let (low, high) = ends.unwrap_or((value, value));
        Some((low.min(value), high.max(value)))
    })
}

/// The distance of ticks: 1, 2 or 5 times a power of ten.
fn step(low: f64, high: f64) -> f64 {
    let rough = (high - low) / TICKS;
    let power = 10f64.powf(rough.log10().floor());
    let steps = [1.0, 2.0, 5.0, 10.0].map(|factor| factor * power);
    steps.into_iter().find(|step| *step >= rough).unwrap_or(rough)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn texts(scale: Scale) -> Vec<String> {
        scale.ticks().into_iter().map(|(_, text)| text).collect()
    }

    #[test]
    fn ticks_are_round_and_hold_zero() {
        assert_eq!(texts(Scale::linear([-1.1, 3.2]).unwrap()), ["−1", "0", "1", "2", "3"]);
        assert_eq!(
            texts(Scale::linear([-0.12, 0.06]).unwrap()),
            ["−0.10", "−0.05", "0.00", "0.05"]
        );
        assert_eq!(texts(Scale::logarithmic([0.02, 300.0]).unwrap()), ["0.1", "1", "10", "100"]);
        assert_eq!(texts(Scale::logarithmic([3.0, 40.0]).unwrap()), ["5", "10", "20"]);
        assert_eq!(texts(Scale::logarithmic([1000.0, 2000.0]).unwrap())[0], "1,000");
    }

    #[test]
    fn nothing_that_has_no_place_makes_an_axis() {
        assert_eq!(Scale::linear([f64::NAN]), None);
        assert_eq!(Scale::logarithmic([0.0, -1.0, f64::INFINITY]), None);
        assert_eq!(Scale::logarithmic([5e-324]), None);
        for extreme in [[0.0, 5e-324], [1e15, 1e15 + 1.0], [-1e99, 1e99], [1e17, 1e17]] {
            assert!(Scale::linear(extreme).unwrap().ticks().len() < 12, "{extreme:?}");
        }
        assert_eq!(Scale::linear([2.0, f64::NAN]).map(|s| s.ticks().is_empty()), Some(false));
    }

    proptest! {
        #[test]
        fn every_number_has_a_place_and_every_axis_has_ticks(
            values in prop::collection::vec(1e-6f64..1e6, 1..20),
            logarithmic in any::<bool>(),
        ) {
            let scale = match logarithmic {
                true => Scale::logarithmic(values.iter().copied()),
                false => Scale::linear(values.iter().copied()),
            };
            let scale = scale.unwrap();
            for value in &values {
                prop_assert!((0.0..=1.0).contains(&scale.place(*value)));
            }
            let ticks = scale.ticks();
            prop_assert!((1..=12).contains(&ticks.len()), "{ticks:?}");
            for (value, _) in ticks {
                prop_assert!((-1e-9..=1.0 + 1e-9).contains(&scale.place(value)));
            }
        }
    }
}
