//! Files in and out: what is written is read again, whatever it holds.

use super::file;
use proptest::prelude::*;
use std::collections::BTreeSet;
use std::sync::Arc;
use synthctr::data::{
    Binning, Clicks, DatasetConfig, Encoding, Field, LeastLabel, Numeric, ReadOptions, Schema,
    SplitBy, Table, load, load_and_split, load_split, load_table, read_table, write_csv,
    write_parquet, write_table,
};
use synthctr::seed::Seed;

/// Text that tries to break out of a cell.
fn text() -> impl Strategy<Value = String> {
    let awkward =
        ["", " ", ",", "\"", "\n", "\r\n", "\r", "a,\"b\"\n", "é", "雪", "0", "-7", "<unseen>"];
    prop_oneof![
        3 => proptest::sample::select(awkward.to_vec()).prop_map(String::from),
        2 => "[a-c\",\\n\\r ]{0,4}",
        1 => any::<String>(),
        1 => any::<i64>().prop_map(|number| number.to_string()),
    ]
}

/// A field of categories or bins.
fn field() -> impl Strategy<Value = Encoding> {
    let categories = proptest::collection::btree_set(text(), 1..6)
        .prop_map(|values| Encoding::Categories { values: values.into_iter().collect() });
    let numbers = proptest::collection::btree_set(-1000i64..1000, 1..6);
    let bins = (numbers, any::<bool>(), -3i32..3).prop_map(|(numbers, missing, exponent)| {
        let representatives: Vec<f64> =
            numbers.into_iter().map(|number| number as f64 * 10f64.powi(exponent)).collect();
        let edges = representatives[1..].to_vec();
        Encoding::Bins { edges, representatives, missing }
    });
    prop_oneof![2 => categories, 1 => bins]
}

prop_compose! {
    /// A table with any code, the unseen ones included.
    fn table()(encodings in proptest::collection::vec(field(), 1..5))(
        rows in proptest::collection::vec(
            (any::<bool>(), proptest::collection::vec(any::<u32>(), encodings.len())), 1..20),
        encodings in Just(encodings),
    ) -> Table {
        let fields = encodings.into_iter().enumerate().map(|(position, encoding)| {
            Field { name: format!("field \"{position}\", wide"), encoding }
        });
        let schema = Schema { label: "clicked, or not".into(), fields: fields.collect() };
        let code = |field: usize, draw: u32| {
            let field = &schema.fields[field];
            // Bins only decode to what they can encode: no unseen code beside a missing one.
            let codes = match field.encoding {
                Encoding::Bins { missing: true, .. } => field.n_categories(),
                _ => field.n_codes(),
            };
            draw % codes as u32
        };
        let columns = (0..schema.n_fields())
            .map(|field| rows.iter().map(|(_, draws)| code(field, draws[field])).collect());
        let columns = columns.collect();
        let labels = rows.iter().map(|(label, _)| u8::from(*label)).collect();
        Table::new(Arc::new(schema), columns, labels)
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn tables_survive_csv_and_parquet(table in table()) {
        let folder = tempfile::tempdir().expect("a temporary folder");
        for name in ["table.csv", "table.parquet"] {
            let path = folder.path().join(name);
            write_table(&table, &path).expect("written");
            let again = read_table(&path, table.schema()).expect("read");
            prop_assert_eq!(&again, &table, "{}", name);
        }
        let left: Vec<_> = std::fs::read_dir(folder.path()).expect("a folder").collect();
        prop_assert_eq!(left.len(), 2, "no temporary file is left");
    }

    #[test]
    fn both_formats_give_one_schema(
        cells in proptest::collection::vec((text(), text(), any::<bool>()), 1..20),
    ) {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let path = folder.path().join("cells.csv");
        let mut writer = csv::Writer::from_path(&path).expect("a file");
        writer.write_record(["a", "label", "b"]).expect("written");
        for (a, b, label) in &cells {
            writer.write_record([a.as_str(), if *label { "1" } else { "0" }, b.as_str()]).expect("written");
        }
        writer.flush().expect("written");
        drop(writer);

        let table = load_table(&path, &ReadOptions::default()).expect("read");
        for (row, (a, b, label)) in cells.iter().enumerate() {
            let texts: Vec<String> = table.schema().fields.iter().zip(table.row(row))
                .map(|(field, code)| field.text(code).into_owned()).collect();
            prop_assert_eq!(texts, [a.clone(), b.clone()]);
            prop_assert_eq!(table.labels()[row], u8::from(*label));
        }
        let distinct: BTreeSet<&String> = cells.iter().map(|(a, _, _)| a).collect();
        prop_assert_eq!(table.schema().fields[0].n_categories(), distinct.len());

        let parquet = folder.path().join("cells.parquet");
        write_parquet(&table, &parquet).expect("written");
        prop_assert_eq!(&load_table(&parquet, &ReadOptions::default()).expect("read"), &table);
    }
}

#[test]
fn codes_do_not_depend_on_the_order_of_rows() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let read = |rows: [&str; 4]| {
        let path = file(&folder, "t.csv", format!("label,n,s\n{}\n", rows.join("\n")));
        let table = load_table(&path, &ReadOptions::default()).expect("read");
        table.schema().clone()
    };
    let schema = read(["1,10,b", "0,9,10", "0,,9", "1,-2,"]);
    let values = |field: usize| match &schema.fields[field].encoding {
        Encoding::Categories { values } => values.clone(),
        Encoding::Bins { .. } => panic!("categories"),
    };
    assert_eq!(values(0), ["", "-2", "9", "10"], "integers by size");
    assert_eq!(values(1), ["", "10", "9", "b"], "text bytewise");
    assert_eq!(schema, read(["1,-2,", "0,,9", "0,9,10", "1,10,b"]));
}

#[test]
fn valid_and_test_are_seen_through_train() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let train = file(&folder, "train.csv", "c,x,click\na,1,0\nb,2,1\na,3,1\nb,4,0\n");
    let valid = file(&folder, "valid.csv", "click,x,c\r\n1,9,a\r\n0,,b\r\n");
    let test = file(&folder, "test.csv", "x,extra,click,c\n-5,?,0,zebra\n2.5,?,1,\n");
    let options = ReadOptions {
        label: "click".into(),
        numeric: vec![Numeric { name: "x".into(), bins: Binning::Quantiles(2) }],
        ..ReadOptions::default()
    };
    let split = load_split(&train, &valid, &test, &options).expect("read");
    assert_eq!(split.train.columns(), [vec![0, 1, 0, 1], vec![0, 0, 1, 1]]);
    assert_eq!(split.train.labels(), [0, 1, 1, 0]);
    // No missing number in train: one in valid is unseen, as is a category that train lacks.
    assert_eq!(split.valid.columns(), [vec![0, 1], vec![1, 2]]);
    assert_eq!(split.test.columns(), [vec![2, 2], vec![0, 0]]);
    assert!(Arc::ptr_eq(split.train.schema(), split.test.schema()));
}

#[test]
fn a_random_split_deals_every_row_once() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let rows: String = (0..1000).map(|i| format!("{},{i}\n", i % 3 / 2)).collect();
    let path = file(&folder, "all.csv", format!("label,id\n{rows}"));
    let split = |seed| {
        let options = ReadOptions::default();
        load_and_split(&path, [0.7, 0.2, 0.1], None, &options, Seed::master(seed)).expect("read")
    };
    let parts = split(1);
    assert_eq!(parts.train.n_rows(), 700);
    assert_eq!(parts.valid.n_rows(), 200);
    assert_eq!(parts.test.n_rows(), 100);
    let field = &parts.train.schema().fields[0];
    assert_eq!(field.n_categories(), 700, "the vocabulary is train's");
    let ids: BTreeSet<_> = parts.train.column(0).iter().map(|&code| field.text(code)).collect();
    assert_eq!(ids.len(), 700);
    let unseen = |table: &Table| table.column(0).iter().all(|&code| code == field.unseen());
    assert!(unseen(&parts.valid) && unseen(&parts.test));
    let clicks = parts.train.count(1) + parts.valid.count(1) + parts.test.count(1);
    assert_eq!(clicks, 333);
    assert_eq!(split(1), parts);
    assert_ne!(split(2).train, parts.train);
}

/// The rows of one file by a split, as the texts of their first field.
fn parts_of(path: &std::path::Path, by: &SplitBy, options: &ReadOptions) -> [Vec<String>; 3] {
    // Vocabularies are train's: what is asked for is written in every part by the number of its row.
    let split = load_and_split(path, [0.5, 0.25, 0.25], Some(by), options, Seed::master(1));
    let split = split.expect("read");
    [&split.train, &split.valid, &split.test].map(|table| {
        let field = &table.schema().fields[0];
        table.column(0).iter().map(|&code| field.text(code).into_owned()).collect()
    })
}

#[test]
fn rows_of_a_moment_or_a_group_stay_together() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    // Two rows of each hour, not in order; the hour again as a field that every part knows.
    let hour = |i: usize| i * 7 % 24;
    let time = |i: usize| match (i % 2, hour(i / 2)) {
        (1, hour) if hour < 23 => format!("2026-03-01T{:02}:00:00+01:00", hour + 1),
        (_, hour) => format!("2026-03-01T{hour:02}:00:00Z"),
    };
    let rows: String =
        (0..48).map(|i| format!("{},{},{}\n", i % 2, hour(i / 2), time(i))).collect();
    let path = file(&folder, "all.csv", format!("label,hour,ts\n{rows}"));
    let numeric = vec![Numeric { name: "hour".into(), bins: Binning::Quantiles(24) }];
    let known = ReadOptions { numeric, ignore: vec!["ts".into()], ..ReadOptions::default() };
    let [train, valid, test] = parts_of(&path, &SplitBy::ByTime("ts".into()), &known);
    let hours =
        |part: &[String]| part.iter().map(|h| h.parse().unwrap()).collect::<BTreeSet<u32>>();
    assert_eq!(hours(&train), (0..12).collect());
    assert_eq!((train.len(), valid.len(), test.len()), (24, 12, 12));
    // A field that is named may split as well, and be a number.
    let numbers = ReadOptions { fields: Some(vec!["hour".into()]), ..ReadOptions::default() };
    let [train, ..] = parts_of(&path, &SplitBy::ByTime("hour".into()), &numbers);
    assert_eq!(hours(&train), (0..12).collect(), "9 comes before 10");
    // Groups of four rows.
    let rows: String = (0..48).map(|i| format!("{},{},r{}\n", i % 2, i / 4, i / 4)).collect();
    let path = file(&folder, "groups.csv", format!("label,number,request\n{rows}"));
    let numeric = vec![Numeric { name: "number".into(), bins: Binning::Quantiles(24) }];
    let fields = Some(vec!["request".to_owned()]);
    let known = ReadOptions { numeric, ignore: vec!["request".into()], ..ReadOptions::default() };
    let by = SplitBy::ByGroup("request".into());
    let split = |options: &ReadOptions, seed| {
        load_and_split(&path, [0.5, 0.25, 0.25], Some(&by), options, Seed::master(seed)).unwrap()
    };
    let parts = split(&ReadOptions { fields, ..ReadOptions::default() }, 1);
    assert_eq!((parts.train.n_rows(), parts.valid.n_rows(), parts.test.n_rows()), (24, 12, 12));
    let seen: BTreeSet<u32> = parts.train.column(0).iter().copied().collect();
    assert_eq!(seen.len(), 6, "whole groups");
    let unseen = parts.train.schema().fields[0].unseen();
    assert!([&parts.valid, &parts.test].iter().all(|t| t.column(0).iter().all(|&c| c == unseen)));
    assert_eq!(split(&known, 1), split(&known, 1));
    assert_ne!(split(&known, 1).train, split(&known, 2).train);
}

#[test]
fn few_moments_and_large_groups_leave_no_part_empty() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let split = |rows: String, by: SplitBy| {
        let path = file(&folder, "log.csv", format!("label,key,x\n{rows}"));
        let (options, shares) = (ReadOptions::default(), [0.7, 0.2, 0.1]);
        let split = load_and_split(&path, shares, Some(&by), &options, Seed::master(1));
        split.map(|split| [&split.train, &split.valid, &split.test].map(Table::n_rows))
    };
    let days = |n: usize| -> String {
        (0..n * 200).map(|i| format!("{},{},{}\n", i % 2, i / 200, i % 3)).collect()
    };
    let by_day = || SplitBy::ByTime("key".into());
    assert_eq!(split(days(7), by_day()).unwrap(), [1000, 200, 200], "a week");
    assert_eq!(split(days(3), by_day()).unwrap(), [200, 200, 200]);
    // Time is no field unless it is named, a group is.
    let fields = |by: SplitBy, options: ReadOptions| -> Vec<String> {
        let path = file(&folder, "log.csv", format!("label,key,x\n{}", days(4)));
        let split = load_and_split(&path, [0.7, 0.2, 0.1], Some(&by), &options, Seed::master(1));
        split.unwrap().train.schema().fields.iter().map(|field| field.name.clone()).collect()
    };
    assert_eq!(fields(by_day(), ReadOptions::default()), ["x"]);
    assert_eq!(fields(SplitBy::ByGroup("key".into()), ReadOptions::default()), ["key", "x"]);
    let numeric = vec![Numeric { name: "key".into(), bins: Binning::Log2 }];
    assert_eq!(fields(by_day(), ReadOptions { numeric, ..ReadOptions::default() }), ["key", "x"]);
    let two = split(days(2), by_day()).unwrap_err().to_string();
    assert!(two.contains("`key`, by which it is split, has 2 different values"), "{two}");
    assert_eq!(split(days(4), SplitBy::ByGroup("key".into())).unwrap(), [400, 200, 200]);
    // Rows that name no group are no group.
    let rows = |i: usize| {
        format!("{},{},x\n", i % 2, if i < 500 { String::new() } else { (i / 4).to_string() })
    };
    let parts = split((0..1000).map(rows).collect(), SplitBy::ByGroup("key".into())).unwrap();
    assert!(parts[0].abs_diff(700) <= 4 && parts[2].abs_diff(100) <= 4, "{parts:?}");
    // An empty moment among numbers is told, not the numbers.
    let time =
        |i: usize| format!("{},{},x\n", i % 2, if i == 5 { String::new() } else { i.to_string() });
    let empty = split((0..50).map(time).collect(), by_day()).unwrap_err().to_string();
    assert!(empty.contains("line 7") && empty.contains("`key` is \"\""), "{empty}");
}

#[test]
fn labels_of_any_kind_can_be_clicks() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let labels = |text: &str, clicks: &str| {
        let rows: String = text.split(' ').map(|label| format!("{label},a\n")).collect();
        let path = file(&folder, "rated.csv", format!("stars,user\n{rows}"));
        let config: DatasetConfig = toml::from_str(&format!("label = 'stars'\n{clicks}")).unwrap();
        load_table(&path, &config.read_options()).map(|table| table.labels().to_vec())
    };
    assert_eq!(labels("1 5 4.0 3", "clicks = [4, 5]").unwrap(), [0, 1, 1, 0]);
    assert_eq!(labels("1 5 4.0 3", "clicks = { from = 4 }").unwrap(), [0, 1, 1, 0]);
    assert_eq!(labels("yes no Yes", "clicks = ['yes']").unwrap(), [1, 0, 0]);
    assert_eq!(
        labels("True false", "clicks = [false]").unwrap(),
        [0, 1],
        "what is true may be none"
    );
    assert_eq!(labels("1.0 2", "clicks = ['1']").unwrap(), [1, 0], "as Parquet writes it");
    let missing = labels("5 2 NULL", "clicks = [5]").unwrap_err().to_string();
    assert!(missing.contains("\"NULL\"; a row needs one"), "{missing}");
    for (clicks, wanted) in [
        ("{ from = 1, to = 3 }", "a list such as [\"yes\"] or [4, 5], or { from = 4 }"),
        ("1", "a list such as"),
    ] {
        let read = toml::from_str::<DatasetConfig>(&format!("clicks = {clicks}"));
        let message = read.unwrap_err().to_string();
        assert!(message.contains(wanted), "{message}");
    }
    // Three parts are read alike.
    let part = |name| file(&folder, name, "label,user\n4,a\n2,a\n");
    let [train, valid, test] = ["r.csv", "v.csv", "t.csv"].map(part);
    let options = ReadOptions {
        clicks: Some(Clicks::From(LeastLabel { from: 3.0 })),
        ..ReadOptions::default()
    };
    let split = load_split(&train, &valid, &test, &options).expect("read");
    assert_eq!(split.test.labels(), [1, 0]);
}

#[test]
fn other_tools_parquet_is_understood() {
    use arrow_array::{ArrayRef, BooleanArray, Float32Array, Int64Array, RecordBatch, StringArray};
    let folder = tempfile::tempdir().expect("a temporary folder");
    let path = folder.path().join("pandas.parquet");
    let columns: [(&str, ArrayRef); 4] = [
        ("click", Arc::new(BooleanArray::from(vec![true, false, true]))),
        ("item", Arc::new(Int64Array::from(vec![Some(10), None, Some(9)]))),
        ("price", Arc::new(Float32Array::from(vec![1.5, f32::NAN, 3.0]))),
        ("city", Arc::new(StringArray::from(vec![None, Some("Zürich"), Some("Aa")]))),
    ];
    let batch = RecordBatch::try_from_iter(columns).expect("a batch");
    let out = std::fs::File::create(&path).expect("a file");
    let mut writer =
        parquet::arrow::ArrowWriter::try_new(out, batch.schema(), None).expect("a writer");
    writer.write(&batch).expect("written");
    writer.close().expect("written");

    let options = ReadOptions {
        label: "click".into(),
        numeric: vec![Numeric { name: "price".into(), bins: Binning::Log2 }],
        ..ReadOptions::default()
    };
    let table = load_table(&path, &options).expect("read");
    assert_eq!(table.labels(), [1, 0, 1]);
    let texts = |row: usize| -> Vec<String> {
        let fields = table.schema().fields.iter();
        fields.zip(table.row(row)).map(|(field, code)| field.text(code).into_owned()).collect()
    };
    assert_eq!(texts(0), ["10", "1.5", ""]);
    assert_eq!(texts(1), ["", "", "Zürich"]);
    assert_eq!(texts(2), ["9", "3", "Aa"]);
}

#[test]
fn a_byte_order_mark_is_no_part_of_a_name() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let path = file(&folder, "excel.csv", "\u{feff}label,a\r\n1,x\r\n0,y\r\n");
    let table = load_table(&path, &ReadOptions::default()).expect("read");
    assert_eq!(table.labels(), [1, 0]);
}

#[cfg(unix)]
#[test]
fn written_files_are_as_readable_as_any_other() {
    use std::os::unix::fs::PermissionsExt;
    let folder = tempfile::tempdir().expect("a temporary folder");
    let table = load_table(&file(&folder, "t.csv", "label,a\n1,x\n"), &ReadOptions::default());
    let path = folder.path().join("out.csv");
    write_csv(&table.expect("read"), &path).expect("written");
    let mode = |path: &std::path::Path| {
        std::fs::metadata(path).expect("a file").permissions().mode() & 0o777
    };
    assert_eq!(mode(&path), mode(&folder.path().join("t.csv")));
}

#[test]
fn labels_may_be_truth_values_or_have_a_point() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.csv");
    std::fs::write(&path, "label,x\nTrue,a\nfalse,b\n1.0,c\n0.0,d\n1,e\n0,f\n 1,g\n0 ,h\n")
        .unwrap();
    let table = load_table(&path, &ReadOptions::default()).unwrap();
    assert_eq!(table.labels(), [1, 0, 1, 0, 1, 0, 1, 0]);
    std::fs::write(&path, "label,x\n1,a\nyes,b\n").unwrap();
    let error = load_table(&path, &ReadOptions::default()).unwrap_err().to_string();
    assert!(error.contains("line 3") && error.contains("\"yes\""), "{error}");
}

#[test]
fn the_first_rows_are_read_and_no_others() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let text = "label,a\n1,x\n0,y\n1,z\n0,x\n1,broken,row\n";
    let csv = file(&folder, "t.csv", text);
    let first = ReadOptions { rows: Some(3), ..ReadOptions::default() };
    let table = load_table(&csv, &first).expect("read");
    assert_eq!((table.n_rows(), table.schema().fields[0].n_categories()), (3, 3));
    assert!(load_table(&csv, &ReadOptions::default()).is_err(), "what is not read may be anything");
    let parquet = folder.path().join("t.parquet");
    write_parquet(&table, &parquet).expect("written");
    let first = ReadOptions { rows: Some(2), ..ReadOptions::default() };
    let two = load_table(&parquet, &first).expect("read");
    assert_eq!((two.n_rows(), two.schema().fields[0].n_categories()), (2, 2));
    let all = ReadOptions { rows: Some(9), ..ReadOptions::default() };
    assert_eq!(load_table(&parquet, &all).expect("read").n_rows(), 3);
    // Of every part, as an experiment says it.
    let part = |name: &str| file(&folder, name, "label,a\n1,x\n0,y\n1,z\n0,x\n");
    let mut config = DatasetConfig::named("mine");
    (config.train, config.valid) = (Some(part("a.csv")), Some(part("b.csv")));
    (config.test, config.rows) = (Some(part("c.csv")), Some(2));
    let dataset = load(&config, None, Seed::master(1)).expect("loaded");
    let rows = [&dataset.split.train, &dataset.split.valid, &dataset.split.test];
    assert_eq!(rows.map(|part| part.n_rows()), [2, 2, 2]);
}
