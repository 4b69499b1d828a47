//! What all figures are drawn on.

use super::style::{self, PAPER, Text};
use crate::generators::GeneratorKind;
use plotters::coord::Shift;
use plotters::prelude::*;

/// An SVG image that is being drawn, in pixels.
pub type Area<'a> = DrawingArea<SVGBackend<'a>, Shift>;
/// What drawing gives.
pub type Drawn = Result<(), Box<dyn std::error::Error>>;

/// Space around everything.
pub const MARGIN: i32 = 20;
/// From one line of a title to the next.
const TITLE_LINE: i32 = 24;
/// From one line of a legend to the next.
const LEGEND_LINE: i32 = 24;

/// What a colour means.
#[derive(Clone, Debug, PartialEq)]
pub struct Series {
    /// Its name.
    pub name: String,
    /// The colour.
    pub colour: RGBColor,
    /// Whether marks are rings: where there are more names than colours.
    pub hollow: bool,
}

/// The entries of a legend.
pub type Legend = [Series];

impl Series {
    /// Of full marks.
    pub fn new(name: impl Into<String>, colour: RGBColor) -> Self {
        Self { name: name.into(), colour, hollow: false }
    }

    /// One of several things that have no order.
    pub fn nth(name: impl Into<String>, position: usize) -> Self {
        let hollow = position >= style::COLOURS;
        Self { name: name.into(), colour: style::colour(position), hollow }
    }

    /// Of a generator: the same in all figures.
    pub fn of_generator(name: &str) -> Self {
        let position = GeneratorKind::ALL.iter().position(|kind| kind.name() == name);
        Self::nth(name, position.unwrap_or(GeneratorKind::ALL.len()))
    }

    /// How marks are filled.
    pub fn style(&self) -> ShapeStyle {
        if self.hollow { self.colour.stroke_width(2) } else { self.colour.filled() }
    }
}

/// That of marks which no legend explains.
pub static UNNAMED: Series = Series { name: String::new(), colour: style::BLACK, hollow: false };

/// The height of a title and a legend on an image of this width.
pub fn heading_height(title: &str, legend: &Legend, width: i32) -> i32 {
    let legend_lines = placed(legend, width).last().map_or(0, |(_, line)| line + 1);
    title_height(title, width) + legend_lines * LEGEND_LINE + 8
}

/// Draws both.
fn heading(area: &Area<'_>, title: &str, legend: &Legend, width: i32) -> Drawn {
    let mut y = MARGIN;
    for line in style::lines(title, style::TITLE, width - 2 * MARGIN) {
        area.draw(&Text::title(&line).at((MARGIN, y)))?;
        y += TITLE_LINE;
    }
    y += 4;
    for (series, (x, line)) in legend.iter().zip(placed(legend, width)) {
        let y = y + line * LEGEND_LINE;
        area.draw(&Circle::new((x + 6, y + 6), 5, series.style()))?;
        area.draw(&Text::label(&series.name).at((x + 18, y)))?;
    }
    Ok(())
}

/// Where each entry of a legend stands: its left end, and on which line.
fn placed(legend: &Legend, width: i32) -> Vec<(i32, i32)> {
    let (mut x, mut line) = (MARGIN, 0);
    let place = |series: &Series| {
        let wide = 18 + style::width(&series.name, 15);
        if x > MARGIN && x + wide > width - MARGIN {
            (x, line) = (MARGIN, line + 1);
        }
        let at = (x, line);
        x += wide + 22;
        at
    };
    legend.iter().map(place).collect()
}

/// An image.
#[derive(Clone, Debug, PartialEq)]
pub struct Image {
    /// It as text.
    pub svg: String,
    /// Its width and height.
    pub size: (i32, i32),
    /// How much of it, from above, is the title.
    pub title: i32,
}

/// Draws an image of this size under its title and legend.
pub fn image(
    title: &str,
    legend: &Legend,
    size: (i32, i32),
    draw: impl FnOnce(&Area<'_>) -> Drawn,
) -> Result<Image, String> {
    let svg = svg(size, |area| {
        heading(area, title, legend, size.0)?;
        draw(area)
    })?;
    Ok(Image { svg, size, title: title_height(title, size.0) })
}

fn title_height(title: &str, width: i32) -> i32 {
    MARGIN + style::lines(title, style::TITLE, width - 2 * MARGIN).len() as i32 * TITLE_LINE
}

/// Draws an image of this size and returns its text.
pub fn svg(size: (i32, i32), draw: impl FnOnce(&Area<'_>) -> Drawn) -> Result<String, String> {
    let mut text = String::new();
    {
        let size = (size.0.max(1) as u32, size.1.max(1) as u32);
        let area = SVGBackend::with_string(&mut text, size).into_drawing_area();
        area.fill(&PAPER).map_err(|e| e.to_string())?;
        draw(&area).map_err(|e| e.to_string())?;
        area.present().map_err(|e| e.to_string())?;
    }
    Ok(tidy(&text))
}

/// The same image in fewer bytes: without what is so by default, the type's family said once.
fn tidy(svg: &str) -> String {
    let mut text = String::with_capacity(svg.len());
    for line in svg.lines() {
        // Elements are lines of their own; what is between tags may be a name and stays.
        match line.strip_prefix('<') {
            Some(element) => {
                text.push('<');
                let element = shorter(element);
                let plain = [
                    " text-anchor=\"start\"",
                    " opacity=\"1\"",
                    " stroke=\"none\" stroke-width=\"1\"",
                    " font-family=\"sans-serif\"",
                ];
                let element = plain.iter().fold(element, |e, plain| e.replace(plain, ""));
                text.push_str(&element.replacen("svg ", "svg font-family=\"sans-serif\" ", 1));
            }
            None => text.push_str(line),
        }
        text.push('\n');
    }
    text
}

/// An element whose type's size has one decimal.
fn shorter(element: &str) -> String {
    let sized = |(before, rest): (&str, &str)| {
        let (size, after) = rest.split_once('"')?;
        Some(format!("{before} font-size=\"{:.1}\"{after}", size.parse::<f64>().ok()?))
    };
    element.split_once(" font-size=\"").and_then(sized).unwrap_or_else(|| element.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_never_become_markup_and_keep_their_letters() {
        let nasty = "a opacity=\"1\" <b> & 'c'\n<svg x\u{0}";
        let image = svg((300, 100), |area| Ok(area.draw(&Text::label(nasty).at((0, 0)))?)).unwrap();
        assert_eq!(image.matches('<').count(), 5, "{image}");
        assert!(image.contains("opacity=&quot;1&quot; &lt;b"), "{image}");
        assert!(!image.contains('\u{0}'));
    }

    #[test]
    fn a_legend_goes_on_in_the_next_line() {
        let legend: Vec<_> =
            (0..5).map(|i| Series::nth(format!("a name of some length {i}"), i)).collect();
        let places = placed(&legend, 480);
        assert_eq!(places.iter().map(|(_, line)| *line).collect::<Vec<_>>(), [0, 0, 1, 1, 2]);
        assert_eq!(places[2].0, MARGIN);
        assert_eq!(heading_height("T", &legend, 480) - heading_height("T", &legend[..2], 480), 48);
    }
}
