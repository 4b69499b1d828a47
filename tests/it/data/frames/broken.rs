//! Bytes of any kind: an answer, never a panic, and never all of memory.

use super::*;
use arrow_array::{Date32Array, DictionaryArray, Float64Array, types::Int32Type};
use proptest::prelude::*;
use std::sync::Arc;

const NAMES: [&str; 6] = ["t.csv", "t.tsv", "t.csv.gz", "t.csv.zst", "t.parquet", "t.txt"];

/// A whole file for each of the names.
fn whole() -> Vec<Vec<u8>> {
    let rows: String = (0..300)
        .map(|i| format!("{},\"{}, {i}\",{}.5,2026-11-{:02}\n", i % 2, i % 7, i % 50, i % 30 + 1))
        .collect();
    let text = format!("label,city,price,day\n{rows}");
    let folder = folder();
    let dictionary: DictionaryArray<Int32Type> =
        (0..300).map(|i| (i % 5 > 0).then_some(["a", "b", "c"][i % 3])).collect();
    let columns: Vec<(&str, ArrayRef)> = vec![
        ("city", Arc::new(dictionary)),
        ("price", Arc::new(Float64Array::from_iter((0..300).map(|i| i as f64)))),
        ("day", Arc::new(Date32Array::from_iter((0..300).map(|i| (i % 3 > 0).then_some(i))))),
    ];
    let parquet = std::fs::read(parquet(&folder, "t.parquet", columns)).expect("read");
    let text = text.as_bytes();
    let tabs = text.iter().map(|&byte| if byte == b',' { b'\t' } else { byte }).collect();
    vec![text.to_vec(), tabs, gzip(text), zstd(text), parquet, text.to_vec()]
}

/// Reads the bytes as real and as other rows; whatever comes of it.
fn any_outcome(folder: &TempDir, name: &str, bytes: &[u8]) {
    let path = file(folder, name, bytes);
    drop(try_read(&[&path], &FrameOptions::default()));
    let real = file(folder, "real.csv", "label,city,price,day\n1,a,1.5,2026-11-24\n");
    drop(try_read(&[&real, &path], &FrameOptions::default()));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(96))]

    #[test]
    fn any_bytes(bytes in proptest::collection::vec(any::<u8>(), 0..300), text in ".{0,40}\n(.{0,20}\n){0,5}") {
        let folder = folder();
        for name in NAMES {
            any_outcome(&folder, name, &bytes);
        }
        any_outcome(&folder, "t.csv", text.as_bytes());
        any_outcome(&folder, "t.csv.gz", &gzip(&bytes));
        any_outcome(&folder, "t.csv.zst", &zstd(&bytes));
        any_outcome(&folder, "t.parquet", &[b"PAR1", &bytes[..], b"PAR1"].concat());
    }

    #[test]
    fn damaged_files(
        changes in proptest::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..6),
        cut in any::<prop::sample::Index>(),
        is_cut in any::<bool>(),
    ) {
        static WHOLE: std::sync::LazyLock<Vec<Vec<u8>>> = std::sync::LazyLock::new(whole);
        let folder = folder();
        for (name, bytes) in NAMES.iter().zip(WHOLE.iter()) {
            let mut bytes = bytes.clone();
            for (place, byte) in &changes {
                let place = place.index(bytes.len());
                bytes[place] = *byte;
            }
            if is_cut {
                bytes.truncate(cut.index(bytes.len()));
            }
            any_outcome(&folder, name, &bytes);
        }
    }
}

#[test]
fn any_byte_of_a_parquet_file_may_be_damaged() {
    let folder = folder();
    let whole = &whole()[4];
    for position in (0..whole.len()).step_by(2) {
        let mut bytes = whole.clone();
        bytes[position] ^= 0x55;
        let path = file(&folder, "t.parquet", &bytes);
        drop(try_read(&[&path], &FrameOptions::default()));
    }
}

#[test]
fn a_packed_file_cannot_unpack_without_end() {
    let folder = folder();
    let piece = [&[b'x'; 1023][..], b"\n"].concat().repeat(1 << 14);
    let bomb = [zstd(b"a\n"), zstd(&piece).repeat(17)].concat();
    let path = file(&folder, "bomb.csv.zst", bomb);
    let error = try_read(&[&path], &FrameOptions::default()).expect_err("a bomb").to_string();
    let expected = "bomb.csv.zst: it unpacks to more than 268435456 bytes, too much for its size";
    assert!(error.contains(expected), "{error}");
}

#[test]
fn a_row_cannot_go_on_without_end() {
    let folder = folder();
    let bomb = [zstd(b"a,b\n1,\""), zstd(&vec![b'a'; 1 << 23]).repeat(12)].concat();
    let path = file(&folder, "open.csv.zst", bomb);
    let error = try_read(&[&path], &FrameOptions::default()).expect_err("a bomb").to_string();
    assert!(error.contains("a row of more than 67108864 bytes; is a quote left open?"), "{error}");
}
