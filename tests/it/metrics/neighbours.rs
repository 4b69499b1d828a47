//! Rows near others.

use proptest::prelude::*;
use rayon::ThreadPoolBuilder;
use std::sync::Arc;
use synthctr::data::{Coded, Column, Frame, Values};
use synthctr::metrics::privacy::neighbours::{
    Engine, Nearest, Scale, closest, distance_counts, distance_counts_by, two_nearest,
};

/// The number of columns in which a query and a row differ.
fn hamming(queries: &Coded, query: usize, rows: &Coded, row: usize) -> usize {
    let columns = queries.columns().iter().zip(rows.columns());
    columns.filter(|(queries, rows)| queries[query] != rows[row]).count()
}

/// Counts over all pairs of rows.
fn counts_by_definition(queries: &Coded, rows: &Coded, deepest: usize) -> Vec<Vec<u32>> {
    let count = |query: usize| {
        let mut counts = vec![0; deepest + 1];
        for row in 0..rows.n_rows() {
            if let Some(count) = counts.get_mut(hamming(queries, query, rows, row)) {
                *count += 1;
            }
        }
        counts
    };
    (0..queries.n_rows()).map(count).collect()
}

fn counts(engine: Engine, queries: &Coded, rows: &Coded, deepest: usize) -> Vec<Vec<u32>> {
    let counts = distance_counts_by(Some(engine), queries, rows, deepest, &());
    (0..counts.n_queries()).map(|query| counts.of(query).to_vec()).collect()
}

fn two_nearest_by_definition(queries: &Coded, rows: &Coded) -> Vec<[Option<u32>; 2]> {
    let nearest = |query: usize| {
        let distances = (0..rows.n_rows()).map(|row| hamming(queries, query, rows, row) as u32);
        let mut distances: Vec<u32> = distances.collect();
        distances.sort_unstable();
        [0, 1].map(|place| distances.get(place).copied())
    };
    (0..queries.n_rows()).map(nearest).collect()
}

/// Numbers of codes, small, more than a byte, or more than two bytes, and how far apart codes are.
fn sizes() -> impl Strategy<Value = (usize, usize)> {
    prop_oneof![(1usize..5).prop_map(|n| (n, 1)), Just((700, 1)), Just((3, 60_000))]
}

/// A table whose columns have so many codes.
fn table(sizes: &[(usize, usize)], n_rows: usize) -> impl Strategy<Value = Coded> + use<> {
    let column = |&(size, stride): &(usize, usize)| {
        prop::collection::vec(0..size, n_rows)
            .prop_map(move |codes| codes.iter().map(|code| (code * stride) as u32).collect())
    };
    let n_codes: Vec<usize> = sizes.iter().map(|(size, stride)| size * stride).collect();
    let columns: Vec<_> = sizes.iter().map(column).collect();
    columns.prop_map(move |columns| Coded::new(columns, n_codes.clone()))
}

/// Queries and rows, coded alike.
fn two_tables() -> impl Strategy<Value = (Coded, Coded)> {
    (prop::collection::vec(sizes(), 1..=6), 0usize..40, 0usize..300)
        .prop_flat_map(|(sizes, queries, rows)| (table(&sizes, queries), table(&sizes, rows)))
}

/// Tables made by arithmetic, where drawing would take longer than the test.
fn made_up(sizes: &[usize], n_rows: usize, factor: usize) -> Coded {
    let column = |(position, &size): (usize, &usize)| {
        let code = |row: usize| {
            let mixed = ((row * factor + position) as u64 + 1).wrapping_mul(0x9e37_79b9_7f4a_7c15);
            // Low codes occur more often.
            let (a, b) = (mixed >> 40, mixed >> 16 & 0xff_ffff);
            (a as usize % size).min(b as usize % size) as u32
        };
        (0..n_rows).map(code).collect()
    };
    Coded::new(sizes.iter().enumerate().map(column).collect(), sizes.to_vec())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn counts_are_their_definition((queries, rows) in two_tables(), deepest in 0usize..8) {
        let expected = counts_by_definition(&queries, &rows, deepest.min(queries.n_columns()));
        for engine in [Engine::Pairs, Engine::Subsets] {
            prop_assert_eq!(&counts(engine, &queries, &rows, deepest), &expected, "{:?}", engine);
        }
    }

    #[test]
    fn nearest_are_their_definition((queries, rows) in two_tables()) {
        let expected = two_nearest_by_definition(&queries, &rows);
        prop_assert_eq!(two_nearest(&queries, &rows, &()), expected);
    }

    /// Which codes are called what, and the order of rows and columns, does not matter.
    #[test]
    fn counts_know_no_names((queries, rows) in two_tables()) {
        let renamed = |table: &Coded| {
            let reversed: Vec<usize> = (0..table.n_rows()).rev().collect();
            let table = table.select(&reversed);
            let columns = table.columns().iter().zip(table.sizes()).rev();
            let flipped = columns.map(|(codes, &size)| {
                codes.iter().map(|code| size as u32 - 1 - code).collect()
            });
            Coded::new(flipped.collect(), table.sizes().iter().rev().copied().collect())
        };
        let mut counts = counts(Engine::Pairs, &renamed(&queries), &renamed(&rows), 6);
        counts.reverse();
        prop_assert_eq!(counts, self::counts(Engine::Pairs, &queries, &rows, 6));
    }
}

#[test]
fn counts_of_many_rows_are_their_definition() {
    // Several blocks of rows, several tasks, rows that occur hundreds of times.
    let sizes = [900, 2, 3, 40, 5];
    let (queries, rows) = (made_up(&sizes, 500, 3), made_up(&sizes, 9_000, 1));
    let all = counts_by_definition(&queries, &rows, 5);
    assert!(all.iter().all(|counts| counts.iter().sum::<u32>() == 9_000));
    for deepest in 0..=5 {
        let expected: Vec<_> = all.iter().map(|counts| counts[..=deepest].to_vec()).collect();
        for engine in [Engine::Pairs, Engine::Subsets] {
            assert_eq!(counts(engine, &queries, &rows, deepest), expected, "{engine:?}");
        }
    }
    let repeated = made_up(&[3, 2, 1, 4], 5_000, 1);
    let expected = counts_by_definition(&queries_of(&repeated), &repeated, 4);
    for engine in [Engine::Pairs, Engine::Subsets] {
        assert_eq!(counts(engine, &queries_of(&repeated), &repeated, 4), expected, "{engine:?}");
    }
}

/// Every 50th row of a table.
fn queries_of(rows: &Coded) -> Coded {
    rows.select(&(0..rows.n_rows()).step_by(50).collect::<Vec<_>>())
}

#[test]
fn nearest_of_many_rows_are_their_definition() {
    // First by sets of columns, then, for those far from all, by pairs; and by sets alone.
    for sizes in [&[900, 2, 3, 40, 5, 300, 300, 300, 300][..], &[900, 2, 3, 40]] {
        let (queries, rows) = (made_up(sizes, 2_500, 3), made_up(sizes, 3_000, 1));
        assert_eq!(two_nearest(&queries, &rows, &()), two_nearest_by_definition(&queries, &rows));
    }
}

#[test]
fn tables_may_be_wide() {
    // More columns than agreements fit a byte, of one byte and of two.
    let sizes: Vec<usize> = (0..600).map(|column| [2, 3, 1_000][column % 3]).collect();
    let (queries, rows) = (made_up(&sizes, 20, 3), made_up(&sizes, 300, 1));
    let counted = distance_counts(&queries, &rows, 600, &());
    assert_eq!(counted.deepest(), 254);
    let expected = counts_by_definition(&queries, &rows, 254);
    assert_eq!(counts(Engine::Pairs, &queries, &rows, 600), expected);
    assert!(expected.iter().flatten().sum::<u32>() < 20 * 300, "some are beyond");
    // A row equal to a query but for 250 columns.
    let mut columns = queries.columns().to_vec();
    columns[..250].iter_mut().for_each(|codes| codes.iter_mut().for_each(|code| *code ^= 1));
    let near = Coded::new(columns, sizes.iter().map(|size| size.max(&4)).copied().collect());
    let queries = Coded::new(queries.columns().to_vec(), near.sizes().to_vec());
    let counted = distance_counts(&queries, &near, 254, &());
    assert_eq!((counted.of(0)[250], counted.of(0)[..250].iter().sum::<u32>()), (1, 0));
    assert_eq!(counted.of(7), counts_by_definition(&queries, &near, 254)[7]);
}

#[test]
fn counts_do_not_depend_on_the_number_of_threads() {
    let sizes = [900, 2, 3, 40, 5];
    let (queries, rows) = (made_up(&sizes, 300, 3), made_up(&sizes, 5_000, 1));
    let with = |threads: usize, engine| {
        let pool = ThreadPoolBuilder::new().num_threads(threads).build().expect("threads");
        pool.install(|| counts(engine, &queries, &rows, 5))
    };
    for engine in [Engine::Pairs, Engine::Subsets] {
        assert_eq!(with(1, engine), with(7, engine));
    }
}

#[test]
fn counts_at_the_edges() {
    let table = |codes: &[u32]| Coded::new(vec![codes.to_vec()], vec![3]);
    let (none, one, two) = (table(&[]), table(&[1]), table(&[2, 1]));
    for engine in [Engine::Pairs, Engine::Subsets] {
        assert_eq!(counts(engine, &none, &two, 1), Vec::<Vec<u32>>::new());
        assert_eq!(counts(engine, &two, &none, 1), [[0, 0], [0, 0]]);
        assert_eq!(counts(engine, &two, &one, 9), [[0, 1], [1, 0]]);
        assert_eq!(counts(engine, &two, &one, 0), [[0], [1]]);
        // Rows without columns are all equal.
        assert_eq!(counts(engine, &one.without(0), &two.without(0), 3), [[2]]);
        assert_eq!(counts(engine, &none.without(0), &two.without(0), 3), Vec::<Vec<u32>>::new());
    }
    assert!(two_nearest(&none, &two, &()).is_empty());
    assert_eq!(two_nearest(&two, &none, &()), [[None, None]; 2]);
    assert_eq!(two_nearest(&two, &one, &()), [[Some(1), None], [Some(0), None]]);
    assert_eq!(two_nearest(&one.without(0), &two.without(0), &()), [[Some(0), Some(0)]]);
    assert_eq!(two_nearest(&one.without(0), &none.without(0), &()), [[None, None]]);
}

/// SDMetrics' distance, and the two smallest over all rows.
fn closest_by_definition(queries: &Frame, rows: &Frame, scale: &Frame) -> Vec<Nearest> {
    let ranges: Vec<Option<f64>> = scale.columns().iter().map(|c| range(&c.values)).collect();
    let nearest = |query: usize| {
        let mut distances: Vec<f64> =
            (0..rows.n_rows()).map(|row| distance(queries, query, rows, row, &ranges)).collect();
        distances.sort_by(f64::total_cmp);
        Nearest { first: distances[0], second: distances.get(1).copied() }
    };
    (0..queries.n_rows()).map(nearest).collect()
}

/// The largest number less the smallest, where there is one.
fn range(values: &Values) -> Option<f64> {
    let Values::Numbers(numbers) = values else { return None };
    let mut known: Vec<f64> = numbers.iter().copied().filter(|x| !x.is_nan()).collect();
    known.sort_by(f64::total_cmp);
    known.last().zip(known.first()).map(|(high, low)| high - low)
}

fn distance(
    queries: &Frame,
    query: usize,
    rows: &Frame,
    row: usize,
    ranges: &[Option<f64>],
) -> f64 {
    let columns = queries.columns().iter().zip(rows.columns()).zip(ranges);
    let sum: f64 = columns
        .map(|((a, b), range)| match (&a.values, &b.values) {
            (Values::Categories { codes: a, .. }, Values::Categories { codes: b, .. }) => {
                f64::from(u8::from(a[query] != b[row]))
            }
            (Values::Numbers(a), Values::Numbers(b)) => match (a[query], b[row], *range) {
                (a, b, _) if a.is_nan() && b.is_nan() => 0.0,
                (a, b, _) if a == b => 0.0,
                (a, b, Some(range)) if range > 0.0 && (a - b).is_finite() => {
                    ((a - b).abs() / range).min(1.0)
                }
                _ => 1.0,
            },
            _ => panic!("columns of one kind"),
        })
        .sum();
    sum / queries.columns().len() as f64
}

/// Columns of categories, and of numbers with ties, missing ones and some far from all.
fn two_frames(n_queries: usize, n_rows: usize) -> impl Strategy<Value = (Frame, Frame)> {
    let number = prop_oneof![
        4 => (0i32..6).prop_map(f64::from),
        4 => -1.0..1.0,
        1 => Just(f64::NAN),
        1 => Just(-0.0),
        1 => Just(1e9),
    ];
    let column = prop_oneof![
        (1u32..5).prop_flat_map(|n| prop::collection::vec(0..n, 60).prop_map(Part::Codes)),
        prop::collection::vec(number, 60).prop_map(Part::Numbers),
        Just(Part::Numbers(vec![f64::NAN; 60])),
        Just(Part::Numbers(vec![2.5; 60])),
    ];
    (prop::collection::vec(column, 1..6), 0..=n_queries, 1..=n_rows).prop_map(
        |(columns, n_queries, n_rows)| {
            let all = Frame::new(columns.iter().map(Part::column).collect());
            let rows = |range: std::ops::Range<usize>| all.select(&range.collect::<Vec<_>>());
            (rows(0..n_queries), rows(n_queries..n_queries + n_rows))
        },
    )
}

#[derive(Clone, Debug)]
enum Part {
    Codes(Vec<u32>),
    Numbers(Vec<f64>),
}

impl Part {
    fn column(&self) -> Column {
        match self {
            Self::Codes(codes) => {
                let vocabulary = (0..5).map(|code| code.to_string()).collect();
                Column::categories("c", Arc::new(vocabulary), codes.clone())
            }
            Self::Numbers(numbers) => Column::numbers("x", numbers.clone()),
        }
    }
}

#[track_caller]
fn assert_nearest(actual: &[Nearest], expected: &[Nearest]) {
    assert_eq!(actual.len(), expected.len());
    for (actual, expected) in actual.iter().zip(expected) {
        super::assert_close(actual.first, expected.first);
        assert_eq!(actual.second.is_some(), expected.second.is_some());
        super::assert_close(actual.second.unwrap_or(0.0), expected.second.unwrap_or(0.0));
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(256))]

    #[test]
    fn closest_are_their_definition((queries, rows) in two_frames(20, 40)) {
        for scale in [&rows, &queries] {
            let actual = closest(&queries, &rows, &Scale::of(scale), &()).expect("rows");
            assert_nearest(&actual, &closest_by_definition(&queries, &rows, scale));
            for ratio in actual.iter().filter_map(Nearest::ratio) {
                prop_assert!((0.0..=1.0).contains(&ratio));
            }
        }
    }
}

/// Of four thousand rows with so many codes in each column, one of `every` is a query; of the
/// rows some stand twice.
fn closest_of_many_rows(sizes: &[usize], every: usize, column: impl Fn(usize, &[u32]) -> Column) {
    let table = made_up(sizes, 4_000, 1);
    let columns = table.columns().iter().enumerate();
    let all = Frame::new(columns.map(|(position, codes)| column(position, codes)).collect());
    let (queries, rows): (Vec<usize>, Vec<usize>) = (0..4_000).partition(|row| row % every == 1);
    let rows: Vec<usize> = rows.iter().chain(&rows[..300]).copied().collect();
    let (queries, rows) = (all.select(&queries), all.select(&rows));
    let actual = closest(&queries, &rows, &Scale::of(&rows), &()).expect("rows");
    assert_nearest(&actual, &closest_by_definition(&queries, &rows, &rows));
}

#[test]
fn closest_of_many_rows_are_their_definition() {
    let sizes = [30, 4, 1_000, 50, 7];
    closest_of_many_rows(&sizes, 20, |position, codes| match position {
        // Numbers: sorted by row, few, and many.
        0 => Column::numbers("sorted", (0..4_000).map(|row| f64::from(row).sqrt()).collect()),
        1 | 2 => Column::numbers("x", codes.iter().map(|&code| f64::from(code).ln_1p()).collect()),
        _ => categories(codes, sizes[position]),
    });
}

/// So many that most rows are left out by their categories, and in some columns more codes on both
/// sides than a byte can tell apart.
#[test]
fn closest_of_many_rows_of_categories_and_a_number_are_their_definition() {
    let sizes = [40, 600, 12, 700, 15, 900, 9, 3_000, 20, 2_000, 25, 16];
    closest_of_many_rows(&sizes, 4, |position, codes| match position {
        0 => Column::numbers("x", codes.iter().map(|&code| f64::from(code)).collect()),
        _ => categories(codes, sizes[position]),
    });
}

fn categories(codes: &[u32], size: usize) -> Column {
    let vocabulary = (0..size).map(|code| code.to_string()).collect();
    Column::categories("c", Arc::new(vocabulary), codes.to_vec())
}

#[test]
fn closest_of_wide_categories_are_their_definition() {
    let sizes = vec![2; 300];
    let frame = |table: &Coded| {
        let vocabulary = Arc::new(vec!["a".to_owned(), "b".to_owned()]);
        let column = |codes: &Vec<u32>| Column::categories("c", vocabulary.clone(), codes.clone());
        Frame::new(table.columns().iter().map(column).collect())
    };
    let (queries, rows) = (frame(&made_up(&sizes, 30, 3)), frame(&made_up(&sizes, 200, 1)));
    let actual = closest(&queries, &rows, &Scale::of(&rows), &()).expect("rows");
    assert_nearest(&actual, &closest_by_definition(&queries, &rows, &rows));
}

#[test]
fn closest_at_the_edges() {
    let numbers = |numbers: &[f64]| Frame::new(vec![Column::numbers("x", numbers.to_vec())]);
    let (none, queries) = (numbers(&[]), numbers(&[3.0, f64::NAN]));
    let closest = |queries: &Frame, rows: &Frame| closest(queries, rows, &Scale::of(rows), &());
    assert_eq!(closest(&queries, &none), None);
    assert_eq!(closest(&queries.without("x"), &queries.without("x")), None);
    assert_eq!(closest(&none, &queries), Some(vec![]));
    let nearest = |first, second| Nearest { first, second };
    // The ratio of two equal rows is 1, also where both equal the query; of one row there is none.
    let two_of_one = closest(&queries, &numbers(&[3.0, 3.0])).expect("rows");
    assert_eq!(two_of_one, [nearest(0.0, Some(0.0)), nearest(1.0, Some(1.0))]);
    assert_eq!(two_of_one.iter().map(Nearest::ratio).collect::<Vec<_>>(), [Some(1.0); 2]);
    let one = closest(&queries, &numbers(&[4.0])).expect("rows");
    assert_eq!(one, [nearest(1.0, None), nearest(1.0, None)]);
    assert_eq!(one[0].ratio(), None);
    let apart = closest(&queries, &numbers(&[4.0, 2.5, 0.5])).expect("rows");
    assert_eq!(apart[0], nearest(0.5 / 3.5, Some(1.0 / 3.5)));
    super::assert_close(apart[0].ratio().expect("two rows"), 0.5);
    // On a scale without numbers, numbers are equal or not.
    let scale = Scale::of(&numbers(&[f64::NAN]));
    let equal_or_not = self::closest(&queries, &numbers(&[3.5, 3.0]), &scale, &());
    assert_eq!(equal_or_not.expect("rows"), [nearest(0.0, Some(1.0)), nearest(1.0, Some(1.0))]);
}
