//! Files of other tools.

use super::*;
use arrow_array::types::Int8Type;
use arrow_array::{
    BooleanArray, Date32Array, Decimal128Array, DictionaryArray, Float32Array, Float64Array,
    Int16Array, Int64Array, StringArray, StringViewArray, TimestampNanosecondArray,
};
use std::sync::Arc;

const PLAIN: &str =
    "label,city,price,day\n1,\"Basel, CH\",1.5,2026-11-24\n0,\"a \"\"b\"\"\nc\",,\n";

#[test]
fn one_table_in_any_file() {
    let folder = folder();
    let files = [
        ("plain.csv", PLAIN.as_bytes().to_vec()),
        ("mark.csv", [b"\xef\xbb\xbf", PLAIN.as_bytes()].concat()),
        ("crlf.csv", PLAIN.replace("\n0", "\r\n0").replace("day\n", "day\r\n").into_bytes()),
        ("blank.csv", PLAIN.replace("\n0", "\n\n\n0").into_bytes()),
        ("open.csv", PLAIN.trim_end().into()),
        ("order.csv", {
            let text =
                "day,price,city,label\n2026-11-24,1.5,\"Basel, CH\",1\n,,\"a \"\"b\"\"\nc\",0\n";
            text.into()
        }),
        ("tabs.tsv", {
            let text = PLAIN.replace("\"Basel, CH\"", "Basel; CH").replace(',', "\t");
            text.replace("Basel;", "Basel,").into_bytes()
        }),
        ("packed.csv.gz", gzip(PLAIN.as_bytes())),
        ("PACKED.CSV.ZST", zstd(PLAIN.as_bytes())),
        ("parts.csv.gz", [gzip(&PLAIN.as_bytes()[..20]), gzip(&PLAIN.as_bytes()[20..])].concat()),
        ("parts.csv.zst", [zstd(&PLAIN.as_bytes()[..20]), zstd(&PLAIN.as_bytes()[20..])].concat()),
    ];
    let plain = file(&folder, "real.csv", PLAIN);
    let real = read(&[&plain]);
    assert_eq!(shown(&real, 0, "city"), ["Basel, CH", "a \"b\"\nc"]);
    assert_eq!(shown(&real, 0, "price"), ["1.5", "NaN"]);
    assert_eq!(shown(&real, 0, "day"), ["20781", "NaN"]);
    for (name, content) in files {
        let path = file(&folder, name, content);
        let both = read(&[&plain, &path]);
        let (one, other) = (&both.frames[0], &both.frames[1]);
        for (a, b) in one.columns().iter().zip(other.columns()) {
            assert_eq!((&a.name, texts(a)), (&b.name, texts(b)), "{name}");
        }
        assert!(both.warnings.is_empty(), "{name}");
        if name != "order.csv" {
            assert_eq!(read(&[&path]).guesses, real.guesses, "{name}");
        }
    }
}

#[test]
fn columns_that_real_lacks_are_left_out_with_a_warning() {
    let folder = folder();
    let real = file(&folder, "real.csv", ",a,b\n0,x,1\n1,y,2\n");
    let other = file(&folder, "other.csv", "b,id,a,more,id\n2,7,z,?,8\n");
    let frames = read(&[&real, &other]);
    assert_eq!(shown(&frames, 1, "a"), ["z"]);
    assert_eq!(shown(&frames, 1, "b"), ["2"]);
    let warnings: Vec<String> =
        frames.warnings.iter().map(|warning| message(warning, folder.path())).collect();
    assert_eq!(
        warnings,
        [
            "real.csv: column 1 has no name (a row index?) and is left out",
            "other.csv (synthetic): left out, because real.csv has no such column: `id`, `more`, \
             `id`"
        ]
    );
    let options = FrameOptions { ignore: vec!["id".into(), "more".into()], ..Default::default() };
    assert!(read_with(&[&real, &other], &options).warnings.len() == 1, "asked to be left out");
}

#[test]
fn vocabularies_are_shared_and_sorted() {
    let frames = column(&[&["b", "a", "b"], &["c", ""], &["a", "é"]]);
    let vocabulary = |file: usize| match &frames.frames[file].columns()[1].values {
        Values::Categories { vocabulary, codes } => (vocabulary.clone(), codes.clone()),
        Values::Numbers(_) => panic!("categories"),
    };
    let (shared, codes) = vocabulary(0);
    assert_eq!(*shared, ["", "a", "b", "c", "é"]);
    assert_eq!(codes, [2, 1, 2]);
    assert_eq!(vocabulary(1), (shared.clone(), vec![3, 0]));
    assert_eq!(vocabulary(2), (shared.clone(), vec![1, 4]));
    assert!(Arc::ptr_eq(&shared, &vocabulary(2).0), "held once");

    let codes = column(&[&["7", "10", "7", "10", "9", "9"], &["-1", "x"]]);
    let Values::Categories { vocabulary, .. } = &codes.frames[0].columns()[1].values else {
        panic!("categories")
    };
    assert_eq!(**vocabulary, ["-1", "10", "7", "9", "x"]);
}

#[test]
fn truth_values_and_codes_are_alike_by_value() {
    let truth = column(&[&["True", "FALSE", ""], &["1", "0.0", "1.0", "true", "null", "maybe"]]);
    assert_eq!(shown(&truth, 0, "x"), ["true", "false", ""]);
    assert_eq!(shown(&truth, 1, "x"), ["true", "false", "true", "true", "", "maybe"]);
    let bits = column(&[&["1", "0", "1"], &["True", "false", "0.0", "+1", " 1"]]);
    assert_eq!(shown(&bits, 1, "x"), ["1", "0", "0", "1", "1"]);
    let codes = column(&[&["3", "4", "3", "4"], &["3.00", "+4", "04", "5", "NaN", "3.5"]]);
    assert_eq!(shown(&codes, 1, "x"), ["3", "4", "4", "5", "", "3.5"]);
    let padded = column(&[&["03", "4", "3"], &["3.0", "03", "NA"]]);
    assert_eq!(shown(&padded, 0, "x"), ["03", "4", "3"], "texts where zeros tell");
    assert_eq!(shown(&padded, 1, "x"), ["3.0", "03", "NA"]);
}

#[test]
fn parquet_types_are_understood() {
    let folder = folder();
    let nanoseconds = |text: &[Option<i64>]| TimestampNanosecondArray::from(text.to_vec());
    let noon = Some(1_795_521_600_123_456_789);
    let dictionary: DictionaryArray<Int8Type> =
        [Some("b"), None, Some("a"), Some("b")].into_iter().collect();
    let columns: Vec<(&str, ArrayRef)> = vec![
        ("click", Arc::new(BooleanArray::from(vec![Some(true), Some(false), None, Some(true)]))),
        ("item", Arc::new(Int64Array::from(vec![Some(7), Some(7), None, Some(9)]))),
        ("n", Arc::new(Int16Array::from(vec![10, -20, 30, 40]))),
        ("float id", Arc::new(Float64Array::from(vec![Some(5.0), None, Some(6.0), Some(5.0)]))),
        ("price", Arc::new(Float32Array::from(vec![0.1, f32::NAN, 3.0, 1e-9]))),
        (
            "cost",
            Arc::new({
                let cents = Decimal128Array::from(vec![150, 25, -5, 0]);
                cents.with_precision_and_scale(10, 2).expect("a decimal")
            }),
        ),
        ("day", Arc::new(Date32Array::from(vec![Some(20_781), Some(-1), None, Some(0)]))),
        ("at", Arc::new(nanoseconds(&[noon, None, Some(0), Some(-1)]))),
        (
            "zoned",
            Arc::new(nanoseconds(&[noon, None, Some(0), Some(-1)]).with_timezone("Europe/Zurich")),
        ),
        ("text", Arc::new(StringArray::from(vec![Some("1"), Some("é"), None, Some("")]))),
        ("digits", Arc::new(StringViewArray::from(vec!["1", "2", "3", "04"]))),
        ("dates", Arc::new(StringArray::from(vec!["2026-11-24", "2026-11-25", "nan", "NaT"]))),
        ("sort", Arc::new(dictionary)),
    ];
    let path = parquet(&folder, "t.parquet", columns);
    let frames = read(&[&path]);
    let mut text: String = String::new();
    for guess in &frames.guesses {
        text += &format!("{guess}\n    {}\n", shown(&frames, 0, &guess.name).join(" | "));
    }
    crate::snapshots().bind(|| insta::assert_snapshot!("frame_parquet", text));
}

#[test]
fn formats_can_be_mixed() {
    let folder = folder();
    let csv = file(
        &folder,
        "t.csv",
        "flag,code,x,day\nTrue,7,0.1,2026-11-24\nFalse,8,2.0,\nTrue,7,3.5,\nTrue,8,,\n",
    );
    let columns: Vec<(&str, ArrayRef)> = vec![
        ("day", Arc::new(Date32Array::from(vec![Some(20_781), None]))),
        ("flag", Arc::new(BooleanArray::from(vec![true, false]))),
        ("code", Arc::new(Float64Array::from(vec![7.0, 9.0]))),
        ("x", Arc::new(Float32Array::from(vec![0.1, 2.0]))),
    ];
    let parquet = parquet(&folder, "t.parquet", columns);
    for files in [[&*csv, &parquet], [&parquet, &csv]] {
        let frames = read(&files);
        let position = files.iter().position(|path| *path == parquet).expect("there");
        assert_eq!(shown(&frames, position, "flag"), ["true", "false"]);
        assert_eq!(shown(&frames, position, "x"), ["0.1", "2"]);
        assert_eq!(shown(&frames, position, "day"), ["20781", "NaN"]);
        assert_eq!(shown(&frames, 1 - position, "flag"), ["true", "false", "true", "true"]);
        assert_eq!(shown(&frames, 1 - position, "x"), ["0.1", "2", "3.5", "NaN"]);
        let code = ["7", "8", "7", "8"];
        assert_eq!(shown(&frames, 1 - position, "code"), code);
    }
}
