//! Diagnostics of copies, distances and attribution.

use super::assert_close;
use proptest::prelude::*;
use rayon::ThreadPoolBuilder;
use serde::Deserialize;
use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;
use synthctr::data::{Coded, Column, Frame, Values};
use synthctr::metrics::privacy::neighbours::{Nearest, Scale, closest};
use synthctr::metrics::privacy::{
    Cap, ClosestRecord, Distances, IdenticalRows, MATCH_TOLERANCE, cap, dcr_baseline_protection,
    dcr_overfitting_protection, disclosure_protection, distances, identical_rows, new_row_share,
    random_rows, share_closer,
};
use synthctr::seed::Seed;

/// What `scripts/peers/sdmetrics_privacy.py` recorded of a table.
#[derive(Deserialize)]
struct Recorded {
    columns: Vec<RecordedColumn>,
    keys: Vec<String>,
    sensitive: Vec<String>,
    new_rows: Vec<(f64, f64)>,
    closest: Vec<f64>,
    overfitting: RecordedOverfitting,
    baseline: RecordedBaseline,
    disclosure: HashMap<String, RecordedDisclosure>,
}

#[derive(Deserialize)]
struct RecordedColumn {
    name: String,
    numbers: bool,
    real: Vec<Cell>,
    synthetic: Vec<Cell>,
    holdout: Vec<Cell>,
}

#[derive(Clone, Deserialize)]
#[serde(untagged)]
enum Cell {
    Number(f64),
    Text(String),
    Missing(()),
}

#[derive(Deserialize)]
struct RecordedOverfitting {
    score: f64,
    closer_to_training: f64,
    closer_to_holdout: f64,
}

#[derive(Deserialize)]
struct RecordedBaseline {
    synthetic: f64,
    random: Vec<f64>,
}

#[derive(Deserialize)]
struct RecordedDisclosure {
    score: Option<f64>,
    cap_protection: Option<f64>,
    baseline_protection: f64,
}

fn recorded() -> BTreeMap<String, Recorded> {
    let recorded = include_str!("../../fixtures/sdmetrics_privacy.json");
    let recorded: BTreeMap<String, Recorded> = serde_json::from_str(recorded).expect("the fixture");
    assert_eq!(recorded.len(), 7);
    recorded
}

impl Recorded {
    /// The real, the synthetic and the holdout rows.
    fn frames(&self) -> [Frame; 3] {
        let columns = self.columns.iter().map(|column| {
            let splits = [&column.real, &column.synthetic, &column.holdout];
            let values = if column.numbers {
                splits.map(|cells| numbers(cells))
            } else {
                categories(splits)
            };
            values.map(|values| Column { name: column.name.clone(), values })
        });
        let columns: Vec<[Column; 3]> = columns.collect();
        [0, 1, 2].map(|i| Frame::new(columns.iter().map(|column| column[i].clone()).collect()))
    }
}

fn numbers(cells: &[Cell]) -> Values {
    let number = |cell: &Cell| match cell {
        Cell::Number(number) => *number,
        Cell::Missing(()) => f64::NAN,
        Cell::Text(text) => panic!("{text} is no number"),
    };
    Values::Numbers(cells.iter().map(number).collect())
}

fn categories(splits: [&Vec<Cell>; 3]) -> [Values; 3] {
    let text = |cell: &Cell| match cell {
        Cell::Text(text) => text.clone(),
        Cell::Missing(()) => String::new(),
        Cell::Number(number) => panic!("{number} is no text"),
    };
    let mut vocabulary: Vec<String> = splits.into_iter().flatten().map(text).collect();
    vocabulary.sort();
    vocabulary.dedup();
    let vocabulary = Arc::new(vocabulary);
    splits.map(|cells| {
        let code = |cell| vocabulary.binary_search(&text(cell)).expect("in it") as u32;
        let codes = cells.iter().map(code).collect();
        Values::Categories { vocabulary: vocabulary.clone(), codes }
    })
}

#[track_caller]
fn assert_near(actual: f64, expected: f64, what: &str) {
    assert!((actual - expected).abs() <= 1e-9, "{what}: {actual} is not {expected}");
}

#[track_caller]
fn assert_both_near(actual: Option<f64>, expected: Option<f64>, what: &str) {
    assert_eq!(actual.is_some(), expected.is_some(), "{what}: {actual:?} is not {expected:?}");
    assert_near(actual.unwrap_or(0.0), expected.unwrap_or(0.0), what);
}

#[test]
fn distances_are_those_of_sdmetrics() {
    for (name, table) in recorded() {
        let [real, synthetic, holdout] = table.frames();
        let closest = |rows| closest(&synthetic, rows, &Scale::of(rows), &()).expect("rows");
        let to_real = closest(&real);
        assert_eq!(to_real.len(), table.closest.len());
        for (nearest, &expected) in to_real.iter().zip(&table.closest) {
            assert_near(nearest.first, expected, &name);
        }
        let expected = &table.overfitting;
        let found = dcr_overfitting_protection(&to_real, &closest(&holdout)).expect("rows");
        assert_near(found.score, expected.score, &name);
        assert_near(found.closer_to_training, expected.closer_to_training, &name);
        assert_near(found.closer_to_holdout, expected.closer_to_holdout, &name);
        let all = distances(&synthetic, &real, Some(&holdout), &Seed::master(1), &());
        let all = all.expect("rows and columns");
        assert_eq!(all.dcr_overfitting_protection, Some(found));
        assert_near(all.closest_record.median, table.baseline.synthetic, &name);
        assert_near(all.dcr_baseline_protection.synthetic_median, table.baseline.synthetic, &name);
    }
}

#[test]
fn random_baseline_is_that_of_sdmetrics_but_for_chance() {
    for (name, table) in recorded() {
        let [real, synthetic, _] = table.frames();
        let scale = Scale::of(&real);
        let median = |seed: u64| {
            let random = random_rows(&real, synthetic.n_rows(), &Seed::master(seed));
            let nearest = closest(&random, &real, &scale, &()).expect("rows");
            dcr_baseline_protection(&nearest, &nearest).expect("rows").random_median
        };
        let expected = &table.baseline.random;
        let found: Vec<f64> = (0..expected.len() as u64).map(median).collect();
        let moments = |values: &[f64]| {
            let n = values.len() as f64;
            let mean = values.iter().sum::<f64>() / n;
            (mean, values.iter().map(|x| (x - mean).powi(2)).sum::<f64>() / n / n)
        };
        let ((found, a), (expected, b)) = (moments(&found), moments(expected));
        // Five standard errors.
        let error = 5.0 * (a + b).sqrt() + 1e-12;
        assert!((found - expected).abs() <= error, "{name}: {found} {expected} ± {error}");
    }
}

#[test]
fn new_rows_are_those_of_sdmetrics() {
    for (name, table) in recorded() {
        let [real, synthetic, _] = table.frames();
        for &(tolerance, expected) in &table.new_rows {
            let share = new_row_share(&synthetic, &real, tolerance).expect("rows");
            assert_near(share, expected, &name);
        }
        assert_eq!(table.new_rows[0].0, MATCH_TOLERANCE);
    }
}

#[test]
fn attribution_is_that_of_sdmetrics() {
    let methods =
        [(Cap::Known, "cap"), (Cap::Zero, "zero_cap"), (Cap::Generalized, "generalized_cap")];
    for (name, table) in recorded() {
        let [real, synthetic, _] = table.frames();
        let names = |names: &'_ [String]| -> Vec<&'static str> {
            names.iter().map(|name| &*name.clone().leak()).collect()
        };
        let (keys, sensitive) = (names(&table.keys), names(&table.sensitive));
        for (method, called) in methods {
            assert_eq!(serde_json::to_value(method).expect("a name"), called);
            let what = format!("{name} {called}");
            let expected = &table.disclosure[called];
            let found = disclosure_protection(&synthetic, &real, &keys, &sensitive, method, &());
            let found = found.expect("rows and columns");
            assert_both_near(found.score, expected.score, &what);
            assert_both_near(found.cap_protection, expected.cap_protection, &what);
            assert_near(found.baseline_protection, expected.baseline_protection, &what);
        }
    }
}

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

fn nearest(first: f64, second: f64) -> Nearest {
    Nearest { first, second: Some(second) }
}

#[test]
fn a_record_of_known_distances() {
    let rows = [nearest(0.0, 0.0), nearest(0.0, 0.5), nearest(0.02, 0.08), nearest(1.0, 1.0)];
    let record = ClosestRecord::new(&rows, Some(0.75)).expect("rows");
    assert_close(record.mean, 1.02 / 4.0);
    assert_close(record.median, 0.01);
    assert_eq!((record.share_zero, record.share_closer_to_train), (0.5, Some(0.75)));
    // Of 1, 0, 0.25 and 1.
    assert_close(record.nndr_median.expect("two rows"), 0.625);
    assert_eq!(record.quantiles.len(), 9);
    assert_eq!(record.quantiles[4], [0.5, record.median]);
    assert_eq!(record.histogram.len(), 50);
    assert_eq!([0, 1, 2, 49].map(|bin| record.histogram[bin]), [0.5, 0.25, 0.0, 0.25]);
    let lonely = [Nearest { first: 0.5, second: None }];
    assert_eq!(ClosestRecord::new(&lonely, None).expect("a row").nndr_median, None);
    assert_eq!(ClosestRecord::new(&[], None), None);
    let text = serde_json::to_string(&record).expect("JSON");
    assert_eq!(serde_json::from_str::<ClosestRecord>(&text).expect("a record"), record);
}

#[test]
fn closer_rows_count_and_ties_by_half() {
    let at = |distances: &[f64]| distances.iter().map(|&d| nearest(d, 1.0)).collect::<Vec<_>>();
    let (one, other) = (at(&[0.1, 0.2, 0.3, 0.4]), at(&[0.2, 0.2, 0.1, 0.5]));
    assert_eq!(share_closer(&one, &other), Some(2.5 / 4.0));
    assert_eq!(share_closer(&other, &one), Some(1.5 / 4.0));
    assert_eq!(share_closer(&[], &[]), None);
    let protection = dcr_overfitting_protection(&one, &other).expect("rows");
    assert_eq!((protection.score, protection.closer_to_training), (1.0, 0.5));
    assert_eq!(dcr_overfitting_protection(&[], &[]), None);
    let protection = dcr_baseline_protection(&one, &other).expect("rows");
    assert_eq!(protection.score, Some(1.0), "at most 1");
    let protection = dcr_baseline_protection(&at(&[0.1]), &one).expect("rows");
    assert_close(protection.score.expect("random rows are apart"), 0.4);
    assert_eq!(dcr_baseline_protection(&one, &at(&[0.0])).expect("rows").score, None);
    assert_eq!(dcr_baseline_protection(&one, &[]), None);
}

/// Independent rows of a few columns, the last of them numbers.
fn made_up(n: usize, seed: u64) -> Frame {
    let draw = Seed::master(seed).counter("rows");
    let code =
        |column: u64, row: usize, size: u64| (draw.word(row as u64 * 8 + column) >> 20) % size;
    let columns = (0..5).map(|column| {
        let size = [2, 5, 30, 12, 1 << 20][column as usize];
        let codes = (0..n).map(|row| code(column, row, size) as u32);
        match column {
            4 => Column::numbers("x", codes.map(|code| f64::from(code) / 1e6).collect()),
            _ => {
                let vocabulary = (0..size).map(|code| code.to_string()).collect();
                Column::categories(format!("c{column}"), Arc::new(vocabulary), codes.collect())
            }
        }
    });
    Frame::new(columns.collect())
}

#[test]
fn only_rows_that_were_remembered_are_closer_to_train() {
    let (train, holdout) = (made_up(2_000, 1), made_up(700, 2));
    let share = |synthetic: &Frame, train: &Frame, holdout: &Frame| {
        let found = distances(synthetic, train, Some(holdout), &Seed::master(9), &());
        found.expect("rows").closest_record.share_closer_to_train.expect("a holdout")
    };
    // Five standard deviations of a fair coin, thrown 1,000 times.
    let fair = 0.5 - 0.08..0.5 + 0.08;
    let fresh = made_up(1_000, 3);
    assert!(fair.contains(&share(&fresh, &train, &holdout)));
    assert!(fair.contains(&share(&fresh, &holdout, &train)), "a larger holdout");
    assert!(fair.contains(&share(&fresh, &train.head(700), &holdout)), "as many");
    let copies = train.head(1_000);
    let seen = share(&copies, &train, &holdout);
    // Of the copies as many as are in the subset are 0 away, the others are a fair coin.
    assert!((seen - (0.35 + 0.65 / 2.0)).abs() < 0.08, "{seen}");
    assert_eq!(share(&copies, &copies, &fresh), 1.0);
    // One number that is far out does not bring all others of the holdout nearer.
    let mut columns = holdout.columns().to_vec();
    if let Values::Numbers(numbers) = &mut columns[4].values {
        numbers[0] = 1e6;
    }
    assert!(fair.contains(&share(&fresh, &train, &Frame::new(columns))));
    // Without numbers too.
    let [train, holdout, fresh] = [train, holdout, fresh].map(|frame| frame.without("x"));
    assert!(fair.contains(&share(&fresh, &train, &holdout)));
    assert!(share(&train, &train, &holdout) > 0.58);
    assert!(fair.contains(&share(&fresh, &holdout, &train)), "a larger holdout");
}

#[test]
fn distances_depend_on_the_seed_alone() {
    let (train, holdout, synthetic) = (made_up(900, 1), made_up(300, 2), made_up(400, 3));
    let with = |threads: usize, seed: u64| {
        let pool = ThreadPoolBuilder::new().num_threads(threads).build().expect("threads");
        let seed = Seed::master(seed);
        pool.install(|| distances(&synthetic, &train, Some(&holdout), &seed, &())).expect("rows")
    };
    assert_eq!(with(1, 4), with(5, 4));
    let (a, b) = (with(1, 4), with(1, 6));
    assert_ne!(a.dcr_baseline_protection.random_median, b.dcr_baseline_protection.random_median);
    assert_ne!(a.closest_record.share_closer_to_train, b.closest_record.share_closer_to_train);
    assert_eq!(a.dcr_overfitting_protection, b.dcr_overfitting_protection);
    assert_eq!(a.closest_record.quantiles, b.closest_record.quantiles);
}

#[test]
fn random_rows_are_uniform_over_what_occurs() {
    let texts = |texts: &[&str]| texts.iter().map(|text| (*text).to_owned()).collect::<Vec<_>>();
    let vocabulary = Arc::new(texts(&["", "common", "rare", "elsewhere"]));
    let nan = f64::NAN;
    let real = Frame::new(vec![
        Column::categories("some missing", vocabulary.clone(), vec![0, 1, 1, 1, 1, 2, 1, 1]),
        Column::categories("all missing", vocabulary, vec![0; 8]),
        Column::numbers("whole", vec![3.0, 5.0, 3.0, 3.0, 3.0, 3.0, nan, nan]),
        Column::numbers("x", vec![-1.5, 2.5, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0]),
        Column::numbers("none", vec![nan; 8]),
    ]);
    let n = 20_000;
    let random = random_rows(&real, n, &Seed::master(1));
    // As texts, since missing numbers are not equal.
    let text = |seed: u64| format!("{:?}", random_rows(&real, n, &Seed::master(seed)));
    assert!(text(1) == text(1) && text(1) != text(2));
    // Five standard deviations, at most.
    let near = |n_found: usize, share: f64| {
        let error = 5.0 * (share * (1.0 - share) / n as f64).sqrt();
        assert!((n_found as f64 / n as f64 - share).abs() <= error, "{n_found} {share}");
    };
    let values = |column: usize| &random.columns()[column].values;
    let Values::Categories { codes, .. } = values(0) else { panic!("categories") };
    let shares = [1.0 / 8.0, 7.0 / 16.0, 7.0 / 16.0, 0.0];
    for (code, share) in (0..).zip(shares) {
        near(codes.iter().filter(|&&c| c == code).count(), share);
    }
    let Values::Categories { codes, .. } = values(1) else { panic!("categories") };
    assert!(codes.iter().all(|&code| code == 0));
    let Values::Numbers(whole) = values(2) else { panic!("numbers") };
    for number in [3.0, 4.0, 5.0] {
        near(whole.iter().filter(|&&x| x == number).count(), 0.25);
    }
    near(whole.iter().filter(|x| x.is_nan()).count(), 0.25);
    let Values::Numbers(x) = values(3) else { panic!("numbers") };
    assert!(x.iter().all(|x| (-1.5..=2.5).contains(x)));
    near(x.iter().filter(|&&x| x < -0.5).count(), 0.25);
    let Values::Numbers(none) = values(4) else { panic!("numbers") };
    assert!(none.iter().all(|x| x.is_nan()));
    assert_eq!(random_rows(&real.head(0), 9, &Seed::master(1)).n_rows(), 0);
    assert_eq!(random_rows(&real, 0, &Seed::master(1)).n_rows(), 0);
}

#[test]
fn what_cannot_be_measured_is_none() {
    let rows = made_up(5, 1);
    let (none, narrow) = (rows.head(0), rows.select(&[0]));
    let seed = Seed::master(1);
    assert_eq!(distances(&none, &rows, None, &seed, &()), None);
    assert_eq!(distances(&rows, &none, None, &seed, &()), None);
    let columnless = ["c0", "c1", "c2", "c3", "x"].iter().fold(rows.clone(), |f, c| f.without(c));
    assert_eq!(distances(&columnless, &columnless, None, &seed, &()), None);
    let without = distances(&rows, &narrow, Some(&none), &seed, &()).expect("rows");
    assert_eq!(without.dcr_overfitting_protection, None);
    assert_eq!(without.closest_record.share_closer_to_train, None);
    assert_eq!(new_row_share(&none, &rows, 0.01), None);
    assert_eq!(new_row_share(&rows, &none, 0.01), Some(1.0));
    let protection = |keys: &[&str], sensitive: &[&str], real: &Frame| {
        disclosure_protection(&rows, real, keys, sensitive, Cap::Known, &())
    };
    assert_eq!(protection(&["c0"], &["no such"], &rows), None);
    assert_eq!(protection(&[], &["c1"], &rows), None);
    assert_eq!(protection(&["c0"], &[], &rows), None);
    assert_eq!(protection(&["c0"], &["c1"], &none), None);
    // One value to guess.
    let one = protection(&["c0"], &["c1"], &narrow).expect("a row");
    assert_eq!((one.score, one.baseline_protection), (None, 0.0));
}
