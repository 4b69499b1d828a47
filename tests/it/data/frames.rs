//! Any user's tables: what their columns are taken for, that files of other tools compare, and that
//! synthetic rows are written as the real file has them.

mod broken;
mod dates;
mod errors;
mod guesses;
mod labels;
mod sources;
mod write;

use super::{file, message};
use arrow_array::{ArrayRef, RecordBatch};
use std::path::{Path, PathBuf};
use synthctr::data::{Column, DataError, FrameOptions, Frames, Kind, Values, read_frames};
use tempfile::TempDir;

fn folder() -> TempDir {
    tempfile::tempdir().expect("a temporary folder")
}

/// Reads a real file and those beside it, as it is usually done.
fn try_read(files: &[&Path], options: &FrameOptions) -> Result<Frames, DataError> {
    let roles = ["real", "synthetic", "holdout"];
    let files: Vec<(&str, &Path)> = roles.into_iter().zip(files.iter().copied()).collect();
    read_frames(&files, options)
}

fn read(files: &[&Path]) -> Frames {
    read_with(files, &FrameOptions::default())
}

fn read_with(files: &[&Path], options: &FrameOptions) -> Frames {
    try_read(files, options).unwrap_or_else(|error| panic!("{error}"))
}

/// A column as texts, by row: its categories, or its numbers as they are shown.
fn shown(frames: &Frames, file: usize, name: &str) -> Vec<String> {
    let frame = &frames.frames[file];
    let position = frame.position(name).unwrap_or_else(|| panic!("no column {name}"));
    texts(&frame.columns()[position])
}

fn texts(column: &Column) -> Vec<String> {
    match &column.values {
        Values::Categories { vocabulary, codes } => {
            codes.iter().map(|&code| vocabulary[code as usize].clone()).collect()
        }
        Values::Numbers(numbers) => numbers.iter().map(f64::to_string).collect(),
    }
}

/// What a column was taken for, and why.
fn guess(frames: &Frames, name: &str) -> (Kind, String) {
    let guess = frames.guesses.iter().find(|guess| guess.name == name).expect("a guess");
    (guess.kind, guess.reason.clone())
}

/// Reads files of a column called `x`, one cell a line.
fn columns(files: &[&[&str]], options: &FrameOptions) -> Result<Frames, DataError> {
    let folder = folder();
    let path = |(i, cells): (usize, &&[&str])| {
        let rows: String = cells.iter().map(|cell| format!("a,{cell}\n")).collect();
        file(&folder, &format!("{i}.csv"), format!("same,x\n{rows}"))
    };
    let paths: Vec<PathBuf> = files.iter().enumerate().map(path).collect();
    try_read(&paths.iter().map(PathBuf::as_path).collect::<Vec<_>>(), options)
}

/// The same, of files that can be compared.
fn column(files: &[&[&str]]) -> Frames {
    columns(files, &FrameOptions::default()).unwrap_or_else(|error| panic!("{error}"))
}

/// Writes a Parquet file.
fn parquet(folder: &TempDir, name: &str, columns: Vec<(&str, ArrayRef)>) -> PathBuf {
    let path = folder.path().join(name);
    let batch = RecordBatch::try_from_iter(columns).expect("a batch");
    let out = std::fs::File::create(&path).expect("a file");
    let mut writer =
        parquet::arrow::ArrowWriter::try_new(out, batch.schema(), None).expect("a writer");
    writer.write(&batch).expect("written");
    writer.close().expect("written");
    path
}

/// Bytes packed with gzip.
fn gzip(bytes: &[u8]) -> Vec<u8> {
    use std::io::Write;
    let mut packer = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    packer.write_all(bytes).expect("packed");
    packer.finish().expect("packed")
}

/// Bytes packed with zstd.
fn zstd(bytes: &[u8]) -> Vec<u8> {
    zstd::encode_all(bytes, 1).expect("packed")
}
