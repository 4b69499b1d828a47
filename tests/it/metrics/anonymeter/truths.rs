//! Leaks that are there are found, and none where none is.

use super::{Kind, others, risk};
use rand::seq::SliceRandom;
use std::collections::HashMap;
use synthctr::data::{Column, Frame, Values};
use synthctr::metrics::privacy::anonymeter::*;
use synthctr::seed::Seed;

#[test]
fn a_published_table_is_a_risk_in_every_way() {
    for kind in [Kind::Mixed, Kind::Categories] {
        let [real, _, control] = kind.tables(false, 1000);
        let options = Options { attacks: 400, ..Options::default() };
        let all = anonymeter(&real, &real, Some(&control), &options, Seed::master(1), &());
        assert!(all.notes.is_empty(), "{:?}", all.notes);
        let mut risks: Vec<(&str, &Attackers)> =
            all.inference.iter().map(|(name, attackers)| (name.as_str(), attackers)).collect();
        assert_eq!(risks.len(), 6);
        risks.push(("multivariate", all.singling_out.multivariate.as_ref().expect("rows")));
        risks.push(("linkability", all.linkability.as_ref().expect("columns")));
        if kind == Kind::Mixed {
            risks.push(("univariate", all.singling_out.univariate.as_ref().expect("rows")));
        }
        for (name, attackers) in risks {
            let risk = risk(attackers);
            // Halves of categories alone have equals: of the nearest rows she may pick another.
            let least = if kind == Kind::Categories && name == "linkability" { 0.15 } else { 0.75 };
            assert!(risk.interval[0] > least, "{kind:?} {name}: {attackers:?}");
            assert!(attackers.doubts.is_empty(), "{kind:?} {name}: {attackers:?}");
        }
    }
}

/// In how many of `tries` tables without a leak the interval of a risk holds 0, by risk.
fn holding_zero(kind: Kind, tries: u64, rows: usize, control: usize) -> HashMap<String, u64> {
    let options = Options { attacks: 200, secrets: Some(vec![0, 3]), ..Options::default() };
    let mut holding = HashMap::new();
    for i in 0..tries {
        let table = |which, n| kind.table(1000 + 3 * i + which, n);
        let (real, synthetic, control) = (table(0, rows), table(1, rows), table(2, control));
        let seed = Seed::master(i);
        let all = anonymeter(&real, &synthetic, Some(&control), &options, seed, &());
        let named = [
            ("univariate", all.singling_out.univariate),
            ("multivariate", all.singling_out.multivariate),
            ("linkability", all.linkability),
        ];
        let named = named.map(|(name, attackers)| (name.to_owned(), attackers.expect("rows")));
        for (name, attackers) in named.into_iter().chain(all.inference) {
            let interval = risk(&attackers).interval;
            *holding.entry(name).or_default() += u64::from(interval[0] == 0.0);
        }
    }
    holding
}

#[test]
fn a_table_that_leaks_nothing_is_seldom_called_a_risk() {
    for kind in [Kind::Mixed, Kind::Categories] {
        for control in [600, 250, 1500] {
            let holding = holding_zero(kind, 60, 600, control);
            assert_eq!(holding.len(), 5);
            for (name, holding) in holding {
                assert!(holding >= 54, "{kind:?} {name}, {control} control rows: {holding} of 60");
            }
        }
    }
}

/// A control table smaller than the real one hides no leak, nor makes one.
#[test]
fn control_of_another_size_gives_the_risk_of_the_same_size() {
    for kind in [Kind::Mixed, Kind::Categories] {
        let [real, synthetic, _] = kind.tables(true, 1000);
        let options = Options { attacks: 400, ..Options::default() };
        let of = |rows: usize| {
            let control = kind.table(3, rows);
            let predicates = Predicates::Multivariate;
            let seed = Seed::master(2);
            singling_out(&real, &synthetic, Some(&control), predicates, &options, seed)
                .expect("rows")
        };
        let same = of(1000);
        let width = |rate: Rate| rate.interval[1] - rate.interval[0];
        for rows in [300, 600, 3000] {
            let other = of(rows);
            assert_eq!(other.main, same.main);
            assert!(risk(&other).interval[0] > 0.05, "{kind:?}, {rows}: {other:?}");
            let (one, two) = (risk(&same), risk(&other));
            let within = (width(one) + width(two)) / 2.0;
            assert!((one.value - two.value).abs() < within, "{kind:?} {rows}: {one:?} {two:?}");
            if rows < 1000 {
                assert!(width(two) > width(one), "a smaller control says less");
            }
        }
    }
}

#[test]
fn columns_drawn_one_by_one_infer_nothing() {
    for kind in [Kind::Mixed, Kind::Categories] {
        let [real, _, control] = kind.tables(false, 1000);
        let seed = Seed::master(3);
        let shuffled = |column: &Column| {
            let mut rows: Vec<usize> = (0..real.n_rows()).collect();
            rows.shuffle(&mut seed.stream(&column.name));
            Frame::new(vec![column.clone()]).select(&rows).columns()[0].clone()
        };
        let synthetic = Frame::new(real.columns().iter().map(shuffled).collect());
        for secret in 0..6 {
            let (aux, options) = (others(secret), Options { attacks: 1000, ..Options::default() });
            let attackers =
                inference(&real, &synthetic, Some(&control), &aux, secret, &options, seed)
                    .expect("columns");
            assert!(risk(&attackers).value < 0.05, "{kind:?} {secret}: {attackers:?}");
            assert!((attackers.main.value - attackers.baseline.value).abs() < 0.06);
        }
    }
}

/// Whether what one synthetic row says is right for one real row, in a column beside a known one.
fn is_right(guess: Values, truth: Values) -> bool {
    let frame = |values: Values| {
        let known = Column::numbers("known", vec![1.0]);
        Frame::new(vec![known, Column { name: "secret".into(), values }])
    };
    let (real, synthetic) = (frame(truth), frame(guess));
    let options = Options { attacks: 1, ..Options::default() };
    let attackers = inference(&real, &synthetic, None, &[0], 1, &options, Seed::master(1));
    let attackers = attackers.expect("columns");
    assert_eq!(attackers.main, attackers.baseline, "there is one row to guess from");
    super::successes(attackers.main, 1) == 1
}

#[test]
fn a_number_is_right_within_the_tolerance_of_the_guess() {
    let right = |guess: f64, truth: f64| {
        is_right(Values::Numbers(vec![guess]), Values::Numbers(vec![truth]))
    };
    assert!(right(100.0, 104.9) && right(100.0, 95.1) && right(-100.0, -104.9) && right(0.0, 0.0));
    assert!(!right(100.0, 105.1) && !right(100.0, 94.9) && !right(-100.0, 100.0));
    assert!(!right(-100.0, -94.0) && !right(0.0, 0.1) && !right(-1.0, 50.0));
    assert!(right(f64::NAN, f64::NAN) && right(f64::INFINITY, f64::INFINITY));
    assert!(!right(f64::NAN, 1.0) && !right(1.0, f64::NAN) && !right(f64::INFINITY, 1.0));
    let category = |code| super::codes("", &[code], 2).values;
    assert!(is_right(category(1), category(1)) && !is_right(category(0), category(1)));
}

/// Of 100 rows each has a neighbour of its own in both halves, so each is linked to itself; naive
/// links hit one time in 100.
#[test]
fn distinct_halves_are_always_linked_to_their_own_row() {
    let numbers = |sign: f64| (0..100).map(|row| sign * f64::from(row)).collect();
    let columns = vec![Column::numbers("a", numbers(1.0)), Column::numbers("b", numbers(-1.0))];
    let table = Frame::new(columns);
    let options = Options { attacks: 100, ..Options::default() };
    let link = |neighbors| {
        let options = Options { neighbors, ..options.clone() };
        linkability(&table, &table, None, (&[0], &[1]), &options, Seed::master(1)).expect("columns")
    };
    assert_eq!(super::successes(link(1).main, 100), 100);
    assert!(super::successes(link(1).baseline, 100) <= 6);
    // With 50 of 100 rows on either side, none in common has a chance below 1e-29.
    assert_eq!(super::successes(link(50).baseline, 100), 100);
    assert_eq!(super::successes(link(1000).main, 100), 100);
}
