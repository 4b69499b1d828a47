//! From files to train, valid and test.

use super::config::{ReadOptions, SplitBy};
use super::encode::{encode, schema};
use super::error::Place;
use super::file::{read_part, read_raw};
use super::frame::seconds;
use super::raw::{Cells, Raw, RawColumn};
use super::{DataError, Split, Table, row_in_file};
use crate::seed::Seed;
use rand::seq::SliceRandom;
use std::path::Path;
use std::sync::Arc;

/// Reads three files into one schema, whose vocabularies come from `train`.
pub fn load_split(
    train: &Path,
    valid: &Path,
    test: &Path,
    options: &ReadOptions,
) -> Result<Split, DataError> {
    let raw = read_raw(train, options)?;
    let rows: Vec<u32> = (0..raw.labels.len() as u32).collect();
    let schema = Arc::new(schema(&raw, &rows, options)?);
    let read = |path| read_part(path, &schema, options);
    let split = Split { train: encode(raw, &schema)?, valid: read(valid)?, test: read(test)? };
    check(&split.train, || format!("train ({})", train.display()))?;
    check(&split.valid, || format!("valid ({})", valid.display()))?;
    check(&split.test, || format!("test ({})", test.display()))?;
    Ok(split)
}

/// Reads one file and deals its rows into train, valid and test by `fractions`: at random, in the order that the `split`
/// stream of `seed` shuffles them, or as `by` has it. Parts of groups and moments, which stay together, are of other
/// sizes by less than one of them.
pub fn load_and_split(
    path: &Path,
    fractions: [f64; 3],
    by: Option<&SplitBy>,
    options: &ReadOptions,
    seed: Seed,
) -> Result<Split, DataError> {
    let sum: f64 = fractions.iter().sum();
    let positive = fractions.iter().all(|fraction| *fraction > 0.0);
    if !(positive && (sum - 1.0).abs() < 1e-9) {
        return Err(DataError::Setting(format!(
            "dataset.fractions is {fractions:?}; it must be three numbers above 0 with sum 1"
        )));
    }
    let (raw, key) = match by {
        None => (read_raw(path, options)?, None),
        Some(SplitBy::ByTime(column) | SplitBy::ByGroup(column)) => {
            let (raw, key) = with_key(path, column, options)?;
            (raw, Some(key))
        }
    };
    let rows = match (by, &key) {
        (Some(SplitBy::ByTime(_)), Some(key)) => by_time(key, path)?,
        (Some(SplitBy::ByGroup(_)), Some(key)) => by_group(key, seed),
        _ => {
            let mut rows: Vec<u32> = (0..raw.labels.len() as u32).collect();
            rows.shuffle(&mut seed.stream("split"));
            rows.into_iter().map(|row| vec![row]).collect()
        }
    };
    let n = raw.labels.len();
    let [train, valid, test] = dealt(rows, n, fractions);
    let schema = Arc::new(schema(&raw, &train, options)?);
    let all = encode(raw, &schema)?;
    let part = |rows: &[u32]| {
        let rows: Vec<usize> = rows.iter().map(|&row| row as usize).collect();
        all.select(&rows)
    };
    let split = Split { train: part(&train), valid: part(&valid), test: part(&test) };
    for (name, part) in [("train", &split.train), ("valid", &split.valid), ("test", &split.test)] {
        check(part, || format!("{name}, drawn from {}", path.display()))?;
    }
    Ok(split)
}

/// Rows that stay together, one after the other, cut where the fractions have it.
fn dealt(groups: Vec<Vec<u32>>, n: usize, fractions: [f64; 3]) -> [Vec<u32>; 3] {
    let ends = [fractions[0], fractions[0] + fractions[1]];
    let ends = ends.map(|share| (n as f64 * share).round() as usize);
    let mut parts: [Vec<u32>; 3] = Default::default();
    let mut before = 0;
    for group in groups {
        let part = ends.iter().filter(|end| before >= **end).count();
        before += group.len();
        parts[part].extend(group);
    }
    parts
}

/// Reads a file with the column that splits it, whether it is a field or not.
fn with_key(
    path: &Path,
    column: &str,
    options: &ReadOptions,
) -> Result<(Raw, RawColumn), DataError> {
    if column == options.label {
        return Err(DataError::Setting(format!(
            "dataset.split names `{column}`, which is the label"
        )));
    }
    // As text, whatever it is as a field.
    let alone = ReadOptions {
        fields: Some(vec![column.to_owned()]),
        ignore: Vec::new(),
        numeric: Vec::new(),
        ..options.clone()
    };
    let of_key = read_raw(path, &alone).map_err(|error| match error {
        DataError::NoColumn { place, name, hint, .. } => {
            DataError::NoColumn { place, name, role: "what the split goes by", hint }
        }
        other => other,
    })?;
    let key = of_key.columns.into_iter().next();
    let key = key.ok_or_else(|| DataError::Setting("dataset.split names no column".into()))?;
    Ok((read_raw(path, options)?, key))
}

/// The rows of each moment, in the order of time.
fn by_time(key: &RawColumn, path: &Path) -> Result<Vec<Vec<u32>>, DataError> {
    let Cells::Text { values, codes } = &key.cells else { return Ok(Vec::new()) };
    let texts = || (0..values.len() as u32).map(|value| values.text(value));
    let number = |text: &str| text.trim().parse::<f64>().ok().filter(|number| number.is_finite());
    let all_numbers = texts().all(|text| number(text).is_some());
    let moments: Vec<Option<f64>> =
        texts().map(|text| if all_numbers { number(text) } else { seconds(text.trim()) }).collect();
    if let Some(row) = codes.iter().position(|&code| moments[code as usize].is_none()) {
        let place = Place { path: path.to_path_buf(), row: row_in_file(path, row), column: None };
        let value = values.text(codes[row]).to_owned();
        return Err(DataError::BadTime { place: Box::new(place), column: key.name.clone(), value });
    }
    let mut rows: Vec<(f64, u32)> = codes
        .iter()
        .zip(0..)
        .filter_map(|(&code, row)| Some((moments[code as usize]?, row)))
        .collect();
    rows.sort_by(|a, b| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1)));
    let moments = rows.chunk_by(|a, b| a.0 == b.0);
    Ok(moments.map(|rows| rows.iter().map(|(_, row)| *row).collect()).collect())
}

/// The rows of each group, in a random order of groups.
fn by_group(key: &RawColumn, seed: Seed) -> Vec<Vec<u32>> {
    let Cells::Text { values, codes } = &key.cells else { return Vec::new() };
    let mut groups: Vec<Vec<u32>> = vec![Vec::new(); values.len()];
    codes.iter().zip(0..).for_each(|(&code, row)| groups[code as usize].push(row));
    groups.shuffle(&mut seed.stream("split"));
    groups
}

/// Fails unless both labels are there.
fn check(part: &Table, name: impl Fn() -> String) -> Result<(), DataError> {
    if part.n_rows() == 0 {
        return Err(DataError::Setting(format!(
            "{}: no row falls to it; more rows or a larger fraction are needed",
            name()
        )));
    }
    let clicks = part.count(1);
    if clicks > 0 && clicks < part.n_rows() {
        return Ok(());
    }
    let label = u8::from(clicks > 0);
    Err(DataError::OneLabel { part: name(), rows: part.n_rows(), label })
}
