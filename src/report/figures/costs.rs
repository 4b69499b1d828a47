//! Time and memory.

use super::canvas::Series;
use super::forms::{Dots, Mark, Panel, RowName};
use super::grid::row_name;
use super::style;
use super::{Drawn, Figure};
use crate::device::Device;
use crate::experiment::{CellRecord, Source};
use crate::metrics;
use crate::report::findings::Findings;
use crate::report::sheet::{Entry, Sheet};
use crate::verdict::arm_of;

/// What is measured: its title, its unit, the number.
type Cost = (&'static str, &'static str, fn(&CellRecord) -> Option<f64>);

const OF_SOURCES: [Cost; 3] = [
    ("fit", "seconds", |cell| Some(cell.row.fit_seconds)),
    ("draw", "seconds", |cell| Some(cell.row.sample_seconds)),
    ("peak memory", "10⁶ bytes", |cell| Some(cell.row.fit_peak_mb.max(cell.row.sample_peak_mb))),
];

const OF_MODELS: [Cost; 3] = [
    ("epoch of base", "seconds", |cell| {
        let seconds: Vec<f64> = cell.history.iter().map(|epoch| epoch.seconds).collect();
        middle(seconds)
    }),
    ("training of base", "seconds", |cell| Some(cell.row.train_seconds)),
    ("peak memory", "10⁶ bytes", |cell| Some(cell.row.train_peak_mb)),
];

/// What fitting and drawing took, by source, and training, by model; medians over the cells.
pub fn costs(findings: &Findings) -> Vec<Drawn> {
    let sources = findings.sources();
    let of_source = |source: &Source| {
        let is = |cell: &&CellRecord| arm_of(cell).and_then(|arm| arm.source) == Some(*source);
        (row_name(Some(*source)), findings.run.cells.iter().filter(is).collect::<Vec<_>>())
    };
    let models = findings.models();
    let of_model = |model: &crate::ctr::AnyModel| {
        let is = |cell: &&CellRecord| {
            cell.row.model == *model && arm_of(cell).is_some_and(|arm| arm.source.is_none())
        };
        let name = RowName { name: model.title().to_owned(), faint: String::new() };
        (name, findings.run.cells.iter().filter(is).collect::<Vec<_>>())
    };
    let jobs = findings.run.cells.iter().map(|cell| cell.row.jobs).max().unwrap_or(1);
    let shared = match jobs {
        1 => String::new(),
        n => format!(
            " Up to {n} jobs ran at once: seconds are those of a machine so shared, memory is the whole \
             process's."
        ),
    };
    let what = format!("Medians over the cells, on {}.{shared}", machines(findings));
    vec![
        figure(
            findings,
            "generator_costs",
            "Time and memory of fitting and drawing, by source",
            &what,
            sources.iter().map(of_source).collect(),
            OF_SOURCES,
        ),
        figure(
            findings,
            "model_costs",
            "Time and memory of training, by click model",
            &what,
            models.iter().map(of_model).collect(),
            OF_MODELS,
        ),
    ]
}

fn machines(findings: &Findings) -> String {
    let mut machines: Vec<String> = Vec::new();
    for cell in &findings.run.cells {
        let machine = format!("{} ({})", cell.machine, cell.instruction_set);
        if !machines.contains(&machine) {
            machines.push(machine);
        }
    }
    machines.join(" and on ")
}

fn figure(
    findings: &Findings,
    name: &str,
    title: &str,
    what: &str,
    rows: Vec<(RowName, Vec<&CellRecord>)>,
    costs: [Cost; 3],
) -> Drawn {
    let mut devices: Vec<Device> =
        rows.iter().flat_map(|(_, cells)| cells).map(|cell| cell.row.device).collect();
    devices.sort_by_key(|device| device.name());
    devices.dedup();
    let mut columns = vec!["cells".to_owned()];
    columns.extend(costs.iter().map(|(title, unit, _)| format!("{title}, {unit}")));
    let mut sheet = Sheet::new(name, title, &["of", "fitted", "device"], &columns);
    let mut marks = costs.map(|_| Vec::new());
    for (row, (row_name, cells)) in rows.iter().enumerate() {
        for (series, &device) in devices.iter().enumerate() {
            let here: Vec<&&CellRecord> =
                cells.iter().filter(|cell| cell.row.device == device).collect();
            if here.is_empty() {
                continue;
            }
            let values =
                costs.map(|(.., get)| middle(here.iter().filter_map(|cell| get(cell)).collect()));
            for (marks, value) in marks.iter_mut().zip(values) {
                let mark =
                    |value| Mark { row, series, lane: series, value, within: None, hollow: false };
                marks.extend(value.map(mark));
            }
            let mut entries = vec![
                Entry::text(&row_name.name),
                Entry::text(&row_name.faint),
                Entry::text(device.to_string()),
                Entry::count(here.len()),
            ];
            // Where the cells of several arms are behind a number, theirs stand one after the other.
            let first = here.iter().filter_map(|cell| arm_of(cell)).min();
            let anchor = first.and_then(|arm| findings.anchor(&arm));
            entries.extend(values.map(|value| Entry::number(value, 2, anchor.clone())));
            sheet.push(entries);
        }
    }
    let panel =
        |((title, unit, _), marks): (&Cost, Vec<Mark>)| Panel::logarithmic(title, unit, marks);
    let panels: Vec<Panel> = costs.iter().zip(marks).filter_map(panel).collect();
    if panels.is_empty() {
        return None;
    }
    let legend =
        devices.iter().map(|device| Series::new(device.to_string(), style::device_colour(*device)));
    let rows = rows.into_iter().map(|(name, _)| name).collect();
    let figure =
        Dots { title: title.to_owned(), legend: legend.collect(), rows, panels, margin: None };
    Some(Figure::new(sheet, what, figure.draw()))
}

/// The median of some numbers.
fn middle(values: Vec<f64>) -> Option<f64> {
    metrics::quantiles(&values, &[0.5]).map(|quantiles| quantiles[0])
}
