//! Numbered points in a plane, and what the numbers stand for.

use super::dots::RowName;
use super::plane::{ABOVE, BELOW, LEFT, Plane};
use crate::report::figures::canvas::{self, Area, Drawn, Image, MARGIN, Series, UNNAMED};
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
    pub fn draw(&self) -> Result<Image, String> {
        let panels = self.panels.len().max(1) as i32;
        let panel = ((WIDTH - KEY - 2 * MARGIN) / panels - LEFT - GAP).min(460);
        let width = (2 * MARGIN + panels * (LEFT + panel + GAP) + KEY).max(720);
        let heading = canvas::heading_height(&self.title, &self.legend, width);
        let key = KEY_LINE * self.key.len() as i32 + ABOVE;
        let height = heading + (ABOVE + HEIGHT + BELOW).max(key) + MARGIN;
        canvas::image(&self.title, &self.legend, (width, height), |area| {
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
        // Room above the points for the names of the lines, and on the left for numbers.
        let across = roomy(across, [0.12, 0.0]);
        let up = roomy(up, [0.0, 0.12]);
        let (Some(x), Some(y)) = (Scale::linear(across), Scale::linear(up)) else { return Ok(()) };
        let plane = Plane { corner, size, x, y };
        plane.grid(area, &of.title, [&self.names[0], &self.names[1]])?;
        let upright: Vec<i32> = of.lines.iter().map(|(place, _)| plane.at(*place, 0.0).0).collect();
        for (at, (x, (_, name))) in upright.iter().zip(&of.lines).enumerate() {
            let line = vec![(*x, corner.1), (*x, corner.1 + size.1)];
            area.draw(&PathElement::new(line, GREY.stroke_width(1)))?;
            // Away from the other lines; beyond the plane's end there is room.
            let wide = style::width(name, 13);
            let is_first = at == 0 && x - wide - 4 > corner.0;
            let left = if is_first { x - wide - 4 } else { x + 4 };
            let covered = upright.iter().any(|other| (left..left + wide).contains(other));
            area.draw(&Text::faint(name).at((left, corner.1 + if covered { 18 } else { 2 })))?;
        }
        let places: Vec<(i32, i32)> =
            of.points.iter().map(|point| plane.at(point.x, point.y)).collect();
        for (point, at) in of.points.iter().zip(&places) {
            let series = self.legend.get(point.series).unwrap_or(&UNNAMED);
            area.draw(&Circle::new(*at, 5, series.style()))?;
        }
        let mut names: Vec<(i32, i32)> = Vec::new();
        for (point, &at) in of.points.iter().zip(&places) {
            let name = free_place(at, &places, &names, &Clear { corner, size, lines: &upright });
            names.push(name);
            if (name.0 - at.0).abs() > NEAR || (name.1 - at.1).abs() > NEAR {
                area.draw(&PathElement::new(vec![at, short_of(at, name)], GREY.stroke_width(1)))?;
            }
            area.draw(&Text::on(&(point.number + 1).to_string()).at(name))?;
        }
        Ok(())
    }
}

/// Numbers and two more, beyond their ends by these shares of their range.
fn roomy(values: impl Iterator<Item = f64>, beyond: [f64; 2]) -> Vec<f64> {
    let mut all: Vec<f64> = values.collect();
    let low = all.iter().copied().fold(f64::INFINITY, f64::min);
    let high = all.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    let range = high - low;
    all.extend([low - beyond[0] * range, high + beyond[1] * range]);
    all
}

/// The way from a point to a number, up to where the number begins.
fn short_of(at: (i32, i32), name: (i32, i32)) -> (i32, i32) {
    let (dx, dy) = (f64::from(name.0 - at.0), f64::from(name.1 - at.1));
    let share = 1.0 - (9.0 / dx.hypot(dy)).min(1.0);
    (at.0 + (share * dx).round() as i32, at.1 + (share * dy).round() as i32)
}

/// So far from its point a number needs no line to it.
const NEAR: i32 = 16;

/// Where numbers may stand: in the plane, on none of its lines.
struct Clear<'a> {
    corner: (i32, i32),
    size: (i32, i32),
    lines: &'a [i32],
}

impl Clear<'_> {
    fn holds(&self, (x, y): &(i32, i32)) -> bool {
        let inside =
            *x > self.corner.0 + 8 && *y > self.corner.1 && *y < self.corner.1 + self.size.1;
        inside && self.lines.iter().all(|line| (line - x).abs() > 8)
    }
}

/// Where the middle of a point's number can stand: as near as it touches no point and no number.
fn free_place(
    at: (i32, i32),
    points: &[(i32, i32)],
    names: &[(i32, i32)],
    clear: &Clear<'_>,
) -> (i32, i32) {
    let ring = |radius: i32| {
        (0..16).map(move |step| {
            let angle = f64::from(step) * std::f64::consts::PI / 8.0;
            let along = |part: f64| (f64::from(radius) * part).round() as i32;
            (at.0 + along(angle.cos()), at.1 - along(angle.sin()))
        })
    };
    let apart = |a: &(i32, i32), b: &(i32, i32), across: i32, down: i32| {
        (a.0 - b.0).abs() >= across || (a.1 - b.1).abs() >= down
    };
    let free = |place: &(i32, i32)| {
        clear.holds(place)
            && points.iter().all(|point| apart(place, point, 13, 11))
            && names.iter().all(|name| apart(place, name, 17, 13))
    };
    [14, 22, 32, 44, 58].into_iter().flat_map(ring).find(free).unwrap_or((at.0 + 14, at.1))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_of_a_crowd_do_not_cover_each_other() {
        let clear = Clear { corner: (0, 0), size: (300, 300), lines: &[110] };
        let points: Vec<(i32, i32)> = (0..12).map(|i| (100 + i % 4, 100 + i / 4)).collect();
        let mut names: Vec<(i32, i32)> = Vec::new();
        for &point in &points {
            let name = free_place(point, &points, &names, &clear);
            assert!(clear.holds(&name));
            for other in &names {
                assert!((name.0 - other.0).abs() >= 17 || (name.1 - other.1).abs() >= 13);
            }
            names.push(name);
        }
        assert_eq!(short_of((0, 0), (30, 40)), (25, 33));
        assert_eq!(free_place((50, 50), &[(50, 50)], &[], &clear), (64, 50));
    }
}
