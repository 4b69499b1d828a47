//! Dates and times as numbers.

use super::*;
use synthctr::data::DateUnit;

/// The numbers that dates become.
fn numbers(unit: DateUnit, files: &[&[&str]]) -> Vec<Vec<String>> {
    let options = FrameOptions { date_unit: unit, ..FrameOptions::default() };
    let frames = columns(files, &options).unwrap_or_else(|error| panic!("{error}"));
    assert_eq!(guess(&frames, "x").0, Kind::Dates, "{files:?}");
    (0..files.len()).map(|file| shown(&frames, file, "x")).collect()
}

#[test]
fn every_unit_is_counted_from_1970() {
    let cells =
        ["1970-01-01", "1970-01-02T01:02:03", "1969-12-31 23:59:59", "2026-11-24T13:05:00.5Z"];
    let by = |unit| numbers(unit, &[&cells]).remove(0);
    // The last one by GNU date: `date -u -d 2026-11-24T13:05:00Z +%s`.
    assert_eq!(by(DateUnit::Second), ["0", "90123", "-1", "1795525500"]);
    assert_eq!(by(DateUnit::Minute), ["0", "1502", "-1", "29925425"]);
    assert_eq!(by(DateUnit::Hour), ["0", "25", "-1", "498757"]);
    assert_eq!(by(DateUnit::Day), ["0", "1", "-1", "20781"]);
    assert_eq!(by(DateUnit::Month), ["0", "0", "-1", "682"]);
}

#[test]
fn other_zones_are_turned_to_the_first_ones() {
    let real = ["2026-11-24T23:30:00+01:00", "2026-11-24T23:30:00Z", "2026-11-24T23:30:00-0730"];
    let other = ["2026-11-24 22:59:59Z", "2026-11-24T23:00+00", "2026-11-24", ""];
    let days = numbers(DateUnit::Day, &[&real, &other]);
    assert_eq!(days[0], ["20781", "20782", "20782"]);
    assert_eq!(days[1], ["20781", "20782", "20781", "NaN"]);
}

#[test]
fn what_is_no_date_is_text() {
    let invalid = [
        "2026-13-01",
        "2026-02-29",
        "2026-1-01",
        "26-01-01",
        "2026-01-01T",
        "2026-01-01T24:00",
        "2026-01-01T1:00",
        "2026-01-01T10:60",
        "2026-01-01T10:00:61",
        "2026-01-01T10:00:00.",
        "2026-01-01T10:00:00,5",
        "2026-01-01T10:00+1",
        "2026-01-01T10:00+24:00",
        "2026-01-01T10:00 CET",
        "2026-01-01x10:00",
        "2026-01-01é10:00",
        "2026/01/01",
    ];
    for cell in invalid {
        let cell = cell.replace(',', ";");
        let frames = column(&[&[cell.as_str(), "2026-01-01"]]);
        assert_eq!(guess(&frames, "x").0, Kind::Categories, "{cell}");
    }
    let valid = ["2024-02-29", "2026-06-30T23:59:60Z", " 2026-01-01 ", "0000-01-01", "9999-12-31"];
    for cell in valid {
        assert_eq!(guess(&column(&[&[cell]]), "x").0, Kind::Dates, "{cell}");
    }
}
