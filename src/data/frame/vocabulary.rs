//! One vocabulary for the columns of all files.

use super::column::Cells;
use super::form::Form;
use super::read::FileColumn;
use super::{Column, Frame};
use crate::data::encode::sorted;
use rayon::prelude::*;
use std::collections::{HashMap, HashSet};
use std::sync::Arc;

/// The frames of all files, `cells[file][column]`.
pub(super) fn frames(names: &[&str], columns: &[FileColumn], cells: Vec<Vec<Cells>>) -> Vec<Frame> {
    let n_files = cells.len();
    let mut by_column: Vec<Vec<Cells>> = names.iter().map(|_| Vec::new()).collect();
    for file in cells {
        by_column.iter_mut().zip(file).for_each(|(column, cells)| column.push(cells));
    }
    let columns: Vec<Vec<Column>> = names
        .par_iter()
        .zip(columns)
        .zip(by_column)
        .map(|((name, column), files)| values(name, &column.form, files))
        .collect();
    let mut frames: Vec<Vec<Column>> = (0..n_files).map(|_| Vec::new()).collect();
    for column in columns {
        frames.iter_mut().zip(column).for_each(|(frame, column)| frame.push(column));
    }
    frames.into_iter().map(Frame::new).collect()
}

/// A column of all files, with one vocabulary.
fn values(name: &str, form: &Form, files: Vec<Cells>) -> Vec<Column> {
    let categories: HashSet<String> = files
        .iter()
        .flat_map(|cells| match cells {
            Cells::Texts { values, .. } => {
                let all = 0..values.len() as u32;
                all.map(|value| form.category(values.text(value)).into_owned()).collect()
            }
            Cells::Numbers(_) => Vec::new(),
        })
        .collect();
    let vocabulary = Arc::new(sorted(categories.into_iter()));
    let codes: HashMap<&str, u32> = vocabulary.iter().map(String::as_str).zip(0..).collect();
    let column = |cells| match cells {
        Cells::Numbers(numbers) => Column::numbers(name, numbers),
        Cells::Texts { values, codes: mut rows } => {
            let code = |value| codes[&*form.category(values.text(value))];
            let code: Vec<u32> = (0..values.len() as u32).map(code).collect();
            rows.iter_mut().for_each(|row| *row = code[*row as usize]);
            Column::categories(name, vocabulary.clone(), rows)
        }
    };
    files.into_iter().map(column).collect()
}
