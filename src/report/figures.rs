//! The figures of a run, as SVG files.

use super::style::{self, BLACK, GREY, LIGHT, Text};
use super::summary::{Source, Summary};
use crate::ctr::{Epoch, ModelKind};
use crate::experiment::store::{self, StoreError};
use crate::experiment::{CellRecord, RunResults, Scenario};
use plotters::coord::Shift;
use plotters::prelude::*;
use std::path::{Path, PathBuf};

/// Why a figure cannot be made.
#[derive(Debug, thiserror::Error)]
pub enum FigureError {
    /// The drawing failed.
    #[error("cannot draw {0}: {1}")]
    Draw(&'static str, String),
    /// The file cannot be written.
    #[error(transparent)]
    Store(#[from] StoreError),
}

type Area<'a> = DrawingArea<SVGBackend<'a>, Shift>;
type Drawn = Result<(), Box<dyn std::error::Error>>;

/// Draws the figures that the results allow into `folder` and returns their files.
pub fn draw_figures(results: &RunResults, folder: &Path) -> Result<Vec<PathBuf>, FigureError> {
    let rows: Vec<_> = results.cells.iter().map(|cell| &cell.row).collect();
    let summary = Summary::new(&rows);
    let (only, added): (Vec<_>, Vec<_>) =
        summary.scenarios().into_iter().partition(|s| *s == Scenario::SyntheticOnly);
    std::fs::create_dir_all(folder).map_err(StoreError::io("create", folder))?;
    let mut figures = Vec::new();
    let mut draw = |name: &'static str, svg: Option<Result<String, String>>| {
        let path = folder.join(name);
        let Some(svg) = svg else {
            // One drawn from other results would mislead.
            return match std::fs::remove_file(&path) {
                Err(e) if e.kind() != std::io::ErrorKind::NotFound => {
                    Err(StoreError::io("remove", &path)(e).into())
                }
                _ => Ok(()),
            };
        };
        let svg = svg.map_err(|reason| FigureError::Draw(name, reason))?;
        store::write_whole(&path, svg.as_bytes())?;
        figures.push(path);
        Ok::<_, FigureError>(())
    };
    draw("learning_curves.svg", learning_curves(&results.cells))?;
    draw("difference_to_base.svg", differences(&summary, &added))?;
    // Apart, since these differences are far larger than the others.
    draw("difference_synthetic_only.svg", differences(&summary, &only))?;
    Ok(figures)
}

/// Draws on an area of the given size and returns the SVG text.
fn svg(size: (u32, u32), draw: impl FnOnce(&Area<'_>) -> Drawn) -> Result<String, String> {
    let mut text = String::new();
    {
        let area = SVGBackend::with_string(&mut text, size).into_drawing_area();
        area.fill(&WHITE).map_err(|e| e.to_string())?;
        draw(&area).map_err(|e| e.to_string())?;
        area.present().map_err(|e| e.to_string())?;
    }
    Ok(text)
}

/// The validation AUC by epoch of every training on real rows alone, a line per seed.
fn learning_curves(cells: &[CellRecord]) -> Option<Result<String, String>> {
    let base: Vec<_> = cells.iter().filter(|c| c.row.scenario == Scenario::Base).collect();
    let epochs = || base.iter().flat_map(|cell| &cell.history);
    let last = epochs().map(|epoch| epoch.epoch).max()?;
    let percent = |epoch: &Epoch| 100.0 * epoch.valid_auc;
    let range = style::padded(epochs().map(percent))?;
    Some(svg((900, 560), |area| {
        area.draw(&Text::title("Validation AUC by epoch, real training rows alone").at((24, 20)))?;
        let mut chart = ChartBuilder::on(area)
            .margin_top(60)
            .margin_right(150)
            .margin_bottom(12)
            .margin_left(12)
            .x_label_area_size(48)
            .y_label_area_size(66)
            .build_cartesian_2d(1f64..(last.max(2) as f64), range)?;
        // plotters sets its ticks up to ten times as dense as ours.
        let decimals = style::decimals(chart.y_range()) + 1;
        chart
            .configure_mesh()
            .disable_x_mesh()
            .light_line_style(TRANSPARENT)
            .bold_line_style(LIGHT)
            .axis_style(GREY)
            .label_style(style::label())
            .x_labels(last.min(12))
            .x_label_formatter(&|epoch| format!("{epoch:.0}"))
            .y_label_formatter(&|auc| format!("{auc:.decimals$}"))
            .x_desc("epoch")
            .y_desc("validation AUC %")
            .draw()?;
        let mut labels = Vec::new();
        for model in ModelKind::ALL {
            let colour = style::model_colour(model);
            let mut ends = Vec::new();
            for cell in base.iter().filter(|cell| cell.row.model == model) {
                let points: Vec<_> =
                    cell.history.iter().map(|e| (e.epoch as f64, percent(e))).collect();
                chart.draw_series(LineSeries::new(points.clone(), colour.stroke_width(2)))?;
                chart.draw_series(
                    points.iter().map(|&point| Circle::new(point, 3, colour.filled())),
                )?;
                ends.extend(points.last().map(|&point| chart.backend_coord(&point).1));
            }
            if !ends.is_empty() {
                labels.push((ends.iter().sum::<i32>() / ends.len() as i32, model));
            }
        }
        // Each model's name at the height of its lines' ends, kept apart.
        labels.sort_by_key(|(height, model)| (*height, *model));
        let mut free = 0;
        for (height, model) in labels {
            let height = height.max(free);
            free = height + 20;
            let colour = style::model_colour(model);
            area.draw(&Circle::new((768, height), 5, colour.filled()))?;
            area.draw(&Text::label(model.title()).at((780, height - 8)))?;
        }
        Ok(())
    }))
}

/// Heights and widths of the figure of differences.
const ROW: i32 = 46;
const TOP: i32 = 96;
const BOTTOM: i32 = 62;
const NAMES: i32 = 210;
const PANEL: i32 = 300;
const GAP: i32 = 24;

/// The difference to `base` by generator and scenario, a panel per model: a small dot per seed,
/// a large one for the mean.
fn differences(summary: &Summary<'_>, scenarios: &[Scenario]) -> Option<Result<String, String>> {
    let (models, sources) = (summary.models(), summary.sources());
    let gains = |source: &Source, scenario, model| summary.entry(source, scenario, model).gain;
    let all = sources.iter().flat_map(|source| {
        let models = &models;
        scenarios.iter().flat_map(move |&scenario| {
            models
                .iter()
                .flat_map(move |&model| gains(source, scenario, model).values().collect::<Vec<_>>())
        })
    });
    let all: Vec<f64> = all.collect();
    // The zero line is always in sight.
    let range = style::padded(all.iter().copied().chain([0.0])).filter(|_| !all.is_empty())?;
    let height = TOP + ROW * sources.len() as i32 + BOTTOM;
    let width = NAMES + (PANEL + GAP) * models.len() as i32 + 6;
    Some(svg((width as u32, height as u32), |area| {
        area.draw(
            &Text::title(
                "Test AUC minus base, points of AUC % (small dots: seeds, large: their mean)",
            )
            .at((24, 20)),
        )?;
        let mut x = NAMES;
        for &scenario in scenarios {
            area.draw(&Circle::new((x, 58), 6, style::scenario_colour(scenario).filled()))?;
            area.draw(&Text::label(&scenario.name()).at((x + 12, 50)))?;
            x += 32 + 9 * scenario.name().len() as i32;
        }
        let row_top = |row: usize| TOP + ROW * row as i32;
        for (row, source) in sources.iter().enumerate() {
            area.draw(&Text::label(&source.generator).at((24, row_top(row) + 6)))?;
            area.draw(&Text::faint(&source.way).at((24, row_top(row) + 23)))?;
        }
        for (panel, &model) in models.iter().enumerate() {
            let left = NAMES + (PANEL + GAP) * panel as i32;
            let to_x = |gain: f64| {
                let share = (gain - range.start) / (range.end - range.start);
                left + (share * f64::from(PANEL)).round() as i32
            };
            let bottom = row_top(sources.len());
            area.draw(&Text::strong(model.title()).at((left, TOP - 24)))?;
            for row in (0..sources.len()).step_by(2) {
                let band = [(left, row_top(row)), (left + PANEL, row_top(row + 1))];
                area.draw(&Rectangle::new(band, style::BAND.filled()))?;
            }
            for tick in style::ticks(&range) {
                let colour = if tick == 0.0 { BLACK } else { LIGHT };
                let line = vec![(to_x(tick), TOP), (to_x(tick), bottom)];
                area.draw(&PathElement::new(line, colour.stroke_width(1)))?;
                let text = if tick == 0.0 { "0".to_owned() } else { style::signed(tick, &range) };
                area.draw(&Text::tick(&text).at((to_x(tick), bottom + 8)))?;
            }
            for (row, source) in sources.iter().enumerate() {
                for (i, &scenario) in scenarios.iter().enumerate() {
                    let gain = gains(source, scenario, model);
                    let step = f64::from(ROW) / (scenarios.len() + 1) as f64;
                    let y = row_top(row) + (step * (i + 1) as f64).round() as i32;
                    let colour = style::scenario_colour(scenario);
                    if gain.n() > 1 {
                        for value in gain.values() {
                            let dot = Circle::new((to_x(value), y), 2, colour.mix(0.6).filled());
                            area.draw(&dot)?;
                        }
                    }
                    if let Some(mean) = gain.mean() {
                        let thread = vec![(to_x(0.0), y), (to_x(mean), y)];
                        area.draw(&PathElement::new(thread, colour.mix(0.35).stroke_width(1)))?;
                        area.draw(&Circle::new((to_x(mean), y), 5, colour.filled()))?;
                    }
                }
            }
        }
        Ok(())
    }))
}
