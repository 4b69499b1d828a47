//! Nearest rows, by brute force.

use super::{Kind, codes};
use proptest::prelude::*;
use synthctr::data::{Column, Frame, Values};
use synthctr::metrics::privacy::anonymeter::nearest_rows;
use synthctr::seed::Seed;

/// Gower's distance by its definition; `ranges` by column.
fn distance(a: (&Frame, usize), b: (&Frame, usize), columns: &[usize], ranges: &[f64]) -> f64 {
    let part = |&c: &usize| match (&a.0.columns()[c].values, &b.0.columns()[c].values) {
        (Values::Numbers(x), Values::Numbers(y)) => match (x[a.1], y[b.1]) {
            (x, y) if x.is_nan() || y.is_nan() => 1.0,
            (x, y) if x == y => 0.0,
            (x, y) if x.is_infinite() || y.is_infinite() => 1.0,
            (x, y) => (x - y).abs() / ranges[c],
        },
        (Values::Categories { codes: x, .. }, Values::Categories { codes: y, .. }) => {
            f64::from(u8::from(x[a.1] != y[b.1]))
        }
        _ => panic!("columns of one kind"),
    };
    columns.iter().map(part).sum()
}

fn ranges(frames: [&Frame; 2]) -> Vec<f64> {
    let range = |c: usize| {
        let numbers = frames.iter().flat_map(|frame| match &frame.columns()[c].values {
            Values::Numbers(numbers) => numbers.clone(),
            Values::Categories { .. } => Vec::new(),
        });
        let finite: Vec<f64> = numbers.filter(|number| number.is_finite()).collect();
        let largest = finite.iter().copied().fold(f64::MIN, f64::max);
        let range = largest - finite.iter().copied().fold(f64::MAX, f64::min);
        if range > 0.0 { range } else { 1.0 }
    };
    (0..frames[0].columns().len()).map(range).collect()
}

/// Whether the nearest rows are different ones, at the least distances, in ascending order.
#[track_caller]
fn check(targets: &Frame, candidates: &Frame, columns: &[usize], k: usize, seed: u64) {
    let found = nearest_rows(targets, candidates, columns, k, Seed::master(seed));
    assert_eq!(found.len(), targets.n_rows());
    let ranges = ranges([targets, candidates]);
    for (target, rows) in found.iter().enumerate() {
        let to = |row: usize| distance((targets, target), (candidates, row), columns, &ranges);
        let mut expected: Vec<f64> = (0..candidates.n_rows()).map(to).collect();
        expected.sort_by(f64::total_cmp);
        assert_eq!(rows.len(), k.min(candidates.n_rows()));
        for (&row, expected) in rows.iter().zip(expected) {
            assert!((to(row) - expected).abs() < 1e-12, "target {target}: {row} at {expected}");
        }
        let mut different = rows.clone();
        different.sort_unstable();
        different.dedup();
        assert_eq!(different.len(), rows.len());
    }
}

fn number() -> impl Strategy<Value = f64> {
    let special = [f64::NAN, f64::INFINITY, f64::NEG_INFINITY, -0.0];
    prop_oneof![8 => (-5i32..5).prop_map(f64::from), 1 => prop::sample::select(special.to_vec())]
}

/// A frame of two columns of numbers and two of categories.
fn mixed(rows: &[(f64, u32, f64, u32)]) -> Frame {
    Frame::new(vec![
        Column::numbers("a", rows.iter().map(|row| row.0).collect()),
        codes("b", &rows.iter().map(|row| row.1).collect::<Vec<_>>(), 3),
        Column::numbers("c", rows.iter().map(|row| row.2).collect()),
        codes("d", &rows.iter().map(|row| row.3).collect::<Vec<_>>(), 2),
    ])
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]
    #[test]
    fn nearest_rows_are_the_nearest(
        targets in prop::collection::vec((number(), 0u32..3, number(), 0u32..2), 0..12),
        candidates in prop::collection::vec((number(), 0u32..3, number(), 0u32..2), 0..30),
        columns in prop::sample::subsequence(vec![0, 1, 2, 3], 0..=4),
        k in 1usize..6,
    ) {
        check(&mixed(&targets), &mixed(&candidates), &columns, k, 1);
    }
}

#[test]
fn nearest_rows_are_the_nearest_beyond_one_block_and_one_chunk() {
    for kind in [Kind::Mixed, Kind::Categories] {
        check(&kind.table(1, 300), &kind.table(2, 5000), &[0, 2, 3, 5], 2, 2);
    }
}

#[test]
fn nearest_rows_are_the_nearest_in_more_columns_than_a_byte_counts() {
    let table = |shift: u32| {
        let column = |c: u32| {
            let of_row = |row: u32| (row * (c + shift) + c / 7) % 11 % 3;
            codes(&c.to_string(), &(0..20).map(of_row).collect::<Vec<_>>(), 3)
        };
        Frame::new((0..600).map(column).collect())
    };
    check(&table(1), &table(2), &(0..600).collect::<Vec<_>>(), 3, 3);
    // All columns differ, and nothing but the last tells the candidates apart.
    let far = |last: &[u32]| {
        let rows = vec![0; last.len()];
        let mut columns: Vec<Column> = (0..600).map(|c| codes(&c.to_string(), &rows, 2)).collect();
        columns.push(codes("last", last, 2));
        Frame::new(columns)
    };
    let target = Frame::new((0..601).map(|c| codes(&c.to_string(), &[1], 2)).collect());
    let columns: Vec<usize> = (0..601).collect();
    let found = nearest_rows(&target, &far(&[0, 0, 1, 0]), &columns, 1, Seed::master(1));
    assert_eq!(found, [[2]]);
}

#[test]
fn a_column_whose_range_is_no_number_tells_equal_from_different() {
    let nearest = |target: f64, candidates: [f64; 2]| {
        let frame = |numbers: &[f64]| Frame::new(vec![Column::numbers("x", numbers.to_vec())]);
        nearest_rows(&frame(&[target]), &frame(&candidates), &[0], 1, Seed::master(1))[0][0]
    };
    for (target, other) in [(f64::INFINITY, f64::NAN), (1e308, -1e308), (0.0, f64::NAN)] {
        assert_eq!(nearest(target, [target, other]), 0);
        assert_eq!(nearest(target, [other, target]), 1);
    }
}

/// 4,000 draws from 4 rows at one distance: each is first 1,000 times, give or take five standard
/// deviations.
#[test]
fn of_rows_at_one_distance_each_is_as_likely_to_be_first() {
    let candidates = Frame::new(vec![codes("a", &[1, 0, 0, 1, 0, 1, 0], 2)]);
    let targets = Frame::new(vec![codes("a", &[0; 4000], 2)]);
    let mut times = [0; 7];
    for rows in nearest_rows(&targets, &candidates, &[0], 2, Seed::master(4)) {
        times[rows[0]] += 1;
    }
    for (row, times) in times.into_iter().enumerate() {
        let expected = if [1, 2, 4, 6].contains(&row) { 1000i32 } else { 0 };
        assert!((times - expected).abs() <= 5 * 28, "row {row}: {times}");
        assert!(expected > 0 || times == 0);
    }
}
