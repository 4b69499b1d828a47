//! Any user's tables: what their columns are taken for, and that files of other tools compare.

use super::{file, message};
use std::path::{Path, PathBuf};
use synthctr::data::{Column, DateUnit, FrameOptions, Frames, Kind, Values, read_frames};
use tempfile::TempDir;

fn folder() -> TempDir {
    tempfile::tempdir().expect("a temporary folder")
}

/// Reads one file.
fn read(path: &Path, options: &FrameOptions) -> Frames {
    read_frames(&[("real", path)], options).unwrap_or_else(|error| panic!("{error}"))
}

/// Reads a real file and one to be compared with it.
fn read_both(real: &Path, synthetic: &Path, options: &FrameOptions) -> Frames {
    let files = [("real", real), ("synthetic", synthetic)];
    read_frames(&files, options).unwrap_or_else(|error| panic!("{error}"))
}

/// A column's categories as texts, or its numbers as they are shown, by row.
fn texts(frames: &Frames, file: usize, name: &str) -> Vec<String> {
    let frame = &frames.frames[file];
    let column = &frame.columns()[frame.position(name).unwrap_or_else(|| panic!("no {name}"))];
    shown(column)
}

fn shown(column: &Column) -> Vec<String> {
    match &column.values {
        Values::Categories { vocabulary, codes } => {
            codes.iter().map(|&code| vocabulary[code as usize].clone()).collect()
        }
        Values::Numbers(numbers) => numbers.iter().map(f64::to_string).collect(),
    }
}

fn kind(frames: &Frames, name: &str) -> (Kind, String) {
    let guess = frames.guesses.iter().find(|guess| guess.name == name).expect("a guess");
    (guess.kind, guess.reason.clone())
}

/// Reads a column called `x` beside one that is the same in all rows.
fn column(cells: &[&str]) -> Frames {
    let folder = folder();
    let rows: String = cells.iter().map(|cell| format!("a,{cell}\n")).collect();
    read(&file(&folder, "t.csv", format!("same,x\n{rows}")), &FrameOptions::default())
}

#[test]
fn guesses_follow_the_values_and_the_name() {
    let folder = folder();
    let rows: String = (0..100)
        .map(|i| {
            let bit = i % 2;
            format!(
                "{bit},{},word {i},{i},{i},{},{},{},{i}.5,2026-11-{:02},{},{i},0{i:02},{},{bit}\n",
                ["True", "false"][bit],
                i % 10,
                i % 11,
                i % 20,
                i % 28 + 1,
                ["", "2026-11-24 13:05:00"][bit],
                9_007_199_254_740_993_u64 + i as u64,
            )
        })
        .collect();
    let header =
        "bit,flag,text,userId,visits,weekday,site,age,ratio,day,at,order id,padded,hash,empty";
    let rows = rows.replace(",0\n", ",\n").replace(",1\n", ",\n");
    let path = file(&folder, "t.csv", format!("{header}\n{rows}"));
    let frames = read(&path, &FrameOptions::default());
    let guesses: String = frames.guesses.iter().map(|guess| format!("{guess}\n")).collect();
    crate::snapshots().bind(|| insta::assert_snapshot!("frame_guesses", guesses));
    assert!(frames.warnings.is_empty());
}
