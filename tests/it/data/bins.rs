//! Numbers into bins and back.

use super::file;
use proptest::prelude::*;
use synthctr::data::{Binning, Encoding, Field, Numeric, ReadOptions, Value, load_table};

fn binning() -> impl Strategy<Value = Binning> {
    prop_oneof![(2usize..12).prop_map(Binning::Quantiles), Just(Binning::Log2)]
}

fn number() -> impl Strategy<Value = f64> {
    prop_oneof![
        4 => (-20i32..200).prop_map(f64::from),
        1 => -1e3..1e6f64,
        1 => any::<f64>().prop_filter("finite", |number| number.is_finite()),
    ]
}

/// The bins that a file of these numbers gets, and its codes.
fn fit(binning: Binning, numbers: &[Option<f64>]) -> (Field, Vec<u32>) {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let cell = |number: &Option<f64>| number.map_or(String::new(), |number| number.to_string());
    let rows: String = numbers.iter().map(|number| format!("0,{}\n", cell(number))).collect();
    let path = file(&folder, "numbers.csv", format!("label,x\n{rows}"));
    let numeric = vec![Numeric { name: "x".into(), bins: binning }];
    let table = load_table(&path, &ReadOptions { numeric, ..ReadOptions::default() });
    let table = table.expect("read");
    (table.schema().fields[0].clone(), table.column(0).to_vec())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    #[test]
    fn bins_are_reversible(
        binning in binning(),
        numbers in proptest::collection::vec(proptest::option::weighted(0.9, number()), 1..60),
        others in proptest::collection::vec(number(), 10),
    ) {
        let (field, codes) = fit(binning, &numbers);
        let Encoding::Bins { edges, representatives, missing } = &field.encoding else {
            panic!("bins")
        };
        prop_assert!(edges.is_sorted_by(|a, b| a < b));
        prop_assert_eq!(edges.len() + usize::from(!representatives.is_empty()), representatives.len());
        prop_assert_eq!(*missing, numbers.contains(&None));
        // Decoding and encoding again gives the same bin.
        for code in 0..field.n_categories() as u32 {
            prop_assert!(codes.contains(&code), "every bin holds a value of train");
            match field.value(code) {
                Value::Number(number) => prop_assert_eq!(field.bin(number), code),
                value => prop_assert_eq!(value, Value::Missing),
            }
        }
        for (number, &code) in numbers.iter().zip(&codes) {
            prop_assert!((code as usize) < field.n_categories());
            prop_assert_eq!(field.bin(number.unwrap_or(f64::NAN)), code);
        }
        // Bins are intervals: larger numbers never have smaller codes.
        let mut others = others;
        others.sort_by(f64::total_cmp);
        if !representatives.is_empty() {
            prop_assert!(others.is_sorted_by_key(|&number| field.bin(number)));
        }
    }

    #[test]
    fn log2_bins_are_those_of_the_formula(
        numbers in proptest::collection::vec((-20i64..100_000).prop_map(|n| Some(n as f64)), 1..60),
    ) {
        let (_, codes) = fit(Binning::Log2, &numbers);
        let formula = |x: f64| if x > 2.0 { (true, x.ln().powi(2) as i64) } else { (false, x as i64) };
        let mut bins: Vec<_> = numbers.iter().map(|x| formula(x.expect("a number"))).collect();
        let expected = bins.clone();
        bins.sort_unstable();
        bins.dedup();
        for (expected, code) in expected.iter().zip(codes) {
            prop_assert_eq!(&bins[code as usize], expected);
        }
    }

    #[test]
    fn quantile_bins_have_equal_shares(
        numbers in proptest::collection::btree_set(-10_000i64..10_000, 20..200),
        n in 2usize..10,
    ) {
        let values: Vec<_> = numbers.iter().map(|&number| Some(number as f64)).collect();
        let (_, codes) = fit(Binning::Quantiles(n), &values);
        for code in 0..n as u32 {
            let count = codes.iter().filter(|&&c| c == code).count();
            prop_assert!(count == values.len() / n || count == values.len().div_ceil(n));
        }
    }
}
