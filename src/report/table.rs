//! The tables at the end of a run, for a terminal of 120 columns or a file.

use super::stats::Sample;
use super::summary::{Entry, RESAMPLE, Source, Summary};
use crate::ctr::AnyModel;
use crate::experiment::environment::DatasetSummary;
use crate::experiment::{ResultRow, Scenario};
use crate::generators::{GeneratorKind, Reading};
use crate::ruled;
pub(super) use crate::ruled::titled;
use comfy_table::{Cell, CellAlignment, Color, Row, Table};
use std::collections::BTreeMap;

/// Stands for a result that is not there.
pub(super) const NOTHING: &str = "–";

/// One model's test AUC in percent by generator and scenario, and the difference to `base` in
/// points; mean and standard deviation where there are several seeds.
///
/// With `colour`, differences are green or red.
pub fn auc_table(summary: &Summary<'_>, model: AnyModel, colour: bool) -> String {
    let scenarios = summary.scenarios();
    let several = summary.n_seeds() > 1;
    let spread = if several { ", mean ± standard deviation over the seeds" } else { "" };
    let names: Vec<String> = scenarios.iter().map(|s| s.name()).collect();
    let mut table = empty_table(&["", ""], names.iter().map(String::as_str), colour);
    let mut base = vec![Cell::new("base"), Cell::new(percent(&summary.base(model), several))];
    // The value stands in the conditioning's column, so that scenarios need no column of blanks.
    base.resize_with(2 + scenarios.len(), || Cell::new(""));
    table.add_row(base);
    for source in summary.sources() {
        let mut row = vec![Cell::new(&source.generator), Cell::new(&source.way)];
        for &scenario in &scenarios {
            row.push(auc_cell(&summary.entry(&source, scenario, model), several));
        }
        table.add_row(row);
    }
    let title = format!("{}: test AUC % and difference to base in points{spread}", model.title());
    titled(&title, &table)
}

/// One model's test AUC less that with copies of real rows (`resample`) in the same scenario and
/// seed, which makes as many steps on as many rows; none where there are no such copies.
///
/// With `colour`, differences are green or red.
pub fn resample_table(summary: &Summary<'_>, model: AnyModel, colour: bool) -> Option<String> {
    let scenarios = summary.scenarios();
    let several = summary.n_seeds() > 1;
    let spread = if several { ", mean ± standard deviation over the seeds" } else { "" };
    let names: Vec<String> = scenarios.iter().map(|s| s.name()).collect();
    let mut table = empty_table(&["", ""], names.iter().map(String::as_str), colour);
    let mut some = false;
    for source in summary.sources().into_iter().filter(|source| source.generator != RESAMPLE) {
        let mut row = vec![Cell::new(&source.generator), Cell::new(&source.way)];
        for &scenario in &scenarios {
            let gain = summary.entry(&source, scenario, model).over_resample;
            some |= gain.n() > 0;
            row.push(tinted(Cell::new(signed(&gain, several)), &gain));
        }
        table.add_row(row);
    }
    let title = format!(
        "{}: difference to {RESAMPLE} of the same scenario in points{spread}",
        model.title()
    );
    some.then(|| titled(&title, &table))
}

/// Why CopulaGAN has no row that reads categories, where CTGAN has one.
pub fn copula_gan_note(summary: &Summary<'_>) -> Option<&'static str> {
    let has = |kind: GeneratorKind, reading: Reading| {
        let is = |row: &&ResultRow| row.generator == kind.name() && row.reading == reading.name();
        summary.rows().iter().any(is)
    };
    let stands_for_it = has(GeneratorKind::Ctgan, Reading::Categories)
        && has(GeneratorKind::CopulaGan, Reading::Numbers)
        && !has(GeneratorKind::CopulaGan, Reading::Categories);
    stands_for_it.then_some(
        "CopulaGAN reads numbers. Read as categories it is CTGAN, whose rows stand for it.\n",
    )
}

/// AUC and difference: side by side for one seed, below each other for several.
fn auc_cell(entry: &Entry, several: bool) -> Cell {
    if entry.auc.n() == 0 {
        return Cell::new(NOTHING);
    }
    let (auc, gain) = (percent(&entry.auc, several), signed(&entry.gain, several));
    let separator = if several { "\n" } else { " " };
    tinted(Cell::new(format!("{auc}{separator}{gain}")), &entry.gain)
}

/// A difference with its sign.
fn signed(gain: &Sample, several: bool) -> String {
    match gain.mean() {
        Some(mean) if several => format!("{mean:+.3}{}", plus_minus(gain)),
        Some(mean) => format!("{mean:+.3}"),
        None => NOTHING.to_owned(),
    }
}

/// A cell in the colour of its difference.
fn tinted(cell: Cell, gain: &Sample) -> Cell {
    match gain.mean() {
        // Only what would not round to nothing.
        Some(mean) if mean >= 0.0005 => cell.fg(Color::Green),
        Some(mean) if mean <= -0.0005 => cell.fg(Color::Red),
        _ => cell,
    }
}

fn percent(auc: &Sample, several: bool) -> String {
    match auc.mean() {
        Some(mean) if several => format!("{mean:.3}{}", plus_minus(auc)),
        Some(mean) => format!("{mean:.3}"),
        None => NOTHING.to_owned(),
    }
}

fn plus_minus(sample: &Sample) -> String {
    // One seed of several has no spread; the blanks keep the decimal points aligned.
    sample.sd().map_or(" ".repeat(7), |sd| format!(" ±{sd:.3}"))
}

/// How many synthetic rows stand in train, with the same label and with any, per generator and
/// scenario, beside the same figure for real validation rows.
pub fn identical_table(summary: &Summary<'_>, data: &DatasetSummary) -> String {
    let scenarios = summary.scenarios();
    let names: Vec<String> = scenarios.iter().map(|s| s.name()).collect();
    let mut table = empty_table(&["", "", "label"], names.iter().map(String::as_str), false);
    for source in summary.sources() {
        for (label, any) in [("same", false), ("any", true)] {
            let name = if any { ["", ""] } else { [source.generator.as_str(), &source.way] };
            let mut row = Row::from([name[0], name[1], label]);
            for &scenario in &scenarios {
                row.add_cell(Cell::new(identical_cell(summary, &source, scenario, any)));
            }
            table.add_row(row);
        }
    }
    let share = |n: usize| {
        let share = 100.0 * n as f64 / data.rows.valid.max(1) as f64;
        format!("{n} of {} ({share:.1}%)", data.rows.valid)
    };
    let reference = format!(
        "For comparison, real validation rows: {} with the same label, {} with any.",
        share(data.valid_identical_rows),
        share(data.valid_identical_rows_without_label)
    );
    let title = "Synthetic rows that also stand in train (mean over the seeds)";
    format!("{}{reference}\n", titled(title, &table))
}

fn identical_cell(summary: &Summary<'_>, source: &Source, scenario: Scenario, any: bool) -> String {
    // The models of a scenario are trained on the same rows.
    let by_seed: BTreeMap<_, _> = summary.of(source, scenario).map(|row| (row.seed, row)).collect();
    let mean = |get: &dyn Fn(&ResultRow) -> usize| {
        by_seed.values().map(|row| get(row) as f64).collect::<Sample>().mean()
    };
    let identical =
        mean(&|row| if any { row.identical_rows_without_label } else { row.identical_rows });
    match (identical, mean(&|row| row.synthetic_rows)) {
        (Some(identical), Some(rows)) => count_and_share(identical, rows),
        _ => NOTHING.to_owned(),
    }
}

fn count_and_share(count: f64, of: f64) -> String {
    let share = if of > 0.0 { format!("{:.1}%", 100.0 * count / of) } else { NOTHING.to_owned() };
    format!("{count:.0} {share:>6}")
}

/// Time and peak memory of each stage: fits and samples per generator, trainings per model.
pub fn cost_table(summary: &Summary<'_>) -> String {
    let columns = ["times", "seconds each", "seconds in all", "peak MB"];
    let mut table = empty_table(&["stage", "", ""], columns, false);
    for source in summary.sources() {
        let cost = SourceCost::of(summary, &source);
        for (stage, seconds, peak) in
            [("fit", cost.fit, cost.fit_peak), ("sample", cost.sample, cost.sample_peak)]
        {
            table.add_row(cost_row([stage, &source.generator, &source.way], &seconds, peak));
        }
    }
    for model in summary.models() {
        let rows = || summary.rows().iter().filter(|row| row.model == model);
        let seconds = rows().map(|row| row.train_seconds).collect();
        let peak = rows().map(|row| row.train_peak_mb).collect::<Sample>().max();
        table.add_row(cost_row(["train", model.name(), ""], &seconds, peak));
    }
    titled("Time and peak memory of each stage", &table)
}

fn cost_row(name: [&str; 3], seconds: &Sample, peak: f64) -> Vec<Cell> {
    let mut row: Vec<_> = name.into_iter().map(Cell::new).collect();
    row.push(Cell::new(seconds.n()));
    row.push(Cell::new(seconds.mean().map_or(NOTHING.to_owned(), |mean| format!("{mean:.2}"))));
    row.push(Cell::new(format!("{:.1}", seconds.sum())));
    row.push(Cell::new(format!("{peak:.0}")));
    row
}

/// What one generator took: once per seed, however many cells used it.
struct SourceCost {
    fit: Sample,
    sample: Sample,
    fit_peak: f64,
    sample_peak: f64,
}

impl SourceCost {
    fn of(summary: &Summary<'_>, source: &Source) -> Self {
        let mut fit = BTreeMap::new();
        // Per seed: drawing non-clicks, clicks, both.
        let mut drawn: BTreeMap<u64, [f64; 3]> = BTreeMap::new();
        let (mut fit_peak, mut sample_peak) = (0f64, 0f64);
        for scenario in summary.scenarios() {
            let slot = match scenario {
                Scenario::Base => continue,
                Scenario::Added(added) if added.clicks() == 0 => 0,
                Scenario::Added(added) if added.others() == 0 => 1,
                Scenario::Added(_) | Scenario::SyntheticOnly => 2,
            };
            for row in summary.of(source, scenario) {
                fit.insert(row.seed, row.fit_seconds);
                drawn.entry(row.seed).or_default()[slot] = row.sample_seconds;
                fit_peak = fit_peak.max(row.fit_peak_mb);
                sample_peak = sample_peak.max(row.sample_peak_mb);
            }
        }
        Self {
            fit: fit.into_values().collect(),
            sample: drawn.into_values().map(|[neg, pos, both]| both.max(neg + pos)).collect(),
            fit_peak,
            sample_peak,
        }
    }
}

/// A table with left-aligned names and right-aligned numbers.
pub(super) fn empty_table<'a>(
    names: &[&'a str],
    numbers: impl IntoIterator<Item = &'a str>,
    colour: bool,
) -> Table {
    let mut table = ruled::table(colour);
    let header: Vec<_> = names.iter().copied().chain(numbers).collect();
    let n_columns = header.len();
    table.set_header(header);
    for column in names.len()..n_columns {
        if let Some(column) = table.column_mut(column) {
            column.set_cell_alignment(CellAlignment::Right);
            column.set_padding((2, 0));
        }
    }
    table
}
