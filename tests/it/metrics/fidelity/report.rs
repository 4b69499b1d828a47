//! Everything at once.

use super::{categories, frames, numbers, same};
use std::sync::Arc;
use synthctr::data::{Column, Frame};
use synthctr::metrics::fidelity::{Fidelity, FidelityOptions, constraint_violations, fidelity};
use synthctr::seed::Seed;

fn options(label: &str, constraints: &[&[&str]]) -> FidelityOptions {
    let group = |group: &&[&str]| group.iter().map(|&name| name.to_owned()).collect();
    FidelityOptions {
        label: Some(label.to_owned()),
        constraints: constraints.iter().map(group).collect(),
        ..FidelityOptions::default()
    }
}

fn measured([real, synthetic]: &[Frame; 2], options: &FidelityOptions) -> Fidelity {
    fidelity(real, synthetic, options, Seed::master(1), &())
}

/// Rows of a click log made by arithmetic.
fn click_log(n: u32, shift: u32) -> [Vec<String>; 4] {
    let text = |of: &dyn Fn(u32) -> u32| (0..n).map(|row| of(row).to_string()).collect();
    let mixed = |row: u32| (row + shift).wrapping_mul(2_654_435_761) >> 16;
    let city = |row: u32| mixed(row) % 11;
    [
        text(&|row| u32::from(mixed(row * 5 + 1) % 4 == 0)),
        text(&city),
        // Every fifteenth row breaks what else holds.
        text(&|row| city(row) / 4 + u32::from(row % 15 == 0) * shift),
        text(&|row| (city(row) + mixed(row * 3) % 3) % 9),
    ]
}

fn click_logs() -> [Frame; 2] {
    let (real, synthetic) = (click_log(600, 0), click_log(450, 1));
    let names = ["click", "city", "country", "item"];
    let price = |n: u32| -> Vec<f64> { (0..n).map(|row| f64::from(row * row % 97)).collect() };
    let columns = (0..4).map(|c| categories(names[c], &real[c], &synthetic[c]));
    frames(columns.chain([numbers("price", &price(600), &price(450))]))
}

#[test]
fn given_a_label_the_numbers_are_those_of_its_rows_as_tables_of_their_own() {
    let logs = click_logs();
    let result = measured(&logs, &options("click", &[]));
    assert_eq!(result.given_label.len(), 2);
    for (code, given) in result.given_label.iter().enumerate() {
        let rows_of = |frame: &Frame| {
            let synthctr::data::Values::Categories { vocabulary, codes } =
                &frame.columns()[0].values
            else {
                panic!("categories")
            };
            assert_eq!(vocabulary[code], given.value);
            let rows = (0..codes.len()).filter(|&row| codes[row] as usize == code);
            frame.select(&rows.collect::<Vec<_>>()).without("click")
        };
        let alone = [rows_of(&logs[0]), rows_of(&logs[1])];
        assert_eq!((given.real_rows, given.synthetic_rows), (alone[0].n_rows(), alone[1].n_rows()));
        assert!(given.real_rows > 100 && given.synthetic_rows > 80);
        let alone = measured(&alone, &FidelityOptions::default());
        assert_eq!(given.quality, alone.quality);
        assert_eq!(given.triples, alone.triples);
    }
    assert_ne!(result.given_label[0].quality, result.given_label[1].quality);
}

#[test]
fn a_label_may_be_numbers_and_need_not_occur_in_both_tables() {
    let [mut real, mut synthetic] = click_logs();
    let label = |n: usize, last: f64| -> Vec<f64> {
        (0..n).map(|row| [0.0, -0.0, f64::NAN, last][row % 4]).collect()
    };
    let with = |frame: &Frame, column: Column| {
        Frame::new(frame.columns().iter().cloned().chain([column]).collect())
    };
    real = with(&real, Column::numbers("y", label(600, 1.0)));
    synthetic = with(&synthetic, Column::numbers("y", label(450, 2.5)));
    let result = measured(&[real, synthetic], &options("y", &[]));
    let rows = |i: usize| {
        let given = &result.given_label[i];
        (given.value.as_str(), given.real_rows, given.synthetic_rows)
    };
    let all: Vec<_> = (0..result.given_label.len()).map(rows).collect();
    assert_eq!(all, [("0", 300, 226), ("1", 150, 0), ("2.5", 0, 112), ("", 150, 112)]);
    assert_eq!(result.given_label[1].quality.score, None);
    let path = "given_label/1/triples/univariate";
    assert_eq!(result.notes[path], "the synthetic table has no rows");
}

#[test]
fn what_is_no_label_is_noted() {
    let logs = click_logs();
    let reason = |label: &str| {
        let result = measured(&logs, &options(label, &[]));
        assert_eq!(result.given_label, []);
        result.notes["given_label"].clone()
    };
    assert_eq!(reason("clicks"), "there is no column clicks");
    assert_eq!(reason("city"), "column city has more than 10 values");
    assert_eq!(reason("price"), "column price has more than 10 values");
    let result = measured(&logs, &FidelityOptions::default());
    assert_eq!(result.notes["given_label"], "no label was named");
}

#[test]
fn combinations_that_real_rows_do_not_have_are_counted() {
    let logs = click_logs();
    let groups: [&[&str]; 4] =
        [&["city", "country"], &["city"], &["click", "item", "price"], &["city", "town"]];
    let result = measured(&logs, &options("click", &groups));
    let texts = |frame: &Frame, names: &[&str]| -> Vec<String> {
        let positions: Vec<_> = names.iter().filter_map(|name| frame.position(name)).collect();
        let text = |row: usize, column: usize| match &frame.columns()[column].values {
            synthctr::data::Values::Categories { vocabulary, codes } => {
                vocabulary[codes[row] as usize].clone()
            }
            synthctr::data::Values::Numbers(numbers) => numbers[row].to_string(),
        };
        let row = |row| positions.iter().map(|&c| text(row, c)).collect::<Vec<_>>().join("|");
        (0..frame.n_rows()).map(row).collect()
    };
    for (names, found) in groups[..3].iter().zip(&result.constraints) {
        assert_eq!(found.columns, *names);
        let real = texts(&logs[0], names);
        let unseen = texts(&logs[1], names).into_iter().filter(|row| !real.contains(row)).count();
        assert_eq!(found.violations, Some(unseen), "{names:?}");
        same(found.share, Some(unseen as f64 / 450.0), "share");
    }
    let violations = |i: usize| result.constraints[i].violations.expect("rows");
    assert!(violations(0) >= 20 && violations(1) == 0 && violations(2) > 100);
    assert_eq!(result.constraints[3].violations, None);
    let reason = &result.notes["constraints/city,town"];
    assert_eq!(reason, "a column of the group is not in the tables");
}

#[test]
fn missing_numbers_and_both_zeros_are_each_one_value() {
    let real = numbers("x", &[0.0, f64::NAN, 1.0], &[-0.0, -f64::NAN, 2.0]);
    let [real, synthetic] = frames([real]);
    assert_eq!(constraint_violations(&real, &synthetic, &[0]), Ok(1));
    assert_eq!(constraint_violations(&real, &synthetic, &[]), Ok(0));
}

#[test]
fn a_result_is_written_with_its_names_and_read_back() {
    let logs = click_logs();
    let result = measured(&logs, &options("click", &[&["city", "country"]]));
    let text = serde_json::to_string(&result).expect("a result");
    assert_eq!(serde_json::from_str::<Fidelity>(&text).expect("what was written"), result);
    let value: serde_json::Value = serde_json::from_str(&text).expect("JSON");
    for path in [
        "/score",
        "/column_shapes",
        "/column_pair_trends",
        "/columns/city/tv_complement",
        "/columns/city/category_coverage",
        "/columns/city/category_adherence",
        "/columns/city/js_distance",
        "/columns/price/ks_complement",
        "/pairs/0/contingency_similarity",
        "/pairs/0/cramers_v_real",
        "/pairs/0/cramers_v_synthetic",
        "/triples/trivariate",
        "/given_label/0/score",
        "/given_label/0/triples/trivariate",
        "/constraints/0/violations",
        "/alpha_precision",
        "/beta_recall",
        "/authenticity",
    ] {
        assert!(value.pointer(path).is_some_and(serde_json::Value::is_number), "{path}");
    }
    assert_eq!(
        (&value["pairs"][0]["a"], &value["pairs"][0]["b"]),
        (&"click".into(), &"city".into())
    );
}

#[test]
fn the_number_of_threads_does_not_show() {
    let logs = click_logs();
    let on = |threads: usize| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().expect("a pool");
        pool.install(|| measured(&logs, &options("click", &[&["city", "country"]])))
    };
    assert_eq!(on(1), on(5));
}

#[test]
fn nothing_is_too_little_to_be_compared() {
    let all = click_logs();
    let none = Frame::new(Vec::new());
    let single = |numbers: &[f64]| Frame::new(vec![Column::numbers("x", numbers.to_vec())]);
    let empty_category =
        Frame::new(vec![Column::categories("x", Arc::new(Vec::new()), Vec::new())]);
    let wide = [f64::NEG_INFINITY, f64::INFINITY, f64::MAX, f64::MIN, f64::NAN, 0.0];
    for [real, synthetic] in [
        [none.clone(), none],
        [empty_category.clone(), empty_category],
        [all[0].head(0), all[1].head(0)],
        [all[0].head(0), all[1].clone()],
        [all[0].clone(), all[1].head(0)],
        [all[0].head(1), all[1].head(1)],
        [all[0].head(2), all[1].head(1)],
        [single(&[]), single(&[1.0])],
        [single(&[f64::NAN; 3]), single(&[f64::NAN; 2])],
        [single(&wide), single(&[1.0, 2.0])],
        [single(&[1.0, 2.0]), single(&wide)],
        [single(&[5e-324, 0.0]), single(&[1e300, 1e300])],
    ] {
        let names = ["click", "x"];
        for label in names {
            let result =
                measured(&[real.clone(), synthetic.clone()], &options(label, &[&["x"], &[]]));
            let text = serde_json::to_string(&result).expect("a result");
            assert!(!text.contains("NaN"));
            let rows = real.n_rows().min(synthetic.n_rows());
            assert_eq!(
                result.quality.score.is_none(),
                rows == 0
                    || real.columns()[0].name == "x" && result.columns["x"].ks_complement.is_none()
            );
        }
    }
}

#[test]
fn missing_numbers_are_a_bin_to_the_distances_but_not_to_the_complement() {
    let x = numbers("x", &[1.0, 2.0, f64::NAN, f64::NAN], &[1.0, 2.0, 2.0, f64::NAN]);
    let column = measured(&frames([x]), &FidelityOptions::default()).columns["x"].clone();
    // Of the numbers that are there, half and a third are 1.
    same(column.tv_complement, Some(1.0 - (1.0 / 2.0 - 1.0 / 3.0)), "complement");
    same(column.tv_distance, Some(0.25), "distance");
}

#[test]
fn numbers_that_cannot_be_cut_are_undefined_with_the_reason() {
    let pairs = |real: &[f64], synthetic: &[f64]| {
        let text = |n: usize| -> Vec<String> { (0..n).map(|row| (row % 2).to_string()).collect() };
        let columns = [
            numbers("x", real, synthetic),
            categories("y", &text(real.len()), &text(synthetic.len())),
        ];
        let result = measured(&frames(columns), &FidelityOptions::default());
        assert_eq!(result.pairs[0].contingency_similarity, None);
        assert_eq!(result.pairs[0].cramers_v_real, None);
        result.notes["pairs/x/y/contingency_similarity"].clone()
    };
    let large = "numbers are infinite or too large to calculate with";
    assert_eq!(pairs(&[f64::INFINITY, 1.0], &[1.0, 2.0]), format!("the real {large}"));
    assert_eq!(pairs(&[1.0, 2.0], &[-1e308, 1e308]), format!("the synthetic {large}"));
    let close = "the real numbers are too close together for ten intervals";
    assert_eq!(pairs(&[1.0, 1.0 + f64::EPSILON], &[1.0, 2.0]), close);
}
