//! Lines in panels.

use super::plane::{ABOVE, BELOW, LEFT, Plane};
use crate::report::figures::canvas::{self, Area, Drawn, Image, MARGIN, Series, UNNAMED};
use crate::report::figures::scale::Scale;
use crate::report::figures::style::BLACK;
use plotters::prelude::*;

/// Panels of lines, in rows of `columns`.
pub struct Lines {
    /// The figure's title.
    pub title: String,
    /// What the colours mean.
    pub legend: Vec<Series>,
    /// Panels in a row.
    pub columns: usize,
    /// The panels, row by row.
    pub panels: Vec<LinePanel>,
}

/// One panel.
pub struct LinePanel {
    /// Its title.
    pub title: String,
    /// Names of its axes, below and on the left.
    pub names: [String; 2],
    /// A level to compare with.
    pub line: Option<f64>,
    /// The lines.
    pub lines: Vec<Line>,
}

/// One line.
pub struct Line {
    /// Which of the legend's colours it has.
    pub series: usize,
    /// Where it goes, and within what it may.
    pub points: Vec<(f64, f64, Option<[f64; 2]>)>,
}

const WIDTH: i32 = 1100;
const WIDEST: i32 = 560;
const HEIGHT: i32 = 240;
const GAP: i32 = 24;

impl Lines {
    /// The image.
    pub fn draw(&self) -> Result<Image, String> {
        let columns = self.columns.clamp(1, self.panels.len().max(1)) as i32;
        let rows = (self.panels.len() as i32 + columns - 1) / columns;
        let panel = ((WIDTH - 2 * MARGIN) / columns - LEFT - GAP).min(WIDEST);
        let width = (2 * MARGIN + columns * (LEFT + panel + GAP)).max(720);
        let heading = canvas::heading_height(&self.title, &self.legend, width);
        let of_row = ABOVE + HEIGHT + BELOW;
        canvas::image(
            &self.title,
            &self.legend,
            (width, heading + rows * of_row + MARGIN),
            |area| {
                for (at, of) in self.panels.iter().enumerate() {
                    let (row, column) = (at as i32 / columns, at as i32 % columns);
                    let left = MARGIN + column * (LEFT + panel + GAP) + LEFT;
                    let corner = (left, heading + row * of_row + ABOVE);
                    self.panel(area, of, corner, (panel, HEIGHT))?;
                }
                Ok(())
            },
        )
    }

    fn panel(
        &self,
        area: &Area<'_>,
        of: &LinePanel,
        corner: (i32, i32),
        size: (i32, i32),
    ) -> Drawn {
        let points = || of.lines.iter().flat_map(|line| &line.points);
        let values = points().map(|(_, y, _)| *y).chain(of.line);
        let ends: Vec<f64> = points().filter_map(|(.., within)| *within).flatten().collect();
        let x = Scale::linear(points().map(|(x, ..)| *x));
        let (Some(x), Some(y)) = (x, Scale::linear(values.chain(ends))) else { return Ok(()) };
        let plane = Plane { corner, size, x, y };
        plane.grid(area, &of.title, [&of.names[0], &of.names[1]])?;
        if let Some(level) = of.line {
            let (_, y) = plane.at(0.0, level);
            let line = vec![(corner.0, y), (corner.0 + size.0, y)];
            area.draw(&PathElement::new(line, BLACK.stroke_width(1)))?;
        }
        for line in &of.lines {
            let series = self.legend.get(line.series).unwrap_or(&UNNAMED);
            let colour = series.colour;
            let along: Vec<_> = line.points.iter().map(|(x, y, _)| plane.at(*x, *y)).collect();
            for (x, _, within) in &line.points {
                if let Some([low, high]) = within {
                    let bar = vec![plane.at(*x, *low), plane.at(*x, *high)];
                    area.draw(&PathElement::new(bar, colour.mix(0.6).stroke_width(2)))?;
                }
            }
            for &point in &along {
                area.draw(&Circle::new(point, 3, series.style()))?;
            }
            area.draw(&PathElement::new(along, colour.stroke_width(2)))?;
        }
        Ok(())
    }
}
