//! How figures look: colours that colour-blind readers can tell apart, type, axes.

use crate::ctr::ModelKind;
use crate::experiment::Scenario;
use plotters::element::Text as TextElement;
use plotters::prelude::*;
use plotters::style::text_anchor::{HPos, Pos, VPos};
use std::ops::Range;

/// Text and the zero line.
pub const BLACK: RGBColor = RGBColor(0x22, 0x22, 0x22);
/// Axes and less important text.
pub const GREY: RGBColor = RGBColor(0x70, 0x70, 0x70);
/// Grid lines.
pub const LIGHT: RGBColor = RGBColor(0xdd, 0xdd, 0xdd);
/// The background of every second row.
pub const BAND: RGBColor = RGBColor(0xf6, 0xf6, 0xf6);

// The palette of Okabe and Ito (2008).
const ORANGE: RGBColor = RGBColor(0xe6, 0x9f, 0x00);
const SKY: RGBColor = RGBColor(0x56, 0xb4, 0xe9);
const GREEN: RGBColor = RGBColor(0x00, 0x9e, 0x73);
const BLUE: RGBColor = RGBColor(0x00, 0x72, 0xb2);
const VERMILION: RGBColor = RGBColor(0xd5, 0x5e, 0x00);
const PURPLE: RGBColor = RGBColor(0xcc, 0x79, 0xa7);

/// Synthetic clicks are warm, synthetic non-clicks cold; more of them is darker.
pub fn scenario_colour(scenario: Scenario) -> RGBColor {
    match scenario {
        Scenario::Base => BLACK,
        Scenario::SyntheticOnly => GREEN,
        Scenario::Added(added) => match (added.clicks(), added.others()) {
            (clicks, 0) => between(ORANGE, VERMILION, clicks),
            (0, others) => between(SKY, BLUE, others),
            _ => PURPLE,
        },
    }
}

/// The first colour up to 25 %, the second from 50 % on.
fn between(light: RGBColor, dark: RGBColor, percent: u16) -> RGBColor {
    let share = ((f64::from(percent) - 25.0) / 25.0).clamp(0.0, 1.0);
    let mix = |a: u8, b: u8| (f64::from(a) + share * (f64::from(b) - f64::from(a))).round() as u8;
    RGBColor(mix(light.0, dark.0), mix(light.1, dark.1), mix(light.2, dark.2))
}

/// The colour of a model's lines.
pub fn model_colour(model: ModelKind) -> RGBColor {
    match model {
        ModelKind::Dnn => BLUE,
        ModelKind::DeepFm => VERMILION,
        ModelKind::MaskNet => GREEN,
    }
}

/// A text to be placed.
pub struct Text {
    text: String,
    size: i32,
    colour: RGBColor,
    weight: FontStyle,
    centred: bool,
}

impl Text {
    /// The figure's title.
    pub fn title(text: &str) -> Self {
        Self { size: 19, weight: FontStyle::Bold, ..Self::label(text) }
    }

    /// A panel's title.
    pub fn strong(text: &str) -> Self {
        Self { weight: FontStyle::Bold, ..Self::label(text) }
    }

    /// A name.
    pub fn label(text: &str) -> Self {
        let text = text.to_owned();
        Self { text, size: 15, colour: BLACK, weight: FontStyle::Normal, centred: false }
    }

    /// A name of less importance.
    pub fn faint(text: &str) -> Self {
        Self { size: 13, colour: GREY, ..Self::label(text) }
    }

    /// The number at a tick, centred.
    pub fn tick(text: &str) -> Self {
        Self { size: 13, centred: true, ..Self::label(text) }
    }

    /// The element whose upper left corner, or upper middle, is at `position`.
    pub fn at(self, position: (i32, i32)) -> TextElement<'static, (i32, i32), String> {
        let h_pos = if self.centred { HPos::Center } else { HPos::Left };
        let mut style = ("sans-serif", self.size, self.weight).into_text_style(&(1, 1));
        style.color = self.colour.to_backend_color();
        TextElement::new(self.text, position, style.pos(Pos::new(h_pos, VPos::Top)))
    }
}

/// The type of an axis' numbers and name.
pub fn label() -> TextStyle<'static> {
    ("sans-serif", 15).into_text_style(&(1, 1)).color(&BLACK)
}

/// The range of some values and a margin around them.
pub fn padded(values: impl Iterator<Item = f64>) -> Option<Range<f64>> {
    let finite = values.filter(|value| value.is_finite());
    let (low, high) = finite.fold(None, |range: Option<(f64, f64)>, value| {
        let (low, high) = range.unwrap_or((value, value));
        Some((low.min(value), high.max(value)))
    })?;
    let margin = if high > low { 0.06 * (high - low) } else { 0.5 };
    Some(low - margin..high + margin)
}

/// Round numbers, about five, inside a range.
pub fn ticks(range: &Range<f64>) -> Vec<f64> {
    let step = step(range);
    let first = (range.start / step).ceil() as i64;
    let last = (range.end / step).floor() as i64;
    (first..=last).map(|i| i as f64 * step).collect()
}

/// The distance of ticks: 1, 2 or 5 times a power of ten.
fn step(range: &Range<f64>) -> f64 {
    let rough = (range.end - range.start) / 4.0;
    let power = 10f64.powf(rough.log10().floor());
    let steps = [1.0, 2.0, 5.0, 10.0].map(|factor| factor * power);
    steps.into_iter().find(|step| *step >= rough).unwrap_or(rough)
}

/// Decimal places that tell a range's ticks apart.
pub fn decimals(range: Range<f64>) -> usize {
    (-step(&range).log10().floor()).clamp(0.0, 6.0) as usize
}

/// A tick's number with its sign.
pub fn signed(tick: f64, range: &Range<f64>) -> String {
    let decimals = decimals(range.clone());
    format!("{tick:+.decimals$}").replace('-', "−")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ticks_are_round_and_hold_zero() {
        assert_eq!(ticks(&(-1.1..3.2)), [0.0, 2.0]);
        assert_eq!(ticks(&(-0.13..0.07)), [-0.1, -0.05, 0.0, 0.05].map(|t: f64| t));
        assert_eq!(decimals(-0.13..0.07), 2);
        assert_eq!(signed(-0.05, &(-0.13..0.07)), "−0.05");
    }

    #[test]
    fn ranges_have_a_margin() {
        assert_eq!(padded([].into_iter()), None);
        assert_eq!(padded([2.0, f64::NAN].into_iter()), Some(1.5..2.5));
        let range = padded([0.0, 1.0].into_iter()).unwrap();
        assert!(range.start < 0.0 && range.end > 1.0);
    }
}
