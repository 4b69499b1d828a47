//! From files to train, valid and test.

use super::config::{ReadOptions, SplitBy};
use super::encode::{encode, schema};
use super::error::Place;
use super::file::{read_part, read_raw};
use super::frame::seconds;
use super::intern::Interner;
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
    let options = &without_time(options, by);
    let (raw, key) = match by {
        None => (read_raw(path, options)?, None),
        Some(SplitBy::ByTime(column) | SplitBy::ByGroup(column)) => {
            let (raw, key) = with_key(path, column, options)?;
            (raw, Some(key))
        }
    };
    let groups = match (by, &key) {
        (Some(SplitBy::ByTime(_)), Some(key)) => key.by_time(path)?,
        (Some(SplitBy::ByGroup(_)), Some(key)) => key.by_group(seed),
        _ => {
            let mut rows: Vec<u32> = (0..raw.labels.len() as u32).collect();
            rows.shuffle(&mut seed.stream("split"));
            Groups::of(rows, |_, _| false)
        }
    };
    if let (Some(key), true) = (&key, groups.ends.len() < 3) {
        return Err(DataError::Setting(format!(
            "{}: `{}`, by which it is split, has {} different value{}, and rows of one stay together; three parts need \
             three",
            path.display(),
            key.name,
            groups.ends.len(),
            if groups.ends.len() == 1 { "" } else { "s" }
        )));
    }
    let [train, valid, test] = groups.dealt(fractions);
    let schema = Arc::new(schema(&raw, &train, options)?);
    let all = encode(raw, &schema)?;
    let part = |rows: Vec<u32>| {
        let rows: Vec<usize> = rows.into_iter().map(|row| row as usize).collect();
        all.select(&rows)
    };
    let split = Split { train: part(train), valid: part(valid), test: part(test) };
    for (name, part) in [("train", &split.train), ("valid", &split.valid), ("test", &split.test)] {
        check(part, || format!("{name}, drawn from {}", path.display()))?;
    }
    Ok(split)
}

/// Rows in the order in which they are dealt; those up to an end, from the end before, stay together.
struct Groups {
    rows: Vec<u32>,
    ends: Vec<usize>,
}

impl Groups {
    /// Rows that stand one after the other and are alike stay together.
    fn of(rows: Vec<u32>, alike: impl Fn(u32, u32) -> bool) -> Self {
        let is_last = |end: &usize| *end == rows.len() || !alike(rows[end - 1], rows[*end]);
        Self { ends: (1..=rows.len()).filter(is_last).collect(), rows }
    }

    /// The parts that the fractions ask for: a group goes where its middle falls, and of three groups or more every part
    /// gets one.
    fn dealt(mut self, fractions: [f64; 3]) -> [Vec<u32>; 3] {
        let n = self.rows.len() as f64;
        let n_groups = self.ends.len();
        let start = |group: usize| if group == 0 { 0 } else { self.ends[group - 1] };
        let before = |share: f64| {
            let middle = |group: usize| (start(group) + self.ends[group]) as f64 / 2.0;
            (0..n_groups).take_while(|group| middle(*group) <= n * share).count()
        };
        let [mut second, mut third] = [fractions[0], fractions[0] + fractions[1]].map(before);
        if n_groups >= 3 {
            second = second.clamp(1, n_groups - 2);
            third = third.clamp(second + 1, n_groups - 1);
        }
        let test = self.rows.split_off(start(third));
        let valid = self.rows.split_off(start(second));
        [self.rows, valid, test]
    }
}

/// What is read where time splits the rows: not time itself unless it is named as a field, since no moment of test
/// occurs in train.
fn without_time(options: &ReadOptions, by: Option<&SplitBy>) -> ReadOptions {
    let mut options = options.clone();
    if let Some(SplitBy::ByTime(column)) = by
        && options.fields.is_none()
        && *column != options.label
        && options.numeric.iter().all(|numeric| numeric.name != *column)
        && !options.ignore.contains(column)
    {
        options.ignore.push(column.clone());
    }
    options
}

/// Reads a file with the column that splits it, whether it is a field or not.
fn with_key(path: &Path, column: &str, options: &ReadOptions) -> Result<(Raw, Key), DataError> {
    if column == options.label {
        return Err(DataError::Setting(format!(
            "dataset.split names `{column}`, which is the label"
        )));
    }
    // As text, whatever it is as a field; its values are no categories.
    let alone = ReadOptions {
        fields: Some(vec![column.to_owned()]),
        ignore: Vec::new(),
        numeric: Vec::new(),
        max_categories: usize::MAX,
        ..options.clone()
    };
    let of_key = read_raw(path, &alone).map_err(|error| match error {
        DataError::NoColumn { place, name, hint, .. } if name == column => {
            DataError::NoColumn { place, name, role: "what the split goes by", hint }
        }
        other => other,
    })?;
    match of_key.columns.into_iter().next() {
        Some(RawColumn { name, cells: Cells::Text { values, codes } }) => {
            Ok((read_raw(path, options)?, Key { name, values, codes }))
        }
        _ => Err(DataError::Setting(format!("dataset.split: `{column}` is not read as text"))),
    }
}

/// The column by which a file is split: `values[codes[row]]`.
struct Key {
    name: String,
    values: Interner,
    codes: Vec<u32>,
}

impl Key {
    /// The rows of each moment, in the order of time.
    fn by_time(&self, path: &Path) -> Result<Groups, DataError> {
        let Self { name, values, codes } = self;
        let texts = || (0..values.len() as u32).map(|value| values.text(value).trim());
        let number = |text: &str| text.parse::<f64>().ok().filter(|number| number.is_finite());
        // All are of one kind; what is of neither is to be mended, and told by that most are of.
        let numbers = texts().filter(|text| number(text).is_some()).count();
        let are_numbers = 2 * numbers > values.len();
        let moments: Vec<Option<f64>> =
            texts().map(|text| if are_numbers { number(text) } else { seconds(text) }).collect();
        if let Some(row) = codes.iter().position(|&code| moments[code as usize].is_none()) {
            let row_at = row_in_file(path, row);
            let place = Box::new(Place { path: path.to_path_buf(), row: row_at, column: None });
            let value = values.text(codes[row]).to_owned();
            return Err(DataError::BadTime { place, column: name.clone(), value });
        }
        let moment = |row: u32| moments[codes[row as usize] as usize].unwrap_or(f64::NAN);
        let mut rows: Vec<u32> = (0..codes.len() as u32).collect();
        rows.sort_by(|&a, &b| moment(a).total_cmp(&moment(b)));
        Ok(Groups::of(rows, |a, b| moment(a) == moment(b)))
    }

    /// The rows of each group, in a random order of groups; a row that names none is one by itself.
    fn by_group(&self, seed: Seed) -> Groups {
        let mut groups: Vec<u32> = self.codes.clone();
        let mut n_groups = self.values.len() as u32;
        for group in &mut groups {
            if self.values.text(*group).is_empty() {
                (*group, n_groups) = (n_groups, n_groups + 1);
            }
        }
        let mut order: Vec<u32> = (0..n_groups).collect();
        order.shuffle(&mut seed.stream("split"));
        let group = |row: u32| groups[row as usize];
        let mut rows: Vec<u32> = (0..groups.len() as u32).collect();
        rows.sort_by_key(|&row| order[group(row) as usize]);
        Groups::of(rows, |a, b| group(a) == group(b))
    }
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
