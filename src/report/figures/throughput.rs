//! How fast generators and models are, device by device.

use super::canvas::Series;
use super::forms::{Dots, Mark, Panel, RowName};
use super::style;
use super::{Drawn, Figure, position};
use crate::bench::{BenchReport, Subject};
use crate::device::Device;
use crate::report::findings::Findings;
use crate::report::sheet::{Entry, Sheet};

/// A figure for each measured machine.
pub fn throughput(findings: &Findings) -> Vec<Drawn> {
    let several = findings.bench.len() > 1;
    let of = |(at, report): (usize, &BenchReport)| {
        let name = if several { format!("throughput_{}", at + 1) } else { "throughput".to_owned() };
        one(report, &name)
    };
    findings.bench.iter().enumerate().map(of).collect()
}

fn one(report: &BenchReport, name: &str) -> Drawn {
    let title = format!("Rows per second on {}", report.dataset.name);
    let columns =
        ["trained or fitted, rows/s", "drawn or scored, rows/s", "peak memory, 10⁶ bytes"];
    let mut sheet = Sheet::new(name, &title, &["of", "kind", "device"], &columns);
    let (mut rows, mut devices): (Vec<RowName>, Vec<Device>) = (Vec::new(), Vec::new());
    let mut marks = [Vec::new(), Vec::new()];
    for of in &report.measurements {
        let kind = match of.subject {
            Subject::Generator => format!("generator, {}", of.reading.name()),
            Subject::Model => "click model".to_owned(),
        };
        let row = RowName { name: of.name.clone(), faint: kind };
        let at = position(&mut rows, row.clone());
        let series = position(&mut devices, of.device);
        for (marks, value) in
            marks.iter_mut().zip([of.fit_rows_per_second, of.sample_rows_per_second])
        {
            marks.push(Mark { row: at, series, lane: series, value, within: None, hollow: false });
        }
        sheet.push(vec![
            Entry::text(&row.name),
            Entry::text(&row.faint),
            Entry::text(of.device.to_string()),
            Entry::number(Some(of.fit_rows_per_second), 0, None),
            Entry::number(Some(of.sample_rows_per_second), 0, None),
            Entry::number(Some(of.host_peak_mb), 0, None),
        ]);
    }
    let titles = ["training rows of an epoch or a fit", "rows drawn or scored"];
    let panel = |(title, marks)| Panel::logarithmic(title, "per second", marks);
    let panels: Vec<Panel> = titles.into_iter().zip(marks).filter_map(panel).collect();
    let legend =
        devices.iter().map(|device| Series::new(device.to_string(), style::device_colour(*device)));
    let figure = Dots { title, legend: legend.collect(), rows, panels, margin: None };
    let gpu = report.gpu.as_ref().map_or(String::new(), |gpu| format!(", GPU: {gpu}"));
    let what = format!(
        "Measured by `synthctr bench` on {} ({}), {} threads{gpu}; medians of {}.",
        report.machine, report.instruction_set, report.threads, report.repeats
    );
    Some(Figure::new(sheet, what, figure.draw()))
}
