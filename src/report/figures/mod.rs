//! The figures of a run, as SVG images, each with the table behind it.

mod calibration;
mod canvas;
mod closest;
mod costs;
mod curves;
mod differences;
mod forms;
mod grid;
mod longer;
mod marginals;
mod png;
mod ratios;
mod scale;
mod seeds;
mod side_by_side;
mod style;
mod throughput;
mod tradeoffs;

pub use canvas::Image;
pub use png::png;
pub use side_by_side::side_by_side;

use super::findings::Findings;
use super::sheet::Sheet;

/// A figure.
#[derive(Clone, Debug)]
pub struct Figure {
    /// The name of its files.
    pub name: String,
    /// What it shows.
    pub title: String,
    /// How to read it.
    pub description: String,
    /// The image.
    pub image: Image,
    /// The numbers.
    pub sheet: Sheet,
}

/// Why a figure cannot be made.
#[derive(Debug, thiserror::Error)]
#[error("cannot draw {figure}: {reason}")]
pub struct FigureError {
    /// Its name.
    pub figure: String,
    /// What the drawing says.
    pub reason: String,
}

impl Figure {
    /// A figure of this image and the sheet that has its name and title.
    fn new(
        sheet: Sheet,
        description: impl Into<String>,
        image: Result<Image, String>,
    ) -> Result<Self, FigureError> {
        match image {
            Ok(image) => Ok(Self {
                name: sheet.name.clone(),
                title: sheet.title.clone(),
                description: description.into(),
                image,
                sheet,
            }),
            Err(reason) => Err(FigureError { figure: sheet.name, reason }),
        }
    }
}

/// A figure, where there is something to show.
type Drawn = Option<Result<Figure, FigureError>>;

/// Where one stands among all; at their end if it is new.
fn position<T: PartialEq>(all: &mut Vec<T>, one: T) -> usize {
    all.iter().position(|other| *other == one).unwrap_or_else(|| {
        all.push(one);
        all.len() - 1
    })
}

/// All figures that a run's results allow, in the order of reports.
pub fn figures(findings: &Findings) -> Result<Vec<Figure>, FigureError> {
    let mut all = differences::differences(findings);
    all.push(ratios::ratios(findings));
    all.push(curves::curves(findings));
    all.push(longer::longer(findings));
    all.extend(tradeoffs::tradeoffs(findings));
    all.push(marginals::marginals(findings));
    all.push(closest::closest(findings));
    all.push(calibration::calibration(findings));
    all.extend(differences::popularity(findings));
    all.extend(costs::costs(findings));
    all.extend(throughput::throughput(findings));
    all.push(seeds::seeds(findings));
    all.into_iter().flatten().collect()
}
