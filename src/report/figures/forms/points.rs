//! Numbered points in a plane, and what the numbers stand for.

use super::dots::RowName;
use super::plane::{ABOVE, BELOW, LEFT, Plane};
use crate::report::figures::canvas::{self, Area, Drawn, MARGIN, Series, UNNAMED};
use crate::report::figures::scale::Scale;
use crate::report::figures::style::{self, GREY, Text};
use plotters::prelude::*;

/// Panels of points, side by side.
pub struct Points {
    /// The figure's title.
    pub title: String,
    /// What the colours mean.
    pub legend: Vec<Series>,
    /// What the numbers stand for, from 1.
    pub key: Vec<RowName>,
    /// Names of the axes, below and on the left.
    pub names: [String; 2],
    /// The panels.
    pub panels: Vec<PointPanel>,
}

/// One panel.
pub struct PointPanel {
    /// Its title.
    pub title: String,
    /// The points.
    pub points: Vec<Point>,
    /// Places on the horizontal axis to compare with, and their names.
    pub lines: Vec<(f64, String)>,
}

/// One point.
pub struct Point {
    /// Its position in the key.
    pub number: usize,
    /// Which of the legend's colours it has.
    pub series: usize,
    /// Its place.
    pub x: f64,
    /// Its height.
    pub y: f64,
}

const WIDTH: i32 = 1120;
const KEY: i32 = 270;
const HEIGHT: i32 = 300;
const GAP: i32 = 24;
const KEY_LINE: i32 = 20;

impl Points {
    /// The image.
    pub fn draw(&self) -> Result<String, String> {
        let panels = self.panels.len().max(1) as i32;
        let panel = ((WIDTH - KEY - 2 * MARGIN) / panels - LEFT - GAP).min(460);
        let width = (2 * MARGIN + panels * (LEFT + panel + GAP) + KEY).max(720);
        let heading = canvas::heading_height(&self.title, &self.legend, width);
        let key = KEY_LINE * self.key.len() as i32 + ABOVE;
        let height = heading + (ABOVE + HEIGHT + BELOW).max(key) + MARGIN;
        canvas::svg((width, height), |area| {
            canvas::heading(area, &self.title, &self.legend, width)?;
            for (at, of) in self.panels.iter().enumerate() {
                let left = MARGIN + at as i32 * (LEFT + panel + GAP) + LEFT;
                self.panel(area, of, (left, heading + ABOVE), (panel, HEIGHT))?;
            }
            for (at, name) in self.key.iter().enumerate() {
                let y = heading + ABOVE / 2 + KEY_LINE * at as i32;
                let (x, number) = (width - MARGIN - KEY + GAP, (at + 1).to_string());
                area.draw(&Text::beside(&number).at((x + 18, y + 8)))?;
                let text = format!("{} {}", name.name, name.faint);
                area.draw(&Text::behind(&style::cut(&text, 34)).at((x + 26, y + 8)))?;
            }
            Ok(())
        })
    }

    fn panel(
        &self,
        area: &Area<'_>,
        of: &PointPanel,
        corner: (i32, i32),
        size: (i32, i32),
    ) -> Drawn {
        let across =
            of.points.iter().map(|point| point.x).chain(of.lines.iter().map(|line| line.0));
        let up = of.points.iter().map(|point| point.y);
        let (Some(x), Some(y)) = (Scale::linear(across), Scale::linear(up)) else { return Ok(()) };
        let plane = Plane { corner, size, x, y };
        plane.grid(area, &of.title, [&self.names[0], &self.names[1]])?;
        let mut free = i32::MIN;
        for (place, name) in &of.lines {
            let (x, _) = plane.at(*place, 0.0);
            let line = vec![(x, corner.1), (x, corner.1 + size.1)];
            area.draw(&PathElement::new(line, GREY.stroke_width(1)))?;
            // Names of lines that are close stand below each other.
            let wide = style::width(name, 13);
            let left = if x + wide + 4 > corner.0 + size.0 { x - wide - 4 } else { x + 4 };
            let line = i32::from(left < free);
            free = left + wide + 6;
            area.draw(&Text::faint(name).at((left, corner.1 + 2 + 16 * line)))?;
        }
        let mut names: Vec<(i32, i32)> = Vec::new();
        for point in &of.points {
            let (x, y) = plane.at(point.x, point.y);
            let series = self.legend.get(point.series).unwrap_or(&UNNAMED);
            area.draw(&Circle::new((x, y), 5, series.style()))?;
            // The number stands where no other does, as far as there is such a place.
            let places =
                [(8, 0), (8, -13), (8, 13), (-22, 0), (-22, -13), (-22, 13), (8, -26), (8, 26)];
            let taken = |place: &(i32, i32)| {
                names.iter().any(|n| (n.0 - place.0).abs() < 17 && (n.1 - place.1).abs() < 12)
            };
            let around = places.map(|(dx, dy)| (x + dx, y + dy));
            let place = around.into_iter().find(|place| !taken(place)).unwrap_or(around[0]);
            names.push(place);
            area.draw(&Text::behind(&(point.number + 1).to_string()).at(place))?;
        }
        Ok(())
    }
}
