//! From files to train, valid and test.

use super::config::ReadOptions;
use super::encode::{encode, schema};
use super::file::{read_first_rows, read_raw};
use super::{DataError, Split, Table};
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
    let read = |path| read_first_rows(path, &schema, options.rows);
    let split = Split { train: encode(raw, &schema)?, valid: read(valid)?, test: read(test)? };
    check(&split.train, || format!("train ({})", train.display()))?;
    check(&split.valid, || format!("valid ({})", valid.display()))?;
    check(&split.test, || format!("test ({})", test.display()))?;
    Ok(split)
}

/// Reads one file and deals its rows at random into train, valid and test by `fractions`, in the
/// order that the `split` stream of `seed` shuffles them.
pub fn load_and_split(
    path: &Path,
    fractions: [f64; 3],
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
    let raw = read_raw(path, options)?;
    let n = raw.labels.len();
    let mut rows: Vec<u32> = (0..n as u32).collect();
    rows.shuffle(&mut seed.stream("split"));
    let first = (n as f64 * fractions[0]).round() as usize;
    let second = (n as f64 * (fractions[0] + fractions[1])).round() as usize;
    let schema = Arc::new(schema(&raw, &rows[..first], options)?);
    let all = encode(raw, &schema)?;
    let part = |range: std::ops::Range<usize>| {
        let rows: Vec<usize> = rows[range].iter().map(|&row| row as usize).collect();
        all.select(&rows)
    };
    let split = Split { train: part(0..first), valid: part(first..second), test: part(second..n) };
    for (name, part) in [("train", &split.train), ("valid", &split.valid), ("test", &split.test)] {
        check(part, || format!("{name}, drawn from {}", path.display()))?;
    }
    Ok(split)
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
