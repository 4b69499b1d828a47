//! The table of a benchmark.

use super::table::{NOTHING, empty_table, titled};
use super::written;
use crate::bench::{BenchReport, Measurement, Subject};
use crate::device::Device;
use crate::generators::Reading;
use comfy_table::{Cell, Row};

/// One line for each generator and model: rows per second and peak memory on every device, and how
/// many times as fast the last device is as the first.
pub fn bench_table(report: &BenchReport) -> String {
    let mut devices: Vec<Device> = Vec::new();
    for measurement in &report.measurements {
        if !devices.contains(&measurement.device) {
            devices.push(measurement.device);
        }
    }
    let parts = [
        (
            Subject::Generator,
            "Generators: training rows per second of an epoch (of the fit where there are no epochs), rows drawn per second",
            "fitted",
            "drawn",
        ),
        (
            Subject::Model,
            "Click models: training rows per second of an epoch, rows scored per second",
            "trained",
            "scored",
        ),
    ];
    let tables = parts.map(|(subject, title, fitted, drawn)| {
        part(report, subject, title, [fitted, drawn], &devices)
    });
    tables.concat()
}

/// The lines of all generators or all models.
fn part(
    report: &BenchReport,
    subject: Subject,
    title: &str,
    verbs: [&str; 2],
    devices: &[Device],
) -> String {
    let of = |m: &&Measurement| m.subject == subject;
    let measurements: Vec<_> = report.measurements.iter().filter(of).collect();
    let mut names: Vec<(&str, Reading)> =
        measurements.iter().map(|m| (m.name.as_str(), m.reading)).collect();
    names.dedup();
    if names.is_empty() {
        return String::new();
    }
    let ratio = match devices {
        [first, .., last] => Some((*first, *last)),
        _ => None,
    };
    let mut header = Vec::new();
    for verb in verbs {
        header.extend(devices.iter().map(|device| format!("{verb}/s\n{device}")));
        header.extend(ratio.map(|(first, last)| format!("{last}/\n{first}")));
    }
    header.extend(devices.iter().map(|device| format!("host MB\n{device}")));
    let gpu = devices.contains(&Device::Cuda);
    header.extend(gpu.then(|| "GPU MB\ncuda".to_owned()));
    let mut table = empty_table(&[""], header.iter().map(String::as_str), false);
    for (name, reading) in names {
        let on = |device: Device| {
            let same = |m: &&&Measurement| (m.name.as_str(), m.reading) == (name, reading);
            measurements.iter().filter(same).find(|m| m.device == device).copied()
        };
        let mut row = Row::new();
        row.add_cell(Cell::new(match reading {
            Reading::Categories => name.to_owned(),
            Reading::Numbers => format!("{name} {reading}"),
        }));
        let rates: [fn(&Measurement) -> f64; 2] =
            [|m| m.fit_rows_per_second, |m| m.sample_rows_per_second];
        for rate in rates {
            for &device in devices {
                row.add_cell(cell(on(device).map(|m| written(rate(m), 0))));
            }
            if let Some((first, last)) = ratio {
                let both = on(first).zip(on(last));
                row.add_cell(cell(both.map(|(a, b)| format!("{:.2}", rate(b) / rate(a)))));
            }
        }
        for &device in devices {
            row.add_cell(cell(on(device).map(|m| format!("{:.0}", m.host_peak_mb))));
        }
        if gpu {
            let peak = on(Device::Cuda).and_then(|m| m.device_peak_mb);
            row.add_cell(cell(peak.map(|mb| format!("{mb:.0}"))));
        }
        table.add_row(row);
    }
    titled(title, &table) + "\n"
}

fn cell(text: Option<String>) -> Cell {
    Cell::new(text.unwrap_or_else(|| NOTHING.to_owned()))
}
