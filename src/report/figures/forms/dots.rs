//! Marks with intervals in rows, a panel for each of several things measured.

use crate::report::figures::canvas::{self, Area, Drawn, Image, MARGIN, Series, UNNAMED};
use crate::report::figures::scale::Scale;
use crate::report::figures::style::{self, BAND, BLACK, LIGHT, TRIFLING, Text};
use plotters::prelude::*;

/// Rows of names, with panels of marks beside them.
pub struct Dots {
    /// The figure's title.
    pub title: String,
    /// What the colours mean.
    pub legend: Vec<Series>,
    /// Names of the rows.
    pub rows: Vec<RowName>,
    /// The panels, from left to right.
    pub panels: Vec<Panel>,
    /// How far from their lines a band goes.
    pub margin: Option<f64>,
}

/// The name of a row.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct RowName {
    /// Its first line.
    pub name: String,
    /// Its second line.
    pub faint: String,
}

/// One panel.
pub struct Panel {
    /// Its title.
    pub title: String,
    /// What its axis counts.
    pub unit: String,
    /// Its axis.
    pub scale: Scale,
    /// Where there is a line to compare with.
    pub line: Option<f64>,
    /// What stands in it.
    pub marks: Vec<Mark>,
}

/// A mark.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Mark {
    /// The row it stands in.
    pub row: usize,
    /// Which of the legend's colours it has.
    pub series: usize,
    /// Which line of the row it stands on, from above.
    pub lane: usize,
    /// Its place on the axis.
    pub value: f64,
    /// From where to where it may be.
    pub within: Option<[f64; 2]>,
    /// Whether it is a ring.
    pub hollow: bool,
}

impl Panel {
    /// One on whose axis equal factors are equally far apart; none without a number above 0, as of what
    /// took no time that a clock can tell.
    pub fn logarithmic(title: &str, unit: &str, mut marks: Vec<Mark>) -> Option<Self> {
        marks.retain(|mark| mark.value > 0.0);
        let scale = Scale::logarithmic(marks.iter().map(|mark| mark.value))?;
        let unit = format!("{unit}, logarithmic");
        Some(Self { title: title.to_owned(), unit, scale, line: None, marks })
    }
}

const NAMES: i32 = 190;
const GAP: i32 = 26;
const LEAST_ROW: i32 = 36;
const PER_LANE: i32 = 11;
const AXIS: i32 = 48;
const WIDTH: i32 = 1120;
const NARROWEST_PANEL: i32 = 120;
const WIDEST_PANEL: i32 = 520;

impl Dots {
    /// An axis for marks: all values, and of their intervals as much as leaves the values apart.
    pub fn scale<'a>(
        marks: impl Iterator<Item = &'a Mark> + Clone,
        line: Option<f64>,
    ) -> Option<Scale> {
        let values = || marks.clone().map(|mark| mark.value).chain(line);
        let (low, high) = values()
            .fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), v| (low.min(v), high.max(v)));
        let mut halves: Vec<f64> = marks
            .clone()
            .filter_map(|mark| mark.within)
            .map(|[low, high]| (high - low) / 2.0)
            .filter(|half| half.is_finite())
            .collect();
        halves.sort_by(f64::total_cmp);
        // Most intervals are seen whole, whatever the few say that are far wider.
        let usual = halves.get(halves.len() / 2).map_or(0.0, |half| 1.2 * half);
        let room = if high > low { usual.max(high - low) } else { f64::INFINITY };
        let ends = marks.clone().filter_map(|mark| mark.within).flatten();
        let ends = ends.filter(|end| end.is_finite());
        let near: Vec<f64> = ends.map(|end| end.clamp(low - room, high + room)).collect();
        Scale::linear(values().chain(near))
    }

    /// The image.
    pub fn draw(&self) -> Result<Image, String> {
        let row = LEAST_ROW.max(PER_LANE * (self.lanes() as i32 + 1));
        let panels = self.panels.len().max(1) as i32;
        let panel =
            ((WIDTH - NAMES - 2 * MARGIN) / panels - GAP).clamp(NARROWEST_PANEL, WIDEST_PANEL);
        let width = (NAMES + 2 * MARGIN + panels * (panel + GAP)).max(720);
        let heading = canvas::heading_height(&self.title, &self.legend, width);
        let titles = self.panels.iter().map(|p| panel_title(&p.title, panel).len() as i32);
        let top = heading + 20 * titles.max().unwrap_or(1) + 6;
        let height = top + row * self.rows.len() as i32 + AXIS;
        canvas::image(&self.title, &self.legend, (width, height), |area| {
            for (at, name) in self.rows.iter().enumerate() {
                let middle = top + row * at as i32 + row / 2;
                let up = if name.faint.is_empty() { 9 } else { 17 };
                area.draw(&Text::label(&style::cut(&name.name, 24)).at((MARGIN, middle - up)))?;
                area.draw(&Text::faint(&style::cut(&name.faint, 28)).at((MARGIN, middle + 1)))?;
            }
            for (at, of) in self.panels.iter().enumerate() {
                let left = MARGIN + NAMES + (panel + GAP) * at as i32;
                for (line, text) in panel_title(&of.title, panel).iter().enumerate() {
                    area.draw(&Text::strong(text).at((left, heading + 20 * line as i32)))?;
                }
                let place = Place { left, width: panel, top, row, rows: self.rows.len() as i32 };
                self.panel(area, of, &place)?;
            }
            Ok(())
        })
    }

    fn lanes(&self) -> usize {
        let marks = self.panels.iter().flat_map(|panel| &panel.marks);
        marks.map(|mark| mark.lane + 1).max().unwrap_or(1)
    }

    fn panel(&self, area: &Area<'_>, panel: &Panel, place: &Place) -> Drawn {
        let bottom = place.row_top(place.rows);
        let right = place.left + place.width;
        for row in (0..place.rows).step_by(2) {
            let band = [(place.left, place.row_top(row)), (right, place.row_top(row + 1))];
            area.draw(&Rectangle::new(band, BAND.filled()))?;
        }
        if let (Some(line), Some(margin)) = (panel.line, self.margin) {
            let x = [line - margin, line + margin]
                .map(|end| place.at(panel.scale.place(end).clamp(0.0, 1.0)));
            let band = [(x[0], place.top), (x[1], bottom)];
            area.draw(&Rectangle::new(band, TRIFLING.filled()))?;
        }
        for (tick, text) in panel.scale.ticks() {
            let x = place.x(&panel.scale, tick);
            let line = vec![(x, place.top), (x, bottom)];
            area.draw(&PathElement::new(line, LIGHT.stroke_width(1)))?;
            area.draw(&Text::below(&text).at((x, bottom + 6)))?;
        }
        area.draw(&Text::below(&panel.unit).at((place.left + place.width / 2, bottom + 24)))?;
        if let Some(line) = panel.line.filter(|line| within(panel.scale.place(*line))) {
            let x = place.x(&panel.scale, line);
            let line = vec![(x, place.top), (x, bottom)];
            area.draw(&PathElement::new(line, BLACK.stroke_width(1)))?;
        }
        let step = f64::from(place.row) / (self.lanes() + 1) as f64;
        for mark in &panel.marks {
            let y = place.row_top(mark.row as i32) + (step * (mark.lane + 1) as f64).round() as i32;
            let series = self.legend.get(mark.series).unwrap_or(&UNNAMED);
            let colour = series.colour;
            if let Some([low, high]) = mark.within {
                let ends = [low, high].map(|end| panel.scale.place(end));
                let x = ends.map(|end| place.at(end.clamp(0.0, 1.0)));
                area.draw(&PathElement::new(vec![(x[0], y), (x[1], y)], colour.stroke_width(2)))?;
                // An interval that goes on beyond the axis says so.
                for (end, x, out) in [(ends[0], x[0], -4), (ends[1], x[1], 4)] {
                    if !within(end) {
                        let tip = vec![(x + out, y), (x, y - 4), (x, y + 4)];
                        area.draw(&Polygon::new(tip, colour.filled()))?;
                    }
                }
            }
            if within(panel.scale.place(mark.value)) {
                let at = (place.x(&panel.scale, mark.value), y);
                if mark.hollow {
                    area.draw(&Circle::new(at, 4, WHITE.filled()))?;
                    area.draw(&Circle::new(at, 4, colour.stroke_width(2)))?;
                } else {
                    area.draw(&Circle::new(at, 4, series.style()))?;
                }
            }
        }
        Ok(())
    }
}

/// A panel's title in lines as wide as it.
fn panel_title(title: &str, width: i32) -> Vec<String> {
    style::lines(title, 15, width)
}

fn within(place: f64) -> bool {
    (0.0..=1.0).contains(&place)
}

/// Where a panel stands, in pixels.
struct Place {
    left: i32,
    width: i32,
    top: i32,
    row: i32,
    rows: i32,
}

impl Place {
    fn row_top(&self, row: i32) -> i32 {
        self.top + self.row * row
    }

    fn at(&self, share: f64) -> i32 {
        self.left + (share * f64::from(self.width)).round() as i32
    }

    fn x(&self, scale: &Scale, value: f64) -> i32 {
        self.at(scale.place(value))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mark(value: f64, within: Option<[f64; 2]>) -> Mark {
        Mark { row: 0, series: 0, lane: 0, value, within, hollow: false }
    }

    #[test]
    fn wide_intervals_do_not_press_the_values_together() {
        let narrow = Some([0.25, 0.35]);
        let marks = [mark(0.1, Some([-50.0, 50.0])), mark(0.3, narrow), mark(0.3, narrow)];
        let scale = Dots::scale(marks.iter(), Some(0.0)).unwrap();
        assert!(scale.place(0.3) - scale.place(0.0) > 0.3);
        let lone = [mark(0.1, Some([-0.5, 0.7]))];
        let scale = Dots::scale(lone.iter(), None).unwrap();
        assert!(within(scale.place(-0.5)) && within(scale.place(0.7)));
        assert_eq!(Dots::scale([].iter(), None), None);
    }

    #[test]
    fn an_interval_beyond_the_axis_has_a_tip() {
        let draw = |high: f64| {
            let marks = vec![mark(0.5, Some([0.2, high]))];
            let panel = Panel {
                title: "DNN".to_owned(),
                unit: "points".to_owned(),
                scale: Scale::shares(),
                line: Some(0.0),
                marks,
            };
            let rows = vec![RowName { name: "smoten".to_owned(), faint: "joint".to_owned() }];
            let legend = vec![Series::new("neg25", BLACK)];
            let title = "A title".to_owned();
            Dots { title, legend, rows, panels: vec![panel], margin: None }.draw().unwrap().svg
        };
        assert!(!draw(0.9).contains("<polygon"));
        assert!(draw(1.9).contains("<polygon"));
    }

    #[test]
    fn few_seeds_are_rings_and_what_is_too_small_to_matter_is_a_band() {
        let draw = |hollow: bool, margin: Option<f64>| {
            let panel = Panel {
                title: "DNN".to_owned(),
                unit: "points".to_owned(),
                scale: Scale::shares(),
                line: Some(0.0),
                marks: vec![Mark { hollow, ..mark(0.5, None) }],
            };
            let legend = vec![Series::new("neg25", BLACK)];
            let rows = vec![RowName::default()];
            let title = "A title".to_owned();
            Dots { title, legend, rows, panels: vec![panel], margin }.draw().unwrap().svg
        };
        let of = |text: &str, what: &str| text.matches(what).count();
        let (full, ring) = (draw(false, None), draw(true, None));
        assert_eq!(of(&ring, "<circle"), of(&full, "<circle") + 1, "its middle is white");
        let band = draw(false, Some(0.1));
        assert_eq!(of(&band, "<rect"), of(&full, "<rect") + 1);
    }
}
