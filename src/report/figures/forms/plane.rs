//! A panel with an axis each way.

use crate::report::figures::canvas::{Area, Drawn};
use crate::report::figures::scale::Scale;
use crate::report::figures::style::{GREY, LIGHT, Text};
use plotters::prelude::*;

/// Where a panel stands, and what its axes show.
pub struct Plane {
    /// Left end and top of what is between the axes, in pixels.
    pub corner: (i32, i32),
    /// Its width and height.
    pub size: (i32, i32),
    /// The axis below.
    pub x: Scale,
    /// The axis on the left.
    pub y: Scale,
}

/// Room on the left of a plane for its numbers.
pub const LEFT: i32 = 62;
/// Room below it.
pub const BELOW: i32 = 48;
/// Room above it, for its title and the name of its vertical axis.
pub const ABOVE: i32 = 46;

impl Plane {
    /// The pixel of a point.
    pub fn at(&self, x: f64, y: f64) -> (i32, i32) {
        let along =
            |share: f64, length: i32| (share.clamp(-9.0, 9.0) * f64::from(length)).round() as i32;
        let (left, top) = self.corner;
        let up = along(self.y.place(y), self.size.1);
        (left + along(self.x.place(x), self.size.0), top + self.size.1 - up)
    }

    /// Draws title, grid and axes; `names` are those of the axes below and on the left.
    pub fn grid(&self, area: &Area<'_>, title: &str, names: [&str; 2]) -> Drawn {
        let (left, top) = self.corner;
        let (right, bottom) = (left + self.size.0, top + self.size.1);
        area.draw(&Text::strong(title).at((left - LEFT + 14, top - ABOVE)))?;
        area.draw(&Text::faint(names[1]).at((left - LEFT + 14, top - ABOVE + 22)))?;
        for (tick, text) in self.y.ticks() {
            let (_, y) = self.at(0.0, tick);
            area.draw(&PathElement::new(vec![(left, y), (right, y)], LIGHT.stroke_width(1)))?;
            area.draw(&Text::beside(&text).at((left - 6, y)))?;
        }
        for (tick, text) in self.x.ticks() {
            let x = left + (self.x.place(tick) * f64::from(self.size.0)).round() as i32;
            area.draw(&PathElement::new(vec![(x, bottom), (x, bottom + 4)], GREY.stroke_width(1)))?;
            area.draw(&Text::below(&text).at((x, bottom + 6)))?;
        }
        area.draw(&PathElement::new(vec![(left, bottom), (right, bottom)], GREY.stroke_width(1)))?;
        area.draw(&Text::below(names[0]).at((left + self.size.0 / 2, bottom + 24)))?;
        Ok(())
    }
}
