//! Every number is its definition.

use crate::metrics::assert_close;
use proptest::prelude::*;
use std::sync::Arc;
use synthctr::data::{Coded, Column, Frame, Values};
use synthctr::metrics::privacy::{
    Cap, Distances, IdenticalRows, cap, distances, identical_rows, new_row_share,
};
use synthctr::seed::Seed;

/// Columns of few categories, one of which is a missing value, and of few numbers.
fn frames() -> impl Strategy<Value = [Frame; 3]> {
    let number = prop_oneof![
        6 => (-4i32..5).prop_map(|n| f64::from(n) / 2.0),
        1 => Just(f64::NAN),
        1 => Just(-f64::NAN),
        1 => Just(-0.0),
    ];
    let column = prop_oneof![
        prop::collection::vec(0u32..3, 60).prop_map(|codes| {
            let vocabulary = Arc::new(vec![String::new(), "a".to_owned(), "b".to_owned()]);
            Values::Categories { vocabulary, codes }
        }),
        prop::collection::vec(number, 60).prop_map(Values::Numbers),
    ];
    let rows = (0usize..20, 0usize..20, 0usize..20);
    (prop::collection::vec(column, 1..5), rows).prop_map(|(columns, (a, b, c))| {
        let columns = columns.into_iter().enumerate();
        let columns = columns.map(|(i, values)| Column { name: format!("c{i}"), values });
        let all = Frame::new(columns.collect());
        let rows = |begin, n| all.select(&(begin..begin + n).collect::<Vec<_>>());
        [rows(0, a), rows(20, b), rows(40, c)]
    })
}

/// Whether a synthetic and a real row agree; numbers up to a tolerance.
fn agree(synthetic: &Frame, row: usize, real: &Frame, other: usize, tolerance: f64) -> bool {
    let mut columns = synthetic.columns().iter().zip(real.columns());
    columns.all(|(synthetic, real)| match (&synthetic.values, &real.values) {
        (Values::Numbers(synthetic), Values::Numbers(real)) => {
            match (synthetic[row].is_nan(), real[other].is_nan()) {
                (false, false) => {
                    (real[other] - synthetic[row]).abs() <= (tolerance * synthetic[row]).abs()
                }
                (synthetic, real) => synthetic && real,
            }
        }
        (Values::Categories { codes: a, .. }, Values::Categories { codes: b, .. }) => {
            a[row] == b[other]
        }
        _ => panic!("columns of one kind"),
    })
}

fn n_matched(synthetic: &Frame, real: &Frame, tolerance: f64) -> usize {
    let matched = |&row: &usize| {
        (0..real.n_rows()).any(|other| agree(synthetic, row, real, other, tolerance))
    };
    (0..synthetic.n_rows()).filter(matched).count()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(128))]

    #[test]
    fn identical_and_new_rows_are_their_definition([synthetic, real, _] in frames()) {
        let found = identical_rows(&synthetic, &real, Some("c0"));
        let without = n_matched(&synthetic.without("c0"), &real.without("c0"), 0.0);
        // Without columns all rows are equal.
        let without = if real.columns().len() > 1 || real.n_rows() > 0 { without } else { 0 };
        prop_assert_eq!(found, IdenticalRows {
            identical_rows: without,
            identical_rows_with_label: Some(n_matched(&synthetic, &real, 0.0)),
        });
        let unlabelled = identical_rows(&synthetic, &real, Some("none of this name"));
        prop_assert_eq!(unlabelled, identical_rows(&synthetic, &real, None));
        prop_assert_eq!(unlabelled.identical_rows_with_label, None);
        prop_assert_eq!(Some(unlabelled.identical_rows), found.identical_rows_with_label);
        for tolerance in [0.0, 0.25, 1.0] {
            let n = synthetic.n_rows();
            let new = (n > 0).then(|| {
                1.0 - n_matched(&synthetic, &real, tolerance) as f64 / n as f64
            });
            match (new_row_share(&synthetic, &real, tolerance), new) {
                (Some(found), Some(expected)) => assert_close(found, expected),
                (found, expected) => prop_assert_eq!(found, expected),
            }
        }
    }

    #[test]
    fn distances_stay_in_bounds([synthetic, train, holdout] in frames()) {
        let found = distances(&synthetic, &train, Some(&holdout), &Seed::master(5), &());
        prop_assert_eq!(found.is_some(), synthetic.n_rows() > 0 && train.n_rows() > 0);
        if let Some(Distances { closest_record: record, dcr_baseline_protection: baseline, .. }) = found {
            let holdout = holdout.n_rows() > 0;
            prop_assert_eq!(record.share_closer_to_train.is_some(), holdout);
            prop_assert_eq!(record.nndr_median.is_some(), train.n_rows() > 1);
            assert_close(record.histogram.iter().sum(), 1.0);
            let shares = [record.share_closer_to_train, record.nndr_median, baseline.score];
            let shares = shares.into_iter().flatten().chain([record.mean, record.share_zero]);
            prop_assert!(shares.chain(record.histogram).all(|x| (0.0..=1.0).contains(&x)));
            prop_assert!(record.quantiles.is_sorted_by(|a, b| a[0] < b[0] && a[1] <= b[1]));
            prop_assert_eq!(baseline.score.is_none(), baseline.random_median == 0.0);
        }
    }
}

/// Rows of few codes, and which columns are known and secret.
fn coded() -> impl Strategy<Value = ([Coded; 2], Vec<usize>, Vec<usize>)> {
    let table = |n: usize| {
        prop::collection::vec(prop::collection::vec(0u32..4, n), 5)
            .prop_map(|columns| Coded::new(columns, vec![4; 5]))
    };
    (0usize..30, 0usize..30, 1usize..4, 1usize..3).prop_flat_map(move |(a, b, keys, secrets)| {
        let columns = Just((0..5).collect::<Vec<usize>>()).prop_shuffle();
        (table(a), table(b), columns).prop_map(move |(a, b, columns)| {
            ([a, b], columns[..keys].to_vec(), columns[keys..][..secrets].to_vec())
        })
    })
}

/// By asking every synthetic row.
fn cap_by_definition(
    [synthetic, real]: &[Coded; 2],
    keys: &[usize],
    sensitive: &[usize],
    method: Cap,
) -> Option<f64> {
    let mut scores = Vec::new();
    for row in 0..real.n_rows() {
        let differ = |columns: &[usize], other: usize| {
            let differ = |&&c: &&usize| real.column(c)[row] != synthetic.column(c)[other];
            columns.iter().filter(differ).count()
        };
        let others: Vec<usize> = (0..synthetic.n_rows()).collect();
        let least = others.iter().map(|&other| differ(keys, other)).min();
        let least = if method == Cap::Generalized { least } else { Some(0) };
        let asked: Vec<usize> =
            others.into_iter().filter(|&other| Some(differ(keys, other)) == least).collect();
        let right = asked.iter().filter(|&&other| differ(sensitive, other) == 0).count();
        match asked.len() {
            0 if method == Cap::Zero => scores.push(0.0),
            0 => {}
            n => scores.push(right as f64 / n as f64),
        }
    }
    (!scores.is_empty()).then(|| 1.0 - scores.iter().sum::<f64>() / scores.len() as f64)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(256))]

    #[test]
    fn attribution_is_its_definition((tables, keys, sensitive) in coded()) {
        for method in [Cap::Known, Cap::Zero, Cap::Generalized] {
            prop_assert_eq!(cap(&tables[0], &tables[1], &[], &sensitive, method, &()), None);
            let found = cap(&tables[0], &tables[1], &keys, &sensitive, method, &());
            let expected = cap_by_definition(&tables, &keys, &sensitive, method);
            prop_assert_eq!(found.is_some(), expected.is_some());
            assert_close(found.unwrap_or(0.0), expected.unwrap_or(0.0));
        }
    }
}
