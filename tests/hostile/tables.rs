//! Click logs and synthetic tables.

use super::{LONGEST, RANDOM, Stage};
use arrow_array::types::Int32Type;
use arrow_array::{ArrayRef, DictionaryArray, Int8Array, Int32Array, RecordBatch, StringArray};
use arrow_schema::DataType;
use bolero::check;
use parquet::arrow::ArrowWriter;
use parquet::arrow::arrow_writer::ArrowWriterOptions;
use std::path::Path;
use std::sync::Arc;
use synthctr::data::{
    Binning, FrameOptions, Numeric, ReadOptions, Table, load_table, read_frames, read_known_table,
    read_numbers, to_tables, write_like, write_table,
};
use synthctr::experiment::store::Scores;
use synthctr::seed::Seed;

/// Reads a click log, and again what is written of it.
fn click_log(path: &Path) {
    let _ = load_table(path, &ReadOptions::default());
    let numeric = [("price", Binning::Quantiles(4)), ("visits", Binning::Log2)];
    let numeric = numeric.map(|(name, bins)| Numeric { name: name.into(), bins });
    let options = ReadOptions { numeric: numeric.into(), ..ReadOptions::default() };
    let Ok(table) = load_table(path, &options) else { return };
    let copy = path.with_file_name("copy.parquet");
    write_table(&table, &copy).expect("what was read can be written");
    let again = read_known_table(&copy, table.schema()).expect("what was written can be read");
    assert!(same(&table, &again), "another table comes back");
}

/// Whether two tables of one schema have the same rows.
fn same(a: &Table, b: &Table) -> bool {
    Arc::ptr_eq(a.schema(), b.schema()) && a.columns() == b.columns() && a.labels() == b.labels()
}

/// Reads a table of any tool, guesses what its columns are, and writes rows like its own.
fn frame(path: &Path) {
    let options = FrameOptions { label: Some("label".into()), ..FrameOptions::default() };
    let Ok(frames) = read_frames(&[("real", path), ("synthetic", path)], &options) else { return };
    let Ok((tables, write_back)) = to_tables(&frames, "label", Binning::Quantiles(10)) else {
        return;
    };
    let name = path.file_name().expect("a name").to_string_lossy();
    let out = path.with_file_name(name.replace("table", "like"));
    let seed = Some(Seed::master(1));
    write_like(&tables[0], &write_back, &out, seed).expect("rows like those read can be written");
}

/// The same file as rows that somebody else has made of a known log.
fn answer(path: &Path, known: &Table) {
    if let Ok(table) = read_known_table(path, known.schema()) {
        assert_eq!(table.n_fields(), known.n_fields());
    }
    let _ = read_numbers(path, "score");
}

/// Reads a table as all that reads tables does.
fn table(path: &Path, known: &Table) {
    click_log(path);
    frame(path);
    answer(path, known);
}

/// A log whose fields have the names of the corpus's.
fn known(stage: &Stage) -> Table {
    let text = "label,user,item,price\n1,u1,a,0.5\n0,u2,b,1.5\n1,u1,b,2\n0,,a,\n";
    let path = stage.beside("known.csv", text);
    let price = Numeric { name: "price".into(), bins: Binning::Quantiles(3) };
    let options = ReadOptions { numeric: vec![price], ..ReadOptions::default() };
    load_table(&path, &options).expect("a log")
}

#[test]
fn csv() {
    let stage = Stage::new("table.csv");
    let known = known(&stage);
    check!().with_max_len(LONGEST).with_iterations(RANDOM).for_each(|bytes: &[u8]| {
        stage.hands(bytes, |path| table(path, &known));
    });
}

#[test]
fn compressed_csv() {
    let stages = ["table.tsv.gz", "table.csv.zst"];
    let stage = Stage::new(stages[0]);
    check!().with_max_len(LONGEST).with_iterations(RANDOM).for_each(|bytes: &[u8]| {
        stage.hands(bytes, frame);
        let zst = stage.path().with_file_name(stages[1]);
        std::fs::rename(stage.path(), &zst).expect("the other name");
        frame(&zst);
    });
}

#[test]
fn parquet() {
    let stage = Stage::new("table.parquet");
    let known = known(&stage);
    check!().with_max_len(LONGEST).with_iterations(RANDOM).for_each(|bytes: &[u8]| {
        stage.hands(bytes, |path| {
            table(path, &known);
            let _ = Scores::read(path);
        });
    });
}

/// A file of a few kilobytes that names one long value in many rows: it is neither read nor written as often as
/// it is named.
#[test]
fn a_long_value_is_held_once() {
    let stage = Stage::new("table.parquet");
    for large in [false, true] {
        let file = |rows: usize| {
            let values = StringArray::from(vec!["x".repeat(LONGEST - 1)]);
            let keys = Int32Array::from(vec![0; rows]);
            let user: ArrayRef =
                Arc::new(DictionaryArray::<Int32Type>::new(keys, Arc::new(values)));
            let kind = if large { DataType::LargeUtf8 } else { DataType::Utf8 };
            let kind = DataType::Dictionary(Box::new(DataType::Int32), Box::new(kind));
            let user = arrow_cast::cast(&user, &kind).expect("texts");
            let labels = Int8Array::from_iter_values((0..rows).map(|row| (row % 2) as i8));
            let columns = [("label", Arc::new(labels) as ArrayRef), ("user", user)];
            let batch = RecordBatch::try_from_iter(columns).expect("rows");
            // Without the schema of arrow, readers take the column for plain texts.
            let options = ArrowWriterOptions::new().with_skip_arrow_metadata(!large);
            let mut bytes = Vec::new();
            let writer = ArrowWriter::try_new_with_options(&mut bytes, batch.schema(), options);
            let mut writer = writer.expect("a writer");
            writer.write(&batch).expect("written");
            writer.close().expect("closed");
            bytes
        };
        let many = 1 << 20;
        let bytes = file(many);
        assert!(bytes.len() < 1 << 18, "{} bytes", bytes.len());
        stage.hands(&bytes, |path| {
            let table = load_table(path, &ReadOptions::default()).expect("a log");
            assert_eq!((table.n_rows(), table.column(0)[many - 1]), (many, 0));
        });
        stage.hands(&file(1 << 15), frame);
    }
}
