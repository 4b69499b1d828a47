//! Predicates, by brute force.

use super::distinct::Distinct;
use super::drawing;
use super::predicate::{Condition, Predicate};
use super::thinning::Thinning;
use crate::data::{Column, Frame};
use crate::seed::Seed;
use proptest::prelude::*;
use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::Arc;

/// A category and a number.
type Row = (u32, f64);

fn frame(rows: &[Row]) -> Frame {
    let vocabulary = Arc::new((0..4).map(|code| code.to_string()).collect());
    Frame::new(vec![
        Column::categories("a", vocabulary, rows.iter().map(|row| row.0).collect()),
        Column::numbers("x", rows.iter().map(|row| row.1).collect()),
    ])
}

fn matches(row: Row, predicate: &Predicate) -> bool {
    predicate.0.iter().all(|&(column, condition)| match column {
        0 => condition.holds_for_code(row.0),
        _ => condition.holds_for_number(row.1),
    })
}

/// How often each distinct row that matches occurs.
fn by_brute_force(rows: &[Row], predicate: &Predicate) -> Vec<u32> {
    let mut times = BTreeMap::<(u32, String), u32>::new();
    for row in rows.iter().filter(|row| matches(**row, predicate)) {
        *times.entry((row.0, (row.1 + 0.0).to_string())).or_default() += 1;
    }
    let mut times: Vec<u32> = times.into_values().collect();
    times.sort_unstable();
    times
}

fn row() -> impl Strategy<Value = Row> {
    let numbers = vec![-2.0, -0.0, 0.0, 1.0, 3.0, f64::NAN, f64::INFINITY];
    (0u32..4, prop::sample::select(numbers))
}

fn predicate() -> impl Strategy<Value = Predicate> {
    let of_code =
        prop_oneof![(0u32..6).prop_map(Condition::Is), (0u32..6).prop_map(Condition::IsNot)];
    let of_number =
        (0..8, prop::sample::select(vec![-2.0, 0.0, -0.0, 0.5, 3.0])).prop_map(|(kind, x)| {
            match kind {
                0 => Condition::Equal(x),
                1 => Condition::NotEqual(x),
                2 => Condition::AtLeast(x),
                3 => Condition::AtMost(x),
                4 => Condition::Above(x),
                5 => Condition::Below(x),
                6 => Condition::Missing,
                _ => Condition::Present,
            }
        });
    let conditions = (prop::option::of(of_code), prop::option::of(of_number));
    conditions.prop_map(|(code, number)| {
        let code = code.map(|condition| (0, condition));
        Predicate(code.into_iter().chain(number.map(|condition| (1, condition))).collect())
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]
    #[test]
    fn rows_that_match_are_found(rows in prop::collection::vec(row(), 0..25), p in predicate()) {
        let distinct = Distinct::new(&frame(&rows));
        let mut found: Vec<u32> = distinct.matches(&p).collect();
        found.sort_unstable();
        let expected = by_brute_force(&rows, &p);
        prop_assert_eq!(distinct.is_singled_out(&p), expected.len() == 1);
        prop_assert_eq!(found, expected);
    }

    #[test]
    fn thinning_is_the_mean_over_all_subsets(
        rows in prop::collection::vec(row(), 1..9),
        p in predicate(),
        size in 0usize..9,
    ) {
        let size = size.min(rows.len());
        let subsets = (0u32..1 << rows.len()).filter(|set| set.count_ones() as usize == size);
        let (mut singled_out, mut all) = (0, 0);
        for set in subsets {
            let subset: Vec<Row> =
                (0..rows.len()).filter(|row| set >> row & 1 == 1).map(|row| rows[row]).collect();
            singled_out += usize::from(by_brute_force(&subset, &p).len() == 1);
            all += 1;
        }
        let expected = singled_out as f64 / all as f64;
        let thinning = Thinning::new(rows.len(), size);
        let actual = thinning.successes(&Distinct::new(&frame(&rows)), &[p]);
        prop_assert!((actual - expected).abs() < 1e-12, "{} for {}", actual, expected);
    }

    #[test]
    fn attackers_say_different_things_that_single_out(
        rows in prop::collection::vec(row(), 1..25),
        n in 1usize..8,
        width in 1usize..4,
    ) {
        let distinct = Distinct::new(&frame(&rows));
        let stream = || Seed::master(1).stream("predicates");
        let univariate = drawing::univariate(&distinct, n, &mut stream());
        let multivariate = drawing::multivariate(&distinct, n, width, 400, &mut stream());
        for predicates in [&univariate, &multivariate] {
            prop_assert!(predicates.len() <= n);
            let keys: HashSet<_> = predicates.iter().map(Predicate::key).collect();
            prop_assert_eq!(keys.len(), predicates.len());
            for predicate in predicates {
                prop_assert_eq!(by_brute_force(&rows, predicate).len(), 1);
            }
        }
        prop_assert!(univariate.iter().all(|predicate| predicate.0.len() == 1));
        prop_assert!(multivariate.iter().all(|predicate| predicate.0.len() == width.min(2)));
        let random = drawing::random(&distinct, n, width, &mut stream());
        prop_assert!(random.iter().all(|predicate| predicate.0.len() == width.min(2)));
        prop_assert_eq!(random.len(), n);
    }
}

#[test]
fn conditions_mean_what_they_say_and_no_comparison_holds_for_a_missing_number() {
    use Condition::{Above, AtLeast, AtMost, Below, Equal, Missing, NotEqual, Present};
    let holding = |condition: Condition| {
        [-1.0, -0.0, 1.0, f64::NAN].map(|number| condition.holds_for_number(number))
    };
    assert_eq!(holding(Equal(0.0)), [false, true, false, false]);
    assert_eq!(holding(NotEqual(0.0)), [true, false, true, false]);
    assert_eq!(holding(AtLeast(0.0)), [false, true, true, false]);
    assert_eq!(holding(AtMost(0.0)), [true, true, false, false]);
    assert_eq!(holding(Above(0.0)), [false, false, true, false]);
    assert_eq!(holding(Below(0.0)), [true, false, false, false]);
    assert_eq!(holding(Missing), [false, false, false, true]);
    assert_eq!(holding(Present), [true, true, true, false]);
    assert_eq!([0, 1].map(|code| Condition::Is(1).holds_for_code(code)), [false, true]);
    assert_eq!([0, 1].map(|code| Condition::IsNot(1).holds_for_code(code)), [true, false]);
}

#[test]
fn one_column_predicates_are_all_rarities_once() {
    let rows =
        [(0, 1.0), (0, 2.0), (1, 2.0), (2, f64::NAN), (2, 5.0), (0, 5.0), (0, 1.0), (3, 4.0)];
    let distinct = Distinct::new(&frame(&rows));
    let found = drawing::univariate(&distinct, 100, &mut Seed::master(1).stream("predicates"));
    let keys: HashSet<_> = found.iter().map(Predicate::key).collect();
    use Condition::{AtMost, Equal, Is, Missing};
    // 1 occurs twice, in equal rows; 5, the largest number, in two different ones.
    let expected =
        [(0, Is(1)), (0, Is(3)), (1, AtMost(1.0)), (1, Equal(1.0)), (1, Equal(4.0)), (1, Missing)];
    assert_eq!(keys, expected.map(|condition| Predicate(vec![condition]).key()).into());
    let few = drawing::univariate(&distinct, 2, &mut Seed::master(1).stream("predicates"));
    assert_eq!(few.len(), 2);
}

/// 6,000 predicates on either column: each comparison comes as often as the others, give or take
/// five standard deviations.
#[test]
fn naive_predicates_compare_in_every_way_equally_often() {
    let distinct = Distinct::new(&frame(&[(0, 1.0), (1, 2.0), (1, f64::NAN), (1, 2.0)]));
    let random = drawing::random(&distinct, 6000, 2, &mut Seed::master(1).stream("guesses"));
    let mut times = HashMap::new();
    for predicate in &random {
        for (column, (kind, value)) in predicate.key() {
            *times.entry((column, kind, value)).or_insert(0) += 1;
            // Codes are small, and keys of missing and present hold no number.
            assert!(column == 1 || value <= 1);
        }
    }
    let mut expect = |column, kind, bits: u64, expected: i32| {
        let key = (column, kind, bits);
        let found = times.remove(&key).unwrap_or(0);
        let within = 5.0 * f64::from(expected).sqrt();
        assert!(f64::from(found - expected).abs() < within, "{key:?}: {found} for {expected}");
    };
    for kind in [0, 1] {
        for code in [0, 1] {
            expect(0, kind, code, 1500);
        }
    }
    for kind in 2..8 {
        for x in [1.0f64, 2.0] {
            expect(1, kind, x.to_bits(), 333);
        }
    }
    expect(1, 8, 0, 333);
    expect(1, 9, 0, 1667);
    assert!(times.is_empty());
}
