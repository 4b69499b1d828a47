//! How close synthetic rows come to real ones.

use super::canvas::Series;
use super::forms::{Dots, Mark, Panel, RowName};
use super::scale::Scale;
use super::style::{self, BLACK};
use super::{Drawn, Figure};
use crate::experiment::QualityRecord;
use crate::report::findings::Findings;
use crate::report::sheet::{Entry, Sheet};
use crate::report::stats::Sample;

/// The mean of a number over records.
fn mean(records: &[&QualityRecord], get: impl Fn(&QualityRecord) -> Option<f64>) -> Option<f64> {
    records.iter().filter_map(|record| get(record)).collect::<Sample>().mean()
}

/// A quantile of the distances to the closest real record.
fn quantile(record: &QualityRecord, probability: f64) -> Option<f64> {
    let closest = record.measured.privacy.diagnostics.closest_record.as_ref()?;
    let at = |[p, distance]: &[f64; 2]| (*p == probability).then_some(*distance);
    closest.quantiles.iter().find_map(at)
}

/// Distances to the closest real record, beside those of real rows and of copies.
pub fn closest(findings: &Findings) -> Drawn {
    let title = "Distance of rows to the closest row of train";
    let columns = ["5 %", "median", "95 %", "closer to train", "stand in train"];
    let mut sheet = Sheet::new("closest_records", title, &["source", "fitted"], &columns);
    let (mut rows, mut panels) = (Vec::new(), [Vec::new(), Vec::new(), Vec::new()]);
    for (name, records) in findings.measured() {
        let of = |probability| mean(&records, |record| quantile(record, probability));
        let Some(median) = of(0.5) else { continue };
        let ends = of(0.05).zip(of(0.95));
        let closer = mean(&records, |record| {
            record.measured.privacy.diagnostics.closest_record.as_ref()?.share_closer_to_train
        });
        let identical = mean(&records, |record| {
            let rows = record.measured.rows.synthetic.max(1) as f64;
            Some(record.measured.privacy.diagnostics.identical_rows as f64 / rows)
        });
        let anchor = findings.quality_anchor(&name);
        let number = |value| Entry::number(value, 3, anchor.clone());
        sheet.push(vec![
            Entry::text(&name.0),
            Entry::text(&name.1),
            number(ends.map(|ends| ends.0)),
            number(Some(median)),
            number(ends.map(|ends| ends.1)),
            number(closer),
            number(identical),
        ]);
        let series = usize::from(records[0].of.seed.is_some());
        let within = ends.map(|(low, high)| [low, high]);
        let row = rows.len();
        let mark = |value, within| Mark { row, series, lane: 0, value, within, hollow: false };
        panels[0].push(mark(median, within));
        panels[1].extend(closer.map(|closer| mark(closer, None)));
        panels[2].extend(identical.map(|identical| mark(identical, None)));
        rows.push(RowName { name: name.0, faint: name.1 });
    }
    if rows.is_empty() {
        return None;
    }
    let names = [
        ("distance (median, 5 % to 95 %)", "share of fields that differ", None),
        ("closer to train than to held-out rows", "share of rows", Some(0.5)),
        ("rows that stand in train", "share of rows", None),
    ];
    let panel = |((title, unit, line), marks): ((&str, &str, Option<f64>), Vec<Mark>)| Panel {
        title: title.to_owned(),
        unit: unit.to_owned(),
        scale: Scale::shares(),
        line,
        marks,
    };
    let figure = Dots {
        title: title.to_owned(),
        legend: vec![
            Series::new("real rows and copies", BLACK),
            Series::new("synthetic rows", style::colour(0)),
        ],
        rows,
        panels: names.into_iter().zip(panels).map(panel).collect(),
        margin: None,
    };
    let what = "Rows that are closer to train than real rows are may have been copied and changed a little; \
                those of copies are what that looks like. Distances prove nothing: tables that pass leak.";
    Some(Figure::new(sheet, what, figure.draw()))
}
