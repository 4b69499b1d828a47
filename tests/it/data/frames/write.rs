//! Frames as click logs, and synthetic rows written as the real file has them.

use super::*;
use arrow_array::cast::AsArray;
use arrow_array::types::{Date32Type, Float32Type, Int16Type};
use arrow_array::{
    Array, BooleanArray, Date32Array, Decimal128Array, DictionaryArray, Float32Array, Float64Array,
    Int16Array, Int64Array, StringArray, TimestampMicrosecondArray, TimestampSecondArray,
    types::Int8Type,
};
use arrow_schema::DataType;
use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;
use proptest::prelude::*;
use std::collections::BTreeSet;
use std::sync::Arc;
use synthctr::data::{
    Binning, DateUnit, Numeric, ReadOptions, Table, WriteBack, load_table, to_tables, write_like,
};
use synthctr::seed::Seed;

/// So many bins that every different number has its own.
const FINE: Binning = Binning::Quantiles(1000);

fn tables(frames: &Frames, label: &str) -> (Vec<Table>, WriteBack) {
    to_tables(frames, label, FINE).unwrap_or_else(|error| panic!("{error}"))
}

/// Writes without drawing and gives the path.
fn written(folder: &TempDir, name: &str, table: &Table, write_back: &WriteBack) -> PathBuf {
    let path = folder.path().join(name);
    write_like(table, write_back, &path, None).unwrap_or_else(|error| panic!("{error}"));
    path
}

/// The only batch of a Parquet file.
fn batch(path: &Path) -> RecordBatch {
    let file = std::fs::File::open(path).expect("a file");
    let reader = ParquetRecordBatchReaderBuilder::try_new(file).expect("Parquet");
    let mut batches = reader.build().expect("Parquet");
    batches.next().expect("one batch").expect("rows")
}

#[test]
fn a_file_comes_back_byte_for_byte() {
    let texts = [
        "price,\"name, given\",click,user_id,day,at,flag,qty,whole\n\
         1.5,\"Ann \"\"A\"\"\",1,12,2026-11-24,2026-11-24T00:00:00Z,True,-11,3.0\n\
         0.1,\"two\nlines\",0,7,1969-12-31,2026-11-25T00:00:00Z,False,400000,2.5\n\
         ,,0,7,,,,,\n\
         1e300,Zürich,1,,2026-02-28,2026-11-25T00:00:00Z,True,7,1000000.0\n",
        "click,x\nTRUE,001\nfalse,01\nTRUE,1\n",
        "x,click,day\n5.0,0.0,2026-11-24 00:00:00.000+05:30\n,1.0,2026-12-24 00:00:00.000+05:30\n\
         6.0,1.0,\n",
        "day,click,more\n2026-11-24 00:00-03,1,NA\n2026-11-23 00:00-03,0,\"\"\"\"\n,1,null\n",
    ];
    let folder = folder();
    for text in texts {
        let real = file(&folder, "real.csv", text);
        let (tables, write_back) = tables(&read(&[&real]), "click");
        let again = written(&folder, "again.csv", &tables[0], &write_back);
        assert_eq!(std::fs::read_to_string(again).expect("read"), text);

        // All of it can be kept.
        let kept = serde_json::to_string(&write_back).expect("kept");
        assert_eq!(serde_json::from_str::<WriteBack>(&kept).expect("read"), write_back);
    }
}

#[test]
fn times_are_written_as_finely_as_the_finest() {
    let folder = folder();
    let real = "click,at\n1,2026-11-24\n0,2026-11-24 13:05\n1,2026-11-24T13:05:01.5Z\n\
                0,2026-11-24 13:05:02.25+01:00\n";
    let real = file(&folder, "real.csv", real);
    let options = FrameOptions { date_unit: DateUnit::Second, ..FrameOptions::default() };
    let (tables, write_back) = tables(&read_with(&[&real], &options), "click");
    let path = written(&folder, "t.csv", &tables[0], &write_back);
    let expected = "click,at\n1,2026-11-24 00:00:00.00Z\n0,2026-11-24 13:05:00.00Z\n\
                    1,2026-11-24 13:05:01.00Z\n0,2026-11-24 12:05:02.00Z\n";
    assert_eq!(std::fs::read_to_string(path).expect("read"), expected);
}

#[test]
fn every_format_holds_the_same_rows() {
    let folder = folder();
    let real = "a,click,x,day,at,n,code,flag\n\"b, c\",1,1.5,2026-11-24,2026-11-24T13:05Z,70,5,true\n\
                ,0,,,,,,\nd,0,2.5,2026-11-25,2026-11-24T13:06Z,80,5,false\n";
    let real = file(&folder, "real.csv", real);
    let options = FrameOptions {
        date_unit: DateUnit::Minute,
        categorical: vec!["code".into()],
        numeric: vec!["n".into()],
        ..FrameOptions::default()
    };
    let (one, write_back) = tables(&read_with(&[&real], &options), "click");
    for name in ["t.csv", "t.tsv", "t.csv.gz", "t.tsv.zst", "t.parquet"] {
        let path = written(&folder, name, &one[0], &write_back);
        let (both, _) = tables(&read_with(&[&real, &path], &options), "click");
        assert_eq!(both[1], one[0], "{name}");
    }
    let batch = batch(&folder.path().join("t.parquet"));
    let schema = batch.schema();
    let types: Vec<String> =
        schema.fields().iter().map(|f| format!("{} {}", f.name(), f.data_type())).collect();
    assert_eq!(
        types,
        [
            "a Utf8",
            "click Int64",
            "x Float64",
            "day Date32",
            "at Timestamp(µs, \"+00:00\")",
            "n Int64",
            "code Int64",
            "flag Boolean",
        ]
    );
    assert!(batch.columns().iter().enumerate().all(|(i, c)| c.is_null(1) == (i != 1)), "nulls");
    let packed = std::fs::read(folder.path().join("t.csv.gz")).expect("read");
    assert_eq!(packed[..2], [0x1f, 0x8b], "gzip");
    let packed = std::fs::read(folder.path().join("t.tsv.zst")).expect("read");
    assert_eq!(packed[..4], [0x28, 0xb5, 0x2f, 0xfd], "zstd");
    assert_eq!(std::fs::read_dir(folder.path()).expect("a folder").count(), 6, "nothing else");
}

#[test]
fn parquet_keeps_its_types() {
    let folder = folder();
    let cents = |values: Vec<i128>| {
        Decimal128Array::from(values).with_precision_and_scale(10, 2).expect("a decimal")
    };
    let dictionary: DictionaryArray<Int8Type> = [Some("b"), None, Some("a")].into_iter().collect();
    let day = 86_400;
    let columns: Vec<(&str, ArrayRef)> = vec![
        ("n", Arc::new(Int16Array::from(vec![Some(10), None, Some(-20)]))),
        ("click", Arc::new(BooleanArray::from(vec![true, false, true]))),
        ("price", Arc::new(Float32Array::from(vec![Some(0.1), None, Some(3.0)]))),
        ("cost", Arc::new(cents(vec![150, 25, -5]))),
        ("float id", Arc::new(Float64Array::from(vec![Some(5.0), None, Some(6.0)]))),
        ("time", Arc::new(Int64Array::from(vec![1_795_525_500_000_000_000, 2, 3]))),
        ("day", Arc::new(Date32Array::from(vec![Some(20_781), None, Some(-1)]))),
        ("at", Arc::new(TimestampSecondArray::from(vec![Some(day), None, Some(5 * day)]))),
        (
            "zoned",
            Arc::new(
                TimestampMicrosecondArray::from(vec![Some(0), None, Some(86_400_000_000)])
                    .with_timezone("Europe/Zurich"),
            ),
        ),
        ("text", Arc::new(StringArray::from(vec![Some("1"), None, Some("é")]))),
        ("sort", Arc::new(dictionary)),
    ];
    let real = parquet(&folder, "real.parquet", columns);
    let options =
        FrameOptions { numeric: vec!["time".into(), "n".into()], ..FrameOptions::default() };
    let frames = read_with(&[&real], &options);
    let (tables, write_back) = tables(&frames, "click");
    let kept = serde_json::to_string(&write_back).expect("kept");
    let write_back: WriteBack = serde_json::from_str(&kept).expect("read");
    let again = batch(&written(&folder, "again.parquet", &tables[0], &write_back));
    let real = batch(&real);
    for (column, (a, b)) in real.columns().iter().zip(again.columns()).enumerate() {
        let name = real.schema().field(column).name().clone();
        assert_eq!(&name, again.schema().field(column).name());
        match name.as_str() {
            "sort" => {
                assert_eq!(b.data_type(), &DataType::Utf8, "a dictionary as text");
                let texts: Vec<_> = b.as_string::<i32>().iter().collect();
                assert_eq!(texts, [Some("b"), None, Some("a")]);
            }
            _ => assert_eq!(a, b, "{name}"),
        }
    }
    // As text, to see them with other eyes.
    let path = written(&folder, "again.csv", &tables[0], &write_back);
    assert_eq!(
        std::fs::read_to_string(path).expect("read"),
        "n,click,price,cost,float id,time,day,at,zoned,text,sort\n\
         10,true,0.1,1.5,5.0,1795525500000000000,2026-11-24,1970-01-02T00:00:00,\
         1970-01-01T00:00:00Z,1,b\n\
         ,false,,0.25,,2,,,,,\n\
         -20,true,3.0,-0.05,6.0,3,1969-12-31,1970-01-06T00:00:00,1970-01-02T00:00:00Z,é,a\n"
    );
}

#[test]
fn click_logs_are_those_that_are_read_as_such() {
    let folder = folder();
    let rows: String = (0..500)
        .map(|i| {
            format!(
                "{},user {},{},{}\n",
                i % 7 % 2,
                i % 13,
                i * i % 40,
                (i * 37 % 101) as f64 / 4.0
            )
        })
        .collect();
    let path = file(&folder, "t.csv", format!("label,who,what,price\n{rows}"));
    let other =
        file(&folder, "u.csv", "price,what,who,label\n1e9,5,user 3,1\n,4,nobody,0\n-1,39,,1\n");
    let bins = Binning::Quantiles(7);
    let numeric = vec![Numeric { name: "price".into(), bins }];
    let options = ReadOptions { numeric, ..ReadOptions::default() };
    let expected = load_table(&path, &options).expect("read");
    let (tables, _) = to_tables(&read(&[&path, &other]), "label", bins).expect("tables");
    assert_eq!(tables[0], expected);
    let expected = synthctr::data::read_table(&other, expected.schema()).expect("read");
    assert_eq!(tables[1], expected);
    assert_eq!(tables[1].column(0)[1], expected.schema().fields[0].unseen());
}

#[test]
fn numbers_are_drawn_among_those_of_their_bin() {
    let folder = folder();
    let rows: String = (0..4000).map(|i| format!("{},{}\n", i % 2, i * 7 % 4000)).collect();
    let real = file(&folder, "real.csv", format!("click,x\n{rows}"));
    let frames = read(&[&real]);
    let (tables, write_back) = to_tables(&frames, "click", Binning::Quantiles(10)).expect("tables");
    let numbers = |name: &str, table: &Table, seed: Option<u64>| -> Vec<f64> {
        let path = folder.path().join(name);
        write_like(table, &write_back, &path, seed.map(Seed::master)).expect("written");
        let both = read(&[&real, &path]);
        let Values::Numbers(numbers) = &both.frames[1].columns()[1].values else {
            panic!("numbers")
        };
        numbers.clone()
    };
    let plain = numbers("plain.csv", &tables[0], None);
    let different =
        |numbers: &[f64]| numbers.iter().map(|x| x.to_bits()).collect::<BTreeSet<_>>().len();
    assert_eq!(different(&plain), 10, "representatives");
    let drawn = numbers("drawn.csv", &tables[0], Some(1));
    // 64 of each bin, of which a few are not drawn.
    assert!((600..=640).contains(&different(&drawn)), "{}", different(&drawn));
    for (row, (&number, &code)) in drawn.iter().zip(tables[0].column(0)).enumerate() {
        assert_eq!(tables[0].schema().fields[0].bin(number), code, "row {row}");
        assert!(number.fract() == 0.0 && (0.0..4000.0).contains(&number));
    }
    let mean = drawn.iter().sum::<f64>() / 4000.0;
    // A bin's values have a standard deviation of 115: five of the mean's.
    assert!((mean - 1999.5).abs() < 5.0 * 115.5 / 4000f64.sqrt(), "{mean}");
    assert_eq!(numbers("drawn.parquet", &tables[0], Some(1)), drawn, "whatever the format");
    assert_ne!(numbers("drawn.csv", &tables[0], Some(2)), drawn);
    assert_eq!(numbers("head.csv", &tables[0].head(50), Some(1)), drawn[..50], "nested");
}

#[test]
fn whole_numbers_too_large_for_integers_are_written_as_numbers() {
    let folder = folder();
    let options = FrameOptions { numeric: vec!["x".into()], ..FrameOptions::default() };
    for (number, expected) in
        [("9223372036854774784", DataType::Int64), ("9223372036854775807", DataType::Float64)]
    {
        let real = file(&folder, "real.csv", format!("click,x\n1,{number}\n0,7\n"));
        let (tables, write_back) = tables(&read_with(&[&real], &options), "click");
        let path = written(&folder, "t.parquet", &tables[0], &write_back);
        assert_eq!(batch(&path).column(1).data_type(), &expected, "{number}");
    }
}

#[test]
fn what_real_lacks_is_a_marked_text_or_missing() {
    let folder = folder();
    let real = file(
        &folder,
        "real.csv",
        "click,a,code,flag,x\n1,b,5,true,0.5\n0,c,5,false,1.5\n0,c,5,true,1.5\n0,c,5,true,1.5\n0,c,5,true,1.5\n0,c,5,true,1.5\n0,c,5,true,1.5\n0,c,5,true,1.5\n0,c,5,true,1.5\n0,c,5,true,1.5\n",
    );
    let (tables, write_back) = tables(&read(&[&real]), "click");
    let schema = tables[0].schema().clone();
    let unseen = schema.fields.iter().map(|field| vec![field.unseen()]).collect();
    let table = Table::new(schema, unseen, vec![1]);
    let path = written(&folder, "t.csv", &table, &write_back);
    let text = std::fs::read_to_string(path).expect("read");
    assert_eq!(text, "click,a,code,flag,x\n1,<unseen>,,,\n");
    let batch = batch(&written(&folder, "t.parquet", &table, &write_back));
    assert!((2..5).all(|column| batch.column(column).is_null(0)));
}

#[test]
fn mistakes() {
    let folder = folder();
    let mut text = String::new();
    let mut add = |case: &str, error: DataError| {
        text += &format!("{case}:\n    {}\n", message(error, folder.path()));
    };
    let path = |name: &str, content: &str| file(&folder, name, content);
    let to = |paths: &[&Path], label: &str| to_tables(&read(paths), label, FINE);
    let real = path("real.csv", "click,a\n1,x\n0,y\n");
    add("no label", to(&[&real], "clik").expect_err("no label"));
    let alone = path("alone.csv", "click\n1\n0\n");
    add("the label alone", to(&[&alone], "click").expect_err("no field"));
    let stars = path("stars.csv", "click,a\n1,x\n2,y\n");
    add("label 2", to(&[&stars], "click").expect_err("no label"));
    let parts = path("parts.csv", "click,a\n0,x\n0.5,y\n");
    add("label 0.5", to(&[&parts], "click").expect_err("no label"));
    let missing = path("missing.csv", "click,a\n0,x\n1,y\n,x\n");
    add("no label in another file", to(&[&real, &missing], "click").expect_err("no label"));

    let (real, write_back) = to(&[&real], "click").expect("tables");
    let write = |name: &str, table: &Table, write_back: &WriteBack| {
        write_like(table, write_back, &folder.path().join(name), None)
    };
    let other = path("other.csv", "click,b\n1,x\n0,y\n");
    let (other, _) = to(&[&other], "click").expect("tables");
    add("other columns", write("t.csv", &other[0], &write_back).expect_err("other"));
    let numbers = path("numbers.csv", "click,a\n1,1.5\n0,2.5\n");
    let (numbers, other_back) = to(&[&numbers], "click").expect("tables");
    add("numbers for texts", write("t.csv", &numbers[0], &write_back).expect_err("other"));
    add("texts for numbers", write("t.csv", &real[0], &other_back).expect_err("other"));
    add("another format", write("t.json", &real[0], &write_back).expect_err("other"));
    add("no folder", write("no/t.csv.gz", &real[0], &write_back).expect_err("other"));
    let kept = serde_json::to_string(&write_back).expect("kept");
    let read = |text: &str| serde_json::from_str::<WriteBack>(text).expect("read");
    let broken = read(&kept.replacen("Utf8", "Gold", 1));
    add("a type that is none", write("t.parquet", &real[0], &broken).expect_err("other"));
    let broken = read(&kept.replacen("\"label\":0", "\"label\":9", 1));
    add("a label nowhere", write("t.csv", &real[0], &broken).expect_err("other"));
    crate::snapshots().bind(|| insta::assert_snapshot!("frame_write_errors", text));
    let files: Vec<_> = std::fs::read_dir(folder.path()).expect("a folder").collect();
    assert_eq!(files.len(), 7, "nothing is written");
}

/// Cells of a column of one sort, and whether they must be written as they are read.
fn cells() -> impl Strategy<Value = Vec<String>> {
    let of = |texts: &[&str]| {
        let texts: Vec<String> = texts.iter().map(|text| text.to_string()).collect();
        proptest::collection::vec(proptest::sample::select(texts), 1..25)
    };
    let texts = proptest::collection::vec(
        prop_oneof![
            proptest::sample::select(vec![
                "", " ", ",", "\"", "\n", "\r\n", "\t", "NA", "é", "雪", "0", "1.0"
            ])
            .prop_map(String::from),
            any::<String>(),
        ],
        1..25,
    );
    let number = any::<f64>().prop_filter_map("finite", |x| x.is_finite().then(|| x.to_string()));
    let numbers =
        proptest::collection::vec(prop_oneof![9 => number, 1 => Just(String::new())], 1..25);
    let integers = proptest::collection::vec(any::<i64>().prop_map(|x| x.to_string()), 1..25);
    let small = proptest::collection::vec((-20..20i32).prop_map(|x| x.to_string()), 1..25);
    prop_oneof![
        texts,
        numbers,
        integers,
        small,
        of(&["True", "False", ""]),
        of(&["true", "FALSE", "NaN"]),
        of(&["1.0", "7.0", "", "nan"]),
        of(&["2026-11-24", "1969-12-31", "9999-12-31", "0000-01-01", ""]),
        of(&["2026-11-24T13:05:00Z", "2026-11-24T23:59:59Z", "1950-01-01T00:00:00+00:00"]),
        of(&[
            "2026-11-24 13:05:00.123+01:00",
            "2026-11-24 00:30:00.000+01:00",
            "2026-01-01 00:00:00Z"
        ]),
        of(&["2026-11-24 13:05", "2026-11-24 00:00", "NA"]),
        of(&["007", "07", "7"]),
    ]
}

fn unit() -> impl Strategy<Value = DateUnit> {
    proptest::sample::select(DateUnit::ALL.to_vec())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn what_is_written_is_read_again(
        columns in proptest::collection::vec(cells(), 1..5),
        rows in 1..25usize,
        label in 0..5usize,
        draws in proptest::collection::vec(any::<u32>(), 0..100),
        bins in 2..8usize,
        unit in unit(),
        seed in any::<u64>(),
    ) {
        let folder = folder();
        let label = label.min(columns.len());
        let path = folder.path().join("real.csv");
        let mut writer = csv::Writer::from_path(&path).expect("a file");
        let mut names: Vec<String> = (0..columns.len()).map(|i| format!("column {i}, \"new\"")).collect();
        names.insert(label, "click".into());
        writer.write_record(&names).expect("written");
        for row in 0..rows {
            let mut cells: Vec<&str> = columns.iter().map(|c| c[row % c.len()].as_str()).collect();
            cells.insert(label, ["0", "1", "1"][row % 3]);
            writer.write_record(&cells).expect("written");
        }
        drop(writer.into_inner().expect("written"));

        let options = FrameOptions { date_unit: unit, label: Some("click".into()), ..FrameOptions::default() };
        let (tables, write_back) = to_tables(&read_with(&[&path], &options), "click", Binning::Quantiles(bins))
            .expect("tables");
        let schema = tables[0].schema().clone();
        // Any rows of known codes.
        let n_rows = draws.len() / schema.n_fields();
        prop_assume!(n_rows > 0);
        let code = |field: usize, row: usize| {
            draws[field * n_rows + row] % schema.fields[field].n_categories() as u32
        };
        let codes = (0..schema.n_fields()).map(|field| (0..n_rows).map(|row| code(field, row)).collect());
        let labels = draws[..n_rows].iter().map(|draw| (draw % 2) as u8).collect();
        let table = Table::new(schema.clone(), codes.collect(), labels);

        for seed in [None, Some(Seed::master(seed))] {
            let mut frames = Vec::new();
            for name in ["t.csv", "t.tsv.gz", "t.csv.zst", "t.parquet"] {
                let out = folder.path().join(name);
                write_like(&table, &write_back, &out, seed).expect("written");
                let both = read_with(&[&path, &out], &options);
                let (again, _) = to_tables(&both, "click", Binning::Quantiles(bins)).expect("tables");
                prop_assert_eq!(&again[1], &table, "{} {:?}", name, seed);
                frames.push(both.frames[1].columns().iter().map(texts).collect::<Vec<_>>());
            }
            prop_assert!(frames.iter().all(|frame| *frame == frames[0]), "whatever the format");
        }
    }
}

#[test]
fn parquet_arrays_are_what_they_say() {
    // The other tests compare arrays with arrays that this program wrote; here with plain numbers.
    let folder = folder();
    let columns: Vec<(&str, ArrayRef)> = vec![
        ("click", Arc::new(Int64Array::from(vec![1, 0]))),
        ("n", Arc::new(Int16Array::from(vec![300, -7]))),
        ("x", Arc::new(Float32Array::from(vec![0.1, 2.0]))),
        ("day", Arc::new(Date32Array::from(vec![20_781, 0]))),
    ];
    let real = parquet(&folder, "real.parquet", columns);
    let (tables, write_back) = tables(&read(&[&real]), "click");
    let batch = batch(&written(&folder, "again.parquet", &tables[0], &write_back));
    assert_eq!(batch.column(1).as_primitive::<Int16Type>().values()[..], [300, -7]);
    assert_eq!(batch.column(2).as_primitive::<Float32Type>().values()[..], [0.1, 2.0]);
    assert_eq!(batch.column(3).as_primitive::<Date32Type>().values()[..], [20_781, 0]);
}
