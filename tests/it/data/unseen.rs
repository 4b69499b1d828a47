//! Values that train lacks share one code, and are told apart all the same where tables are compared.

use std::fs;
use synthctr::data::{Frame, ReadOptions, Table, Values, load_split};

/// Train knows the ads 1 and 2; `valid` and `test` hold 7, 8 and 9 as well.
fn split() -> synthctr::data::Split {
    let folder = tempfile::tempdir().unwrap();
    let write = |name: &str, rows: &str| {
        let path = folder.path().join(name);
        fs::write(&path, format!("click,user,ad\n{rows}")).unwrap();
        path
    };
    let train = write("train.csv", "1,a,1\n0,b,2\n1,a,2\n");
    let valid = write("valid.csv", "1,a,7\n0,b,1\n");
    let test = write("test.csv", "0,c,8\n1,a,7\n0,b,9\n1,b,2\n");
    let options = ReadOptions { label: "click".to_owned(), ..Default::default() };
    load_split(&train, &valid, &test, &options).unwrap()
}

/// The rows at which a field holds values that train lacks, those of one value with one letter.
fn told(table: &Table, field: usize) -> Vec<(u32, char)> {
    let mut seen = Vec::new();
    let letter = |&(row, value): &(u32, u64)| {
        let known = seen.iter().position(|other| *other == value);
        let at = known.unwrap_or_else(|| {
            seen.push(value);
            seen.len() - 1
        });
        (row, (b'A' + at as u8) as char)
    };
    table.unseen(field).iter().map(letter).collect()
}

#[test]
fn whatever_is_done_to_a_table_they_stay_with_their_rows() {
    let split = split();
    assert_eq!(told(&split.train, 1), []);
    assert_eq!(told(&split.valid, 1), [(0, 'A')]);
    assert_eq!(told(&split.test, 0), [(0, 'A')]);
    assert_eq!(told(&split.test, 1), [(0, 'A'), (1, 'B'), (2, 'C')]);
    let mut held = split.valid.clone();
    held.extend(&split.test);
    // One value is the same in both files.
    assert_eq!(told(&held, 1), [(0, 'A'), (2, 'B'), (3, 'A'), (4, 'C')]);
    assert_eq!(told(&held.select(&[5, 4, 3, 3, 1]), 1), [(1, 'A'), (2, 'B'), (3, 'B')]);
    assert_eq!(told(&held.head(3), 1), [(0, 'A'), (2, 'B')]);
    assert_eq!(told(&Table::empty(held.schema().clone()), 1), []);
}

#[test]
fn frames_of_parts_tell_them_apart_and_stay_comparable() {
    let split = split();
    let mut held = split.valid.clone();
    held.extend(&split.test);
    let [train, held] = Frame::of_parts(&split.train, &held);
    let column = |frame: &Frame, at: usize| match &frame.columns()[at].values {
        Values::Categories { vocabulary, codes } => (vocabulary.clone(), codes.clone()),
        Values::Numbers(_) => panic!("categories"),
    };
    let [(of_train, train_ads), (of_held, ads)] = [column(&train, 2), column(&held, 2)];
    assert_eq!(of_train, of_held);
    assert_eq!(train_ads, [0, 1, 1]);
    // 7, 1, 8, 7, 9, 2.
    assert_eq!((ads[1], ads[5]), (0, 1));
    assert_eq!(ads[0], ads[3]);
    let apart: std::collections::BTreeSet<u32> = ads.iter().copied().collect();
    assert_eq!(apart.len(), 5, "{ads:?}");
    assert!(ads.iter().all(|code| (*code as usize) < of_held.len()));
    // Rows that are drawn have the same categories.
    let drawn = Frame::of_table(&split.train, &train);
    assert_eq!(drawn, train);
}
