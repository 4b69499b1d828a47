//! Tables in which there is little to attack.

use super::{HALVES, Kind, codes, others, successes};
use proptest::prelude::*;
use synthctr::data::{Column, Frame};
use synthctr::metrics::privacy::anonymeter::*;
use synthctr::seed::Seed;

fn all(real: &Frame, synthetic: &Frame, control: Option<&Frame>) -> Anonymeter {
    let options = Options { attacks: 20, attempts: 3000, ..Options::default() };
    anonymeter(real, synthetic, control, &options, Seed::master(1), &())
}

#[test]
fn without_rows_or_columns_every_risk_is_missing_for_a_reason() {
    let some = Kind::Mixed.table(1, 5);
    let none = some.head(0);
    for (real, synthetic, reason) in [
        (&none, &some, "the real table has no rows"),
        (&some, &none, "the synthetic table has no rows"),
    ] {
        let all = all(real, synthetic, Some(&some));
        assert_eq!((all.singling_out, all.linkability), (SinglingOut::default(), None));
        assert!(all.inference.is_empty());
        assert_eq!(all.notes["singling_out"], reason);
        assert_eq!(all.notes["linkability"], reason);
        assert_eq!(all.notes["inference/a"], reason);
    }
    let empty = Frame::new(vec![codes("a", &[0, 0], 1)]).without("a");
    let bare = all(&empty, &empty, Some(&empty));
    assert_eq!(bare.notes["singling_out"], "the tables have no columns");
    assert_eq!(bare.notes["linkability"], "linkability needs two sides with a column each");
}

#[test]
fn one_column_singles_out_but_neither_links_nor_infers() {
    let table = Frame::new(vec![Column::numbers("x", vec![1.0, 2.0, f64::NAN, 2.0, 3.0])]);
    let one = all(&table, &table, Some(&table));
    assert_eq!(one.linkability, None);
    assert_eq!(one.notes["linkability"], "linkability needs two sides with a column each");
    assert!(one.notes["inference/x"].starts_with("inference needs a column besides"));
    // Equal rows are one row. Predicates: 1, 2, 3 themselves, at most 1, at least 3, missing.
    let univariate = one.singling_out.univariate.expect("rows");
    assert_eq!(successes(univariate.main, 20), 6);
    assert_eq!(univariate.doubts, [Doubt::FewPredicates { found: 6 }]);
    let multivariate = one.singling_out.multivariate.expect("rows");
    // The median of 1, 2 and 3 is 2: at most 1 and at least 3, and missing; at most 2 is two rows.
    assert_eq!(successes(multivariate.main, 20), 3);
}

#[test]
fn without_control_there_is_no_risk_but_a_reason() {
    let table = Kind::Mixed.table(1, 50);
    for control in [None, Some(&table.head(0))] {
        let all = all(&table, &table, control);
        let each = [all.singling_out.multivariate, all.linkability].into_iter().flatten();
        let each: Vec<Attackers> = each.chain(all.inference.into_values()).collect();
        assert_eq!(each.len(), 8);
        for attackers in each {
            assert_eq!((attackers.control, attackers.risk), (None, None));
            assert!(attackers.doubts.contains(&Doubt::NoControl));
        }
    }
}

#[test]
fn fewer_rows_than_attacks_are_attacked_once_each() {
    let (real, control) = (Kind::Mixed.table(1, 30), Kind::Mixed.table(2, 10));
    let options = Options { attacks: 500, ..Options::default() };
    let seed = Seed::master(1);
    let linked = linkability(&real, &real, Some(&control), HALVES, &options, seed).expect("rows");
    assert_eq!((linked.attacks, successes(linked.main, 30)), (30, 30));
    successes(linked.control.expect("rows"), 10);
    let inferred = inference(&real, &real.head(7), Some(&control), &others(0), 0, &options, seed);
    let inferred = inferred.expect("rows");
    assert_eq!(inferred.attacks, 30);
    assert!(successes(inferred.main, 30) >= 7);
    // There are no more guesses than synthetic rows.
    successes(inferred.baseline, 7);
}

#[test]
fn a_constant_or_missing_column_hides_nothing() {
    let [real, _, control] = Kind::Mixed.tables(false, 200);
    let with = |frame: &Frame, number: f64| {
        let mut columns = frame.columns().to_vec();
        columns.push(Column::numbers("number", vec![number; frame.n_rows()]));
        columns.push(codes("category", &vec![0; frame.n_rows()], 1));
        Frame::new(columns)
    };
    for number in [f64::NAN, 7.0, f64::INFINITY] {
        let (real, control) = (with(&real, number), with(&control, number));
        let options = Options { attacks: 200, ..Options::default() };
        let all = anonymeter(&real, &real, Some(&control), &options, Seed::master(1), &());
        assert_eq!(successes(all.linkability.expect("columns").main, 200), 200);
        assert_eq!(successes(all.inference["d"].main, 200), 200);
        for name in ["number", "category"] {
            let certain = &all.inference[name];
            assert_eq!(successes(certain.main, 200), 200);
            assert_eq!(certain.risk.expect("a control").interval[0], 0.0);
            let doubts = [Doubt::NoBetterThanGuessing, Doubt::ControlAlwaysSucceeds];
            assert_eq!(certain.doubts, doubts);
        }
    }
    // Missing in the synthetic table alone.
    let (real, synthetic) = (with(&real, 7.0), with(&real, f64::NAN));
    let options = Options { attacks: 200, ..Options::default() };
    let seed = Seed::master(1);
    let linked = linkability(&real, &synthetic, None, (&[0, 2, 6], &[1, 3]), &options, seed);
    assert_eq!(successes(linked.expect("columns").main, 200), 200);
}

#[test]
fn impossible_wishes_are_refused_by_name() {
    let table = Kind::Mixed.table(1, 5);
    let seed = Seed::master(1);
    let link = |options: Options| linkability(&table, &table, None, HALVES, &options, seed);
    let options = Options::default;
    assert_eq!(link(Options { attacks: 0, ..options() }), Err(Undefined::NoAttacks));
    assert_eq!(link(Options { neighbors: 0, ..options() }), Err(Undefined::NoNeighbors));
    for confidence in [0.0, 1.0, -1.0] {
        let refused = link(Options { confidence, ..options() });
        assert_eq!(refused, Err(Undefined::Confidence(confidence)));
    }
    assert!(link(Options { confidence: f64::NAN, ..options() }).is_err());
    let infer = |aux: &[usize]| inference(&table, &table, None, aux, 2, &options(), seed);
    assert_eq!(infer(&[1, 2]), Err(Undefined::SecretKnown));
    assert_eq!(infer(&[]), Err(Undefined::NothingKnown));
}

#[test]
fn many_categories_and_a_category_of_one_side_alone() {
    let column = |name: &str, shift: u32| {
        codes(name, &(0..10_000).map(|row| (row * 7 + shift) % 10_000).collect::<Vec<_>>(), 20_000)
    };
    let real = Frame::new(vec![column("a", 0), column("b", 3)]);
    let other = |frame: &Frame| {
        let shifted = |column: &Column| match &column.values {
            synthctr::data::Values::Categories { codes: all, .. } => codes(
                &column.name,
                &all.iter().map(|code| code + 10_000).collect::<Vec<_>>(),
                20_000,
            ),
            synthctr::data::Values::Numbers(_) => panic!("categories"),
        };
        Frame::new(frame.columns().iter().map(shifted).collect())
    };
    let same = all(&real, &real, Some(&other(&real)));
    assert_eq!(successes(same.singling_out.univariate.expect("rows").main, 20), 20);
    assert_eq!(successes(same.linkability.expect("columns").main, 20), 20);
    assert_eq!(successes(same.inference["a"].main, 20), 20);
    let strange = all(&real, &other(&real), None);
    assert_eq!(successes(strange.singling_out.univariate.expect("rows").main, 20), 0);
    assert_eq!(successes(strange.singling_out.multivariate.expect("rows").main, 20), 0);
    assert_eq!(successes(strange.inference["a"].main, 20), 0);
}

#[test]
fn results_do_not_depend_on_the_number_of_threads_and_survive_json() {
    let [real, synthetic, control] = Kind::Mixed.tables(true, 700);
    let options = Options { attacks: 300, ..Options::default() };
    let of = |threads: usize| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().expect("a pool");
        pool.install(|| {
            anonymeter(&real, &synthetic, Some(&control), &options, Seed::master(9), &())
        })
    };
    let one = of(1);
    assert_eq!(one, of(3));
    let other = anonymeter(&real, &synthetic, Some(&control), &options, Seed::master(8), &());
    assert_ne!(one, other);
    let text = serde_json::to_string(&one).expect("JSON");
    assert_eq!(serde_json::from_str::<Anonymeter>(&text).expect("the same"), one);
}

#[test]
fn the_columns_that_are_named_are_the_ones_attacked() {
    let [real, synthetic, control] = Kind::Mixed.tables(true, 300);
    let seed = Seed::master(1);
    let attack =
        |options: &Options| anonymeter(&real, &synthetic, Some(&control), options, seed, &());
    let plain = Options { attacks: 300, ..Options::default() };
    let default = attack(&plain);
    let halves = Some((HALVES.0.to_vec(), HALVES.1.to_vec()));
    let named = attack(&Options { halves, secrets: Some(vec![3]), ..plain.clone() });
    // In turn is what these halves are.
    assert_eq!(named.linkability, default.linkability);
    assert_eq!(named.inference.keys().collect::<Vec<_>>(), ["d"]);
    assert_eq!(named.inference["d"], default.inference["d"]);
    let halves = Some((vec![2], vec![5]));
    assert_ne!(attack(&Options { halves, ..plain }).linkability, default.linkability);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]
    #[test]
    fn no_table_is_too_strange(
        sizes in (0usize..6, 0usize..6, 0usize..6),
        values in prop::collection::vec((0u32..3, prop::sample::select(vec![
            0.0, -0.0, 1.0, -1e308, 1e308, f64::NAN, f64::INFINITY, f64::NEG_INFINITY,
        ])), 18),
        width in 0usize..4,
        names in prop::collection::vec(prop::sample::select(vec!["a", "x"]), 0..3),
    ) {
        let table = |from: usize, n: usize| {
            let rows = &values[from..from + n];
            let numbers = rows.iter().map(|row| row.1).collect();
            let a = codes("a", &rows.iter().map(|row| row.0).collect::<Vec<_>>(), 3);
            let columns = vec![a, Column::numbers("x", numbers)];
            names.iter().fold(Frame::new(columns), |frame, name| frame.without(name))
        };
        let tables = [table(0, sizes.0), table(6, sizes.1), table(12, sizes.2)];
        let options =
            Options { attacks: 5, attempts: 50, predicate_columns: width, ..Options::default() };
        let seed = Seed::master(1);
        let all = anonymeter(&tables[0], &tables[1], Some(&tables[2]), &options, seed, &());
        let each = [all.singling_out.univariate, all.singling_out.multivariate, all.linkability];
        for attackers in each.into_iter().flatten().chain(all.inference.into_values()) {
            let rates = [Some(attackers.main), Some(attackers.baseline), attackers.control];
            for rate in rates.into_iter().chain([attackers.risk]).flatten() {
                let [lower, upper] = rate.interval;
                prop_assert!(0.0 <= lower && lower <= rate.value && rate.value <= upper);
                prop_assert!(upper <= 1.0);
            }
        }
    }
}
