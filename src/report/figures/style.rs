//! How figures look: colours that colour-blind readers can tell apart, and type.

use crate::device::Device;
use crate::experiment::{Added, Scenario};
use plotters::element::Text as TextElement;
use plotters::prelude::*;
use plotters::style::text_anchor::{HPos, Pos, VPos};

/// Text and the zero line.
pub const BLACK: RGBColor = RGBColor(0x22, 0x22, 0x22);
/// Axes and less important text.
pub const GREY: RGBColor = RGBColor(0x66, 0x66, 0x66);
/// Grid lines.
pub const LIGHT: RGBColor = RGBColor(0xdd, 0xdd, 0xdd);
/// The background of every second row.
pub const BAND: RGBColor = RGBColor(0xf6, 0xf6, 0xf6);
/// Where differences are too small to matter.
pub const TRIFLING: RGBColor = RGBColor(0xe3, 0xe3, 0xe3);
/// The background.
pub const PAPER: RGBColor = WHITE;

// The palette of Okabe and Ito (2008).
const ORANGE: RGBColor = RGBColor(0xe6, 0x9f, 0x00);
const SKY: RGBColor = RGBColor(0x56, 0xb4, 0xe9);
const GREEN: RGBColor = RGBColor(0x00, 0x9e, 0x73);
const BLUE: RGBColor = RGBColor(0x00, 0x72, 0xb2);
const VERMILION: RGBColor = RGBColor(0xd5, 0x5e, 0x00);
const PINK: RGBColor = RGBColor(0xcc, 0x79, 0xa7);
// One darker, for more of both.
const PURPLE: RGBColor = RGBColor(0x7a, 0x2f, 0x5c);

/// Colours that things without an order can have before they come again.
pub const COLOURS: usize = 6;

/// Colours of things that have no order, as far as they go; then they come again.
pub fn colour(position: usize) -> RGBColor {
    const ALL: [RGBColor; COLOURS] = [BLUE, VERMILION, GREEN, ORANGE, PINK, SKY];
    ALL[position % COLOURS]
}

/// Synthetic clicks are warm, synthetic non-clicks cold; more of them is darker, from the least to the
/// largest percentage of `all`.
pub fn scenario_colour(scenario: Scenario, all: &[Scenario]) -> RGBColor {
    let Scenario::Added(added) = scenario else {
        return if scenario == Scenario::Base { BLACK } else { GREEN };
    };
    let kind = |added: Added| (added.clicks() > 0, added.others() > 0);
    let alike: Vec<Scenario> = all
        .iter()
        .copied()
        .filter(|other| matches!(other, Scenario::Added(other) if kind(*other) == kind(added)))
        .collect();
    let rank = alike.iter().position(|other| *other == scenario).unwrap_or(0);
    let share = if alike.len() > 1 { rank as f64 / (alike.len() - 1) as f64 } else { 0.0 };
    match kind(added) {
        (true, false) => between(ORANGE, VERMILION, share),
        (false, _) => between(SKY, BLUE, share),
        (true, true) => between(PINK, PURPLE, share),
    }
}

fn between(light: RGBColor, dark: RGBColor, share: f64) -> RGBColor {
    let mix = |a: u8, b: u8| (f64::from(a) + share * (f64::from(b) - f64::from(a))).round() as u8;
    RGBColor(mix(light.0, dark.0), mix(light.1, dark.1), mix(light.2, dark.2))
}

/// The colour of a device's marks.
pub fn device_colour(device: Device) -> RGBColor {
    match device {
        Device::Cpu => BLUE,
        Device::NdArray => ORANGE,
        Device::Cuda => GREEN,
    }
}

/// Where a text stands beside its position.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Anchor {
    /// To the right of it, hanging down.
    TopLeft,
    /// Centred, hanging down.
    Top,
    /// To the right of it, centred on it.
    Left,
    /// To the left of it, centred on it.
    Right,
    /// Centred on it.
    Middle,
}

/// A text to be placed.
pub struct Text {
    text: String,
    size: i32,
    colour: RGBColor,
    weight: FontStyle,
    anchor: Anchor,
}

impl Text {
    /// The figure's title.
    pub fn title(text: &str) -> Self {
        Self { size: TITLE, weight: FontStyle::Bold, ..Self::label(text) }
    }

    /// A panel's title.
    pub fn strong(text: &str) -> Self {
        Self { weight: FontStyle::Bold, ..Self::label(text) }
    }

    /// A name.
    pub fn label(text: &str) -> Self {
        // Names come from data: nothing in them may break a line or end a file.
        let odd = |c: char| c.is_control() || matches!(c, '\u{fffe}' | '\u{ffff}');
        let text = text.chars().map(|c| if odd(c) { '\u{fffd}' } else { c }).collect();
        Self { text, size: 15, colour: BLACK, weight: FontStyle::Normal, anchor: Anchor::TopLeft }
    }

    /// A name of less importance.
    pub fn faint(text: &str) -> Self {
        Self { size: 13, colour: GREY, ..Self::label(text) }
    }

    /// The number at a tick of a horizontal axis, or its name, centred below.
    pub fn below(text: &str) -> Self {
        Self { anchor: Anchor::Top, ..Self::faint(text) }
    }

    /// The number at a tick of a vertical axis, on the left of it.
    pub fn beside(text: &str) -> Self {
        Self { anchor: Anchor::Right, ..Self::faint(text) }
    }

    /// A name on the right of a mark.
    pub fn behind(text: &str) -> Self {
        Self { anchor: Anchor::Left, size: 13, ..Self::label(text) }
    }

    /// A number in the middle of its place.
    pub fn on(text: &str) -> Self {
        Self { anchor: Anchor::Middle, size: 13, ..Self::label(text) }
    }

    /// The element at `position`.
    pub fn at(self, position: (i32, i32)) -> TextElement<'static, (i32, i32), String> {
        let pos = match self.anchor {
            Anchor::TopLeft => Pos::new(HPos::Left, VPos::Top),
            Anchor::Top => Pos::new(HPos::Center, VPos::Top),
            Anchor::Left => Pos::new(HPos::Left, VPos::Center),
            Anchor::Right => Pos::new(HPos::Right, VPos::Center),
            Anchor::Middle => Pos::new(HPos::Center, VPos::Center),
        };
        let mut style = ("sans-serif", self.size, self.weight).into_text_style(&(1, 1));
        style.color = self.colour.to_backend_color();
        TextElement::new(self.text, position, style.pos(pos))
    }
}

/// The size of titles.
pub const TITLE: i32 = 18;

/// About how wide a text of this size is.
pub fn width(text: &str, size: i32) -> i32 {
    // Letters of sans-serif faces are a good half of their size wide; plotters' sizes are of a larger unit.
    (text.chars().count() as f64 * f64::from(size) * 0.48).ceil() as i32
}

/// A name of at most so many characters.
pub fn cut(name: &str, longest: usize) -> String {
    match name.chars().count() > longest {
        true => name.chars().take(longest - 1).chain(['…']).collect(),
        false => name.to_owned(),
    }
}

/// A text in lines of at most so many pixels, at least a word each.
pub fn lines(text: &str, size: i32, most: i32) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for word in text.split_whitespace() {
        match lines.last_mut() {
            Some(line) if width(line, size) + width(word, size) + size / 2 <= most => {
                line.push(' ');
                line.push_str(word);
            }
            _ => lines.push(word.to_owned()),
        }
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn more_rows_are_darker() {
        let all = ["base", "neg10", "neg20", "neg40", "pos25"].map(|s| s.parse().unwrap());
        let colours = [1, 2, 3].map(|at| scenario_colour(all[at], &all));
        assert_eq!([colours[0], colours[2]], [SKY, BLUE]);
        let light = |c: RGBColor| u32::from(c.0) + u32::from(c.1) + u32::from(c.2);
        assert!(light(colours[0]) > light(colours[1]) && light(colours[1]) > light(colours[2]));
        assert_eq!(scenario_colour(all[4], &all), ORANGE);
    }

    #[test]
    fn text_is_broken_between_words() {
        assert_eq!(lines("one two three", 10, 52), ["one two", "three"]);
        assert_eq!(lines("unbreakable", 10, 5), ["unbreakable"]);
        assert_eq!(cut("äöüß", 3), "äö…");
        assert_eq!(cut("äöü", 3), "äöü");
    }
}
